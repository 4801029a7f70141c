"""What people type to find a document."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.finding.wanted import LONGEST, read

AMOUNTS = st.decimals(min_value=0, max_value=Decimal("999999999999.99"), places=2, allow_nan=False)


def german(amount: Decimal) -> str:
    return f"{amount:,.2f}".translate(str.maketrans(",.", ".,"))


@given(AMOUNTS, st.sampled_from(["{}", "{} €", "€ {}", "EUR {}", "{} EUR", "-{}", "−{} €", " {} "]))
def test_an_amount_is_the_same_in_every_form(amount: Decimal, around: str) -> None:
    forms = [german(amount), f"{amount:,.2f}", f"{amount:.2f}", f"{amount:.2f}".replace(".", ",")]
    forms.append(f"{amount:,.2f}".replace(",", "\u00a0").replace(".", ","))
    assert {read(around.format(form)).amount for form in forms} == {amount}


@pytest.mark.parametrize(
    ("typed", "amount"),
    [
        ("1190", "1190.00"),
        ("1.190", "1190.00"),
        ("1,190", "1190.00"),
        ("1190,5", "1190.50"),
        ("1190,-", "1190.00"),
        ("1190,–", "1190.00"),
        ("1'190.00", "1190.00"),
        ("0,99", "0.99"),
        ("1.19", "1.19"),
    ],
)
def test_forms_that_people_use(typed: str, amount: str) -> None:
    assert read(typed).amount == Decimal(amount)


@pytest.mark.parametrize("typed", ["RE-2041", "1.19.00", "12.3456", "1,19,000", "Müller", "", "€", "1190 Euro 5", "٣٤"])
def test_what_is_no_amount(typed: str) -> None:
    assert read(typed).amount is None


@given(st.text())
def test_nothing_that_is_typed_breaks_it(typed: str) -> None:
    wanted = read(typed)
    assert len(wanted.text) <= LONGEST
    assert "\x00" not in wanted.text
    assert wanted.text in wanted.numbers


def test_an_amount_is_no_part_of_a_name_and_no_number_to_ask_for() -> None:
    assert (read("1.190,00").part, read("1.190,00").may_be_number) == ("", False)
    assert (read("1190").part, read("1190").may_be_number) == ("1190", True)
    assert (read("RE").part, read("RE").may_be_number, read("RE").too_short) == ("", True, True)
