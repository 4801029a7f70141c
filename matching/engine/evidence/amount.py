"""The amount as evidence: equal, with a difference that has a name, or converted."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from decimal import Decimal

from matching.engine.amounts import Relation, money, relate
from matching.engine.book import Book, Booking, Claim, Slot
from matching.engine.text import amounts_in, fold

from .trait import Trait

_ORIGINAL_NAMED = 6.0
_CONVERTED = ((0.004, 0.45), (0.03, 0.4), (0.06, 0.08))


@dataclass(frozen=True, slots=True)
class AmountFit:
    """How a booking's amount fits a slot: the cents it settles, and the traits that say so."""

    code: str
    usual: bool
    settles: int
    traits: tuple[Trait, ...]


def fit(book: Book, slot: Slot, b: Booking) -> AmountFit:
    """Compare what a slot expects with what was booked, in the booking's currency."""
    claim = book.claims[slot.voucher]
    if claim.v.currency != b.t.currency:
        return _converted(book, slot, claim, b)
    dunning = any(w.startswith("MAHN") for w in b.words)
    best: tuple[float, Relation, int] | None = None
    for expected in _expectations(slot, claim):
        relation = relate(expected, b.amount, dunning_named=dunning)
        weight = book.density[b.sign].weight(relation, b.amount)
        if best is None or weight > best[0]:
            best = weight, relation, expected
    assert best is not None  # noqa: S101 - a slot always has an amount
    weight, relation, expected = best
    if relation.code == "amount_equal" and claim.total != expected == slot.amount + claim.dunning > slot.amount:
        return _with_dunning(slot, b, weight)
    settles = min(b.amount, max(slot.amount, expected) if relation.code == "amount_equal" else expected, claim.total)
    if relation.code == "amount_differs" and _foreign_named(book, b):
        deviation = abs(b.amount / expected - 1)
        if deviation <= 0.05:
            chance = 0.1 * expected * book.density[b.sign].at(b.amount)
            weight = math.log(0.06 / min(1.0, chance))
            params = {"expected": money(expected), "booked": money(b.amount), "currency": claim.v.currency}
            return AmountFit("amount_converted", False, settles, (Trait("amount_converted", weight, params),))
    params = {"expected": money(expected), "booked": money(b.amount)}
    if relation.percent:
        params["percent"] = relation.percent
    if relation.code != "amount_equal":
        params["difference"] = money(b.amount - expected)
    return AmountFit(relation.code, relation.usual, settles, (Trait(relation.code, weight, params),))


def _expectations(slot: Slot, claim: Claim) -> list[int]:
    """The payment item first; then it with dunning costs, or the total where only one item is known."""
    found = [slot.amount]
    if slot.count == 1:
        if claim.dunning:
            found.append(slot.amount + claim.dunning)
        reduced = any(p.type not in ("dunningCosts", slot.item_type) for p in claim.v.payments)
        if claim.total not in found and not reduced:
            found.append(claim.total)
    return found


def _with_dunning(slot: Slot, b: Booking, weight: float) -> AmountFit:
    """A known fee makes the amount equal; it comes on top of the voucher and settles none of it."""
    params = {
        "expected": money(slot.amount),
        "booked": money(b.amount),
        "difference": money(b.amount - slot.amount),
    }
    return AmountFit("amount_equal", True, slot.amount, (Trait("amount_plus_dunning", weight, params),))


def _foreign_named(book: Book, b: Booking) -> bool:
    return any(c in b.words for c in book.currencies if c != b.t.currency)


def _converted(book: Book, slot: Slot, claim: Claim, b: Booking) -> AmountFit:
    traits: list[Trait] = []
    usual = False
    currency = claim.v.currency
    folded = fold(b.t.purpose)
    originals = {slot.amount, claim.total} if slot.count == 1 else {slot.amount}
    for value, start, end in amounts_in(folded):
        if value in originals and re.search(currency, folded[max(0, start - 6) : end + 6]):
            params = {"expected": money(slot.amount), "currency": currency, "booked": money(b.amount)}
            traits.append(Trait("amount_original", _ORIGINAL_NAMED, params, ("purpose", start, end)))
            usual = True
            break
    foreign, own = book.rate(currency, b.t.booking_date), book.rate(b.t.currency, b.t.booking_date)
    if foreign and own:
        expected, deviation = min(
            ((e, abs(float(b.amount / e) - 1)) for e in (Decimal(o) / foreign * own for o in sorted(originals))),
            key=lambda e: (e[1], e[0]),
        )
        share = next((s for limit, s in _CONVERTED if deviation <= limit), 0.002)
        width = next((limit for limit, _ in _CONVERTED if deviation <= limit), 1.0)
        chance = min(1.0, 2 * width * float(expected) * book.density[b.sign].at(b.amount))
        params = {
            "expected": money(slot.amount),
            "currency": currency,
            "booked": money(b.amount),
            "rate": f"{foreign / own:.4f}",
        }
        traits.append(Trait("amount_converted", math.log(share / chance), params))
        usual = usual or deviation <= 0.03
    if not traits:
        params = {"expected": money(slot.amount), "booked": money(b.amount), "currency": currency}
        traits.append(Trait("amount_differs", -5.0, params))
    return AmountFit(traits[0].code, usual, b.amount, tuple(traits))
