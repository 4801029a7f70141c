"""How likely each pair is, given all others: every slot and every booking is used once at most.

The pairs form a graph with weights exp(score); a matching's weight is the product of its pairs', staying
alone counts 1. The share of all matchings' weight that contains a pair is its probability. Belief propagation
gives it exactly on trees and closely elsewhere; it depends on no order. A rival that is better explained by
somebody else hardly counts, which a comparison of pairs one by one would not see.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

Edge = tuple[int, int]
_ROUNDS = 60
_PRECISION = 1e-7
_MAX_SCORE = 25.0
_HOPELESS = 12.0


def probabilities(scores: Mapping[Edge, float]) -> dict[Edge, float]:
    """The probability of each (slot, booking) edge, from its log odds.

    An edge that both its slot and its booking can better by far is not worth the arithmetic: its probability is 0.
    """
    edges = _serious(scores)
    weight = [math.exp(min(_MAX_SCORE, scores[e])) for e in edges]
    left: dict[int, list[int]] = defaultdict(list)
    right: dict[int, list[int]] = defaultdict(list)
    for i, (slot, booking) in enumerate(edges):
        left[slot].append(i)
        right[booking].append(i)
    from_left, from_right = [1.0] * len(edges), [1.0] * len(edges)
    for lefts, rights in _components(edges, left, right):
        for _ in range(_ROUNDS):
            change = _send(weight, lefts, from_right, from_left)
            change = max(change, _send(weight, rights, from_left, from_right))
            if change < _PRECISION:
                break
    result = dict.fromkeys(sorted(scores), 0.0)
    for i, edge in enumerate(edges):
        together = weight[i] * from_left[i] * from_right[i]
        result[edge] = together / (1 + together)
    return result


def _serious(scores: Mapping[Edge, float]) -> list[Edge]:
    best_slot: dict[int, float] = {}
    best_booking: dict[int, float] = {}
    for (slot, booking), score in scores.items():
        best_slot[slot] = max(score, best_slot.get(slot, score))
        best_booking[booking] = max(score, best_booking.get(booking, score))
    return sorted(e for e, score in scores.items() if score > min(best_slot[e[0]], best_booking[e[1]]) - _HOPELESS)


def _components(
    edges: Sequence[Edge], left: Mapping[int, list[int]], right: Mapping[int, list[int]]
) -> Iterator[tuple[list[list[int]], list[list[int]]]]:
    """For each connected component the nodes with several edges, as lists of edges; others have nothing to say."""
    seen = [False] * len(edges)
    for start in range(len(edges)):
        if seen[start]:
            continue
        lefts: set[int] = set()
        rights: set[int] = set()
        waiting = [start]
        seen[start] = True
        while waiting:
            slot, booking = edges[waiting.pop()]
            lefts.add(slot)
            rights.add(booking)
            for other in (*left[slot], *right[booking]):
                if not seen[other]:
                    seen[other] = True
                    waiting.append(other)
        busy = (
            [left[n] for n in sorted(lefts) if len(left[n]) > 1],
            [right[n] for n in sorted(rights) if len(right[n]) > 1],
        )
        if busy[0] or busy[1]:
            yield busy


def _send(
    weight: Sequence[float], nodes: Sequence[list[int]], incoming: Sequence[float], outgoing: list[float]
) -> float:
    """One round: each node tells each partner how free it is when its other partners have spoken."""
    change = 0.0
    for node in nodes:
        before = 0.0
        sums = []
        for i in node:
            sums.append(before)
            before += weight[i] * incoming[i]
        after = 0.0
        for i, ahead in zip(reversed(node), reversed(sums), strict=True):
            old = outgoing[i]
            fresh = math.sqrt(old / (1.0 + ahead + after))
            after += weight[i] * incoming[i]
            gap = abs(fresh - old) / (fresh if fresh > old else old)
            if gap > change:
                change = gap
            outgoing[i] = fresh
    return change
