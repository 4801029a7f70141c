"""How a payout is written down: each sale's share of it, and its reasons."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from .amounts import money
from .book import Booking
from .evidence import Trait
from .payout_sets import Way
from .payout_streams import Sale, Stream


def parts_of(members: Sequence[Sale], b: Booking) -> tuple[tuple[int, int, int], ...]:
    """Each sale's share of what arrived, refunds gross: whole cents that add up to the booking, largest rests first."""
    shares = _shares(members, b)
    left = open_cents(members, b)
    lifted = set(sorted(shares, key=lambda i: (-shares[i][1], i))[:left])
    return tuple(
        (i, b.index, s.gross if s.refund else shares[i][0] + (i in lifted)) for s in members for i in (s.slot.index,)
    )


def open_cents(members: Sequence[Sale], b: Booking) -> int:
    """How many cents are left where each sale's share is cut to whole cents: nothing says whose they are."""
    shared = b.amount + sum(s.gross for s in members if s.refund)
    return shared - sum(whole for whole, _ in _shares(members, b).values())


def _shares(members: Sequence[Sale], b: Booking) -> dict[int, tuple[int, int]]:
    shared = b.amount + sum(s.gross for s in members if s.refund)
    gross = sum(s.gross for s in members if not s.refund)
    return {s.slot.index: divmod(shared * s.gross, gross) for s in members if not s.refund}


def traits_of(
    stream: Stream, b: Booking, members: Sequence[Sale], way: Way | None, sure: Collection[Sale]
) -> list[Trait]:
    """Why these sales are the payout's: its provider, its days, its fee (`way`, where one fits), its refunds."""
    sold = [s for s in members if not s.refund]
    refunds = sum(s.gross for s in members if s.refund)
    gross = sum(s.gross for s in sold)
    run = {"count": str(len(sold)), "first": _iso(sold[0]), "last": _iso(sold[-1])}
    traits = [Trait("payout_of_provider", 2.0, {"found": stream.name}), Trait("payout_run", 1.0, run)]
    amounts = {"expected": money(gross), "booked": money(b.amount), "difference": money(gross - refunds - b.amount)}
    if way is None:
        traits.append(Trait("amount_less_fee", 0.0, amounts, supports=True))
    else:
        known = stream.schedule is not None
        kept = {"percent": way.schedule.percent(), "fixed": money(way.schedule.fixed)}
        code = "payout_fee_learned" if known else "payout_fee_usual"
        traits.append(Trait(code, 6.0 if known else 3.0, kept | amounts))
        if way.extra:
            code = "payout_deduction" if way.once else "payout_extra"
            traits.append(Trait(code, 0.0, {"difference": money(way.extra)}))
    if refunds:
        traits.append(Trait("payout_refund", 0.0, {"booked": money(refunds)}, supports=True))
    named = [s for s in sold if s in sure]
    if named and stream.marked:
        traits.append(Trait("payout_marked", 4.0, {"count": str(len(named)), "found": stream.channel[7:]}))
    return traits


def _iso(s: Sale) -> str:
    return s.claim.v.date.isoformat() if s.claim.v.date else ""
