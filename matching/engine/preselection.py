"""Which bookings are worth a look for a voucher: by amount, by number, by name. Never all against all."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from .amounts import relate
from .book import Book, Booking, Slot

_EARLY, _LATE = 75, 400
_MAX_WORD_BOOKINGS = 400
_NAME_BAND = (70, 130)


def candidates(book: Book, slot: Slot) -> list[int]:
    """Indices of the bookings to examine for a slot, in order."""
    claim = book.claims[slot.voucher]
    sign = claim.v.direction
    found = set(_by_amount(book, slot, sign))
    found.update(i for i in book.hit_by.get(slot.voucher, ()) if book.bookings[i].sign == sign)
    found.update(_by_name(book, slot, sign))
    anchor = slot.due or claim.v.date or claim.v.due_date
    return sorted(i for i in found if _usable(book, book.bookings[i], claim.v.date or anchor, anchor))


def _usable(book: Book, b: Booking, document: date | None, anchor: date | None) -> bool:
    if b.amount <= 0 or b.t.counterparty_iban in book.own_accounts:
        return False
    if document is None or anchor is None:
        return True
    early = min(document, anchor) - timedelta(days=_EARLY)
    late = max(document, anchor) + timedelta(days=_LATE)
    return early <= b.t.booking_date <= late


def _by_amount(book: Book, slot: Slot, sign: int) -> list[int]:
    claim = book.claims[slot.voucher]
    currency = claim.v.currency
    found: list[int] = []
    expected = {slot.amount}
    if slot.count == 1:
        expected.add(claim.total)
        expected.add(slot.amount + sum(int(p.amount * 100) for p in claim.v.payments if p.type == "dunningCosts"))
    for amount in sorted(expected):
        found += [i for i in book.by_amount.get((sign, amount), ()) if book.bookings[i].t.currency == currency]
    anchor = slot.due or claim.v.date
    if anchor is not None:
        for own in book.account_currencies:
            if own == currency:
                continue
            foreign, home = book.rate(currency, anchor), book.rate(own, anchor)
            if foreign and home:
                middle = int(Decimal(slot.amount) / foreign * home)
                near = book.near_amounts(sign, middle * 92 // 100, middle * 108 // 100)
                found += [i for i in near if abs((book.bookings[i].t.booking_date - anchor).days) <= 90]
    return found


def _by_name(book: Book, slot: Slot, sign: int) -> list[int]:
    """Bookings with a telling word of the contact and an amount that differs in a usual way."""
    claim = book.claims[slot.voucher]
    found: list[int] = []
    for word in claim.contact:
        listed = book.by_word.get(word, ())
        if len(word) < 3 or len(listed) > _MAX_WORD_BOOKINGS:
            continue
        for i in listed:
            b = book.bookings[i]
            if b.sign != sign or b.t.currency != claim.v.currency:
                continue
            low, high = slot.amount * _NAME_BAND[0], slot.amount * _NAME_BAND[1]
            if low <= b.amount * 100 <= high and relate(slot.amount, b.amount).code != "amount_equal":
                found.append(i)
    return found
