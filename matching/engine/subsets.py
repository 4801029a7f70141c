"""Exact subset sums, bounded: which of these signed amounts add up to a target."""

from __future__ import annotations

from collections.abc import Sequence

_MAX_NODES = 60_000
_MAX_SOLUTIONS = 40


def exact_subsets(
    amounts: Sequence[int], target: int, *, fixed: int = 0, largest: int = 16, size: int = 0
) -> list[tuple[int, ...]] | None:
    """All index sets whose amounts add up to `target` exactly, each at least two members in all.

    The first `fixed` amounts are in every solution. `size`, where given, is the number of members. Amounts are
    signed cents. None: too many to search, so nothing can be said.
    """
    order = sorted(range(fixed, len(amounts)), key=lambda i: (-abs(amounts[i]), i))
    highest = [0] * (len(order) + 1)
    lowest = [0] * (len(order) + 1)
    for k in range(len(order) - 1, -1, -1):
        value = amounts[order[k]]
        highest[k] = highest[k + 1] + max(value, 0)
        lowest[k] = lowest[k + 1] + min(value, 0)
    start = tuple(range(fixed))
    solutions: list[tuple[int, ...]] = []
    nodes = 0
    stack: list[tuple[int, int, tuple[int, ...]]] = [(0, target - sum(amounts[:fixed]), start)]
    while stack:
        depth, rest, members = stack.pop()
        nodes += 1
        if nodes > _MAX_NODES:
            return None
        if rest == 0 and len(members) >= 2 and (not size or len(members) == size):
            solutions.append(tuple(sorted(members)))
            if len(solutions) > _MAX_SOLUTIONS:
                return None
        if depth == len(order) or len(members) >= (size or largest):
            continue
        if not lowest[depth] <= rest <= highest[depth]:
            continue
        for k in range(depth, len(order)):
            if not lowest[k] <= rest <= highest[k]:
                break
            index = order[k]
            stack.append((k + 1, rest - amounts[index], (*members, index)))
    return sorted(solutions)
