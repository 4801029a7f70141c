"""The amount as evidence: equal, with a difference that has a name, or converted."""

from __future__ import annotations

import math
import re
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from matching.engine.amounts import Relation, money, relate
from matching.engine.book import Book, Booking, Claim, Slot
from matching.engine.text import amounts_in, fold

from .trait import Trait

_ORIGINAL_NAMED = 6.0
_CONVERTED = ((0.004, 0.45), (0.03, 0.4), (0.06, 0.08))
_ACCIDENTAL = frozenset({"amount_differs", "amount_rounded_up", "amount_plus_tax"})
"""Differences that an exchange rate makes as well."""
_OTHER_CURRENCY = -5.0


class AmountFit(NamedTuple):
    """How a booking's amount fits a slot, and the cents it settles.

    `shown`: the code that is told, where it says more than `code`; `expected`: cents in the voucher's currency;
    `original`: where the text names the original amount; `rate`: what a conversion at the day's rate was made with,
    `rate_weight` what it says beside the original amount; `deviation`: the share by which it misses;
    `difference_named`: the text names the difference or the full amount, or the voucher's remark a discount.
    """

    code: str
    usual: bool
    settles: int
    weight: float
    expected: int
    shown: str
    percent: str = ""
    original: tuple[str, int, int] | None = None
    rate: float = 0.0
    rate_weight: float = 0.0
    deviation: float = 0.0
    difference_named: bool = False

    def traits(self, claim: Claim, b: Booking) -> list[Trait]:
        """The reasons as they are told."""
        params = {"expected": money(self.expected), "booked": money(b.amount)}
        currency = claim.v.currency
        if currency != b.t.currency:
            found = []
            if self.original:
                words = {"expected": params["expected"], "currency": currency, "booked": params["booked"]}
                found.append(Trait("amount_original", self.weight - self.rate_weight, words, self.original))
            if self.rate:
                words = {**params, "currency": currency, "rate": f"{self.rate:.4f}"}
                found.append(Trait("amount_converted", self.rate_weight, words))
            return found or [Trait("amount_differs", self.weight, {**params, "currency": currency})]
        if self.shown == "amount_converted":
            return [Trait(self.shown, self.weight, {**params, "currency": currency})]
        if self.percent:
            params["percent"] = self.percent
        if self.shown != "amount_equal":
            params["difference"] = money(b.amount - self.expected)
        return [Trait(self.shown, self.weight, params)]


def measure_amount(book: Book, slot: Slot, claim: Claim, b: Booking) -> AmountFit:
    """Compare what a slot expects with what was booked, in the booking's currency."""
    if claim.v.currency != b.t.currency:
        return _converted(book, slot, claim, b)
    best: tuple[float, Relation, int] | None = None
    for expected in _expectations(slot, claim):
        relation = relate(expected, b.amount, dunning_named=b.dunning_named)
        weight = book.density[b.sign].weight(relation, b.amount)
        if best is None or weight > best[0]:
            best = weight, relation, expected
    assert best is not None  # noqa: S101 - a slot always has an amount
    weight, relation, expected = best
    code = relation.code
    if code == "amount_equal" and claim.total != expected == slot.amount + claim.dunning > slot.amount:
        # A known fee makes the amount equal; it comes on top of the voucher and settles none of it.
        return AmountFit(code, True, slot.amount, weight, slot.amount, "amount_plus_dunning")
    settles = min(b.amount, max(slot.amount, expected) if code == "amount_equal" else expected, claim.total)
    if code in _ACCIDENTAL and _foreign_named(book, b):
        deviation = abs(b.amount / expected - 1)
        if deviation <= 0.05:
            chance = 0.1 * expected * book.density[b.sign].at(b.amount)
            weight = math.log(0.06 / min(1.0, chance))
            code = "amount_converted"
            return AmountFit(code, deviation <= 0.03, settles, weight, expected, code, deviation=deviation)
    named = code != "amount_equal" and _difference_named(claim, b, expected)
    return AmountFit(code, relation.usual, settles, weight, expected, code, relation.percent, difference_named=named)


def _expectations(slot: Slot, claim: Claim) -> list[int]:
    """The payment item first; then it with dunning costs, or the total where only one item is known."""
    found = [slot.amount]
    if slot.count == 1:
        if claim.dunning:
            found.append(slot.amount + claim.dunning)
        if claim.total not in found:
            reduced = any(p.type not in ("dunningCosts", slot.item_type) for p in claim.v.payments)
            if not reduced:
                found.append(claim.total)
    return found


def _difference_named(claim: Claim, b: Booking, expected: int) -> bool:
    """Whether the text says by how much it differs, or from what; or the remark that a discount was taken."""
    if b.amount < expected and "SKONTO" in fold(claim.v.remark):
        return True
    difference = abs(b.amount - expected)
    return difference > 0 and any(value in (difference, expected) for value in _values_in(b.t.purpose))


@lru_cache(maxsize=64)
def _values_in(purpose: str) -> tuple[int, ...]:
    """The amounts in a text, for the vouchers that are compared with it one after the other."""
    return tuple(value for value, _, _ in amounts_in(fold(purpose)))


def _foreign_named(book: Book, b: Booking) -> bool:
    return any(c in b.words for c in book.currencies if c != b.t.currency)


def _converted(book: Book, slot: Slot, claim: Claim, b: Booking) -> AmountFit:
    currency = claim.v.currency
    folded = fold(b.t.purpose)
    originals = {slot.amount, claim.total} if slot.count == 1 else {slot.amount}
    original = None
    for value, start, end in amounts_in(folded):
        if value in originals and re.search(currency, folded[max(0, start - 6) : end + 6]):
            original = "purpose", start, end
            break
    named = _ORIGINAL_NAMED if original else 0.0
    foreign, own = book.rate(currency, b.t.booking_date), book.rate(b.t.currency, b.t.booking_date)
    if not foreign or not own:
        code = "amount_original" if original else "amount_differs"
        weight = named or _OTHER_CURRENCY
        return AmountFit(code, original is not None, b.amount, weight, slot.amount, code, original=original)
    expected, deviation = min(
        ((e, abs(float(b.amount / e) - 1)) for e in (Decimal(o) / foreign * own for o in sorted(originals))),
        key=lambda e: (e[1], e[0]),
    )
    share = next((s for limit, s in _CONVERTED if deviation <= limit), 0.002)
    width = next((limit for limit, _ in _CONVERTED if deviation <= limit), 1.0)
    chance = min(1.0, 2 * width * float(expected) * book.density[b.sign].at(b.amount))
    weight = math.log(share / chance)
    code = "amount_original" if original else "amount_converted"
    usual = original is not None or deviation <= 0.03
    rate = float(foreign / own)
    return AmountFit(
        code, usual, b.amount, named + weight, slot.amount, code, "", original, rate, weight, deviation
    )  # fmt: skip
