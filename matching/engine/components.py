"""Which pairs compete with each other, and all their matchings where these can be counted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

Edge = tuple[int, int]
_MOST_BETWEEN, _MOST_EDGES = 5, 16
"""Nodes on the smaller side and pairs of a component whose matchings are counted: at most some hundred steps."""


def components(edges: Iterable[Edge]) -> list[list[Edge]]:
    """Pairs that share slots or bookings, directly or by others; all in the order of the pairs."""
    root: dict[tuple[int, int], tuple[int, int]] = {}

    def find(node: tuple[int, int]) -> tuple[int, int]:
        while (above := root.setdefault(node, node)) != node:
            root[node] = root[above]
            node = above
        return node

    ordered = sorted(edges)
    for slot, booking in ordered:
        one, other = find((0, slot)), find((1, booking))
        if one != other:
            root[max(one, other)] = min(one, other)
    found: dict[tuple[int, int], list[Edge]] = defaultdict(list)
    for edge in ordered:
        found[find((0, edge[0]))].append(edge)
    return list(found.values())


def is_small(component: Sequence[Edge]) -> bool:
    """Whether a component has a loop, so that messages would only come near, and few enough matchings to count them."""
    if len(component) > _MOST_EDGES:
        return False
    slots, bookings = {s for s, _ in component}, {b for _, b in component}
    return len(component) >= len(slots) + len(bookings) and min(len(slots), len(bookings)) <= _MOST_BETWEEN


def counted(component: Sequence[Edge], weight: Mapping[Edge, float]) -> dict[Edge, float]:
    """The share of the weight of all matchings that contains each pair.

    The nodes of the larger side are taken one by one; what matters of those before is only which nodes of the smaller
    side they have used, and how much all ways to do so weigh.
    """
    slots, bookings = sorted({s for s, _ in component}), sorted({b for _, b in component})
    across = 1 if len(slots) >= len(bookings) else 0
    bit = {node: 1 << place for place, node in enumerate(bookings if across else slots)}
    rows: dict[int, list[Edge]] = defaultdict(list)
    for edge in component:
        rows[edge[1 - across]].append(edge)
    order = sorted(rows)
    before = [{0: 1.0}]
    for node in order:
        ways = dict(before[-1])
        for edge in rows[node]:
            for used, total in before[-1].items():
                if not used & bit[edge[across]]:
                    both = used | bit[edge[across]]
                    ways[both] = ways.get(both, 0.0) + total * weight[edge]
        before.append(ways)
    behind = dict.fromkeys(before[-1], 1.0)
    share: dict[Edge, float] = {}
    for place in range(len(order) - 1, -1, -1):
        ways = {used: behind[used] for used in before[place]}
        for edge in rows[order[place]]:
            free = [used for used in before[place] if not used & bit[edge[across]]]
            share[edge] = sum(before[place][u] * weight[edge] * behind[u | bit[edge[across]]] for u in free)
            for used in free:
                ways[used] += weight[edge] * behind[used | bit[edge[across]]]
        behind = ways
    return {edge: share[edge] / behind[0] for edge in component}
