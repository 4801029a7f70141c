"""Relations of amounts, sums of subsets."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.engine.amounts import Density, cents, money, relate
from matching.engine.subsets import exact_subsets


@pytest.mark.parametrize(
    ("expected", "booked", "code", "percent"),
    [
        (119000, 119000, "amount_equal", ""),
        (119000, 116620, "amount_less_discount", "2"),
        (19444, 18861, "amount_less_discount", "3"),
        (10000, 9500, "amount_less_discount", "5"),
        (10000, 9450, "amount_less_fee", ""),
        (10000, 10500, "amount_plus_dunning", ""),
        (462532, 462533, "amount_rounded", ""),
        (4361, 4300, "amount_rounded", ""),
        (72747, 27747, "amount_differs", ""),
        (10000, 50000, "amount_differs", ""),
    ],
)
def test_relations(expected: int, booked: int, code: str, percent: str) -> None:
    relation = relate(expected, booked)
    assert (relation.code, relation.percent) == (code, percent)


def test_cents_and_back() -> None:
    assert cents(Decimal("-12.345")) == -1235
    assert money(-1234) == "-12.34"


def test_rare_amounts_say_more() -> None:
    crowd = Density([1000 + n for n in range(200)])
    equal = relate(1117, 1117)
    assert crowd.weight(equal, 1117) < Density([1117]).weight(equal, 1117)
    assert crowd.weight(relate(1100, 1100), 1100) < crowd.weight(equal, 1117)


@given(st.lists(st.integers(-500, 500).filter(bool), min_size=2, max_size=9), st.data())
def test_subsets_are_complete_and_exact(amounts: list[int], data: st.DataObject) -> None:
    picked = data.draw(st.sets(st.integers(0, len(amounts) - 1), min_size=2))
    target = sum(amounts[i] for i in picked)
    solutions = exact_subsets(amounts, target)
    if solutions is None:
        return
    assert tuple(sorted(picked)) in solutions
    assert all(sum(amounts[i] for i in s) == target and len(s) >= 2 for s in solutions)
    assert len(set(solutions)) == len(solutions)


def test_subsets_refuse_instead_of_exploding() -> None:
    assert exact_subsets([100] * 60, 3000) is None
    assert exact_subsets([2**n for n in range(40)], 2**20 + 1) == [(0, 20)]


def test_subsets_of_a_size() -> None:
    assert exact_subsets([10, 20, 30, 40, 60], 100, size=2) == [(3, 4)]
