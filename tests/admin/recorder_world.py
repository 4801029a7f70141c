"""A connection to which everything has happened that can happen."""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

from accounts.models import Client, User
from integrations.models import (
    CallEntry,
    Connection,
    ConnectionEvent,
    SkippedRecord,
    SupportRequest,
    SyncRun,
    VoucherChange,
    WebhookDelivery,
)
from tests.factories import MOMENT, connection


def run(linked: Connection, minutes: int, **fields: Any) -> SyncRun:
    """A finished fetch so many minutes before the moment, with its entry of the timeline."""
    at = MOMENT - timedelta(minutes=minutes)
    values: dict[str, Any] = {"state": "done", "trigger": "schedule", "queued_at": at, "started_at": at}
    values |= {"finished_at": at + timedelta(seconds=21), "requests": 12, **fields}
    made = SyncRun.objects.create(connection=linked, **values)
    if made.state == "done":
        event(linked, minutes, kind="sync", detail={"run": made.pk, "created": made.created, "skipped": 0})
    return made


def event(linked: Connection, minutes: int, **fields: Any) -> ConnectionEvent:
    """An entry of the timeline."""
    return ConnectionEvent.objects.create(connection=linked, at=MOMENT - timedelta(minutes=minutes), **fields)


def delivery(linked: Connection, minutes: int, **fields: Any) -> WebhookDelivery:
    """A webhook; quiet unless said otherwise."""
    at = MOMENT - timedelta(minutes=minutes)
    values: dict[str, Any] = {"sha256": uuid4().hex * 2, "event_type": "payment.changed", "resource_id": str(uuid4())}
    values |= {"event_at": at, "received_at": at, "state": "done", "outcome": "unchanged", "body": "{}", **fields}
    return WebhookDelivery.objects.create(connection=linked, **values)


def call(linked: Connection, of: SyncRun | None, minutes: int = 0, **fields: Any) -> CallEntry:
    """A call."""
    values: dict[str, Any] = {"method": "GET", "path": "/v1/voucherlist", "status": 200, "milliseconds": 180, **fields}
    return CallEntry.objects.create(connection=linked, run=of, at=MOMENT - timedelta(minutes=minutes), **values)


def full_story(client: Client, author: User) -> Connection:
    """One of each, in this order of time, the oldest first."""
    linked = connection(client)
    linked.events.all().delete()
    event(linked, 900, kind="status", from_status="activate", to_status="active", actor=author)
    event(linked, 890, kind="webhooks", detail={"webhooks": "on", "made": 9, "removed": 0})
    brought = run(linked, 800, trigger="connect", created=2, files=1, rate_limited=1, full=True)
    for number, kind, fields in (
        ("RE-2041", "created", {}),
        ("RE-2042", "changed", {"total": ["100.00", "119.00"]}),
        ("RE-2043", "withdrawn", {"reason": ["", "voided"]}),
    ):
        VoucherChange.objects.create(
            connection=linked, run=brought, external_id=uuid4(), number=number, kind=kind, fields=fields
        )
    SkippedRecord.objects.create(run=brought, external_id="5d1a", number="RE-1999", reason="no_payment_information")
    call(linked, brought, 800, request_id="0d9f7a52-1111-4222-8333-944455566677")
    call(linked, brought, 799, status=429, rate_limited=True)
    call(linked, brought, 798, status=None)
    event(
        linked, 700, kind="hint",
        detail={"event": "payment.changed", "id": "x", "number": "RE-2044", "outcome": "created"},
    )  # fmt: skip
    delivery(linked, 700, outcome="created")
    for minutes in (690, 689, 688):
        delivery(linked, minutes)
    delivery(linked, 680, state="gave_up", outcome="not_found")
    event(linked, 600, kind="check", actor=author)
    event(linked, 500, kind="key_end", detail={"days": 30, "reminded_of": "2026-04-10", "people": 2})
    event(linked, 490, kind="key_end", detail={"before": "2026-04-10", "ends_on": "2028-03-01"}, actor=author)
    failed = run(linked, 400, state="failed", error="unavailable", trigger="manual")
    assert failed.finished_at is not None
    ConnectionEvent.objects.create(
        connection=linked, at=failed.finished_at, kind="call_failed", request_id="9e0c-the-request",
        detail={"status": "503", "path": "/v1/payments"},
    )  # fmt: skip
    event(linked, 300, kind="call_failed", reason="in_doubt", detail={"status": "401", "path": "/v1/profile"})
    event(linked, 200, kind="asked", detail={"number": "RE-7", "outcome": "not_there"}, actor=author)
    event(linked, 100, kind="support", detail={"reference": "K-1", "message": "Wo ist RE-7?"}, actor=author)
    SupportRequest.objects.create(
        client=client, connection=linked, author=author, reference="K-1", status="active", message="Wo ist RE-7?",
        created_at=MOMENT - timedelta(minutes=100),
    )  # fmt: skip
    run(linked, 5)
    linked.synced_from = date(2025, 1, 1)
    linked.webhooks = "on"
    linked.save()
    return linked
