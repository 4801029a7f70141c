"""Days on which no bank of the euro area books: weekends and the holidays of the payment system (T2)."""

from bisect import bisect_left, bisect_right
from datetime import date, timedelta
from functools import lru_cache

SATURDAY = 5


def is_bank_day(day: date) -> bool:
    """Whether banks book on that day."""
    return day.weekday() < SATURDAY and day not in _holidays(day.year)


def bank_days(first: date, last: date) -> int:
    """How many bank days there are from ``first`` to ``last``, both included; none where ``last`` is the earlier."""
    if last < first:
        return 0
    weekdays = _weekdays_until(last.toordinal()) - _weekdays_until(first.toordinal() - 1)
    closed = sum(
        bisect_right(_closed_weekdays(year), last) - bisect_left(_closed_weekdays(year), first)
        for year in range(first.year, last.year + 1)
    )
    return weekdays - closed


@lru_cache(maxsize=1 << 16)
def bank_days_apart(first: date, second: date) -> int:
    """Bank days from ``first`` to ``second``, negative where ``second`` is the earlier.

    What is ordered on a day without bank business is done on the next bank day, so such a day counts as that one:
    from Friday to Monday is one day, from Saturday to Monday none.
    """
    if second < first:
        return -bank_days_apart(second, first)
    # A day without bank business stands for the next bank day, which is the last one counted up to it, and one more.
    return (bank_days(first, second) - is_bank_day(first)) + (not is_bank_day(second)) - (not is_bank_day(first))


def _weekdays_until(ordinal: int) -> int:
    """Mondays to Fridays from 1 January of the year 1, a Monday, up to and with a day."""
    weeks, rest = divmod(ordinal, 7)
    return weeks * SATURDAY + min(rest, SATURDAY)


@lru_cache(maxsize=64)
def _closed_weekdays(year: int) -> tuple[date, ...]:
    return tuple(sorted(day for day in _holidays(year) if day.weekday() < SATURDAY))


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
