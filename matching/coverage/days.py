"""Days on which no bank of the euro area books: weekends and the holidays of the payment system (T2)."""

from datetime import date, timedelta
from functools import lru_cache

SATURDAY = 5


def is_bank_day(day: date) -> bool:
    """Whether banks book on that day."""
    return day.weekday() < SATURDAY and day not in _holidays(day.year)


def bank_days(first: date, last: date) -> int:
    """How many bank days there are from ``first`` to ``last``, both included."""
    return sum(is_bank_day(first + timedelta(days=n)) for n in range((last - first).days + 1))


@lru_cache(maxsize=64)
def _holidays(year: int) -> frozenset[date]:
    """New Year, Good Friday, Easter Monday, 1 May, 25 and 26 December (long-term calendar of the ECB)."""
    easter = _easter(year)
    return frozenset(
        {
            date(year, 1, 1),
            easter - timedelta(days=2),
            easter + timedelta(days=1),
            date(year, 5, 1),
            date(year, 12, 25),
            date(year, 12, 26),
        }
    )


def _easter(year: int) -> date:
    """Easter Sunday (the anonymous Gregorian algorithm)."""
    century, of_century = divmod(year, 100)
    golden = year % 19
    moon = (19 * golden + century - century // 4 - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    weekday = (32 + 2 * (century % 4) + 2 * (of_century // 4) - moon - of_century % 4) % 7
    shift = (golden + 11 * moon + 22 * weekday) // 451
    month, day = divmod(moon + weekday - 7 * shift + 114, 31)
    return date(year, month, day + 1)
