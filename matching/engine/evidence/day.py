"""The day of a booking as evidence."""

from __future__ import annotations

import math
from dataclasses import dataclass

from matching.engine.book import Booking, Claim, Slot
from matching.engine.timing import distance, item_weight, lag_weight

from .trait import Trait

_NAMED = math.log(0.3 * 365 / 3)
_CARD_OTHER_DAY = -2.5
_CARD_LAG = (-5, 10)


@dataclass(frozen=True, slots=True)
class DayFit:
    """How the day fits: `grade` is equal, near, plausible or far (also when the card was used on another day)."""

    grade: str
    traits: tuple[Trait, ...]


def fit_day(slot: Slot, claim: Claim, b: Booking) -> DayFit:
    """Compare a booking with the payment item, and with the document where the item is silent or typed late."""
    traits: list[Trait] = []
    booked = b.t.booking_date
    document = claim.v.date
    if slot.due is not None:
        days = distance(slot.due, booked, b.t.value_date)
        weight = item_weight(days, slot.item_type, document, booked)
        params = {"expected": slot.due.isoformat(), "booked": booked.isoformat(), "days": str(days)}
        if days == 0:
            grade, code = "equal", "payment_date_equal"
        elif abs(days) <= 3:
            grade, code = "near", "payment_date_near"
        elif weight > -1.5 and document is not None:
            grade, code = "plausible", "date_near"
            params.update(expected=document.isoformat(), days=str((booked - document).days))
        else:
            grade, code = "far", "payment_date_far"
        traits.append(Trait(code, weight, params))
    else:
        weight = lag_weight(document, booked)
        grade = "plausible" if weight > -1.5 else "far"
        code = "date_near" if grade == "plausible" else "date_far"
        days_text = str((booked - document).days) if document else ""
        params = {"expected": document.isoformat() if document else "", "booked": booked.isoformat(), "days": days_text}
        traits.append(Trait(code, weight, params))
    if document is not None:
        named = _named_date(claim, b)
        traits.extend(named or _card_lag(claim, b, grade))
        if any(t.code == "date_far" for t in traits):
            grade = "far"
    return DayFit(grade, tuple(traits))


def _card_lag(claim: Claim, b: Booking, grade: str) -> list[Trait]:
    """A card is used on the day of the purchase: a booking weeks from the document is another purchase."""
    document = claim.v.date
    assert document is not None  # noqa: S101 - checked by the caller
    days = (b.t.booking_date - document).days
    if not b.is_card or grade == "equal" or _CARD_LAG[0] <= days <= _CARD_LAG[1]:
        return []
    params = {"expected": document.isoformat(), "booked": b.t.booking_date.isoformat(), "days": str(days)}
    return [Trait("date_far", _CARD_OTHER_DAY, params)]


def _named_date(claim: Claim, b: Booking) -> list[Trait]:
    document = claim.v.date
    assert document is not None  # noqa: S101 - checked by the caller
    for named in b.text_dates:
        if named.means(document):
            weight = _NAMED if named.year is not None else _NAMED - 1.0
            return [Trait("document_date_in_text", weight, {}, ("purpose", named.start, named.end))]
    if b.is_card and any(named.year is not None for named in b.text_dates):
        params = {"expected": document.isoformat(), "booked": b.t.booking_date.isoformat()}
        return [Trait("date_far", _CARD_OTHER_DAY, params)]
    return []
