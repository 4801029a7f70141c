"""How well a booking's day fits a voucher: payment item, document date, due date.

Each function answers a log likelihood ratio: how much likelier this distance is for the voucher's own booking
than for any booking of the year. The shares are rounded observations of German small businesses: about half
of the hand-typed dates are the booking day, bank-assigned ones nearly always. Of the dates without bank business
that somebody typed, a quarter is that of an order which the bank carried out on its next day.
"""

from __future__ import annotations

import math
from datetime import date

from matching.bank_days import bank_days_apart

ASSIGNED = "partPaymentFinancialTransaction"
"""The payment item type of a booking that the accounting system itself has assigned."""

_DAYS = 365.0

# (days up to, log likelihood ratio) by distance between payment item and booking.
_ASSIGNED = ((0, math.log(0.95 * _DAYS)), (3, math.log(0.008 * _DAYS)), (5, -3.0))
_ASSIGNED_FAR = -8.0
_TYPED = ((0, math.log(0.5 * _DAYS)), (1, math.log(0.07 * _DAYS)), (3, math.log(0.03 * _DAYS)),
          (7, math.log(0.008 * _DAYS)))  # fmt: skip
_TYPED_FAR_SHARE = 0.2
_LONGEST_CLOSURE = 6
"""Calendar days between two bank days that follow each other, at most, and one more: Maundy Thursday to Tuesday."""
_NEXT_BANK_DAY = math.log(0.25 * _DAYS)

# Share of payments per day, by days between document and booking.
_LAG = ((-40, 0.00003), (-10, 0.0002), (-1, 0.001), (0, 0.04), (15, 0.03), (31, 0.015), (60, 0.006), (100, 0.0015),
        (200, 0.0002))  # fmt: skip
_LAG_BEYOND = 0.00002


def lag_weight(document: date | None, booked: date) -> float:
    """By the days from document to booking alone."""
    if document is None:
        return 0.0
    days = (booked - document).days
    share = next((s for limit, s in _LAG if days <= limit), _LAG_BEYOND)
    return math.log(share * _DAYS)


def distance(expected: date, booking: date, value: date | None) -> int:
    """Days between an expected day and the booking or value day, whichever is nearer; negative: booked earlier.

    What is ordered without bank business around is done on the next bank day: from Friday to Monday is one day, from
    Saturday to Monday none. Beyond that, calendar days tell more: terms and habits are counted in them.
    """
    days = _days_apart(expected, booking)
    if value is None or not days:
        return days
    return min(days, _days_apart(expected, value), key=abs)


def _days_apart(expected: date, booked: date) -> int:
    days = (booked - expected).days
    if 0 < abs(days) <= _LONGEST_CLOSURE:
        apart = bank_days_apart(expected, booked)
        if -1 <= apart <= 1:
            return apart
    return days


def is_same_day(expected: date, booking: date, value: date | None) -> bool:
    """Whether the booking or value day is the expected day itself."""
    return expected in (booking, value)


def item_weight(days: int, item_type: str, document: date | None, booked: date, *, same: bool) -> float:
    """By the days between the payment item's date and the booking; `same`: it is the day itself."""
    if not days and not same:
        return _NEXT_BANK_DAY
    if item_type == ASSIGNED:
        return next((w for limit, w in _ASSIGNED if abs(days) <= limit), _ASSIGNED_FAR)
    near = next((w for limit, w in _TYPED if abs(days) <= limit), None)
    if near is not None:
        return near
    return math.log(_TYPED_FAR_SHARE) + lag_weight(document, booked)
