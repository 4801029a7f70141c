"""A client with a document in every standing, and a stranger's that looks the same."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from accounts.models import Client, User
from accounts.services import add_client
from integrations.models import Connection, SeenVoucher, SkippedRecord, SyncRun, VoucherChange
from tests.conftest import TODAY
from tests.factories import connection, voucher

SEEN_AT = datetime(2026, 3, 3, 5, 12, tzinfo=UTC)


def seen(linked: Connection, number: str, verdict: str = "not_paid", **fields: Any) -> SeenVoucher:
    """A row that a list has shown."""
    values: dict[str, Any] = {
        "external_id": uuid4(),
        "type": "purchaseinvoice",
        "status": "open",
        "date": date(2026, 2, 10),
        "contact_name": "Druckhaus Seeblick GmbH",
        "total": Decimal("1190.00"),
        "verdict_at": SEEN_AT,
        "first_seen_at": SEEN_AT,
        "changed_at": SEEN_AT,
        **fields,
    }
    return SeenVoucher.objects.create(connection=linked, number=number, verdict=verdict, **values)


def taken(linked: Connection, index: int, **fields: Any) -> SeenVoucher:
    """A voucher that is here, with its row."""
    made = voucher(linked.client, index, **fields)
    return seen(
        linked, made.number, "taken", external_id=made.external_id, status="paid", date=made.date,
        contact_name=made.contact_name, total=made.total,
    )  # fmt: skip


@pytest.fixture
def linked(kontor_client: Client) -> Connection:
    """The client's connection, with documents in every standing."""
    made = connection(kontor_client)
    made.synced_from = date(2025, 1, 1)
    made.save()
    taken(made, 0)
    voucher_id = taken(made, 1, withdrawn_at=SEEN_AT, withdrawn_reason="voided", status="voided").external_id
    taken(made, 2, complete=False, payments_read=True, expected_files=["a", "b"])
    seen(made, "OPEN-1")
    seen(made, "DRAFT-1", status="draft", type="invoice")
    seen(made, "OLD-1", "too_early", status="paid", date=date(2024, 12, 30))
    seen(made, "OFFER-1", "other_type", type="quotation")
    seen(made, "GONE-1", "deleted", status="")
    seen(made, "BROKEN-1", "unreadable", total=None)
    run = SyncRun.objects.create(connection=made, state="done", trigger="schedule", queued_at=SEEN_AT)
    SkippedRecord.objects.create(run=run, external_id="row 1a2b", number="SKIP-1", reason="record_unreadable")
    VoucherChange.objects.create(
        connection=made, external_id=voucher_id, number="RE-2042", kind="withdrawn", fields={"reason": ["", "voided"]}
    )
    return made


@pytest.fixture
def stranger(outsider: User) -> Connection:
    """Another client's connection, with documents of the same numbers and amounts."""
    other = connection(Client.objects.get(memberships__user=outsider))
    taken(other, 0, contact_name="Fremde Firma")
    seen(other, "OPEN-1", contact_name="Fremde Firma")
    run = SyncRun.objects.create(connection=other, state="done", trigger="schedule")
    SkippedRecord.objects.create(run=run, external_id="row 1a2b", number="SKIP-1", reason="record_unreadable")
    return other


def more_clients(accountant: User, count: int) -> None:
    """Clients with a document each."""
    for index in range(count):
        made = add_client(name=f"Firma {index}", email="", number=f"3{index:04}", accountant=accountant, today=TODAY)
        seen(connection(made), f"MANY-{index}")
