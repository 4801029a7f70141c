"""The sets of sales that a payout may pay, and how likely each is before its amount is looked at."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from .book import Booking
from .fees import UNIT, Schedule, tolerance
from .payout_streams import Sale
from .timing import ASSIGNED

_LONG = 400
_ITEM_DAY, _ITEM_ASSIGNED, _ITEM_OTHER_ASSIGNED, _ITEM_LATE = 2.0, 3.0, -6.0, -0.7
_LEFT_BEFORE, _LEFT_AFTER = -1.0, -0.3
_LOST = -3.0


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sale that a payout may pay: `amount` is what it adds in cents, `odds` the log odds that it is part of it."""

    sale: Sale
    amount: int
    odds: float
    sure: bool


@dataclass(frozen=True, slots=True)
class Between:
    """Which neighbours of a payout are explained: what it leaves out on that side, nothing pays any more."""

    before: bool
    after: bool


@dataclass(frozen=True, slots=True)
class Way:
    """A way to explain what is kept: a schedule, something deducted beside it, and how likely that is.

    `once`: what is deducted is not known from elsewhere.
    """

    schedule: Schedule
    extra: int
    weight: float
    once: bool = False


def kind_of(s: Sale) -> str:
    """What sales of one provider are likely to have in common: type, terms, a remark, the kind of number."""
    return f"{s.claim.v.type} {s.at_once} {bool(s.marks)} {sorted(c for c in s.channels if c[:7] == 'numbers')}"


def net_of(c: Candidate, schedule: Schedule) -> int:
    """What a sale or refund adds to the payout, in cents times `UNIT`; nothing is kept of refunds."""
    return c.amount * UNIT if c.sale.refund else schedule.net(c.amount)


def item_odds(s: Sale, b: Booking) -> float:
    """What the payment item's date says: the day of the payout, the day of the sale, or another one."""
    due = s.slot.due
    if due is None:
        return 0.0
    days = min((abs((due - d).days) for d in (b.t.booking_date, b.t.value_date or b.t.booking_date)), default=0)
    if s.slot.item_type == ASSIGNED:
        return _ITEM_ASSIGNED if days <= 1 else _ITEM_OTHER_ASSIGNED
    if days == 0 and due.toordinal() != s.day:
        return _ITEM_DAY
    return _ITEM_LATE if (due - b.t.booking_date).days > 5 else 0.0


def kept_exactly(members: Iterable[Sale], b: Booking, schedule: Schedule) -> int:
    """What is kept of a payout beside the fee of each sale, rounded half up by itself as most providers reckon."""
    kept = -b.amount
    for s in members:
        kept += -s.gross if s.refund else (2 * schedule.net(s.gross) + UNIT - 1) // (2 * UNIT)
    return kept


def exactly(members: Collection[Sale], b: Booking, way: Way) -> bool:
    """Whether the fees of the sales, each rounded by itself, come to the payout to the cent.

    A fee of half a cent may be rounded either way.
    """
    halves = sum(2 * (s.gross * way.schedule.rate % UNIT) == UNIT for s in members if not s.refund)
    return 0 <= way.extra - kept_exactly(members, b, way.schedule) <= halves


def fit(members: Sequence[Candidate], b: Booking, way: Way, exact: float) -> float:
    """How likely the payout's amount is if it pays these sales; `exact`: how often the provider's are exact."""
    if exactly([c.sale for c in members], b, way):
        return math.log(exact)
    return math.log((1 - exact) / (2 * tolerance(len(members)) + 1))


def prior(pool: Sequence[Candidate], members: Sequence[Candidate], between: Between) -> float:
    """How likely the set is before its amount is looked at: a run of sales, those between of the provider too."""
    days = [c.sale.day for c in members if not c.sale.refund]
    first, last = min(days), max(days)
    inside = {c.sale.slot.index for c in members}
    score = -math.log(1 + len({c.sale.day for c in pool}))
    for c in pool:
        if c.sale.slot.index in inside:
            score += log_share(c.odds)
        elif first < c.sale.day < last or c.sale.refund:
            score += log_share(-c.odds)
        elif c.sale.day in (first, last):
            lost = (between.before or c.sale.day != first) and (between.after or c.sale.day != last)
            score += log_share(-c.odds) / (1 if lost else 2)
        elif c.sure:
            left, lost = (_LEFT_BEFORE, between.before) if c.sale.day < first else (_LEFT_AFTER, between.after)
            score += min(left, max(_LOST, log_share(-c.odds))) if lost else left
    return score


def log_share(odds: float) -> float:
    """The logarithm of the probability that log odds stand for."""
    return -math.log1p(math.exp(-odds)) if odds > -30 else odds


def long_runs(pool: Sequence[Candidate], b: Booking, way: Way) -> Iterable[list[Candidate]]:
    """Unbroken runs of the provider's own sales, refunds among them, however long: at most `_LONG` sales."""
    own = [c for c in pool if c.sure or c.sale.refund][-_LONG:]
    target = (b.amount + way.extra) * UNIT
    total = 0
    before: list[tuple[int, int]] = [(0, 0)]
    for i, c in enumerate(own, 1):
        total += net_of(c, way.schedule)
        before.append((total, i))
    for i, (upper, end) in enumerate(before):
        for lower, start in before[:i]:
            if abs(upper - lower - target) <= tolerance(end - start) * UNIT:
                yield list(own[start:end])
