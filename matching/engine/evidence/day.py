"""The day of a booking as evidence."""

from __future__ import annotations

import math
from typing import NamedTuple

from matching.engine.book import Booking, Claim, Slot
from matching.engine.periods import periods_in
from matching.engine.purpose import names_a_part
from matching.engine.timing import distance, item_weight, lag_weight

from .trait import Trait

_NAMED = math.log(0.3 * 365 / 3)
_CARD_OTHER_DAY = -2.5
_CARD_LAG = (0, 10)


class DayMeasure(NamedTuple):
    """How the day fits: `grade` is equal, near, plausible or far (also when the card was used on another day).

    `days`: from the payment item to the booking or value day, whichever is nearer (None: no item); `lag`: from the
    document to the booking (None: no document date); `named`: where the text names the document's date;
    `document_weight`: what that says, or that a card was used on another day (`other_day`); `period`: months from the
    one that the text names to that of the document.
    """

    grade: str
    code: str
    weight: float
    days: int | None
    lag: int | None
    document_weight: float = 0.0
    named: tuple[str, int, int] | None = None
    other_day: bool = False
    period: int | None = None
    period_at: tuple[str, int, int] | None = None

    def traits(self, slot: Slot, claim: Claim, b: Booking) -> list[Trait]:
        """The reasons as they are told."""
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
        if self.period is not None:
            code = "period_in_text" if self.fits_period else "other_period"
            found.append(Trait(code, 0.0, {}, self.period_at, self.fits_period))
        return found

    @property
    def fits_period(self) -> bool:
        """Whether the text names the month of the document or the one before, which is often billed."""
        return self.period in (0, 1)


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
    booked = b.t.booking_date
    document = claim.v.date
    lag = (booked - document).days if document is not None else None
    days = None
    if slot.due is not None:
        days = distance(slot.due, booked, b.t.value_date)
        weight = item_weight(days, slot.item_type, document, booked)
        if days == 0:
            grade, code = "equal", "payment_date_equal"
        elif abs(days) <= 3:
            grade, code = "near", "payment_date_near"
        elif weight > -1.5 and document is not None:
            grade, code = "plausible", "date_near"
        else:
            grade, code = "far", "payment_date_far"
    else:
        weight = lag_weight(document, booked)
        grade, code = ("plausible", "date_near") if weight > -1.5 else ("far", "date_far")
    if grade == "far" and slot.count > 1 and b.amount == slot.amount and names_a_part(b.t):
        grade = "plausible"
    if document is None or lag is None:
        return DayMeasure(grade, code, weight, days, lag)
    for named in b.text_dates:
        if named.means(document):
            where = ("purpose", named.start, named.end)
            return DayMeasure(grade, code, weight, days, lag, _NAMED - (named.year is None), where)
    if not b.is_card:
        months = [(abs(p.distance(document)), p.distance(document), p) for p in periods_in(b.t.purpose)]
        if months:
            _, period, p = min(months, key=lambda m: (m[0], -m[1], m[2].start))
            return DayMeasure(grade, code, weight, days, lag, period=period, period_at=("purpose", p.start, p.end))
        return DayMeasure(grade, code, weight, days, lag)
    # A card is used on the day of the purchase: a booking weeks from the document is another purchase.
    far = grade != "equal" and not _CARD_LAG[0] <= lag <= _CARD_LAG[1]
    if far or b.text_dates:
        return DayMeasure("far", code, weight, days, lag, _CARD_OTHER_DAY, None, True)
    return DayMeasure(grade, code, weight, days, lag)
