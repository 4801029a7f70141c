"""The same account, however a bank writes it, and never another one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.statements.mt940_account import account_aliases, currency_of, iban_of

IBAN = "DE02120300000000202051"


@pytest.mark.parametrize(
    ("written", "iban", "currency"),
    [
        (IBAN, IBAN, ""),
        ("de02 1203 0000 0000 2020 51", IBAN, ""),
        (f"{IBAN}EUR", IBAN, "EUR"),
        (f"{IBAN} EUR", IBAN, "EUR"),
        (f"BYLADEM1001/{IBAN}", IBAN, ""),
        ("NL34RABO0142623393 EUR", "NL34RABO0142623393", "EUR"),
        ("12030000/202051", "", ""),
        ("12030000/0000202051EUR", "", "EUR"),
        ("BYLADEM1001/202051", "", ""),
        ("DABADKKK/1111-11-11111", "", ""),
        ("202051", "", ""),
        ("", "", ""),
    ],
)
def test_iban_and_currency(written: str, iban: str, currency: str) -> None:
    assert (iban_of(written), currency_of(written)) == (iban, currency)


@given(st.integers(10_000_000, 99_999_999), st.integers(1, 10**10 - 1), st.sampled_from(["", "EUR", " EUR", "USD"]))
def test_a_german_account_meets_its_iban(blz: int, number: int, currency: str) -> None:
    iban = f"DE00{blz}{number:010d}"
    for written in (f"{blz}/{number}{currency}", f"{blz}/{number:010d}{currency}"):
        assert account_aliases(written) & account_aliases(iban)
    assert not account_aliases(f"{blz}/{number + 1}") & account_aliases(iban)
    assert not account_aliases(f"{blz - 1}/{number}") & account_aliases(iban)


@pytest.mark.parametrize("other", ["202051", "BYLADEM1001/202051", "12030000", "AT021203000000202051", ""])
def test_nothing_is_guessed(other: str) -> None:
    assert not account_aliases(other) & account_aliases(IBAN)
