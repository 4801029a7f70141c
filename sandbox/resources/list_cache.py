"""Keeps the sorted rows of a big list between two pages, so that a page costs the same however long the list is."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from datetime import date
from threading import Lock

from sandbox.world.model import Organisation, Voucher

# Smaller lists are computed anew each time, which is as fast.
WORTH_KEEPING = 1_000
KEPT = 32

Key = tuple[object, ...]


class ListCache:
    """The latest results per query; a result is used only while nothing has changed since."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._kept: OrderedDict[Key, list[Voucher]] = OrderedDict()

    def rows(
        self, organisation: Organisation, query: Key, today: date, compute: Callable[[], list[Voucher]]
    ) -> list[Voucher]:
        """Return the rows of a query (everything that selects and sorts, without page and size)."""
        if len(organisation.vouchers) < WORTH_KEEPING:
            return compute()
        key = (organisation.id, organisation.revision, len(organisation.vouchers), today, query)
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        found = compute()
        with self._lock:
            self._kept[key] = found
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return found
