"""How amounts and days are written for the reader."""

from decimal import Decimal

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from accounts.display import money, readable

GERMAN = [
    ("1154.30 less 35.70", "1.154,30 less 35,70"),
    ("-0.50", "−0,50"),
    ("C: 12345.678", "C: 12.345,678"),
    ("since 2025-03-14.", "since 14.03.2025."),
    ("RE-2025-03-14 1.154,30 2025-13-40", "RE-2025-03-14 1.154,30 2025-13-40"),
    ("camt.053.001.08 EUR", "camt.053.001.08 EUR"),
]


@pytest.mark.parametrize(("text", "german"), GERMAN)
def test_our_own_sums_and_days_are_in_the_readers_form(text: str, german: str) -> None:
    with translation.override("de"):
        assert readable(text) == german


@given(st.decimals(min_value=Decimal("-1e12"), max_value=Decimal("1e12"), places=2))
def test_a_sum_reads_like_money(amount: Decimal) -> None:
    for language in ("de", "en"):
        with translation.override(language):
            assert f"{readable(f'{amount:.2f}')}\u00a0€" == money(amount) or not amount
