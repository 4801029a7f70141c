"""The balances that statements tell of a morning, and whether the bank's own numbers follow each other."""

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import accumulate

from matching.coverage.shapes import DAY, Delivered

# Longer numbers are dates or contain one.
SEQUENCE = re.compile(r"0*(\d{1,4})")


@dataclass(frozen=True, slots=True)
class Boundary:
    """What one statement tells of the balance at the beginning of a day; several where it contradicts itself.

    What a provisional one tells is not ``firm``: it may be the balance in the middle of a day.
    """

    statement: int
    balances: frozenset[Decimal]
    firm: bool = True


def boundaries(given: list[Delivered], lines: Mapping[date, Decimal] | None) -> dict[date, list[Boundary]]:
    """By morning, what each statement tells: at its beginning, at its end, and, given the stored lines by day, where
    another one begins or ends in its middle.
    """
    told: dict[date, list[Boundary]] = defaultdict(list)
    for one in given:
        if one.begins:
            told[one.span.first].append(Boundary(one.number, one.begins, not one.provisional))
        if one.ends:
            told[one.span.last + DAY].append(Boundary(one.number, one.ends))
    if lines is not None:
        _inside(told, given, lines)
    return dict(told)


def _inside(told: dict[date, list[Boundary]], given: list[Delivered], lines: Mapping[date, Decimal]) -> None:
    days = sorted(lines)
    sums = [Decimal(0), *accumulate(lines[day] for day in days)]
    mornings = sorted(told)

    def moved(first: date, after: date) -> Decimal:
        return sums[bisect_left(days, after)] - sums[bisect_left(days, first)]

    for one in given:
        # A statement whose lines are not those that are stored cannot tell how they lie within it.
        if one.provisional or not one.adds_up or not one.begins:
            continue
        if moved(one.span.first, one.span.last + DAY) != one.booked:
            continue
        for morning in mornings[
            bisect_left(mornings, one.span.first + DAY) : bisect_left(mornings, one.span.last + DAY)
        ]:
            balance = next(iter(one.begins)) + moved(one.span.first, morning)
            told[morning].append(Boundary(one.number, frozenset({balance})))


def numbers_jump(before: Delivered, after: Delivered) -> bool:
    """Whether the bank's numbers say that a statement is missing between two of the same form and year.

    Numbers that count days (banks that number by the day of the year jump over weekends) say nothing.
    """
    if before.format != after.format or before.span.last.year != after.span.first.year:
        return False
    one, other = SEQUENCE.fullmatch(before.sequence), SEQUENCE.fullmatch(after.sequence)
    if one is None or other is None:
        return False
    step = int(other[1]) - int(one[1])
    days = {(after.span.first - before.span.first).days, (after.span.last - before.span.last).days}
    return step > 1 and step not in days
