"""Which bookings name a contact: each name is compared with each wording once, not with each booking.

A large client has a hundred thousand bookings, but they repeat some thousand wordings with other digits.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict

from .book import Book, Booking
from .names import NameMatch, compare, contradicts, other_person
from .shelves import Dated

Contact = tuple[str, ...]
_FEW = 200
_BEGINNING = 3
_NAMES = frozenset({"equal", "similar"})


class NameCache:
    """Name comparisons of a run: the same contact meets the same wordings again and again."""

    __slots__ = ("_book", "_known", "_namesakes", "_whole", "_wordings")

    def __init__(self, book: Book, whole: NameCache | None = None) -> None:
        self._book = book
        self._whole = whole
        """The comparisons of the whole client, where the book holds only some of its rows."""
        self._known: dict[Contact, dict[int, NameMatch]] = {}
        self._namesakes: dict[tuple[int, int], dict[Contact, list[Dated]]] = defaultdict(dict)
        self._wordings: dict[tuple[int, int], _Wordings] = {}

    def match(self, contact: Contact, b: Booking) -> NameMatch:
        """Compare a contact with a booking. A contact with digits in its name meets each booking by itself."""
        known = self._known.get(contact)
        if known is None:
            known = self._known[contact] = {}
        key = b.text if "".join(contact).isalpha() else ~b.index
        match = known.get(key)
        if match is None:
            match = compare(contact, b.words, b.squashed, self._book.words, brand=b.is_card)
            if not b.is_card and contradicts(match, b.names):
                match = other_person(match)
            known[key] = match
        return match

    def others(self, contact: Contact, b: Booking) -> tuple[int, int | None]:
        """How many other bookings of its amount and direction name the contact, and the days to the nearest."""
        index = b.index
        if self._whole:
            dated = self._whole.namesakes(contact, b.sign, b.amount)
            index = self._whole.index_of(b)
        else:
            dated = self.namesakes(contact, b.sign, b.amount)
        place = bisect_left(dated, (b.day, index))
        itself = place < len(dated) and dated[place][1] == index
        gaps = [abs(dated[k][0] - b.day) for k in (place - 1, place + itself) if 0 <= k < len(dated)]
        return len(dated) - itself, min(gaps, default=None)

    def index_of(self, b: Booking) -> int:
        """The index in this book of a booking of another one."""
        return self._book.index_of[b.t.id]

    def forget(self, sign: int, amount: int) -> None:
        """A booking of this direction and amount has come: look again who names whom."""
        self._wordings.pop((sign, amount), None)
        self._namesakes.pop((sign, amount), None)

    def namesakes(self, contact: Contact, sign: int, amount: int) -> list[Dated]:
        """The bookings of an amount and direction that name the contact, in order of their days."""
        known = self._namesakes[(sign, amount)]
        found = known.get(contact)
        if found is None:
            wordings = self._wordings.get((sign, amount))
            if wordings is None:
                wordings = self._wordings[(sign, amount)] = _Wordings(self._book, sign, amount)
            found = []
            for rows in wordings.likely(contact):
                if not "".join(contact).isalpha():
                    found += [r for r in rows if self.match(contact, self._book.bookings[r[1]]).level in _NAMES]
                elif self.match(contact, self._book.bookings[rows[0][1]]).level in _NAMES:
                    found += rows
            found.sort()
            known[contact] = found
        return found


class _Wordings:
    """The bookings of one amount and direction by their wording.

    Where there are many wordings, a contact is compared only with those that have a word with the same beginning.
    """

    __slots__ = ("_by_beginning", "_rows")

    def __init__(self, book: Book, sign: int, amount: int) -> None:
        self._rows: dict[int, list[Dated]] = defaultdict(list)
        for dated in book.shelf(sign, amount).rows:
            self._rows[book.bookings[dated[1]].text].append(dated)
        self._by_beginning: dict[str, set[int]] = defaultdict(set)
        if len(self._rows) > _FEW:
            for text, rows in self._rows.items():
                for word in book.bookings[rows[0][1]].words:
                    self._by_beginning[word[:_BEGINNING]].add(text)

    def likely(self, contact: Contact) -> list[list[Dated]]:
        """The bookings of each wording that may name the contact."""
        if not self._by_beginning:
            return list(self._rows.values())
        texts = {text for word in contact for text in self._by_beginning.get(word[:_BEGINNING], ())}
        return [self._rows[text] for text in sorted(texts)]
