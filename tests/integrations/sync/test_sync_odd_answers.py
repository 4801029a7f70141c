"""Answers of a service that has gone mad: the fetch ends in order, with its reason, on every database."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
import responses
from django.conf import settings

from accounts.models import Client
from integrations.models import Connection, ConnectionSecret, Status, SyncRun
from tests.integrations.sync.conftest import fetch
from vouchers.models import RawAnswer, Voucher

pytestmark = pytest.mark.django_db
ORGANIZATION = "aa93e8a8-2aa3-470b-b914-caad8a255dd8"
ID = UUID("2b5c7a64-1f0e-4a8e-9d1e-6b8f0a1c2d3e")


@pytest.fixture
def linked(kontor_client: Client) -> Connection:
    """A connection with a key to a service that a test plays."""
    connection = Connection.objects.create(
        client=kontor_client, status=Status.ACTIVE, organization_id=ORGANIZATION, organization_name="Ahrens"
    )
    ConnectionSecret.objects.create(connection=connection, api_key="a-key-that-nobody-else-has")
    return connection


def page(**fields: Any) -> dict[str, Any]:
    return {"content": [], "number": 0, "totalPages": 1, "totalElements": 0, "last": True, **fields}


@pytest.mark.parametrize("odd", ["no\0thing", "half \ud800 a character"])
def test_a_refusal_that_no_database_can_hold_is_kept_without_it(linked: Connection, odd: str) -> None:
    with responses.RequestsMock() as service:
        refusal = {"message": odd, "requestId": odd}
        service.get(f"{settings.LEXWARE_API_URL}/v1/voucherlist", status=403, json=refusal)
        run = fetch(linked)
    assert (run.state, run.error) == (SyncRun.State.FAILED, "permission_missing")
    linked.refresh_from_db()
    assert linked.status == Status.FAILED
    assert linked.events.get().detail["message"] == odd.replace("\0", "").replace("\ud800", "?")


@pytest.mark.parametrize("odd", [{"totalElements": -5}, {"totalElements": 10**12}, {"number": 10**10}])
def test_a_list_with_impossible_numbers_is_not_understood(linked: Connection, odd: dict[str, int]) -> None:
    with responses.RequestsMock() as service:
        service.get(f"{settings.LEXWARE_API_URL}/v1/voucherlist", json=page(**odd))
        run = fetch(linked)
    assert (run.state, run.error) == (SyncRun.State.FAILED, "answer_not_understood")


@pytest.mark.parametrize(
    ("day", "withdrawn"), [("2024-12-31T23:00:00.000Z", False), ("2024-12-31T00:00:00.000+01:00", True)]
)
def test_a_voucher_of_new_year_s_day_is_not_taken_for_one_of_the_year_before(
    linked: Connection, day: str, withdrawn: bool
) -> None:
    voucher = Voucher.objects.create(
        client=linked.client,
        external_id=ID,
        type="purchaseinvoice",
        date=date(2025, 1, 1),
        total=Decimal("10.00"),
        status="paid",
        provider_updated_at=datetime(2025, 1, 2, tzinfo=UTC),
        payments_read=True,
        document_read=True,
        complete=True,
    )
    with responses.RequestsMock() as service:
        service.get(f"{settings.LEXWARE_API_URL}/v1/voucherlist", json=page())
        document = {"id": str(ID), "voucherStatus": "paid", "voucherDate": day}
        service.get(f"{settings.LEXWARE_API_URL}/v1/vouchers/{ID}", json=document)
        run = fetch(linked)
    assert run.state == SyncRun.State.DONE
    voucher.refresh_from_db()
    assert (voucher.withdrawn_at is not None) == withdrawn


def test_what_cannot_be_read_is_kept_as_it_came(linked: Connection) -> None:
    row = {
        "id": str(ID),
        "voucherType": "purchaseinvoice",
        "voucherStatus": "paid",
        "voucherNumber": "RE-1",
        "voucherDate": "2026-01-02T00:00:00.000+01:00",
        "updatedDate": "2026-01-02T00:00:00.000+01:00",
        "totalAmount": 10,
    }
    payments = {"openAmount": 0, "paymentItems": [{"paymentItemType": "manualPayment", "amount": "zehn"}]}
    document = {"id": str(ID), "files": "nowhere"}
    with responses.RequestsMock() as service:
        service.get(f"{settings.LEXWARE_API_URL}/v1/voucherlist", json=page(content=[row], totalElements=1))
        service.get(f"{settings.LEXWARE_API_URL}/v1/payments/{ID}", json=payments)
        service.get(f"{settings.LEXWARE_API_URL}/v1/vouchers/{ID}", json=document)
        run = fetch(linked)
    assert run.state == SyncRun.State.DONE
    assert run.skipped.get().reason == "record_unreadable"
    kept = dict(RawAnswer.objects.filter(external_id=str(ID)).values_list("kind", "body"))
    assert json.loads(kept["payments"]) == payments
    assert json.loads(kept["document"]) == document
