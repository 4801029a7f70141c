"""Several bookings for one voucher: instalments and deposits that the payment items do not show one by one."""

from __future__ import annotations

import math
from collections.abc import Sequence

from .amounts import money
from .book import Book, Slot
from .combination import Group, weigh
from .evidence import WHOLE, Measure, Trait, explain
from .purpose import names_a_part
from .subsets import exact_subsets

_POOL = 14
_MAX_PARTS = 6
_SPLIT = 0.2
_NUMBER, _WORDED, _NOT_WORDED = 4.0, 2.0, -1.0


def partial_payments(book: Book, slot: Slot, pairs: Sequence[Measure]) -> list[Group]:
    """Sets of bookings that together pay a voucher with one payment item, best first; at most three."""
    if slot.count > 1:
        return []
    able = [
        p
        for p in pairs
        if (p.party in ("known", "similar") or p.number in WHOLE)
        and p.number != "against"
        and not p.barred
        and book.bookings[p.booking].amount < slot.amount
    ]
    pool = sorted(able, key=lambda p: (-p.score, p.booking))[:_POOL]
    amounts = [book.bookings[p.booking].amount for p in pool]
    solutions = exact_subsets(amounts, slot.amount, largest=_MAX_PARTS) if len(pool) > 1 else None
    if not solutions:
        return []
    chance = min(0.5, 2.0 ** len(pool) / sum(amounts))
    ranked = weigh((math.log(_SPLIT / chance) + sum(_weight(book, pool[i]) for i in s), s) for s in solutions)
    return [_group(book, slot, pool, ranked, place) for place in range(min(3, len(ranked)))]


def _weight(book: Book, p: Measure) -> float:
    weight = _NUMBER if p.number in WHOLE else 0.0
    weight += _WORDED if names_a_part(book.bookings[p.booking].t) else _NOT_WORDED
    return weight + (1.0 if p.day != "far" else -1.0)


def _group(
    book: Book, slot: Slot, pool: Sequence[Measure], ranked: Sequence[tuple[float, tuple[int, ...]]], place: int
) -> Group:
    probability, solution = ranked[place]
    chosen = [pool[i] for i in solution]
    amounts = {p.booking: book.bookings[p.booking].amount for p in pool}
    params = {"expected": money(slot.amount), "booked": money(slot.amount), "count": str(len(chosen))}
    traits = [(chosen[0].booking, Trait("sum_equal", 6.0, params))]
    traits += [(p.booking, t) for p in chosen for t in explain(book, p) if not t.code.startswith("amount")]
    if all(p.number in WHOLE for p in chosen):
        grounds = "named parts"
    elif any(names_a_part(book.bookings[p.booking].t) for p in chosen):
        grounds = "worded parts"
    else:
        grounds = "parts"
    others = [r for i, r in enumerate(ranked) if i != place]
    rival = tuple((slot.index, pool[i].booking, amounts[pool[i].booking]) for i in others[0][1]) if others else ()
    parts = tuple((slot.index, p.booking, amounts[p.booking]) for p in chosen)
    return Group(parts, probability, "partial", grounds, tuple(traits), rival, others[0][0] if others else 0.0)
