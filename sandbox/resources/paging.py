"""Pages of a list (reference: paging 4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sandbox.http import Call
from sandbox.resources.replies import refuse

DEFAULT_SIZE = 25
MAX_SIZE = 250
WINDOW = 10_000


@dataclass(frozen=True, slots=True)
class PageRequest:
    """Which page is asked for: zero-based number and size."""

    number: int
    size: int


def whole_number(value: str | None, default: int, least: int) -> int:
    """Read a whole number; nonsense silently becomes the default (measured)."""
    text = (value or "").strip()
    if not (text.isascii() and text.isdigit()) or len(text) > 9:
        return default
    return int(text) if int(text) >= least else default


def page_request(call: Call) -> PageRequest:
    """Read ``page`` and ``size``; too large a size or window is refused with 400 (measured)."""
    size = whole_number(call.request.value("size"), DEFAULT_SIZE, 1)
    if size > MAX_SIZE:
        refuse(call, 400, f"parameter 'size' must be equal or lower than {MAX_SIZE}")
    number = whole_number(call.request.value("page"), 0, 0)
    if number * size >= WINDOW:
        refuse(call, 400, "Maximum search window size exceeded")
    return PageRequest(number, size)


def sort_entry(prop: str, *, descending: bool) -> dict[str, Any]:
    """Describe the sorting in force, as every page does."""
    return {
        "property": prop.lower(),
        "direction": "DESC" if descending else "ASC",
        "ignoreCase": False,
        "nullHandling": "NATIVE",
        "ascending": not descending,
    }


def page_of(
    rows: Sequence[Any], request: PageRequest, sort: dict[str, Any] | None, total: int | None = None
) -> dict[str, Any]:
    """Wrap the rows of one page.

    ``rows`` are all rows of the result, or only those of this page when ``total`` gives their number. The total never
    reads higher than the search window of 10,000.
    """
    if total is None:
        total = len(rows)
        rows = rows[request.number * request.size : (request.number + 1) * request.size]
    shown = min(total, WINDOW)
    pages = -(-shown // request.size)
    page: dict[str, Any] = {
        "content": list(rows),
        "first": request.number == 0,
        "last": request.number >= pages - 1,
        "totalPages": pages,
        "totalElements": shown,
        "numberOfElements": len(rows),
        "size": request.size,
        "number": request.number,
    }
    if sort is not None:
        page["sort"] = [sort]
    return page
