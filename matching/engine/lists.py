"""Lists of document numbers in a text: abbreviated ones (2025/8216/217) and ranges (350 bis 362)."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Set
from itertools import pairwise

from .book import Book, Booking
from .numbers import Hit

_RANGE = re.compile(r"^\s*(BIS|-|–|TO)\s*(?:[A-Z]{0,4}[ \-]?)?$")
_TAIL_WEIGHT = 4.0
_RANGE_WEIGHT = 3.0


class NumberLine:
    """The clients' own and foreign document numbers by their digits."""

    __slots__ = ("_by_digits", "_digits")

    def __init__(self, book: Book) -> None:
        self._digits = {c.index: c.number.digits for c in book.claims}
        self._by_digits: dict[str, list[int]] = defaultdict(list)
        for index, digits in self._digits.items():
            if digits:
                self._by_digits[digits].append(index)

    def listed(self, book: Book, b: Booking, allowed: Set[int]) -> dict[int, Hit]:
        """Claims among the allowed ones that a list in the booking's text names, beyond the plain hits."""
        found: dict[int, Hit] = {}
        plain = {i: h for i, h in book.hits[b.index].items() if i in allowed and h.whole}
        for base, hit in sorted(plain.items()):
            text = next(t for t in b.numbers if t.field == hit.field)
            digits = self._digits[base]
            for atom in text.atoms:
                if not atom.is_number or not 2 <= len(atom.value) < len(digits) or hit.start <= atom.start < hit.end:
                    continue
                value = digits[: -len(atom.value)] + atom.value
                for index in self._by_digits.get(value, ()):
                    if index in allowed and index not in plain:
                        found[index] = Hit(
                            "number_in_list", _TAIL_WEIGHT, False, text.field, atom.start, atom.end, atom.value
                        )
        for index, hit in self._ranges(b, plain, allowed).items():
            found.setdefault(index, hit)
        return found

    def _ranges(self, b: Booking, plain: dict[int, Hit], allowed: Set[int]) -> dict[int, Hit]:
        found: dict[int, Hit] = {}
        ordered = sorted(plain.items(), key=lambda p: (p[1].field, p[1].start, p[0]))
        for (first, left), (last, right) in pairwise(ordered):
            if left.field != right.field or left.end > right.start:
                continue
            text = next(t for t in b.numbers if t.field == left.field)
            if not _RANGE.match(text.folded[left.end : right.start]):
                continue
            low, high = self._digits[first], self._digits[last]
            for index in sorted(allowed):
                digits = self._digits[index]
                if len(digits) == len(low) == len(high) and low < digits < high:
                    found[index] = Hit("number_in_list", _RANGE_WEIGHT, False, left.field, left.start, right.end, "")
        return found


def named_together(book: Book) -> dict[int, set[int]]:
    """The claims that a text names together with others of their party, each with the bookings of these texts."""
    line = NumberLine(book)
    of_party: dict[object, set[int]] = defaultdict(set)
    for claim in book.claims:
        of_party[claim.party].add(claim.index)
    found: dict[int, set[int]] = defaultdict(set)
    for b in book.bookings:
        whole = {i for i, hit in book.hits[b.index].items() if hit.whole}
        named = set(whole)
        for party in {book.claims[i].party for i in whole}:
            named |= line.listed(book, b, of_party[party]).keys()
        if len(named) > 1:
            for index in named:
                found[index].add(b.index)
    return found
