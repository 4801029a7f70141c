"""How likely each pair is, given all others: every slot and every booking is used once at most.

The pairs form a graph with weights exp(score); a matching's weight is the product of its pairs', staying
alone counts 1. The share of all matchings' weight that contains a pair is its probability. Belief propagation
gives it exactly on trees and closely elsewhere; it depends on no order. A rival that is better explained by
somebody else hardly counts, which a comparison of pairs one by one would not see.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence

Edge = tuple[int, int]
_ROUNDS = 60
_PRECISION = 1e-7
_MAX_SCORE = 25.0
_HOPELESS = 12.0


def probabilities(scores: Mapping[Edge, float]) -> dict[Edge, float]:
    """The probability of each (slot, booking) edge, from its log odds.

    An edge that both its slot and its booking can better by far is not worth the arithmetic: its probability is 0.
    At most sixty rounds of messages, each of them only among those to whom something is still new, so the time grows
    with the pairs however large a component is. Everything goes in the order of the numbers, which are those of the
    ids: the order of rows makes no difference.
    """
    edges = _serious(scores)
    weight = [math.exp(min(_MAX_SCORE, scores[e])) for e in edges]
    left: dict[int, list[int]] = defaultdict(list)
    right: dict[int, list[int]] = defaultdict(list)
    for i, (slot, booking) in enumerate(edges):
        left[slot].append(i)
        right[booking].append(i)
    from_left, from_right = [1.0] * len(edges), [1.0] * len(edges)
    # A node with one edge has nothing to tell about others.
    lefts = {n: own for n, own in left.items() if len(own) > 1}
    rights = {n: own for n, own in right.items() if len(own) > 1}
    # Words are halved with what was said before, so whoever has changed its word goes on although nobody told it more.
    slots, bookings = set(lefts), set(rights)
    for _ in range(_ROUNDS):
        changed = _send(weight, [lefts[n] for n in sorted(slots)], from_right, from_left)
        slots = {edges[i][0] for i in changed}
        bookings |= {edges[i][1] for i in changed} & rights.keys()
        changed = _send(weight, [rights[n] for n in sorted(bookings)], from_left, from_right)
        bookings = {edges[i][1] for i in changed}
        slots |= {edges[i][0] for i in changed} & lefts.keys()
        if not slots and not bookings:
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


def _send(
    weight: Sequence[float], nodes: Sequence[list[int]], incoming: Sequence[float], outgoing: list[float]
) -> list[int]:
    """Each node tells each partner how free it is when its other partners have spoken. Edges whose word has changed."""
    changed = []
    for node in nodes:
        before = 0.0
        sums = []
        for i in node:
            sums.append(before)
            before += weight[i] * incoming[i]
        after = 0.0
        for i, ahead in zip(reversed(node), reversed(sums), strict=True):
            old = outgoing[i]
            outgoing[i] = fresh = math.sqrt(old / (1.0 + ahead + after))
            after += weight[i] * incoming[i]
            if abs(fresh - old) > _PRECISION * (fresh if fresh > old else old):
                changed.append(i)
    return changed
