"""Codes in words."""

import pytest
from django.utils import translation

from matching.booking_codes import booking_words, return_words


@pytest.mark.parametrize(
    ("code", "gvc", "words"),
    [
        ("PMNT-RCDT-ESCT", "166", "SEPA transfer in"),
        ("166", "", "SEPA transfer in"),
        ("", "879", "Other booking of the bank"),
        ("", "555", ""),
        ("PMNT-RDDT-ESDD", "", "Direct debit charged, SEPA direct debit"),
        ("PMNT-IDDT-UPDD", "", "Direct debit collected, returned, not paid"),
        ("ACMT-MDOP-CHRG", "", "Charge of the bank, charges"),
        ("PMNT-XXXX-YYYY", "", "Payments"),
        ("PMNT", "", "Payments"),
        ("NTRF", "", ""),
        ("Kartenzahlung", "", ""),
        ("", "", ""),
    ],
)
def test_bookings(code: str, gvc: str, words: str) -> None:
    with translation.override("en"):
        assert booking_words(code, gvc) == words


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("AM04", "there was not enough money on the account"),
        ("ac04 Beneficiary account closed", "the account is closed"),
        ("907", ""),
        ("", ""),
    ],
)
def test_returns(reason: str, words: str) -> None:
    with translation.override("en"):
        assert return_words(reason) == words
