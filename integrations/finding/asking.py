"""Asks Lexware Office about one number, now: one request, and what it shows is kept like the row of any list."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from cryptography.fernet import InvalidToken
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.tax import sync_start
from integrations.finding.shapes import Asked, Outcome
from integrations.finding.wanted import Wanted
from integrations.lexware import api_for
from integrations.models import Connection, ConnectionEvent, ConnectionSecret, SeenVoucher, Status, SyncRun
from integrations.providers.lexware.errors import LexwareError, RateLimited
from integrations.providers.lexware.types import CallRecord, VoucherPage, VoucherRow
from integrations.services.call_log import keep_calls
from integrations.services.sync_mapping import PAID
from integrations.services.sync_queue import enqueue
from integrations.services.sync_seen import note_seen, seen
from vouchers.models import Voucher, VoucherType

A_MINUTE = timedelta(minutes=1)
MOST_IN_A_MINUTE = 5
PATIENCE_SECONDS = 15.0


def ask(connection: Connection, wanted: Wanted, actor: User | None = None) -> Asked:
    """Ask for the documents with exactly this number, at most ``MOST_IN_A_MINUTE`` times a minute for a connection.

    Must not be called in a transaction. An entry of the timeline is written before the request and counts it.
    """
    if connection.status != Status.ACTIVE or not wanted.text:
        return Asked(Outcome.NOT_CONNECTED)
    event = _begin(connection, wanted, actor)
    if event is None:
        return Asked(Outcome.TOO_OFTEN)
    try:
        asked = _ask(connection, wanted)
    except RateLimited as error:
        asked = Asked(Outcome.BUSY, error=error.code)
    except LexwareError as error:
        asked = Asked(Outcome.FAILED, error=error.code)
        event.request_id = error.request_id[:80]
    except (InvalidToken, ConnectionSecret.DoesNotExist):
        asked = Asked(Outcome.FAILED, error="no_key_saved")
    event.detail |= {"outcome": asked.outcome.value, "documents": asked.documents, "code": asked.error}
    event.save(update_fields=["detail", "request_id"])
    return asked


def _begin(connection: Connection, wanted: Wanted, actor: User | None) -> ConnectionEvent | None:
    now = timezone.now()
    with transaction.atomic():
        # One at a time: whoever asks in the same moment waits here, and counts this one.
        Connection.objects.select_for_update().get(pk=connection.pk)
        kind = ConnectionEvent.Kind.ASKED
        if connection.events.filter(kind=kind, at__gt=now - A_MINUTE).count() >= MOST_IN_A_MINUTE:
            return None
        return connection.events.create(kind=kind, at=now, actor=actor, detail={"number": wanted.text})


def _ask(connection: Connection, wanted: Wanted) -> Asked:
    api = api_for(connection, patience=PATIENCE_SECONDS)
    calls: list[tuple[datetime, CallRecord]] = []
    api.on_call = lambda record: calls.append((timezone.now(), record))
    try:
        page = api.find_by_number(wanted.text)
    finally:
        keep_calls(connection.pk, None, calls)
    keep(connection, page)
    documents = len(page.rows) + len(page.unreadable)
    if not documents:
        return Asked(Outcome.NOT_THERE)
    if _missing(connection, page):
        enqueue(connection, SyncRun.Trigger.MANUAL, full=True)
        return Asked(Outcome.FETCHING, documents)
    return Asked(Outcome.FOUND, documents)


def keep(connection: Connection, page: VoucherPage) -> None:
    """Keep what a list showed about these documents, as a fetch would."""
    note_seen(connection.pk, [seen(row, verdict) for row, verdict in _judged(connection, page)])


def _judged(connection: Connection, page: VoucherPage) -> list[tuple[VoucherRow, SeenVoucher.Verdict]]:
    start = sync_start(connection.client, timezone.localdate())
    return [(row, _verdict(row, start)) for row in page.rows]


def _verdict(row: VoucherRow, start: date) -> SeenVoucher.Verdict:
    if row.type not in VoucherType.values:
        return SeenVoucher.Verdict.OTHER_TYPE
    if row.status not in PAID:
        return SeenVoucher.Verdict.NOT_PAID
    if row.date is not None and row.date < start:
        return SeenVoucher.Verdict.TOO_EARLY
    return SeenVoucher.Verdict.TAKEN


def _missing(connection: Connection, page: VoucherPage) -> bool:
    """Whether one of these documents should be here and is not."""
    wanted = {row.id for row, verdict in _judged(connection, page) if verdict == SeenVoucher.Verdict.TAKEN}
    here = Voucher.objects.filter(client=connection.client_id, external_id__in=wanted, withdrawn_at=None)
    return len(wanted) > here.count()
