"""Dates, amounts and balances as MT940 writes them."""

import re
from calendar import monthrange
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Final

# A comma before the cents; some programs write a point instead, or group thousands with it: one reading in each case.
AMOUNT: Final = r"[0-9]{1,3}(?:\.[0-9]{3}){1,5},[0-9]{2}|[0-9]{1,18}(?:,[0-9]{0,5}|\.[0-9]{2}(?![0-9.,]))?"
_BALANCE: Final = re.compile(rf"([CD]) ?([0-9]{{6}}) ?([A-Z]{{3}}) ?({AMOUNT})")
_GROUPED: Final = re.compile(r"[0-9]{1,3}(?:\.[0-9]{3}){1,5},[0-9]{2}")
_AMOUNT: Final = re.compile(r"([0-9]{1,18})(?:[,.]([0-9]{0,5}))?")
_MOMENT: Final = re.compile(r"([0-9]{6})([0-9]{2})([0-9]{2})(?:([+-][0-9]{2})([0-9]{2}))?")
_CENTURY: Final = 80  # two-digit years from here on are of the twentieth century


def read_amount(text: str) -> Decimal:
    """Read ``1234,5``, ``200,`` or ``0400``: a comma before the cents, which may be missing. Raises ValueError."""
    found = _AMOUNT.fullmatch(text.replace(".", "") if _GROUPED.fullmatch(text) else text)
    if not found:
        raise ValueError(text)
    whole, cents = found[1], found[2] or ""
    return Decimal(f"{whole}.{cents:0<2}")


@lru_cache(maxsize=1024)
def read_day(text: str) -> tuple[date, bool]:
    """Read ``YYMMDD``; also whether the day exists. A day that does not (30 February of an interest year of 360
    days) becomes the last of its month. Raises ValueError for anything else."""
    if len(text) != 6 or not (text.isascii() and text.isdigit()):
        raise ValueError(text)
    year = int(text[:2])
    return day_of(year + (1900 if year >= _CENTURY else 2000), text[2:])


def day_of(year: int, text: str) -> tuple[date, bool]:
    """Read ``MMDD`` within a year, like `read_day`."""
    month, day = int(text[:2]), int(text[2:])
    if not (1 <= month <= 12 and 1 <= day <= 31):
        raise ValueError(text)
    last = monthrange(year, month)[1]
    return date(year, month, min(day, last)), day <= last


@lru_cache(maxsize=1024)
def booking_day(text: str, value: date) -> tuple[date, bool]:
    """Read a booking date ``MMDD``: of the year that brings it nearest to the value date. Raises ValueError."""
    if not (text.isascii() and text.isdigit()):
        raise ValueError(text)
    days = [day_of(year, text) for year in (value.year, value.year - 1, value.year + 1)]
    return min(days, key=lambda found: abs((found[0] - value).days))


def read_balance(text: str) -> tuple[Decimal, str, date, bool]:
    """Read ``C251127EUR15188,85``: signed amount, currency, day, whether the day exists. Raises ValueError."""
    found = _BALANCE.fullmatch(text.upper())
    if not found:
        raise ValueError(text)
    amount = read_amount(found[4])
    day, exists = read_day(found[2])
    return (-amount if found[1] == "D" else amount), found[3], day, exists


def read_moment(text: str) -> str:
    """Turn ``2511271830+0100`` (:13D:) into an ISO moment, the minutes as written; empty if it is none."""
    found = _MOMENT.fullmatch(text)
    if not found:
        return ""
    try:
        day, _ = read_day(found[1])
    except ValueError:
        return ""
    zone = f"{found[4]}:{found[5]}" if found[4] else ""
    return f"{day.isoformat()}T{found[2]}:{found[3]}:00{zone}"
