"""All changes of an account, though the list moves while it is read.

Sorted by the moment of the change, a row that changes goes to the end and those behind it move up: the first row of the
next page would be lost. So each next question begins a moment before the last row of the page before, instead of on the
next page. Only where more rows than a page hold changed within that moment, pages are turned; if the list moved
meanwhile, they are read again.
"""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from integrations.providers.errors import AnswerNotUnderstood
from integrations.providers.qonto.types import Page

# Overlap of two questions: the stamps have fractions of a second, and whether the bound counts in is not documented.
MOMENT = timedelta(seconds=1)
MOST_TURNS = 1000
MOST_REPEATS = 3

Ask = Callable[[datetime | None, int], Page]


def changes(ask: Ask, since: datetime | None) -> Iterator[Page]:
    """Yield the pages of everything changed since, in the order of the changes; rows come again where they changed.

    ``ask`` gives a page (from 1) of what changed from a moment on, ascending. ``AnswerNotUnderstood`` where the list
    has no end.
    """
    repeats = 0
    while True:
        again = _Again()
        yield from _once(ask, since, again)
        if not (again.turned and again.moved) or repeats == MOST_REPEATS:
            return
        repeats, since = repeats + 1, again.turned_at


class _Again:
    """Whether pages were turned (where first), and whether the list moved."""

    turned = False
    moved = False
    turned_at: datetime | None = None


def _once(ask: Ask, since: datetime | None, again: _Again) -> Iterator[Page]:
    number, known = 1, dict[str, datetime | None]()
    for _turn in range(MOST_TURNS):
        page = ask(since, number)
        again.moved |= any(known.get(row.key, row.updated_at) != row.updated_at for row in page.lines)
        known.update((row.key, row.updated_at) for row in page.lines)
        yield page
        if page.last:
            return
        stamps = [*(row.updated_at for row in page.lines), *(row.updated_at for row in page.unreadable)]
        latest = max(filter(None, stamps), default=None)
        ahead = latest - MOMENT if latest is not None else None
        if ahead is not None and (since is None or ahead > since):
            since, number = ahead, 1
        else:
            if not again.turned:
                again.turned, again.turned_at = True, since
            number += 1
    raise AnswerNotUnderstood("the list of transactions has no end")
