"""A voucher, a payment and a proposal of the client."""

from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Client
from matching.models import Allocation, BankAccount, Proposal, Transaction
from matching.services.intake import account_for
from vouchers.models import Voucher

PDF = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF"


def make_line(account: BankAccount, key: str, amount: str = "-45.90", **values: Any) -> Transaction:
    given = {"booking_date": "2026-01-14", "counterparty": "Blumen Petersen", "purpose": "Kartenzahlung", **values}
    return Transaction.objects.create(client=account.client, account=account, key=key, amount=amount, **given)


@pytest.fixture
def account(kontor_client: Client) -> BankAccount:
    return account_for(kontor_client, iban="DE02120300000000202051", bank="DKB")


@pytest.fixture
def line(account: BankAccount) -> Transaction:
    return make_line(account, "1")


@pytest.fixture
def voucher(kontor_client: Client) -> Voucher:
    return Voucher.objects.create(
        client=kontor_client, external_id="00000000-0000-4000-8000-000000000001", type="purchaseinvoice",
        number="RE-2041", contact_name="Druckhaus Seeblick", date="2026-01-05", total="1190.00", status="paid",
        provider_updated_at=timezone.now(),
    )  # fmt: skip


@pytest.fixture
def proposal(kontor_client: Client, voucher: Voucher, account: BankAccount) -> Proposal:
    made = Proposal.objects.create(
        client=kontor_client, permission="suggest", probability="0.5", engine_version="1", fingerprint="f" * 64
    )
    Allocation.objects.create(
        proposal=made, voucher=voucher, transaction=make_line(account, "2", "-1190.00"), amount="1190.00"
    )
    return made
