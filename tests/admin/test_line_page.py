"""The page of a bank line shows everything that was said, and by whom; lines are found by it."""

from datetime import date
from decimal import Decimal

import pytest
from django.test import Client as Browser
from django.urls import reverse

from accounts.models import Client, User
from matching.admin.line_words import typed_amount
from matching.models import Transaction
from matching.services.intake import TransactionData, account_for, import_transactions

pytestmark = pytest.mark.django_db
DAY = date(2025, 7, 10)


@pytest.fixture
def line(kontor_client: Client) -> Transaction:
    account = account_for(kontor_client, iban="DE02120300000000202051")
    said = TransactionData(
        "k1",
        DAY,
        DAY,
        Decimal("-1234.50"),
        "EUR",
        counterparty="Druckhaus Seeblick",
        mandate_id="MANDAT-77",
        gvc="105",
        original_amount=Decimal("1400"),
        original_currency="USD",
        details={"purpose_code": "SUPP"},
    )
    import_transactions(account, [said], family="camt.053.001.08", delivery="juli.xml")
    short = TransactionData("m1", DAY, DAY, Decimal("-1234.50"), "EUR", counterparty="DRUCKHAUS SEEB", raw=":61:…")
    import_transactions(account, [short], family="mt940", delivery="juli.sta")
    return Transaction.objects.get()


def test_everything_is_on_the_page(line: Transaction, accountant: User, client: Browser) -> None:
    client.force_login(accountant)
    page = client.get(reverse("admin:matching_transaction_change", args=[line.pk])).content.decode()
    for words in ("juli.xml", "juli.sta", "DRUCKHAUS SEEB", ":61:…", "MANDAT-77", "SUPP", "105", "USD"):
        assert words in page


@pytest.mark.parametrize("term", ["seeblick", "MANDAT-77", "1.234,50", "1234.5", "-1234,50 €"])
def test_lines_are_found(line: Transaction, accountant: User, client: Browser, term: str) -> None:
    client.force_login(accountant)
    url = reverse("admin:matching_transaction_changelist")
    assert "Druckhaus Seeblick" in client.get(url, {"q": term}).content.decode()
    assert "Druckhaus Seeblick" not in client.get(url, {"q": "1.234,51"}).content.decode()


@pytest.mark.parametrize(
    ("term", "amount"),
    [("1.234,56", "1234.56"), ("1,234.56", "1234.56"), ("8062", "8062"), ("12,5", "12.5"), ("RE-8062", None)],
)
def test_amounts_as_people_type_them(term: str, amount: str | None) -> None:
    assert typed_amount(term) == (None if amount is None else Decimal(amount))
