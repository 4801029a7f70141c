"""Which bookings are worth a look for a voucher: by amount, by number, by name. Never all against all.

What comes again and again, a subscription's price or a word in every second name, would lead to lists that grow with
the square of the rows. So amounts and words are looked up together with the time in which they count, and where that
still leaves many, only those that number or name tie to the voucher and the nearest few in time are looked at. A
booking that names another voucher with its whole number, and this one neither by number nor by name, is none.
"""

from __future__ import annotations

from decimal import Decimal

from .book import Book, Claim, Slot
from .timing import ASSIGNED

_EARLY, _LATE = 75, 400
_NEAR, _USUAL = 10, 120
_NAME_BAND = (70, 130)
_MOST_BY_WORD = 60
_MOST_BY_RATE = 5000
_MOST_BY_AMOUNT = 48
_ALWAYS = (0, 1 << 40)


def candidates(book: Book, slot: Slot) -> list[int]:
    """Indices of the bookings to examine for a slot, in order."""
    if slot.only_set_off:
        return []
    claim = book.claims[slot.voucher]
    sign = claim.v.direction
    time = _Time(slot, claim)
    contact = frozenset(claim.contact)
    pointed = {i for i in book.hit_by.get(slot.voucher, ()) if book.bookings[i].sign == sign}
    pointed.update(_by_name(book, slot, claim, time))
    found = {i for i in pointed if time.early <= book.bookings[i].day <= time.late}
    for i in _by_amount(book, slot, claim, time) - pointed:
        tied = not contact.isdisjoint(book.bookings[i].words)
        if time.fits(book.bookings[i].day, tied=tied) and (tied or i not in book.pointing):
            found.add(i)
    own = book.own_accounts
    return [i for i in sorted(found) if book.bookings[i].amount > 0 and book.bookings[i].t.counterparty_iban not in own]


class _Time:
    """When a payment may be booked: within a year and more where number or name tie it (`early` to `late`)."""

    __slots__ = ("_assigned", "document", "due", "early", "late")

    def __init__(self, slot: Slot, claim: Claim) -> None:
        document = claim.v.date or claim.v.due_date
        self.due = slot.due.toordinal() if slot.due is not None else None
        self.document = document.toordinal() if document is not None else self.due
        anchors = [day for day in (self.due, self.document) if day is not None]
        self.early, self.late = (min(anchors) - _EARLY, max(anchors) + _LATE) if anchors else _ALWAYS
        self._assigned = slot.item_type == ASSIGNED and self.due is not None

    def fits(self, day: int, *, tied: bool) -> bool:
        """Without number or name only near the payment item, and when such a voucher is usually paid."""
        if tied or self.document is None:
            return self.early <= day <= self.late
        if self.due is not None and abs(day - self.due) <= _NEAR:
            return True
        return not self._assigned and self.document - _NEAR <= day <= self.document + _USUAL

    def usual(self) -> list[tuple[int, int, int]]:
        """The same as days and ranges (day, first, last) around them."""
        found = []
        if self.due is not None:
            found.append((self.due, self.due - _NEAR, self.due + _NEAR))
        if self.document is not None and not self._assigned:
            found.append((self.document, self.document - _NEAR, self.document + _USUAL))
        return found


def _by_amount(book: Book, slot: Slot, claim: Claim, time: _Time) -> set[int]:
    sign, currency = claim.v.direction, claim.v.currency
    found: set[int] = set()
    expected = {slot.amount}
    if slot.count == 1:
        expected |= {claim.total, slot.amount + claim.dunning}
    for amount in expected:
        shelf = book.shelves.get((sign, amount))
        if shelf is None:
            continue
        if not shelf.is_long:
            rows = shelf.within(time.early, time.late)
        else:
            rows = list(shelf.with_a_word(claim.contact, book, time.early, time.late))
            for day, first, last in time.usual():
                rows += shelf.nearest(day, first, last, _MOST_BY_AMOUNT)
        found.update(i for i in rows if book.bookings[i].t.currency == currency)
    anchor = slot.due or claim.v.date
    if anchor is not None:
        for own in book.account_currencies:
            foreign, home = book.rate(currency, anchor), book.rate(own, anchor)
            if own != currency and foreign and home:
                middle = int(Decimal(slot.amount) / foreign * home)
                low, high, day = middle * 92 // 100, middle * 108 // 100, anchor.toordinal()
                near = book.calendar.between((sign, ""), low, high, day - 90, day + 90, _MOST_BY_RATE)
                found.update(i for i in near if low <= book.bookings[i].amount <= high)
    return found


def _by_name(book: Book, slot: Slot, claim: Claim, time: _Time) -> set[int]:
    """Bookings with a telling word of the contact and another amount, unless they name other vouchers."""
    found: set[int] = set()
    low, high = slot.amount * _NAME_BAND[0], slot.amount * _NAME_BAND[1]
    for word in claim.contact:
        key = claim.v.direction, word
        for i in book.calendar.between(key, low // 100, high // 100, time.early, time.late, _MOST_BY_WORD):
            b = book.bookings[i]
            usual = low <= 100 * b.amount <= high and b.amount != slot.amount
            if usual and b.t.currency == claim.v.currency and i not in book.pointing:
                found.add(i)
    return found
