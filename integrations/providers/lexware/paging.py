"""Reading a list to its end although it changes meanwhile, and although one question shows 10,000 rows at most.

Nothing freezes the result between two pages (reference: consistency 4.3): where a row leaves an early page, the first
row of the next one slips into a page that was already read. So the list is not read page by page, but day by day: it is
sorted by a date, and after each page the next question begins with the day of that page's last row. Every answer is the
beginning of its question, nothing can slip out of it, and no question meets the end of the 10,000-row window.

A day with more rows than a page is read by another of the dates. Where all dates are the same, pages are all that is
left: they are read until two readings in a row show the same rows. A list that never holds still says so.
"""

import hashlib
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from integrations.providers.errors import AnswerNotUnderstood, TooManyRows
from integrations.providers.lexware.questions import AXES, Axis, Question, day_of
from integrations.providers.lexware.types import UnreadableRow, VoucherPage, VoucherRow

# The service counts and shows no further (reference: paging 4.2).
WINDOW = 10_000
# So often a list of pages is read until it shows the same rows twice in a row.
READINGS = 5

Ask = Callable[[Question, int], VoucherPage]


@dataclass(slots=True)
class _Seen:
    """Which versions of which rows were passed on already, and how many rows there are, as far as known."""

    versions: set[tuple[str, bytes]] = field(default_factory=set)
    total: int = 0

    def fresh(self, page: VoucherPage) -> VoucherPage:
        """The page without the rows that were passed on exactly like that, and with the total of the whole list."""
        known = len(self.versions)
        rows = tuple(row for row in page.rows if self._is_fresh(row))
        unreadable = tuple(row for row in page.unreadable if self._is_fresh(row))
        again = len(page.rows) + len(page.unreadable) - len(rows) - len(unreadable)
        self.total = max(self.total, known + page.total_elements - again)
        return replace(page, rows=rows, unreadable=unreadable, total_elements=self.total)

    def _is_fresh(self, row: VoucherRow | UnreadableRow) -> bool:
        version = (str(row.id), hashlib.blake2b(row.raw.encode(), digest_size=16).digest())
        if version in self.versions:
            return False
        self.versions.add(version)
        return True


def read_pages(ask: Ask, question: Question) -> Iterator[VoucherPage]:
    """Yield the pages of a question in its own order, as they come; what moves meanwhile may be lost.

    ``AnswerNotUnderstood`` when the service repeats a page or answers with another one.
    """
    yield from _pages(ask, question)


def read_all(ask: Ask, question: Question, axis: Axis) -> Iterator[VoucherPage]:
    """Yield pages with every row of a question, at least one page; rows once, or again when they changed meanwhile.

    ``axis``: the date to go by; rows without it are shown only where the question does not filter by it.
    ``TooManyRows`` where the service cannot show them all; a page that is not ``steady`` where the list did not hold
    still for long enough.
    """
    # Every document has the moments of its making and its last change; a day of its own it may lack.
    others: list[Axis] = [other for other in AXES if other not in (axis, "voucherDate")]
    seen = _Seen()
    for page in _by_day(ask, question, [axis, *others]):
        yield seen.fresh(page)


def _by_day(ask: Ask, question: Question, axes: Sequence[Axis]) -> Iterator[VoucherPage]:
    axis, others = axes[0], axes[1:]
    begin, end = question.range(axis)
    while True:
        part = question.between(axis, begin, end)
        page = _ask(ask, part, 0)
        yield page
        if page.last or not (page.rows or page.unreadable):
            return
        reached = _reached(page, axis)
        if reached is None or (begin and reached < begin):
            # In another order than asked for, or without these days: nothing can be told from the last row.
            yield from _steadily(ask, part)
            return
        if begin is None or reached > begin:
            begin = reached
            continue
        one_day = question.between(axis, begin, begin)
        yield from _by_day(ask, one_day, others) if others else _steadily(ask, one_day)
        begin += timedelta(days=1)
        if end is not None and begin > end:
            return


def _reached(page: VoucherPage, axis: Axis) -> date | None:
    """The day up to which the page shows everything before it; None where it is not in the order of its days."""
    days = [day_of(row, axis) for row in page.rows]
    known = [day for day in days if day is not None]
    return known[-1] if known and len(known) == len(days) and known == sorted(known) else None


def _steadily(ask: Ask, question: Question) -> Iterator[VoucherPage]:
    """Read page by page until two readings in a row show the same rows."""
    before: set[str] | None = None
    for _ in range(READINGS):
        names: list[str] = []
        count = 0
        for page in _pages(ask, question):
            if page.total_elements >= WINDOW:
                yield page
                yield from _narrower(ask, question)
                return
            yield page
            names += _names(page)
            count += 1
        now = set(names)
        if count == 1 or (now == before and len(now) == len(names)):
            return
        before = now
    yield VoucherPage((), (), 0, 1, 0, last=True, steady=False)


def _narrower(ask: Ask, question: Question) -> Iterator[VoucherPage]:
    """Ask by type, then by state, then by the one date that is left."""
    parts = list(question.narrower())
    unused = [axis for axis in AXES if None in question.range(axis)]
    if parts:
        for part in parts:
            yield from _steadily(ask, part)
    elif unused:
        yield from _by_day(ask, question, unused)
    else:
        raise TooManyRows(f"more than {WINDOW} rows of one type and state on the same days: {question.ranges}")


def _pages(ask: Ask, question: Question) -> Generator[VoucherPage, None, None]:
    previous: tuple[str, ...] = ()
    number = 0
    while True:
        page = _ask(ask, question, number)
        # The whole rows are compared: one that changed in between may move to the next page, alone, under its old id.
        contents = tuple([row.raw for row in page.rows] + [row.raw for row in page.unreadable])
        if contents and contents == previous:
            raise AnswerNotUnderstood(f"page {number} is the same as the one before")
        previous = contents
        yield page
        number += 1
        if page.last or not contents or number * question.size >= WINDOW:
            return


def _ask(ask: Ask, question: Question, number: int) -> VoucherPage:
    page = ask(question, number)
    if page.number != number:
        raise AnswerNotUnderstood(f"page {number} was asked for, and page {page.number} came")
    return page


def _names(page: VoucherPage) -> list[str]:
    return [str(row.id) for row in page.rows] + [row.id or row.raw for row in page.unreadable]
