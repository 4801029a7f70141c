"""Dates as German companies and banks live them: local midnight, banking days, nationwide holidays."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import cache, lru_cache
from zoneinfo import ZoneInfo

BERLIN = ZoneInfo("Europe/Berlin")


def local(day: date, hour: int = 0, minute: int = 0, second: int = 0, milli: int = 0) -> datetime:
    """Return the aware UTC moment of a German wall clock time on that day."""
    wall = datetime.combine(day, time(hour, minute, second, milli * 1000), tzinfo=BERLIN)
    return wall.astimezone(UTC)


def german_day(moment: datetime) -> date:
    """Return the calendar day that a German wall calendar shows at that moment."""
    return moment.astimezone(BERLIN).date()


@lru_cache(maxsize=65_536)
def stamp(moment: datetime, *, milliseconds: bool = True) -> str:
    """Write a moment as the service does, e.g. ``2026-03-02T09:15:00.123+01:00`` (reference: dates 3.2).

    Without ``milliseconds`` the fraction reads ``.000``, as in rows of the voucherlist.
    """
    wall = moment.astimezone(BERLIN)
    if not milliseconds:
        wall = wall.replace(microsecond=0)
    return wall.isoformat(timespec="milliseconds")


@lru_cache(maxsize=4096)
def day_stamp(day: date) -> str:
    """Write a day as local midnight, the form of ``voucherDate`` and ``dueDate``."""
    return stamp(local(day))


@cache
def easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar (the anonymous algorithm of 1876)."""
    a, b, c = year % 19, year // 100, year % 100
    d, e = b // 4, b % 4
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = c // 4, c % 4
    lo = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 22 * lo) // 451
    month, day = divmod(h + lo - 7 * m + 114, 31)
    return date(year, month, day + 1)


@cache
def bank_holidays(year: int) -> frozenset[date]:
    """Return the days on which no German bank books: nationwide holidays and both Christmas and year's ends."""
    sunday = easter(year)
    fixed = [(1, 1), (5, 1), (10, 3), (12, 24), (12, 25), (12, 26), (12, 31)]
    moving = [-2, 1, 39, 50]
    return frozenset([date(year, month, day) for month, day in fixed] + [sunday + timedelta(days=n) for n in moving])


def is_banking_day(day: date) -> bool:
    """Say whether German banks book on that day."""
    return day.weekday() < 5 and day not in bank_holidays(day.year)


def banking_day(day: date, after: int = 0) -> date:
    """Return the first banking day on or after ``day``, then go ``after`` banking days further."""
    while not is_banking_day(day):
        day += timedelta(days=1)
    for _ in range(after):
        day += timedelta(days=1)
        while not is_banking_day(day):
            day += timedelta(days=1)
    return day


def banking_day_before(day: date) -> date:
    """Return the last banking day before ``day``."""
    day -= timedelta(days=1)
    while not is_banking_day(day):
        day -= timedelta(days=1)
    return day


def month_end(day: date) -> date:
    """Return the last day of the month of ``day``."""
    following = (day.replace(day=28) + timedelta(days=4)).replace(day=1)
    return following - timedelta(days=1)
