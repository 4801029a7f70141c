"""Reading a list to its end although it changes meanwhile, and although one question shows 10,000 rows at most.

Nothing freezes the result between two pages (reference: consistency 4.3). A row that changes moves to the end of a list
sorted by change, and every row behind its old place moves up by one: the first row of the next page slips into a page
that was already read. It is noticed by the moved row, which appears twice, or by a total that changed; then the list is
read once more, and only what is new or different is passed on.
"""

from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from integrations.providers.lexware.errors import AnswerNotUnderstood, TooManyRows
from integrations.providers.lexware.types import UnreadableRow, VoucherPage, VoucherRow
from integrations.providers.lexware.values import GERMANY

# The service counts and shows no further (reference: paging 4.2).
WINDOW = 10_000
REPEATS = 2

Fetch = Callable[[int, date | None], VoucherPage]


@dataclass(slots=True)
class _Seen:
    """Which versions of which rows were passed on already."""

    versions: set[tuple[str, str]] = field(default_factory=set)

    def fresh(self, page: VoucherPage) -> VoucherPage:
        """Return the page without the rows that were passed on exactly like that."""
        return replace(
            page,
            rows=tuple(row for row in page.rows if self._is_fresh(row)),
            unreadable=tuple(row for row in page.unreadable if self._is_fresh(row)),
        )

    def _is_fresh(self, row: VoucherRow | UnreadableRow) -> bool:
        version = (str(row.id), row.raw)
        if version in self.versions:
            return False
        self.versions.add(version)
        return True


@dataclass(frozen=True, slots=True)
class _Result:
    """What a reading from the first to the last page showed."""

    moved: bool
    cut_off: bool
    newest: datetime | None


def read_pages(fetch: Fetch, *, since: date | None, by_change: bool, size: int) -> Iterator[VoucherPage]:
    """Yield every page that ``fetch(number, since)`` finds, rows once or again when they changed meanwhile.

    ``by_change``: the list is sorted by the day that ``since`` filters by, so that a list cut off at 10,000 rows can
    be continued from the day of its last row. ``TooManyRows`` where it cannot; ``AnswerNotUnderstood`` when the service
    repeats a page or answers with another one.
    """
    seen = _Seen()
    while True:
        for repeat in range(REPEATS + 1):
            result = yield from _read_once(fetch, since, size, by_change, seen, repeat > 0)
            if not result.moved:
                break
        if not result.cut_off:
            return
        day = result.newest.astimezone(GERMANY).date() if result.newest else None
        if day is None or (since is not None and day <= since):
            raise TooManyRows(f"more than {WINDOW} rows on one day ({since or 'unknown'})")
        since = day


def _read_once(
    fetch: Fetch, since: date | None, size: int, by_change: bool, seen: _Seen, again: bool
) -> Generator[VoucherPage, None, _Result]:
    ids: set[str] = set()
    previous: tuple[str, ...] = ()
    newest: datetime | None = None
    total: int | None = None
    moved = False
    number = 0
    while True:
        page = fetch(number, since)
        names = tuple([str(row.id) for row in page.rows] + [row.id or row.raw for row in page.unreadable])
        # The whole rows are compared: one that changed in between may move to the next page, alone, under its old id.
        contents = tuple([row.raw for row in page.rows] + [row.raw for row in page.unreadable])
        if page.number != number or (contents and contents == previous):
            raise AnswerNotUnderstood(f"page {number} was asked for, and page {page.number} came, or the same again")
        cut_off = page.total_elements >= WINDOW
        if cut_off and not by_change:
            raise TooManyRows(f"more than {WINDOW} rows")
        moved = moved or bool(ids.intersection(names)) or (total is not None and page.total_elements != total)
        total = page.total_elements
        newest = max([row.updated_at for row in page.rows], default=newest)
        ids.update(names)
        previous = contents
        fresh = seen.fresh(page)
        if not again or fresh.rows or fresh.unreadable:
            yield fresh
        number += 1
        if page.last or not names or number * size >= WINDOW:
            return _Result(moved, cut_off, newest)
