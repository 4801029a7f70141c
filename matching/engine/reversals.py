"""Bookings that came back: returned debits and transfers cancel the booking they give back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from .book import Booking
from .purpose import is_return

_WINDOW = 75
_RETURN_FEE = 2000
_NO_ID = frozenset({"", "NOTPROVIDED"})


def mark_returned(bookings: Sequence[Booking]) -> None:
    """Set `returned` on every return and on the booking it gives back, to the day of the return."""
    by_amount: dict[int, list[Booking]] = defaultdict(list)
    for b in bookings:
        by_amount[b.sign * b.amount].append(b)
    taken: set[int] = set()
    for back in sorted((b for b in bookings if is_return(b.t)), key=lambda b: (b.t.booking_date, b.t.id)):
        best: tuple[tuple[int, int, str], Booking] | None = None
        for fee in (0, *range(50, _RETURN_FEE + 1, 50)):
            for b in by_amount.get(-back.sign * (back.amount - fee), ()):
                days = (back.t.booking_date - b.t.booking_date).days
                if b.index in taken or not 0 <= days <= _WINDOW or is_return(b.t):
                    continue
                likeness = _likeness(b, back)
                rank = (-likeness, days + fee, b.t.id)
                if likeness and (best is None or rank < best[0]):
                    best = rank, b
        back.returned = back.t.booking_date
        if best is not None:
            taken.add(best[1].index)
            best[1].returned = back.t.booking_date


def _likeness(b: Booking, back: Booking) -> int:
    """How surely both concern the same payment: 3 by reference, 2 by mandate, 1 by party."""
    if b.t.end_to_end_id not in _NO_ID and b.t.end_to_end_id == back.t.end_to_end_id:
        return 3
    if b.t.mandate_id and b.t.mandate_id == back.t.mandate_id:
        return 2
    if b.t.counterparty_iban and b.t.counterparty_iban == back.t.counterparty_iban:
        return 1
    return 1 if b.names and set(b.names) == set(back.names) else 0
