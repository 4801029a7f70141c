"""Where debit, credit and amount of a row say different things, the row is refused by line and reason."""

from decimal import Decimal

import pytest

from integrations.statements.problems import Code
from tests.integrations.statements.reading import entries, problems

HEAD = (
    "Buchungstag;Wert;Umsatzart;Begünstigter / Auftraggeber;Verwendungszweck;IBAN / Kontonummer;BIC;Kundenreferenz;"
    "Mandatsreferenz;Gläubiger ID;Fremde Gebühren;Betrag;Abweichender Empfänger;Anzahl der Aufträge;"
    "Anzahl der Schecks;Soll;Haben;Währung"
)


def _file(*money: tuple[str, str, str, str]) -> bytes:
    rows = [
        f"3.3.2026;3.3.2026;Buchung;Otto;Garage;;;;;;{fee};{amount};;;;{debit};{credit};EUR"
        for fee, amount, debit, credit in money
    ]
    return "\r\n".join(["Konto;Giro;DE73480700240987654300;EUR", HEAD, *rows]).encode("cp1252")


@pytest.mark.parametrize(
    ("money", "wanted"),
    [
        (("", "-45,00", "-45,00", ""), "-45.00"),
        (("", "45,00", "-45,00", ""), "-45.00"),  # without its sign, as the other rows have none
        (("", "12,00", "", "12,00"), "12.00"),
        (("", "", "", "12,00"), "12.00"),
        (("", "-12,00", "", ""), "-12.00"),
        (("3,50", "-40,00", "-43,50", ""), "-43.50"),  # a returned debit with the fee of the other bank
        (("", "12,00", "0,00", "12,00"), "12.00"),
    ],
)
def test_columns_that_agree(money: tuple[str, str, str, str], wanted: str) -> None:
    content = _file(money)
    assert [entry.signed for entry in entries(content)] == [Decimal(wanted)]
    assert not problems(content)


@pytest.mark.parametrize(
    ("money", "first", "second"),
    [
        (("", "-45,00", "-46,00", ""), "-45,00", "-46,00"),
        (("", "-45,00", "", "45,00"), "-45,00", "45,00"),
        (("3,50", "-40,00", "-44,00", ""), "-40,00", "-44,00"),
        (("", "", "-45,00", "12,00"), "-45,00", "12,00"),
    ],
)
def test_columns_that_do_not(money: tuple[str, str, str, str], first: str, second: str) -> None:
    before, behind = ("", "", "", "5,00"), ("", "", "-6,00", "")
    content = _file(before, money, behind)
    assert [entry.signed for entry in entries(content)] == [5, -6]
    (problem,) = problems(content)
    assert (problem.code, problem.place.line) == (Code.CONTRADICTION, 4)
    assert first in problem.message
    assert second in problem.message


def test_an_amount_without_a_minus_among_signed_ones_is_money_in() -> None:
    content = _file(("", "-5,00", "-5,00", ""), ("", "7,00", "-7,00", ""))
    assert [entry.signed for entry in entries(content)] == [-5]
    assert [problem.code for problem in problems(content)] == [Code.CONTRADICTION]
