"""Bookings in order of their days, on shelves by direction, word or amount: never all against all.

A shelf by word has a part for each size of amount (a quarter more each), so that those of about one amount within some
months are found by two bisections, however many bookings carry the word.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right, insort
from collections.abc import Collection, Hashable, Iterable
from typing import Protocol

from .booking import Booking

Dated = tuple[int, int]
"""A day's ordinal and a booking's index."""

_MANY = 64


def _size(amount: int) -> int:
    return int(4 * math.log(amount))


def _take_out(rows: list[Dated], dated: Dated) -> None:
    place = bisect_left(rows, dated)
    if place < len(rows) and rows[place] == dated:
        del rows[place]


class Calendar:
    """Rows by any key and the size of their amount."""

    __slots__ = ("_parts",)

    def __init__(self) -> None:
        self._parts: dict[tuple[Hashable, int], list[Dated]] = {}

    def add(self, key: Hashable, amount: int, day: int, index: int) -> None:
        """Put a row on the shelf of a key."""
        row = self._parts.setdefault((key, _size(amount)), [])
        if not row or row[-1] < (day, index):
            row.append((day, index))
        else:
            insort(row, (day, index))

    def remove(self, key: Hashable, amount: int, day: int, index: int) -> None:
        """Take a row off the shelf of a key, where it is there."""
        _take_out(self._parts.get((key, _size(amount)), []), (day, index))

    def between(self, key: Hashable, low: int, high: int, first: int, last: int, most: int) -> list[int]:
        """Bookings of about low..high cents from the day `first` to `last`; none where there are more than `most`.

        Their amounts may be beyond the limits by a quarter.
        """
        found: list[tuple[list[Dated], int, int]] = []
        for size in range(_size(max(1, low)), _size(max(1, high)) + 1):
            row = self._parts.get((key, size))
            if row:
                start, end = bisect_left(row, (first, -1)), bisect_right(row, (last, 1 << 60))
                most -= end - start
                found.append((row, start, end))
        if most < 0:
            return []
        return [index for row, start, end in found for _, index in row[start:end]]


class Vocabulary(Protocol):
    """The bookings by index, and the words of the contacts."""

    bookings: list[Booking]
    vocabulary: set[str]


class AmountShelf:
    """All bookings of one direction and amount, in order of their days."""

    __slots__ = ("_by_word", "rows")

    def __init__(self) -> None:
        self.rows: list[Dated] = []
        self._by_word: dict[str, list[Dated]] | None = None

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def is_long(self) -> bool:
        """Whether a look at each of them for each voucher is too much: a price that comes again and again."""
        return len(self.rows) > _MANY

    def add(self, b: Booking, words: Collection[str] = ()) -> None:
        """Put a booking in its place; `words`: those of the contacts that it carries."""
        if not self.rows or self.rows[-1] < (b.day, b.index):
            self.rows.append((b.day, b.index))
        else:
            insort(self.rows, (b.day, b.index))
        for word in words:
            self.add_word(word, b)

    def remove(self, b: Booking) -> None:
        """Take a booking off."""
        _take_out(self.rows, (b.day, b.index))
        for word in b.words & (self._by_word or {}).keys():
            _take_out((self._by_word or {})[word], (b.day, b.index))

    def add_word(self, word: str, b: Booking) -> None:
        """Make a booking found by another word, where words are looked up at all."""
        if self._by_word is not None:
            insort(self._by_word.setdefault(word, []), (b.day, b.index))

    def within(self, first: int, last: int) -> list[int]:
        """Those from the day `first` to `last`."""
        return [i for _, i in self.rows[bisect_left(self.rows, (first, -1)) : bisect_right(self.rows, (last, 1 << 60))]]

    def nearest(self, day: int, first: int, last: int, most: int) -> list[int]:
        """The nearest to a day from `first` to `last`: whole distances only, as long as they are `most` together.

        Those of equal distance are all taken or all left, for nothing would tell one from another.
        """
        found: list[int] = []
        rows = self.rows
        middle = bisect_left(rows, (day, -1))
        left, right = middle - 1, middle
        while True:
            gaps = [abs(rows[k][0] - day) for k in (left, right) if 0 <= k < len(rows) and first <= rows[k][0] <= last]
            if not gaps:
                return found
            gap, batch = min(gaps), []
            while right < len(rows) and rows[right][0] <= last and rows[right][0] - day == gap:
                batch.append(rows[right][1])
                right += 1
            while left >= 0 and rows[left][0] >= first and day - rows[left][0] == gap:
                batch.append(rows[left][1])
                left -= 1
            if not batch or len(found) + len(batch) > most:
                return found
            found += batch

    def with_a_word(self, wanted: Collection[str], book: Vocabulary, first: int, last: int) -> Iterable[int]:
        """Those that carry one of the words, from the day `first` to `last`."""
        if self._by_word is None:
            self._by_word = {}
            for dated in self.rows:
                for word in book.bookings[dated[1]].words & book.vocabulary:
                    self._by_word.setdefault(word, []).append(dated)
        found: set[int] = set()
        for word in wanted:
            row = self._by_word.get(word, ())
            found.update(i for _, i in row[bisect_left(row, (first, -1)) : bisect_right(row, (last, 1 << 60))])
        return found
