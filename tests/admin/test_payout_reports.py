"""Payout reports in the admin: what was read, the bank line of each payout, and what could not be read."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from accounts.models import Client, User
from matching.models import PayoutItem, PayoutReport
from matching.services.intake import TransactionData, account_for, import_transactions
from tests.admin.conftest import Login
from vouchers.storage import store

pytestmark = pytest.mark.django_db
DAY = date(2025, 7, 10)
LIST = "admin:matching_payoutreport_changelist"


@pytest.fixture
def report(kontor_client: Client) -> PayoutReport:
    account = account_for(kontor_client, iban="DE02120300000000202051")
    import_transactions(account, [TransactionData("k", DAY, DAY, Decimal("97.50"), "EUR", counterparty="SumUp")])
    made = PayoutReport.objects.create(
        client=kontor_client,
        provider="sumup",
        name="juli.csv",
        stored=store(b"report", "text/csv"),
        from_date=DAY,
        to_date=DAY,
        problems=[{"line": 7, "code": "differs", "params": {"gross": "10", "fee": "1", "net": "8"}}],
    )
    for key, payout, kind, amount in (
        ("1", "P-1", "sale", "100"),
        ("2", "P-1", "fee", "-2.50"),
        ("3", "", "sale", "40"),
    ):
        PayoutItem.objects.create(
            client=kontor_client,
            report=made,
            transaction=account.transactions.get() if payout else None,
            provider="sumup",
            payout=payout,
            key=key,
            kind=kind,
            date=DAY,
            amount=Decimal(amount),
        )
    return made


def test_a_report_says_what_became_of_its_payouts(report: PayoutReport, accountant: User, login: Login) -> None:
    browser = login(accountant)
    assert "1 line could not be read" in browser.get(reverse(LIST)).content.decode()
    text = browser.get(reverse("admin:matching_payoutreport_change", args=[report.pk])).content.decode()
    for words in ("SumUp", "P-1", "97.50", "100.00", "not paid out yet", "Line 7: 10 less 1 is not 8"):
        assert words in text
    line = PayoutItem.objects.exclude(transaction=None)[0].transaction_id
    assert reverse("admin:matching_transaction_change", args=[line]) in text
    PayoutReport.objects.update(problems=[])
    assert "1 item without a bank line" in browser.get(reverse(LIST)).content.decode()


def test_outsiders_see_no_report(report: PayoutReport, colleague: User, support: User, login: Login) -> None:
    page = reverse("admin:matching_payoutreport_change", args=[report.pk])
    assert login(colleague).get(page).status_code == 404
    assert "juli.csv" not in login(colleague).get(reverse(LIST)).content.decode()
    assert login(support).get(reverse(LIST)).status_code == 403
