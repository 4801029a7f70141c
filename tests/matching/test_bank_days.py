"""Weekends and bank holidays, and how far apart days are for a bank."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.bank_days import bank_days, bank_days_apart, is_bank_day

DAYS = st.dates(date(2015, 1, 1), date(2035, 12, 31))


def on_the_next_bank_day(day: date) -> date:
    while not is_bank_day(day):
        day += timedelta(days=1)
    return day


@pytest.mark.parametrize(
    "holiday",
    ["2024-01-01", "2024-03-29", "2024-04-01", "2024-05-01", "2025-04-18", "2025-04-21", "2026-12-25", "2028-12-26"],
)
def test_no_bank_books_on_a_holiday(holiday: str) -> None:
    assert not is_bank_day(date.fromisoformat(holiday))


@pytest.mark.parametrize(
    ("first", "second", "apart"),
    [
        ("2025-03-07", "2025-03-10", 1),  # Friday to Monday
        ("2025-03-08", "2025-03-10", 0),  # Saturday to Monday
        ("2025-03-09", "2025-03-07", -1),  # Sunday back to Friday
        ("2025-03-08", "2025-03-09", 0),  # Saturday to Sunday
        ("2025-04-17", "2025-04-22", 1),  # over Easter
        ("2025-04-18", "2025-04-22", 0),
        ("2024-12-24", "2024-12-27", 1),
        ("2024-12-25", "2024-12-27", 0),
        ("2025-12-31", "2026-01-02", 1),
        ("2025-03-10", "2025-03-17", 5),
    ],
)
def test_days_apart_for_a_bank(first: str, second: str, apart: int) -> None:
    assert bank_days_apart(date.fromisoformat(first), date.fromisoformat(second)) == apart


@given(DAYS, st.integers(0, 500))
def test_bank_days_are_counted_one_by_one(first: date, span: int) -> None:
    last = first + timedelta(days=span)
    assert bank_days(first, last) == sum(is_bank_day(first + timedelta(days=n)) for n in range(span + 1))
    assert bank_days(last, first) == (is_bank_day(first) if span == 0 else 0)


@given(DAYS, st.integers(0, 60))
def test_a_day_without_business_counts_as_the_next_bank_day(first: date, span: int) -> None:
    second = first + timedelta(days=span)
    start, end = on_the_next_bank_day(first), on_the_next_bank_day(second)
    steps = sum(is_bank_day(start + timedelta(days=n)) for n in range(1, (end - start).days + 1))
    assert bank_days_apart(first, second) == steps
    assert bank_days_apart(second, first) == -steps
