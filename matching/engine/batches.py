"""Batch bookings without details: one amount for a file of transfers or collected debits.

Nothing in such a text says whose payments it holds. What is known: the exact sum, often their number, and for each
voucher when it was due and when somebody noted it as paid. All sets that add up are weighed against each other and
against the chance that they only happen to; sure ones come first, so that batches of one day part their vouchers.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from .amounts import money
from .book import Book, Booking, Slot
from .combination import Group
from .evidence import Trait
from .purpose import batch_size, paid_elsewhere
from .subsets import subsets_of_size
from .timing import ASSIGNED

_POOL = 22
_ROUNDS = 4
_SURE, _MARGIN = 0.99, 0.9
_EARLIEST, _LATEST = 75, 3

_BASE = -1.0
_ASSIGNED_DAY, _ITEM_DAY, _ITEM_NEAR, _ITEM_OTHER = 5.0, 3.0, 1.2, -0.5
_DUE, _NOT_DUE, _AT_ONCE = 0.7, -0.7, -2.0
_BUSY = -2.5
_UNEXPLAINED = 0.1
_UNDECLARED = -1.5


@dataclass(frozen=True, slots=True)
class _Candidate:
    slot: Slot
    odds: float
    dated: bool


class Batches:
    """The batch bookings of one client."""

    def __init__(self, book: Book, free: Collection[int], taken: Collection[int], busy: Mapping[int, float]) -> None:
        """`free`: slots not yet matched; `taken`: bookings matched; `busy`: how surely another booking pays a slot."""
        self._book = book
        self._busy = busy
        self._batches = [
            (b, size)
            for b in book.bookings
            if b.amount > 0
            and b.index not in taken
            and b.returned is None
            and b.t.counterparty_iban not in book.own_accounts
            and (size := batch_size(b.t)) is not None
            and size != 1
        ]
        self._by_day: dict[int, list[Slot]] = defaultdict(list)
        for slot in book.slots if self._batches else ():
            day = book.claims[slot.voucher].v.date
            if slot.index in free and not slot.only_set_off and day is not None:
                self._by_day[day.toordinal()].append(slot)
        self._used: set[int] = set()

    def find(self) -> list[Group]:
        """The batches that can be explained, sure ones and others; a sure one shares no voucher with another."""
        sure: dict[int, list[Group]] = {}
        groups: dict[int, list[Group]] = {}
        waiting = self._batches
        for _ in range(_ROUNDS):
            groups = {b.index: self._solve(b, size) for b, size in waiting}
            fresh = {i: found for i, found in groups.items() if found and _is_sure(found[0])}
            users = Counter(slot for found in fresh.values() for slot, _, _ in found[0].parts)
            fresh = {i: f for i, f in fresh.items() if all(users[slot] == 1 for slot, _, _ in f[0].parts)}
            if not fresh:
                break
            sure |= fresh
            self._used |= {slot for found in fresh.values() for slot, _, _ in found[0].parts}
            waiting = [(b, size) for b, size in waiting if b.index not in fresh]
        found = {**groups, **sure}
        return [g for i in sorted(found) for g in found[i]]

    def _solve(self, b: Booking, size: int) -> list[Group]:
        pool = sorted(self._pool(b), key=lambda c: (-c.odds, c.slot.index))
        kept = pool[:_POOL]
        masks = subsets_of_size([c.slot.amount for c in kept], b.amount, size) if len(kept) > 1 else []
        if not masks:
            return []
        without = sum(_log_share(-c.odds) for c in pool)
        scored = []
        for mask in masks:
            members = [c for i, c in enumerate(kept) if mask >> i & 1]
            score = without + sum(c.odds for c in members) + (0.0 if size else _UNDECLARED)
            scored.append((score, members))
        scored.sort(key=lambda s: (-s[0], [c.slot.index for c in s[1]]))
        chance = math.log(_UNEXPLAINED / (2 * b.amount))
        top = max(chance, scored[0][0])
        total = math.exp(chance - top) + sum(math.exp(score - top) for score, _ in scored)
        return [
            self._group(b, size, members, math.exp(score - top) / total, rival, math.exp(other - top) / total)
            for place, (score, members) in enumerate(scored[:3])
            for other, rival in (next((s for i, s in enumerate(scored[:4]) if i != place), (-math.inf, [])),)
        ]

    def _pool(self, b: Booking) -> Iterable[_Candidate]:
        booked = b.t.booking_date.toordinal()
        for day in range(booked - _EARLIEST, booked + _LATEST + 1):
            for slot in self._by_day.get(day, ()):
                claim = self._book.claims[slot.voucher]
                alike = claim.v.direction == b.sign and claim.v.currency == b.t.currency
                if alike and slot.amount < b.amount and slot.index not in self._used:
                    found = self._candidate(slot, b)
                    if found is not None:
                        yield found

    def _candidate(self, slot: Slot, b: Booking) -> _Candidate | None:
        v = self._book.claims[slot.voucher].v
        booked = b.t.booking_date
        days = [booked] if b.t.value_date is None else [booked, b.t.value_date]
        if paid_elsewhere(v.remark):
            return None
        odds = _BASE
        dated = False
        if slot.due is not None:
            gap = min(abs((slot.due - d).days) for d in days)
            dated = gap == 0 and slot.due != v.date
            if slot.item_type == ASSIGNED:
                if gap > 1:
                    return None
                odds += _ASSIGNED_DAY
            elif dated:
                odds += _ITEM_DAY
            elif gap <= 3:
                odds += _ITEM_NEAR
            elif slot.due != v.date:
                odds += _ITEM_OTHER
        if v.due_date is not None:
            late = (booked - v.due_date).days
            odds += _DUE if -21 <= late <= 14 else _NOT_DUE
            if v.date is not None and v.due_date <= v.date:
                odds += _AT_ONCE
        if self._busy.get(slot.index, 0.0) > 0.5:
            odds += _BUSY
        return _Candidate(slot, odds, dated)

    def _group(
        self,
        b: Booking,
        size: int,
        members: Sequence[_Candidate],
        probability: float,
        rival: Sequence[_Candidate],
        rival_probability: float,
    ) -> Group:
        members = sorted(members, key=lambda c: c.slot.index)
        total = {"expected": money(b.amount), "booked": money(b.amount), "count": str(len(members))}
        traits = [(b.index, Trait("sum_equal", 6.0, total))]
        if size:
            traits.append((b.index, Trait("batch_count", 2.0, {"count": str(size)})))
        traits += [
            (b.index, Trait("payment_date_equal", c.odds, {"expected": c.slot.due.isoformat(), "booked": booked}))
            for booked in (b.t.booking_date.isoformat(),)
            for c in members
            if c.dated and c.slot.due is not None
        ]
        parts = tuple((c.slot.index, b.index, c.slot.amount) for c in members)
        other = tuple((c.slot.index, b.index, c.slot.amount) for c in rival)
        return Group(parts, probability, "collective", "batch", tuple(traits), other, rival_probability)


def _is_sure(group: Group) -> bool:
    return group.probability >= _SURE and group.probability - group.rival_probability >= _MARGIN


def _log_share(odds: float) -> float:
    return -math.log1p(math.exp(-odds))
