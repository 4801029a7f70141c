"""Amount with nearest date: the simplest rule that is in use everywhere.

Every payment that the accounting system knows of (a voucher's payment items, else its total on the document date)
takes the booking of exactly this amount, direction and currency that is nearest in time, the nearest pairs first.
Neither texts nor names are read. Everything is booked; the two next nearest are shown. This is the rule's best case:
where payment items are missing, the document date is weeks off.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from matching.engine.types import BANK_PAYMENTS, Transaction, Voucher

from .interface import Answer, Side, cents, side_of_transaction, side_of_voucher

NEAREST = 5
"""How many bookings on either side of a date are looked at."""


def match(vouchers: Sequence[Voucher], transactions: Sequence[Transaction]) -> list[Answer]:
    """Answers for one client."""
    booked: dict[tuple[Side, int], list[tuple[date, str, Transaction]]] = defaultdict(list)
    for t in transactions:
        booked[side_of_transaction(t), cents(t.amount)].append((t.booking_date, t.id, t))
    for rows in booked.values():
        rows.sort(key=lambda row: row[:2])
    pairs: list[tuple[int, str, int, str, Transaction]] = []
    for v in vouchers:
        for place, (amount, on) in enumerate(_expected(v)):
            near = booked.get((side_of_voucher(v), amount), [])
            middle = bisect_left(near, (on,))
            for day, key, t in near[max(0, middle - NEAREST) : middle + NEAREST]:
                pairs.append((abs((day - on).days), v.id, place, key, t))
    return _nearest_first(sorted(pairs, key=lambda p: p[:4]))


def _expected(v: Voucher) -> list[tuple[int, date]]:
    """The payments of a voucher: cents and day."""
    items = [(cents(p.amount), p.date) for p in v.payments if p.type in BANK_PAYMENTS and p.date]
    return [(amount, on) for amount, on in items if on] or ([(cents(v.total), v.date)] if v.date else [])


def _nearest_first(pairs: list[tuple[int, str, int, str, Transaction]]) -> list[Answer]:
    served: set[tuple[str, int]] = set()
    used: set[str] = set()
    shown: dict[str, int] = defaultdict(int)
    chosen: list[Answer] = []
    rest: list[tuple[int, str, Transaction]] = []
    taken: set[tuple[str, str]] = set()
    for gap, voucher, place, key, t in pairs:
        if (voucher, place) in served or key in used:
            rest.append((gap, voucher, t))
            continue
        served.add((voucher, place))
        used.add(key)
        taken.add((voucher, key))
        chosen.append(Answer(voucher, key, abs(t.amount), 1 / (1 + gap), automatic=True))
    for gap, voucher, t in rest:
        if shown[voucher] < 2 and (voucher, t.id) not in taken:
            taken.add((voucher, t.id))
            shown[voucher] += 1
            chosen.append(Answer(voucher, t.id, abs(t.amount), 0.5 / (1 + gap), automatic=False))
    return chosen
