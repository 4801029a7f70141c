"""The day of a booking as evidence."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple

from matching.engine.book import Booking, Claim, Slot
from matching.engine.periods import periods_in
from matching.engine.purpose import names_a_part
from matching.engine.timing import distance, is_same_day, item_weight, lag_weight

from .trait import Trait

_NAMED = math.log(0.3 * 365 / 3)
_CARD_OTHER_DAY = -2.5
_UNLEARNED: Mapping[str, float] = {}
_CARD_LAG = (0, 10)
_BILLED = (0, 1)
"""Months from the one that a text names to that of the document it pays: the same, or the next."""
_OWN_PERIOD, _OTHER_PERIOD = math.log(0.9 * 12 / 2), math.log(0.1 * 12 / 10)
_NEAR = 3
_USUAL = -1.5
"""Log likelihood ratio of a day from which on such a voucher may well be paid then."""


class DayMeasure(NamedTuple):
    """How the day fits: `grade` is equal, near, plausible or far (also when the card was used on another day).

    `days`: from the payment item to the booking or value day, whichever is nearer (None: no item), 0 also for the bank
    day next to an item's date without bank business (`code` tells which); `lag`: from the document to the booking
    (None: no document date); `due`: from the day on which the voucher was due (None: at once, or not known); `named`:
    where the text names the document's date; `document_weight`: what that says, or that a card was used on another day
    (`other_day`); `period`: months from the one that the text names to that of the document; `period_weight`: what that
    says.
    """

    grade: str
    code: str
    weight: float
    days: int | None
    lag: int | None
    due: int | None = None
    document_weight: float = 0.0
    named: tuple[str, int, int] | None = None
    other_day: bool = False
    period: int | None = None
    period_weight: float = 0.0
    period_at: tuple[str, int, int] | None = None

    def traits(self, slot: Slot, claim: Claim, b: Booking, learned: Mapping[str, float] = _UNLEARNED) -> list[Trait]:
        """The reasons as they are told; `learned`: the weights of what has a reason of its own, by feature."""
        booked = b.t.booking_date.isoformat()
        document = claim.v.date.isoformat() if claim.v.date else ""
        if slot.due is not None and not self.code.startswith("date"):
            params = {"expected": slot.due.isoformat(), "booked": booked, "days": str(self.days)}
        else:
            params = {"expected": document, "booked": booked, "days": "" if self.lag is None else str(self.lag)}
        found = [Trait(self.code, self.weight, params)]
        if self.named is not None:
            found.append(Trait("document_date_in_text", self.document_weight, {}, self.named))
        elif self.other_day:
            lag = str(self.lag)
            words = {"expected": document, "booked": booked, "days": lag}
            found.append(Trait("date_far", self.document_weight, words))
        if self.due == 0 and self.days != 0 and claim.v.due_date is not None:
            met = {"expected": claim.v.due_date.isoformat(), "booked": booked}
            found.append(Trait("due_date_met", learned.get("day due", 0.0), met))
        elif learned.get("day due"):
            found[0] = replace(found[0], weight=found[0].weight + learned["day due"])
        if self.period is not None:
            code = "period_in_text" if self.fits_period else "other_period"
            weight = self.period_weight + learned.get("day period", 0.0)
            found.append(Trait(code, weight, {}, self.period_at))
        return found

    @property
    def fits_period(self) -> bool:
        """Whether the text names the month of the document or the one before, which is often billed."""
        return self.period in _BILLED


class DayFit(NamedTuple):
    """A measured day with its reasons."""

    grade: str
    traits: tuple[Trait, ...]


def fit_day(slot: Slot, claim: Claim, b: Booking) -> DayFit:
    """`measure_day` with its reasons at once, where there are few to be weighed."""
    measured = measure_day(slot, claim, b)
    return DayFit(measured.grade, tuple(measured.traits(slot, claim, b)))


def measure_day(slot: Slot, claim: Claim, b: Booking) -> DayMeasure:
    """Compare a booking with the payment item, and with the document where the item is silent or typed late."""
    booked, value = b.t.booking_date, b.t.value_date
    document = claim.v.date
    lag = (booked - document).days if document is not None else None
    days = None
    if slot.due is not None:
        days = distance(slot.due, booked, value)
        same = is_same_day(slot.due, booked, value)
        weight = item_weight(days, slot.item_type, document, booked, same=same)
        if same:
            grade, code = "equal", "payment_date_equal"
        elif days == 0:
            grade, code = "near", "payment_next_bank_day"
        elif abs(days) <= _NEAR:
            grade, code = "near", "payment_date_near"
        elif weight > _USUAL and document is not None:
            grade, code = "plausible", _lag_code(weight)
        else:
            grade, code = "far", "payment_date_far"
    else:
        weight = lag_weight(document, booked)
        grade, code = ("plausible", _lag_code(weight)) if weight > _USUAL else ("far", "date_far")
    if grade == "far" and slot.count > 1 and b.amount == slot.amount and names_a_part(b.t):
        grade = "plausible"
    if document is None or lag is None:
        return DayMeasure(grade, code, weight, days, lag)
    payable = claim.v.due_date
    due = distance(payable, booked, value) if payable is not None and payable > document else None
    for named in b.text_dates:
        if named.means(document):
            where = ("purpose", named.start, named.end)
            return DayMeasure(grade, code, weight, days, lag, due, _NAMED - (named.year is None), where)
    if not b.is_card:
        months = [(abs(p.distance(document)), p.distance(document), p) for p in periods_in(b.t.purpose)]
        if months:
            _, period, p = min(months, key=lambda m: (m[0], -m[1], m[2].start))
            at = ("purpose", p.start, p.end)
            fits = period in _BILLED
            if not fits and grade == "plausible":
                grade = "far"
            told = _OWN_PERIOD if fits else _OTHER_PERIOD
            return DayMeasure(grade, code, weight, days, lag, due, period=period, period_weight=told, period_at=at)
        return DayMeasure(grade, code, weight, days, lag, due)
    # A card is used on the day of the purchase: a booking weeks from the document is another purchase.
    far = grade != "equal" and not _CARD_LAG[0] <= lag <= _CARD_LAG[1]
    if far or b.text_dates:
        return DayMeasure("far", code, weight, days, lag, due, _CARD_OTHER_DAY, None, True)
    return DayMeasure(grade, code, weight, days, lag, due)


def _lag_code(weight: float) -> str:
    """A day that speaks for the booking is a usual one; one that does not is told as it is."""
    return "date_near" if weight >= 0 else "date_after"
