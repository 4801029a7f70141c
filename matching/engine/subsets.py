"""Exact subset sums, bounded: which of these signed amounts add up to a target."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence

_MAX_NODES = 60_000
_MAX_SOLUTIONS = 40
_MAX_HALVED = 22


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


def subsets_near(amounts: Sequence[int], low: int, high: int, *, most: int = 400) -> list[int] | None:
    """All sets of amounts whose sum lies in low..high, each as a bit mask; None: more than `most`.

    Meets in the middle: with n amounts it looks at 2 ** (n / 2) sums twice and at the hits. n is at most 22.
    """
    if len(amounts) > _MAX_HALVED:
        raise ValueError(f"{len(amounts)} amounts are too many")
    middle = len(amounts) // 2
    left, right = _sums(amounts[:middle]), sorted(_sums(amounts[middle:]))
    values = [value for value, _ in right]
    found: list[int] = []
    for value, mask in left:
        place = bisect_left(values, low - value)
        while place < len(values) and values[place] <= high - value:
            found.append(mask | right[place][1] << middle)
            if len(found) > most:
                return None
            place += 1
    return sorted(found)


def subsets_of_size(amounts: Sequence[int], target: int, size: int, *, most: int = 400) -> list[int] | None:
    """All sets of `size` amounts (0: of two or more) that add up to `target`, each as a bit mask.

    None: more than `most`. Meets in the middle like `subsets_near`.
    """
    if len(amounts) > _MAX_HALVED:
        raise ValueError(f"{len(amounts)} amounts are too many")
    middle = len(amounts) // 2
    right: dict[tuple[int, int], list[int]] = defaultdict(list)
    for value, mask in _sums(amounts[middle:]):
        right[(value, mask.bit_count() if size else 0)].append(mask)
    found: list[int] = []
    for value, mask in _sums(amounts[:middle]):
        for other in right.get((target - value, size - mask.bit_count() if size else 0), ()):
            whole = mask | other << middle
            if whole.bit_count() > 1:
                found.append(whole)
        if len(found) > most:
            return None
    return sorted(found)


def _sums(amounts: Sequence[int]) -> list[tuple[int, int]]:
    sums = [(0, 0)]
    for i, amount in enumerate(amounts):
        sums += [(value + amount, mask | 1 << i) for value, mask in sums]
    return sums
