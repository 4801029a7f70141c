"""A client's book that takes in and gives up rows one by one, and knows which vouchers a booking may be for.

What rarity is judged by stays as it was when the book was made: how common words are, how dense amounts lie, how many
bookings there are, which spellings are one party. All else is as if the new rows had been there from the beginning.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal

from .amounts import cents
from .book import Book
from .booking import Booking
from .claim import Claim, Slot
from .contacts import Contact
from .numbers import Hit
from .preselection import candidates
from .shelves import Calendar
from .types import Allocation, Transaction, Voucher

_DIGITS = re.compile(r"\D+")
_WIDE = 800
_MOST = 400
_EARLY, _USUAL = 10, 130


class GrowingBook(Book):
    """A whole client, with the slots found by amount and by the words of their contacts as well."""

    def __init__(
        self,
        vouchers: Iterable[Voucher],
        transactions: Iterable[Transaction],
        rates: Mapping[date, Mapping[str, Decimal]],
        settled: Iterable[Allocation],
    ) -> None:
        standing = tuple(settled)
        super().__init__(vouchers, transactions, rates, standing)
        self._used_t: dict[str, int] = defaultdict(int)
        self._used_v: dict[str, list[int]] = defaultdict(list)
        for a in standing:
            self._used_t[a.transaction] += cents(a.amount)
            self._used_v[a.voucher].append(cents(a.amount))
        self.claim_of = {c.v.id: c for c in self.claims}
        self._by_amount: dict[tuple[int, int], list[int]] = defaultdict(list)
        self._by_word = Calendar()
        self._other_currency: list[int] = []
        for slot in self.slots:
            self._index_slot(slot)
        self._by_total: dict[tuple[int, int], list[Claim]] = defaultdict(list)
        self._by_contact: dict[Contact, list[Claim]] = defaultdict(list)
        self._contacts: dict[str, set[Contact]] = defaultdict(set)
        for claim in self.claims:
            self._index_claim(claim)
        self._digits = [self._digits_of(b) for b in self.bookings]

    def _index_claim(self, claim: Claim) -> None:
        self._by_total[(claim.v.direction, claim.total)].append(claim)
        self._by_contact[claim.contact].append(claim)
        for word in claim.contact:
            self._contacts[word].add(claim.contact)

    def claims_with(self, direction: int, total: int) -> list[Claim]:
        """The vouchers of a direction and total (positive cents)."""
        return self._by_total[(direction, total)]

    def claims_of_contact(self, contact: Contact) -> list[Claim]:
        """The vouchers of a contact in one spelling."""
        return self._by_contact[contact]

    def contacts_in(self, b: Booking) -> list[Contact]:
        """Contacts of whom a booking carries a word that is not in everybody's name."""
        telling = [w for w in b.words & self.vocabulary if len(w) > 2 and self.words.count(w) < _MOST]
        return sorted({contact for word in telling for contact in self._contacts[word]})

    def _index_slot(self, slot: Slot) -> None:
        claim = self.claims[slot.voucher]
        sign = claim.v.direction
        for amount in _amounts(slot, claim):
            self._by_amount[(sign, amount)].append(slot.index)
        if self.account_currencies != [claim.v.currency]:
            self._other_currency.append(slot.index)
        for word in claim.contact:
            self._by_word.add((sign, word), max(1, slot.amount), _day(slot, claim), slot.index)

    @staticmethod
    def _digits_of(b: Booking) -> str:
        return " ".join([_DIGITS.sub("", text.folded) for text in b.numbers])

    def add_transaction(self, t: Transaction) -> Booking:
        """Take in a booking."""
        b = Booking(len(self.bookings), t, self._used_t.get(t.id, 0), self.pool)
        self.index_of[t.id] = b.index
        self.alike = None, (0, None)
        self.bookings.append(b)
        self._digits.append(self._digits_of(b))
        self.put_on_shelves(b)
        self.hits.append({})
        self._find_again(b)
        return b

    def _find_again(self, b: Booking) -> None:
        self._set_hits(b, self.find_numbers(b))

    def _set_hits(self, b: Booking, now: Mapping[int, Hit]) -> None:
        before = self.hits[b.index]
        self.hits[b.index] = now
        for index in now.keys() - before.keys():
            self.hit_by[index].append(b.index)
        for index in before.keys() - now.keys():
            self.hit_by[index].remove(b.index)
        if self.points_at_some(b):
            self.pointing.add(b.index)
        else:
            self.pointing.discard(b.index)

    def remove_transaction(self, key: str) -> Booking:
        """Forget a booking. Its index stays taken; nothing leads to it any more."""
        b = self.bookings[self.index_of.pop(key)]
        self.take_off_shelves(b)
        self._set_hits(b, {})
        self._digits[b.index] = ""
        self.alike = None, (0, None)
        return b

    def remove_voucher(self, key: str) -> list[Booking]:
        """Forget a voucher; the bookings in whose text its number stood. Its index and its slots' stay taken."""
        claim = self.claim_of.pop(key)
        self.totals[(claim.v.direction, claim.total)] -= 1
        self._by_total[(claim.v.direction, claim.total)].remove(claim)
        self._by_contact[claim.contact].remove(claim)
        if not self._by_contact[claim.contact]:
            for word in claim.contact:
                self._contacts[word].discard(claim.contact)
        for slot in claim.slots:
            for amount in _amounts(slot, claim):
                self._by_amount[(claim.v.direction, amount)].remove(slot.index)
            if slot.index in self._other_currency:
                self._other_currency.remove(slot.index)
            for word in claim.contact:
                row = max(1, slot.amount), _day(slot, claim), slot.index
                self._by_word.remove((claim.v.direction, word), *row)
        claim.slots = []
        self.likely_parties.pop(claim.index, None)
        self.forget_forms(claim)
        named = [self.bookings[i] for i in self.hit_by[claim.index]]
        for b in named:
            self._find_again(b)
        return named

    def add_voucher(self, v: Voucher) -> tuple[Claim, list[Booking]]:
        """Take in a voucher; also the bookings in whose text its number is found."""
        claim = Claim(len(self.claims), v)
        claim.party = self.party(claim.contact)
        self.claims.append(claim)
        self.claim_of[v.id] = claim
        claim.slots = claim.open_slots(self._used_v.get(v.id, ()), len(self.slots))
        self.slots += claim.slots
        self.totals[(v.direction, claim.total)] += 1
        self._index_claim(claim)
        for word in set(claim.contact) - self.vocabulary:
            self.vocabulary.add(word)
            for b in self.bookings:
                if word in b.words and b.amount > 0:
                    self.shelf(b.sign, b.amount).add_word(word, b)
                    self.put_under_word(word, b)
        for slot in claim.slots:
            self._index_slot(slot)
        self.add_forms(claim)
        digits = {_DIGITS.sub("", value) for value in claim.number.forms}
        shortest = [d for d in digits if not any(o != d and o in d for o in digits)]
        named = [b for b in self.bookings if any(d in self._digits[b.index] for d in shortest)]
        for b in named:
            self._find_again(b)
        return claim, [b for b in named if claim.index in self.hits[b.index]]

    def slots_for(self, b: Booking) -> list[Slot]:
        """The slots among whose candidates a booking is."""
        found = set(self._slots_of_amount(b))
        for word in b.words & self.vocabulary:
            found.update(self._by_word.between((b.sign, word), b.amount * 10 // 13 - 1, b.amount * 10 // 7 + 1,
                                               b.day - _WIDE, b.day + _WIDE, _MOST))  # fmt: skip
        found.update(i for i in self._other_currency if abs(self._day_of(i) - b.day) <= _USUAL)
        found.update(slot.index for index in self.hits[b.index] for slot in self.claims[index].slots)
        return [self.slots[i] for i in sorted(found) if b.index in candidates(self, self.slots[i])]

    def _day_of(self, index: int) -> int:
        slot = self.slots[index]
        return _day(slot, self.claims[slot.voucher])

    def _slots_of_amount(self, b: Booking) -> list[int]:
        rows = self._by_amount.get((b.sign, b.amount), [])
        if len(rows) <= _MOST // 4:
            return rows
        found = []
        for i in rows:
            claim = self.claims[self.slots[i].voucher]
            near = -_EARLY <= b.day - self._day_of(i) <= _USUAL
            if near or not b.words.isdisjoint(claim.contact):
                found.append(i)
        return found


def _amounts(slot: Slot, claim: Claim) -> set[int]:
    """The amounts under which a slot is found."""
    return {slot.amount, claim.total, slot.amount + claim.dunning} if slot.count == 1 else {slot.amount}


def _day(slot: Slot, claim: Claim) -> int:
    day = slot.due or claim.v.date or claim.v.due_date
    return day.toordinal() if day is not None else 0
