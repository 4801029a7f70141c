"""Asks Lexware Office about one number, now: one request, and what it shows is taken over as a fetch would do it."""

from __future__ import annotations

from datetime import timedelta

from cryptography.fernet import InvalidToken
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.tax import sync_start
from integrations.finding.shapes import Asked, Outcome
from integrations.finding.wanted import Wanted
from integrations.lexware import api_for
from integrations.models import Connection, ConnectionEvent, ConnectionSecret, Provider, Status, SyncRun
from integrations.providers.errors import ProviderError, RateLimited
from integrations.services.sync_queue import enqueue
from integrations.services.sync_rows import take_page
from integrations.services.sync_work import Reading
from matching.tasks import enqueue_matching
from vouchers.models import Voucher

A_MINUTE = timedelta(minutes=1)
MOST_IN_A_MINUTE = 5
PATIENCE_SECONDS = 15.0


def ask(connection: Connection, wanted: Wanted, actor: User | None = None) -> Asked:
    """Ask for the documents with exactly this number, at most ``MOST_IN_A_MINUTE`` times a minute for a connection.

    Must not be called in a transaction. An entry of the timeline is written before the request and counts it. What is
    new is here at once with date and amount; its payments and files are left to a fetch.
    """
    if connection.provider != Provider.LEXWARE or connection.status != Status.ACTIVE or not wanted.text:
        return Asked(Outcome.NOT_CONNECTED)
    event = _begin(connection, wanted, actor)
    if event is None:
        return Asked(Outcome.TOO_OFTEN)
    try:
        asked = _ask(connection, wanted)
    except RateLimited as error:
        asked = Asked(Outcome.BUSY, error=error.code)
    except ProviderError as error:
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
    reading = Reading(connection, api_for(connection, patience=PATIENCE_SECONDS))
    try:
        page = reading.api.find_by_number(wanted.text)
        ids = take_page(reading, page, sync_start(connection.client, timezone.localdate()))
    finally:
        reading.write_calls()
    if reading.created or reading.changed or reading.withdrawn:
        enqueue_matching(connection.client)
    documents = len(page.rows) + len(page.unreadable)
    if not documents:
        return Asked(Outcome.NOT_THERE)
    unread = Voucher.objects.filter(client=connection.client_id, external_id__in=ids, withdrawn_at=None, complete=False)
    if unread.exists():
        enqueue(connection, SyncRun.Trigger.MANUAL)
        return Asked(Outcome.FETCHING, documents)
    return Asked(Outcome.FOUND, documents)
