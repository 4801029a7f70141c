"""How likely each pair is, given all others: every slot and every booking is used once at most.

The pairs form a graph with weights exp(score); a matching's weight is the product of its pairs', staying
alone counts 1. The share of all matchings' weight that contains a pair is its probability. In small components they
are counted. Elsewhere belief propagation gives it exactly on trees and closely on others; it depends on no order. A
rival that is better explained by somebody else hardly counts, which a comparison of pairs one by one would not see.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from .components import Edge, components, counted, is_small

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
    result = dict.fromkeys(sorted(scores), 0.0)
    edges = []
    for component in components(_serious(scores)):
        if is_small(component):
            result.update(counted(component, {e: math.exp(min(_MAX_SCORE, scores[e])) for e in component}))
        else:
            edges += component
    weight = [math.exp(min(_MAX_SCORE, scores[e])) for e in edges]
    free = _Messages(edges, weight)
    for i, edge in enumerate(edges):
        together = weight[i] * free.from_left[i] * free.from_right[i]
        result[edge] = together / (1 + together)
    return result


class _Messages:
    """What each slot and each booking tells the other end of each edge: how free it is without it."""

    def __init__(self, edges: Sequence[Edge], weight: Sequence[float]) -> None:
        self._edges, self._weight = edges, weight
        self.from_left, self.from_right = [1.0] * len(edges), [1.0] * len(edges)
        left: dict[int, list[int]] = defaultdict(list)
        right: dict[int, list[int]] = defaultdict(list)
        for i, (slot, booking) in enumerate(edges):
            left[slot].append(i)
            right[booking].append(i)
        # A node with one edge has nothing to tell about others.
        self._lefts = {n: own for n, own in left.items() if len(own) > 1}
        self._rights = {n: own for n, own in right.items() if len(own) > 1}
        for slots, bookings in self._components():
            self._settle(slots, bookings)

    def _components(self) -> Iterator[tuple[set[int], set[int]]]:
        """The slots and bookings that have something to tell each other; each of them has several edges."""
        seen: set[int] = set()
        for first in self._lefts:
            if first in seen:
                continue
            slots, bookings, waiting = {first}, set[int](), [first]
            while waiting:
                for i in self._lefts[waiting.pop()]:
                    booking = self._edges[i][1]
                    if booking not in bookings and booking in self._rights:
                        bookings.add(booking)
                        fresh = ({self._edges[k][0] for k in self._rights[booking]} & self._lefts.keys()) - slots
                        slots |= fresh
                        waiting += fresh
            seen |= slots
            yield slots, bookings
        for booking, own in self._rights.items():
            if not any(self._edges[i][0] in self._lefts for i in own):
                yield set(), {booking}

    def _settle(self, slots: set[int], bookings: set[int]) -> None:
        edges, weight, lefts, rights = self._edges, self._weight, self._lefts, self._rights
        # Words are halved with what was said before, so whoever has changed its word goes on although nobody told it
        # more.
        for _ in range(_ROUNDS):
            changed = _send(weight, [lefts[n] for n in slots], self.from_right, self.from_left)
            slots = {edges[i][0] for i in changed}
            bookings |= {edges[i][1] for i in changed} & rights.keys()
            changed = _send(weight, [rights[n] for n in bookings], self.from_left, self.from_right)
            bookings = {edges[i][1] for i in changed}
            slots |= {edges[i][0] for i in changed} & lefts.keys()
            if not slots and not bookings:
                break


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
        if len(node) == 2:
            # Most have two. The same arithmetic without its loops.
            first, second = node
            ahead, after = weight[first] * incoming[first], weight[second] * incoming[second]
            for i, other in ((second, ahead), (first, after)):
                old = outgoing[i]
                outgoing[i] = fresh = math.sqrt(old / (1.0 + other))
                if abs(fresh - old) > _PRECISION * (fresh if fresh > old else old):
                    changed.append(i)
            continue
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
