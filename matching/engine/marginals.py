"""How likely each pair is, given all others: every slot and every booking is used once at most.

The pairs form a graph with weights exp(score); a matching's weight is the product of its pairs', staying
alone counts 1. The share of all matchings' weight that contains a pair is its probability. Belief propagation
gives it exactly on trees and closely elsewhere; it depends on no order. A rival that is better explained by
somebody else hardly counts, which a comparison of pairs one by one would not see.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping

Edge = tuple[int, int]
_ROUNDS = 60
_PRECISION = 1e-9
_MAX_SCORE = 25.0


def probabilities(scores: Mapping[Edge, float]) -> dict[Edge, float]:
    """The probability of each (slot, booking) edge, from its log odds."""
    weight = {edge: math.exp(min(_MAX_SCORE, scores[edge])) for edge in sorted(scores)}
    left: dict[int, list[Edge]] = defaultdict(list)
    right: dict[int, list[Edge]] = defaultdict(list)
    for edge in weight:
        left[edge[0]].append(edge)
        right[edge[1]].append(edge)
    from_left = dict.fromkeys(weight, 1.0)
    from_right = dict.fromkeys(weight, 1.0)
    busy = sorted(e for e in weight if len(left[e[0]]) > 1 or len(right[e[1]]) > 1)
    lefts, rights = sorted({e[0] for e in busy}), sorted({e[1] for e in busy})
    for _ in range(_ROUNDS):
        change = _send(weight, left, lefts, from_right, from_left)
        change = max(change, _send(weight, right, rights, from_left, from_right))
        if change < _PRECISION:
            break
    result = {}
    for edge, w in weight.items():
        together = w * from_left[edge] * from_right[edge]
        result[edge] = together / (1 + together)
    return result


def _send(
    weight: Mapping[Edge, float],
    edges_of: Mapping[int, list[Edge]],
    nodes: list[int],
    incoming: Mapping[Edge, float],
    outgoing: dict[Edge, float],
) -> float:
    """One round: each node tells each partner how free it is when its other partners have spoken."""
    change = 0.0
    for node in nodes:
        edges = edges_of[node]
        terms = [weight[e] * incoming[e] for e in edges]
        for i, edge in enumerate(edges):
            others = sum(terms[:i]) + sum(terms[i + 1 :])
            message = 1.0 / (1.0 + others)
            old = outgoing[edge]
            fresh = math.sqrt(message * old)
            change = max(change, abs(fresh - old) / max(fresh, old))
            outgoing[edge] = fresh
    return change
