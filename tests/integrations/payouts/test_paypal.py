"""PayPal's activity report: payments in other currencies with their conversions, and both layouts of the file."""

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from integrations.payouts.read import read_report
from integrations.payouts.shapes import Item, Report

LONG = (
    "Datum", "Uhrzeit", "Zeitzone", "Name", "Typ", "Status", "Währung", "Brutto", "Gebühr", "Netto",
    "Transaktionscode", "Zugehöriger Transaktionscode", "Guthaben", "Auswirkung auf Guthaben",
)  # fmt: skip
SHORT = (
    "Datum", "Uhrzeit", "Zeitzone", "Beschreibung", "Währung", "Brutto", "Entgelt", "Netto", "Guthaben",
    "Transaktionscode", "Name", "Rechnungsnummer", "Zugehöriger Transaktionscode",
)  # fmt: skip
SAME_AS = {"Typ": "Beschreibung", "Gebühr": "Entgelt"}
CONVERSION, WITHDRAWAL = "Allgemeine Währungsumrechnung", "Allgemeine Abbuchung"


def german(value: Decimal) -> str:
    return f"{value:,.2f}".translate(str.maketrans(",.", ".,"))


@dataclass
class File:
    """A report that is written row by row, each with the balance of its currency after it."""

    header: tuple[str, ...] = LONG
    rows: list[dict[str, str]] = field(default_factory=list)
    balances: dict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))

    def add(self, type_: str, currency: str, gross: str, fee: str = "0", *, related: str = "", name: str = "") -> str:
        """Add a row of the next day; its transaction."""
        money, kept = Decimal(gross), Decimal(fee)
        self.balances[currency] += money + kept
        number = len(self.rows) + 1
        cells = {
            "Datum": f"{number % 28 + 1:02d}.{number // 28 + 1:02d}.2025", "Uhrzeit": "09:00:00", "Zeitzone": "CET",
            "Name": name, "Typ": type_, "Status": "Abgeschlossen", "Währung": currency, "Brutto": german(money),
            "Gebühr": german(kept), "Netto": german(money + kept), "Transaktionscode": f"T{number}",
            "Zugehöriger Transaktionscode": related, "Guthaben": german(self.balances[currency]),
            "Auswirkung auf Guthaben": "Haben" if money > 0 else "Soll",
        }  # fmt: skip
        self.rows.append({**cells, **{short: cells[long] for long, short in SAME_AS.items()}})
        return f"T{number}"

    def report(self, *, newest_first: bool = False) -> Report:
        ordered = self.rows[::-1] if newest_first else self.rows
        rows = [self.header, *([row.get(name, "") for name in self.header] for row in ordered)]
        return read_report(("\ufeff" + "\n".join(",".join(f'"{cell}"' for cell in row) for row in rows)).encode())


def of(report: Report, payout: str) -> list[tuple[str, Decimal, str]]:
    return [(item.kind.value, item.amount, item.currency) for item in report.items if item.payout == payout]


@pytest.mark.parametrize("header", [LONG, SHORT])
@pytest.mark.parametrize("newest_first", [False, True])
def test_a_sale_in_dollars_is_one_sale_in_euros(header: tuple[str, ...], newest_first: bool) -> None:
    file = File(header)
    sale = file.add("Website-Zahlung", "USD", "100.00", "-3.90", name="Client Inc.")
    file.add(CONVERSION, "USD", "-96.10", related=sale)
    file.add(CONVERSION, "EUR", "88.41", related=sale)
    file.add("Website-Zahlung", "EUR", "50.00", "-1.60")
    payout = file.add(WITHDRAWAL, "EUR", "-136.81")
    report = file.report(newest_first=newest_first)
    assert report.problems == []
    assert [(one.id, one.amount, one.currency) for one in report.payouts] == [(payout, Decimal("136.81"), "EUR")]
    assert of(report, payout) == [
        ("sale", Decimal("92.00"), "EUR"), ("fee", Decimal("-3.59"), "EUR"),
        ("sale", Decimal("50.00"), "EUR"), ("fee", Decimal("-1.60"), "EUR"),
    ]  # fmt: skip
    first: Item = report.items[0]
    assert (first.key, first.counterparty, first.details["original"]) == (sale, "Client Inc.", "100.00 USD")
    assert len(report.items) == 4


def test_a_refund_in_dollars_is_one_refund_in_euros() -> None:
    file = File()
    file.add("Website-Zahlung", "EUR", "100.00")
    back = file.add("Rückzahlung", "USD", "-20.00")
    file.add(CONVERSION, "EUR", "-18.70", related=back)
    file.add(CONVERSION, "USD", "20.00", related=back)
    payout = file.add(WITHDRAWAL, "EUR", "-81.30")
    report = file.report()
    assert of(report, payout) == [("sale", Decimal(100), "EUR"), ("refund", Decimal("-18.70"), "EUR")]


@pytest.mark.parametrize(
    ("dollars", "related"), [("-96.00", "T1"), ("-96.10", ""), ("-96.10", "T99")], ids=["other sum", "none", "unknown"]
)
def test_a_conversion_that_cannot_be_told_stays_one_and_is_no_sale(dollars: str, related: str) -> None:
    file = File()
    file.add("Website-Zahlung", "USD", "100.00", "-3.90")
    file.add(CONVERSION, "USD", dollars, related=related)
    file.add(CONVERSION, "EUR", "88.41", related=related)
    payout = file.add(WITHDRAWAL, "EUR", "-88.41")
    report = file.report()
    assert of(report, payout) == [("other", Decimal("88.41"), "EUR")]
    assert {item.currency for item in report.items if item.payout == ""} == {"USD"}


def test_money_from_the_own_bank_is_no_sale() -> None:
    file = File(SHORT)
    file.add("Bankgutschrift auf PayPal-Konto", "EUR", "29.98")
    file.add("PayPal Express-Zahlung", "EUR", "-29.98", name="Software Ltd")
    file.add("Website-Zahlung", "EUR", "10.00")
    payout = file.add(WITHDRAWAL, "EUR", "-10.00")
    assert [kind for kind, _, _ in of(file.report(), payout)] == ["other", "other", "sale"]


MONEY = st.integers(100, 99_999).map(lambda cents: Decimal(cents) / 100)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(MONEY, st.booleans(), st.integers(50, 150)), min_size=1, max_size=12), st.booleans())
def test_the_parts_are_the_payout_whatever_is_converted(
    sales: list[tuple[Decimal, bool, int]], newest_first: bool
) -> None:
    file = File()
    for gross, foreign, rate in sales:
        fee = -(gross * Decimal("0.03")).quantize(Decimal("0.01"))
        if not foreign:
            file.add("Website-Zahlung", "EUR", str(gross), str(fee))
            continue
        sale = file.add("Website-Zahlung", "CHF", str(gross), str(fee))
        became = ((gross + fee) * rate / 100).quantize(Decimal("0.01"), ROUND_HALF_UP)
        file.add(CONVERSION, "EUR", str(became), related=sale)
        file.add(CONVERSION, "CHF", str(-gross - fee), related=sale)
    total = file.balances["EUR"]
    payout = file.add(WITHDRAWAL, "EUR", str(-total))
    report = file.report(newest_first=newest_first)
    assert report.problems == []
    assert sum(amount for _, amount, _ in of(report, payout)) == total
    assert [kind for kind, _, _ in of(report, payout)].count("sale") == len(sales)
    assert {item.payout for item in report.items} == {payout}
