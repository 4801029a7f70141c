"""How a booked amount relates to an expected one, and how much that says.

Amounts are whole cents. A relation's weight is a log likelihood ratio: the share of payments that differ in
this way against the chance that some other booking of the account lies at one of the points it allows.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

DISCOUNTS = (Decimal("1"), Decimal("1.5"), Decimal("2"), Decimal("2.5"), Decimal("3"), Decimal("4"), Decimal("5"))
"""Usual cash discounts in per cent."""

TAX_RATES = (7, 19)
"""German rates of value added tax in per cent, reduced and standard (section 12 UStG)."""

_ROUND_STEPS = (100, 500, 1000, 5000, 10000)
_PER_MILLE = tuple((int(10 * rate), str(rate)) for rate in DISCOUNTS)
_MAX_WEIGHT = 8.0


def cents(amount: Decimal) -> int:
    """Whole cents of an amount, rounded half up."""
    return int((abs(amount) * 100).to_integral_value("ROUND_HALF_UP")) * (1 if amount >= 0 else -1)


def money(value: int) -> str:
    """Cents as a decimal string with a point."""
    return f"{Decimal(value) / 100:.2f}"


@dataclass(frozen=True, slots=True)
class Relation:
    """What a booked amount is to an expected one; `usual` when the difference has a name and is small."""

    code: str
    share: float
    points: float
    usual: bool
    percent: str = ""


_EQUAL = Relation("amount_equal", 0.88, 1, True)
_DIFFERS = Relation("amount_differs", 0.003, 0, False)


def relate(expected: int, booked: int, *, dunning_named: bool = False) -> Relation:
    """Name the difference between an expected and a booked amount (both positive cents)."""
    difference = booked - expected
    if difference == 0:
        return _EQUAL
    for mille, percent in _PER_MILLE:
        if abs(1000 * booked - expected * (1000 - mille)) <= 1000:
            return Relation("amount_less_discount", 0.015, 3 * len(DISCOUNTS), True, percent)
    if abs(difference) <= 2:
        return Relation("amount_rounded", 0.008, 4, True)
    if 0 < difference <= 4000 and difference % 50 == 0:
        return Relation("amount_plus_dunning", 0.3 if dunning_named else 0.006, 80, True)
    if 0 < -difference < 100 and booked % 100 == 0:
        return Relation("amount_rounded", 0.004, 1, True)
    if abs(difference) <= 100 and abs(difference) * 50 <= expected:
        return Relation("amount_rounded", 0.004, 200, True)
    if 0 < -difference <= 2500 and difference % 50 == 0 and -difference * 5 <= expected:
        return Relation("amount_less_fee", 0.003, 50, True)
    over = _overpaid(expected, booked)
    if over is not None:
        return over
    if sorted(str(expected)) == sorted(str(booked)):
        return Relation("amount_differs", 0.003, 6, False)
    if 0 < difference * 5 <= expected:
        return Relation("amount_differs", 0.004, expected / 5, False)
    return _DIFFERS


def _overpaid(expected: int, booked: int) -> Relation | None:
    """What people pay too much by: tax on top of what includes it, a round amount instead of the exact one, twice."""
    for rate in TAX_RATES:
        if abs(100 * booked - expected * (100 + rate)) <= 200:
            return Relation("amount_plus_tax", 0.004, 10, False, str(rate))
    if booked == 2 * expected:
        return Relation("amount_twice", 0.002, 1, False)
    above = 0 < 10 * (booked - expected) <= expected
    if above and any(booked == -(-expected // step) * step for step in _ROUND_STEPS):
        return Relation("amount_rounded_up", 0.004, len(_ROUND_STEPS), False)
    return None


class Density:
    """How densely the bookings of one direction lie around an amount: bookings to be expected per cent."""

    __slots__ = ("_amounts", "_last")

    def __init__(self, amounts: Iterable[int]) -> None:
        self._amounts = sorted(amounts)
        self._last = 0, 0.0

    def at(self, amount: int) -> float:
        """Expected number of unrelated bookings of exactly this amount (positive cents)."""
        # A booking's amount is asked for by all vouchers that are compared with it, one after the other.
        known, expected = self._last
        if known != amount:
            expected = self._expected(amount)
            self._last = amount, expected
        return expected

    def _expected(self, amount: int) -> float:
        low, high = amount * 3 // 4, amount * 4 // 3 + 1
        count = bisect_right(self._amounts, high) - bisect_left(self._amounts, low)
        return min(5.0, (count + 1) / max(1, high - low) * _roundness(amount))

    def weight(self, relation: Relation, amount: int) -> float:
        """The log likelihood ratio of a relation at a booked amount."""
        if not relation.points:
            return math.log(relation.share)
        chance = min(1.0, relation.points * self.at(amount))
        return min(_MAX_WEIGHT, math.log(relation.share / chance))


def _roundness(amount: int) -> float:
    """People and price lists prefer round amounts."""
    for step, factor in ((10000, 60.0), (5000, 40.0), (1000, 25.0), (500, 15.0), (100, 8.0), (50, 4.0), (10, 2.0)):
        if amount % step == 0:
            return factor
    return 4.0 if amount % 10 == 9 else 1.0
