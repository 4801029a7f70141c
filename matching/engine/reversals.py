"""Bookings that came back: returned debits and transfers cancel the booking they give back."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection

from .book import Booking
from .purpose import is_return
from .text import amounts_in, fold

_WINDOW = 75
_RETURN_FEE = 2500
_NO_ID = frozenset({"", "NOTPROVIDED"})


def mark_returned(bookings: Collection[Booking]) -> None:
    """Set `returned` on every return and on the booking it gives back, to the day of the return.

    The bank may add its fee to what it takes back, so the return may be up to 25.00 above the original; then
    both must share a reference or mandate, or the return must name the original amount.
    """
    returns = sorted((b for b in bookings if is_return(b.t)), key=lambda b: (b.t.booking_date, b.t.id))
    if not returns:
        return
    back_ids = {b.index for b in returns}
    by_index = {b.index: b for b in bookings if b.index not in back_ids}
    signed = sorted((b.sign * b.amount, b.index) for b in by_index.values())
    taken: set[int] = set()
    for back in returns:
        back.returned = back.t.booking_date
        ends = sorted((-back.sign * back.amount, -back.sign * max(0, back.amount - _RETURN_FEE)))
        low, high = bisect_left(signed, (ends[0], -1)), bisect_right(signed, (ends[1], 1 << 60))
        named = {value for value, _, _ in amounts_in(fold(back.t.purpose))}
        ranked = []
        for _, index in signed[low:high]:
            b = by_index[index]
            days = (back.t.booking_date - b.t.booking_date).days
            likeness = _likeness(b, back)
            fee = back.amount - b.amount
            if index in taken or not likeness or not 0 <= days <= _WINDOW:
                continue
            if fee and likeness < 2 and b.amount not in named:
                continue
            ranked.append((-likeness, fee, days, b.t.id, index))
        if ranked:
            index = min(ranked)[-1]
            taken.add(index)
            by_index[index].returned = back.t.booking_date


def may_give_back(back: Booking, b: Booking) -> bool:
    """Whether a return could give a booking back, whatever others there are."""
    days = (back.t.booking_date - b.t.booking_date).days
    near = b.sign != back.sign and 0 <= back.amount - b.amount <= _RETURN_FEE and 0 <= days <= _WINDOW
    return near and bool(_likeness(b, back))


def _likeness(b: Booking, back: Booking) -> int:
    """How surely both concern the same payment: 3 by reference, 2 by mandate, 1 by party."""
    if b.t.end_to_end_id not in _NO_ID and b.t.end_to_end_id == back.t.end_to_end_id:
        return 3
    if b.t.mandate_id and b.t.mandate_id == back.t.mandate_id:
        return 2
    if b.t.counterparty_iban and b.t.counterparty_iban == back.t.counterparty_iban:
        return 1
    return 1 if b.names and set(b.names) == set(back.names) else 0
