"""Which bookings are worth a look for a voucher: by amount, by number, by name. Never all against all."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from .amounts import relate
from .book import Book, Booking, Claim, Slot
from .timing import ASSIGNED

_EARLY, _LATE = timedelta(days=75), timedelta(days=400)
_NEAR, _USUAL = timedelta(days=10), timedelta(days=120)
_MAX_WORD_BOOKINGS = 400
_NAME_BAND = (70, 130)


def candidates(book: Book, slot: Slot) -> list[int]:
    """Indices of the bookings to examine for a slot, in order."""
    if slot.only_set_off:
        return []
    claim = book.claims[slot.voucher]
    sign = claim.v.direction
    pointed = {i for i in book.hit_by.get(slot.voucher, ()) if book.bookings[i].sign == sign}
    pointed.update(_by_name(book, slot, sign))
    equal = set(_by_amount(book, slot, sign)) - pointed
    contact = frozenset(claim.contact)
    found = []
    for i in sorted(pointed | equal):
        b = book.bookings[i]
        tied = i in pointed or not b.words.isdisjoint(contact)
        if b.amount > 0 and b.t.counterparty_iban not in book.own_accounts and _in_time(slot, claim, b, tied):
            found.append(i)
    return found


def _in_time(slot: Slot, claim: Claim, b: Booking, tied: bool) -> bool:
    """Within a year and more where number or name tie them, else only when such a voucher is usually paid."""
    booked = b.t.booking_date
    anchors = [day for day in (slot.due, claim.v.date or claim.v.due_date) if day is not None]
    if not anchors:
        return True
    if tied:
        return min(anchors) - _EARLY <= booked <= max(anchors) + _LATE
    if slot.due is not None and abs(booked - slot.due) <= _NEAR:
        return True
    if slot.item_type == ASSIGNED:
        return False
    return anchors[-1] - _NEAR <= booked <= anchors[-1] + _USUAL


def _by_amount(book: Book, slot: Slot, sign: int) -> list[int]:
    claim = book.claims[slot.voucher]
    currency = claim.v.currency
    found: list[int] = []
    expected = {slot.amount}
    if slot.count == 1:
        expected.add(claim.total)
        expected.add(slot.amount + claim.dunning)
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
