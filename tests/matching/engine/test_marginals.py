"""Probabilities of pairs given all others."""

import math
from itertools import combinations
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.engine.marginals import probabilities


def by_counting(scores: dict[tuple[int, int], float]) -> dict[tuple[int, int], float]:
    """All matchings one by one."""
    edges = list(scores)
    total, share = 0.0, dict.fromkeys(edges, 0.0)
    for size in range(len(edges) + 1):
        for chosen in combinations(edges, size):
            if len({e[0] for e in chosen}) == size == len({e[1] for e in chosen}):
                weight = math.exp(sum(scores[e] for e in chosen))
                total += weight
                for edge in chosen:
                    share[edge] += weight
    return {e: s / total for e, s in share.items()}


@given(st.lists(st.floats(-3, 12), min_size=1, max_size=6))
def test_exact_on_chains(values: list[float]) -> None:
    scores = {((i + 1) // 2, i // 2): value for i, value in enumerate(values)}
    assert probabilities(scores) == pytest.approx(by_counting(scores), abs=1e-4)


SMALL = st.dictionaries(st.tuples(st.integers(0, 2), st.integers(0, 3)), st.floats(-3, 12), min_size=1, max_size=9)


@given(SMALL)
@settings(max_examples=150, deadline=None)
def test_exact_where_a_few_compete_all_round(scores: dict[tuple[int, int], float]) -> None:
    assert probabilities(scores) == pytest.approx(by_counting(scores), abs=1e-4)


def best_weight(scores: dict[tuple[int, int], float], edge: tuple[int, int], *, within: bool) -> float:
    """The log weight of the best whole matching with a pair, or without it."""
    best = -math.inf
    for size in range(len(scores) + 1):
        for chosen in combinations(scores, size):
            if len({e[0] for e in chosen}) == size == len({e[1] for e in chosen}) and (edge in chosen) == within:
                best = max(best, sum(scores[e] for e in chosen))
    return best


@given(SMALL)
@settings(max_examples=150, deadline=None)
def test_a_probability_bounds_the_margin_over_the_second_best_whole_solution(
    scores: dict[tuple[int, int], float],
) -> None:
    """A pair at p is in the best whole solution, and the best one without it is behind by p's odds, but for crowds.

    All solutions without the pair together weigh 1 - p, so the best of them does not weigh more. The solutions with it
    weigh p, and its best one at least that by the number of them.
    """
    for edge, p in by_counting(scores).items():
        if p > 0.9:
            with_it, without = best_weight(scores, edge, within=True), best_weight(scores, edge, within=False)
            others = [e for e in scores if e[0] != edge[0] and e[1] != edge[1]]
            crowd = sum(
                len({e[0] for e in chosen}) == len(chosen) == len({e[1] for e in chosen})
                for size in range(len(others) + 1)
                for chosen in combinations(others, size)
            )
            assert with_it - without >= math.log(p / (1 - p) / crowd) - 1e-6


def test_equal_rivals_share() -> None:
    p = probabilities({(0, 0): 12.0, (0, 1): 12.0})
    assert p[(0, 0)] == p[(0, 1)] == pytest.approx(0.5, abs=1e-3)


def test_a_rival_explained_elsewhere_hardly_counts() -> None:
    alone = probabilities({(0, 0): 9.0, (0, 1): 9.0})
    explained = probabilities({(0, 0): 9.0, (0, 1): 9.0, (1, 1): 20.0})
    assert alone[(0, 0)] < 0.51
    assert explained[(0, 0)] > 0.99


@given(
    st.dictionaries(st.tuples(st.integers(0, 6), st.integers(0, 6)), st.floats(-3, 20), max_size=20),
    st.randoms(use_true_random=False),
)
def test_the_order_of_the_pairs_makes_no_difference(scores: dict[tuple[int, int], float], random: Random) -> None:
    rows = list(scores.items())
    random.shuffle(rows)
    assert probabilities(dict(rows)) == probabilities(scores)


@given(
    st.dictionaries(st.tuples(st.integers(0, 4), st.integers(0, 4)), st.floats(-3, 20), max_size=10),
    st.dictionaries(st.tuples(st.integers(5, 9), st.integers(5, 9)), st.floats(-3, 20), max_size=10),
)
def test_components_do_not_touch_each_other(
    one: dict[tuple[int, int], float], other: dict[tuple[int, int], float]
) -> None:
    assert probabilities(one | other) == {**probabilities(one), **probabilities(other)}
