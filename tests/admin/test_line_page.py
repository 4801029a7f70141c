"""The page of a bank line shows everything that was said, in words, and by whom; lines are found by it."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection as database
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import Client, User
from matching.admin.line_search import account_number, typed_amount
from matching.admin.line_words import place_words
from matching.models import Transaction
from matching.services.intake import TransactionData, account_for, import_transactions

pytestmark = pytest.mark.django_db
DAY = date(2025, 7, 10)
IBAN = "DE89370400440532013000"


def said(key: str, amount: str = "-1234.50", **values: Any) -> TransactionData:
    return TransactionData(key, DAY, DAY, Decimal(amount), "EUR", **values)


@pytest.fixture
def line(kontor_client: Client) -> Transaction:
    account = account_for(kontor_client, iban="DE02120300000000202051")
    full = said(
        "k1",
        counterparty="Druckhaus Seeblick",
        counterparty_iban=IBAN,
        counterparty_bic="COBADEFFXXX",
        ultimate_party="Müllerhof KG",
        purpose="RG 2041 vom 1. Juli ÖTZI",
        end_to_end_id="E2E-4711",
        mandate_id="MANDAT-77",
        creditor_id="DE98ZZZ09999999999",
        structured_reference="RF18539007547034",
        bank_reference="BR-9",
        booking_text="Retoure",
        code="PMNT-RDDT-UPDD",
        gvc="181",
        return_reason="AM04",
        charges=Decimal("3.5"),
        original_amount=Decimal(1400),
        original_currency="USD",
        exchange_rate=Decimal("1.134"),
        place="statement 1, entry 14, line 16",
        details={
            "purpose_code": "SUPP",
            "purpose_lines": ["SVWZ+RG 2041 ", "KREF+K-1"],
            "KREF": "K-1",
            "ABWA": "Werkstatt am Deich",
            "Refs/UETR": "0f3c",
            "charges_currency": "EUR",
        },
    )
    import_transactions(account, [full], family="camt.053.001.08", delivery="juli.xml")
    short = said("m1", counterparty="DRUCKHAUS SEEB", raw=":61:…")
    import_transactions(account, [short], family="mt940", delivery="juli.sta")
    import_transactions(account, [said("k2", "-8062", counterparty="Andere")], family="camt.053.001.08", delivery="x")
    return Transaction.objects.get(counterparty="Druckhaus Seeblick")


def page(browser: Browser, line: Transaction, language: str = "en") -> str:
    address = reverse("admin:matching_transaction_change", args=[line.pk])
    return browser.get(address, headers={"accept-language": language}).content.decode()


def test_everything_is_on_the_page(line: Transaction, accountant: User, client: Browser) -> None:
    client.force_login(accountant)
    text = page(client, line).replace("\u00a0", " ")
    for words in (
        *("juli.xml", "juli.sta", "DRUCKHAUS SEEB", ":61:…", "statement 1, entry 14, line 16"),
        *("MANDAT-77", "E2E-4711", "DE98ZZZ09999999999", "RF18539007547034", "BR-9", "Müllerhof KG"),
        *("DE89 3704 0044 0532 0130 00", "COBADEFFXXX", "1,400.00 $", "1.134", "3.50 €"),
        *("GVC 181", "PMNT-RDDT-UPDD", "there was not enough money on the account", "AM04"),
        *("payment of a supplier", "SUPP", "SVWZ+RG 2041 \nKREF+K-1", "Werkstatt am Deich", "ABWA", "UETR", "0f3c"),
    ):
        assert words in text


def test_codes_are_said_in_the_language_of_the_reader(line: Transaction, accountant: User, client: Browser) -> None:
    client.force_login(accountant)
    text = page(client, line, "de")
    for words in ("Abgebuchte Lastschrift wieder gutgeschrieben", "auf dem Konto war nicht genug Geld", "Buchung 14"):
        assert words in text


def test_a_batch_and_its_parts_lead_to_each_other(kontor_client: Client, accountant: User, client: Browser) -> None:
    account = account_for(kontor_client, iban="DE02120300000000202051")
    parts = [
        said(f"p{n}", f"-{n}00", counterparty=f"Firma {n}", entry_key="E1", part=n, parts=3, entry_total=Decimal(-600))
        for n in (1, 2, 3)
    ]
    import_transactions(account, parts, family="camt.053.001.08", delivery="juli.xml")
    client.force_login(accountant)
    text = page(client, Transaction.objects.get(counterparty="Firma 2"))
    assert "3 payments in one sum; this is number 2" in text
    for other in Transaction.objects.exclude(counterparty="Firma 2"):
        assert reverse("admin:matching_transaction_change", args=[other.pk]) in text
    assert "600.00" in text


def test_what_does_not_stand_is_marked_and_can_be_listed(line: Transaction, accountant: User, client: Browser) -> None:
    Transaction.objects.filter(pk=line.pk).update(withdrawn_at=timezone.now(), withdrawn_reason="external_gave_way")
    client.force_login(accountant)
    listed = reverse("admin:matching_transaction_changelist")
    assert "does not count" in client.get(listed, {"q": "seeblick"}, headers={"accept-language": "en"}).content.decode()
    assert "Andere" not in client.get(listed, {"match": "withdrawn"}).content.decode()
    assert "the bank line itself has come" in page(client, line)


@pytest.mark.parametrize("many", [1, 30])
def test_a_page_costs_the_same_whatever_the_bank_said(
    line: Transaction, accountant: User, client: Browser, many: int
) -> None:
    parts = [said(f"p{n}", entry_key="E1", part=n, parts=many) for n in range(1, many + 1)]
    assert line.account is not None
    import_transactions(line.account, parts, family="camt.053.001.08", delivery="juli.xml")
    Transaction.objects.filter(pk=line.pk).update(entry_key="E1")
    client.force_login(accountant)
    with CaptureQueriesContext(database) as captured:
        page(client, line)
    assert len(captured) <= 20


@pytest.mark.parametrize(
    "term",
    [
        *("seeblick", "MANDAT-77", "e2e-4711", "DE98ZZZ09999999999", "RF18539007547034", "müllerhof", "BR-9"),
        *("1.234,50", "1,234.50", "1234.5", "-1234,50 €", "−1.234,50\u00a0€", "EUR 1.234,50", "1 234,50", "1.400,00"),
        *("DE89370400440532013000", "DE89 3704 0044 0532 0130 00", "de89 3704 0044", "0532 0130 00"),
        *("Seeblick 1.234,50", "2041 rg", '"vom 1. Juli"', "ötzi seeblick", "DE02 1203 0000 0000 2020 51 "),
    ],
)
def test_lines_are_found(line: Transaction, accountant: User, client: Browser, term: str) -> None:
    client.force_login(accountant)
    url = reverse("admin:matching_transaction_changelist")
    assert "Druckhaus Seeblick" in client.get(url, {"q": term}).content.decode()


@pytest.mark.parametrize("term", ["1.234,51", "DE89 3704 0044 0532 0130 01", "seeblick 4712", '"Juli vom"', "%", "\\"])
def test_other_lines_are_not_found(line: Transaction, accountant: User, client: Browser, term: str) -> None:
    client.force_login(accountant)
    answer = client.get(reverse("admin:matching_transaction_changelist"), {"q": term})
    assert "Druckhaus Seeblick" not in answer.content.decode()


def test_a_search_costs_no_more_queries_than_a_list(line: Transaction, accountant: User, client: Browser) -> None:
    client.force_login(accountant)
    url = reverse("admin:matching_transaction_changelist")
    for term in ("seeblick", "1.234,50", IBAN, "a b c d e f"):
        with CaptureQueriesContext(database) as captured:
            client.get(url, {"q": term})
        assert len(captured) <= 8


@pytest.mark.parametrize(
    ("term", "amount"),
    [
        *(("1.234,56", "1234.56"), ("1,234.56", "1234.56"), ("8062", "8062"), ("12,5", "12.5"), ("RE-8062", None)),
        *(("1 234,56 EUR", "1234.56"), ("1'234.56 CHF", "1234.56"), ("1.2.3", None), ("", None), ("€", None)),
    ],
)
def test_amounts_as_people_type_them(term: str, amount: str | None) -> None:
    assert typed_amount(term) == (None if amount is None else Decimal(amount))


@given(st.decimals(min_value=0, max_value=10**9, places=2), st.sampled_from([",", ".", " ", "'"]))
def test_every_written_amount_is_read_back(amount: Decimal, grouping: str) -> None:
    decimal_mark = "." if grouping in ",'" else ","
    text = f"{amount:,.2f}".replace(".", "#").replace(",", grouping).replace("#", decimal_mark)
    assert typed_amount(text) == amount
    assert typed_amount(f"−{text} €") == -amount


def test_account_numbers_and_places_are_understood() -> None:
    assert account_number("de89 3704 0044") == "DE8937040044"
    assert account_number("RG 2041") == ""
    assert account_number("Druckhaus 12345678") == ""
    assert place_words("mai.zip/a.xml: statement 1, line 3") == "mai.zip/a.xml: Auszug 1, Zeile 3"
