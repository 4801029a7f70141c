"""Whether two statements of one account can hold the same line, judged by periods, pages and balances.

Pure. A line without any id looks the same in two statements whether it is one payment, told twice, or two. What stands
around it tells: see docs/bank-identity.md, "Twins in several statements".
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import combinations
from typing import Final

MOST_SUMS: Final = 20_000
"""Different sums that are looked at; with more, two statements are taken for overlapping."""
MOST_TELLINGS: Final = 14
"""Statements that are weighed against each other for one line; real days have two or three."""

Line = tuple[date, str, Decimal]
"""Booking day, key without number, signed amount."""


@dataclass(frozen=True)
class Telling:
    """What a statement says of an account.

    ``first`` to ``last`` are the days that it covers; ``opening`` and ``closing`` are None where it has none.
    ``sound``: opening plus lines is closing. ``page`` names a page of a statement (statement, page), if it is one.
    ``exported``: a table, which always begins with a day, unless somebody cut it.
    """

    first: date
    last: date
    opening: Decimal | None
    closing: Decimal | None
    sound: bool
    lines: Counter[Line]
    page: tuple[str, str] = ("", "")
    exported: bool = False


def apart(one: Telling, other: Telling) -> bool:
    """Whether it is certain that no line of the one is meant by a line of the other."""
    if one.last < other.first or other.last < one.first:
        return True
    if one.page[1] and one.page[0] == other.page[0] and one.page[1] != other.page[1]:
        return True
    if not (one.sound and other.sound):
        return False
    if (one.exported or other.exported) and one.closing != other.opening and other.closing != one.opening:
        return False
    common = one.lines & other.lines
    return not common or not (_within(one, other, common) or _within(other, one, common))


def number_of(line: Line, tellings: Iterable[Telling]) -> int:
    """How many equal payments there are at least: the most that statements tell of which are all apart."""
    told = sorted((telling for telling in tellings if line in telling.lines), key=lambda telling: -telling.lines[line])
    told = told[:MOST_TELLINGS]
    pairs = {(first, second) for first, second in combinations(range(len(told)), 2) if apart(told[first], told[second])}
    return _heaviest([telling.lines[line] for telling in told], pairs, (), 0)


def _heaviest(counts: Sequence[int], pairs: set[tuple[int, int]], chosen: tuple[int, ...], start: int) -> int:
    best = sum(counts[place] for place in chosen)
    for place in range(start, len(counts)):
        if all((before, place) in pairs for before in chosen):
            best = max(best, _heaviest(counts, pairs, (*chosen, place), place + 1))
    return best


def _within(one: Telling, other: Telling, common: Counter[Line]) -> bool:
    """Whether the other statement may begin within the one: both then have the lines between its beginning and the
    end of the one that ends first, and the balances differ by just these."""
    if one.opening is None or one.closing is None or other.opening is None:
        return True
    behind = one.closing - other.opening
    if behind:
        if behind in _sums(common, empty=False):
            return True
    elif other.lines:
        # it goes on where the one ends; unless it began with that day, whose lines so far came to nothing
        begin = min(day for day, *_ in other.lines)
        ends = Counter({line: count for line, count in one.lines.items() if line[0] >= begin})
        if ends and ends <= other.lines and not _total(ends):
            return True
    return other.lines <= one.lines and (other.opening - one.opening) in _sums(one.lines - other.lines, empty=True)


class _Any:
    """Every sum, where there are too many to look at."""

    def __contains__(self, _amount: object) -> bool:
        return True


def _sums(lines: Counter[Line], *, empty: bool) -> "set[Decimal] | _Any":
    """What some of the lines may come to; none of them only where ``empty``."""
    found = {Decimal(0)} if empty else set()
    for (*_, amount), count in lines.items():
        for _ in range(count):
            found |= {amount, *(amount + known for known in found)}
            if len(found) > MOST_SUMS:
                return _Any()
    return found


def _total(lines: Counter[Line]) -> Decimal:
    return sum((amount * count for (*_, amount), count in lines.items()), Decimal(0))
