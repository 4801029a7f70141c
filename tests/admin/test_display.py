"""Amounts and probabilities as people read them."""

from decimal import Decimal

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from accounts.display import money, percent, readable, share


@pytest.mark.parametrize(
    ("amount", "currency", "german"),
    [
        ("1154.3", "EUR", "1.154,30\u00a0€"),
        ("-1154.30", "EUR", "\u22121.154,30\u00a0€"),
        ("0", "EUR", "0,00\u00a0€"),
        ("12.345", "EUR", "12,345\u00a0€"),
        ("1000000.01", "CHF", "1.000.000,01\u00a0CHF"),
        ("1E+3", "USD", "1.000,00\u00a0$"),
    ],
)
def test_money_in_german(amount: str, currency: str, german: str) -> None:
    with translation.override("de"):
        assert money(Decimal(amount), currency) == german


def test_no_amount_is_nothing() -> None:
    assert money(None) == ""


@given(st.decimals(min_value=-(10**11), max_value=10**11, places=2))
def test_money_keeps_every_cent(amount: Decimal) -> None:
    with translation.override("en"):
        text = money(amount).removesuffix("\u00a0€").replace(",", "").replace("\u2212", "-")
    assert Decimal(text) == amount


@pytest.mark.parametrize(
    ("probability", "text"),
    [("0.4100", "41.0"), ("0.9989", "99.8"), ("0.9990", "99.9"), ("0.9999", "> 99.9"), ("1", "> 99.9"), ("0", "0.0")],
)
def test_nothing_is_certain(probability: str, text: str) -> None:
    with translation.override("en"):
        assert percent(Decimal(probability)).replace("\u00a0", " ") == f"{text} %"
        assert share(1) == "100.0\u00a0%"


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
