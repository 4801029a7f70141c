"""How a fetch ends: done, stopped by an outage or a doubt, or refused because of the key."""

from datetime import date

from django.db import transaction
from django.utils import timezone

from integrations.models import Connection, ConnectionEvent, Status, SyncRun
from integrations.providers.errors import KeyRejected, ProviderError, Unavailable
from integrations.services import connections, notices
from integrations.services.connection_state import IN_DOUBT
from integrations.services.fetch_work import RunSteps
from integrations.services.key_check import CheckResult, error_detail, reason_of
from integrations.services.organization_change import REPLACED
from integrations.services.sync_queue import enqueue, finish
from integrations.services.sync_times import next_morning


def succeed(work: RunSteps, start: date) -> None:
    """The fetch is complete: the bookmark moves on, doubts are gone, and the next morning is planned."""
    run, now = work.run, timezone.now()
    # Whatever changed while we listed is listed again next time; a row that could not be read as well.
    bookmark = {} if work.rows_skipped else {"synced_through": run.started_at, "synced_from": start}
    with transaction.atomic():
        finish(run, SyncRun.State.DONE, **work.final_figures)
        Connection.objects.filter(pk=run.connection_id, status=Status.ACTIVE).update(
            last_sync_at=now,
            outages=0,
            doubted_at=None,
            next_sync_at=next_morning(run.connection_id, now),
            **bookmark,
        )
        ConnectionEvent.objects.create(
            connection_id=run.connection_id,
            kind=ConnectionEvent.Kind.SYNC,
            detail={"run": run.pk, **work.figures, "skipped": run.skipped.count()},
        )
        notices.fetched(SyncRun.objects.select_related("connection__client").get(pk=run.pk))


def stopped(work: RunSteps, error: ProviderError) -> None:
    """The fetch cannot go on: because of the key, or because of the time.

    A 401 ends it and puts the connection in doubt; whether the key is really rejected is asked some minutes later.
    """
    run, connection = work.run, work.run.connection
    ends = connection.key_expires_on
    reason = reason_of(error, expired=ends is not None and ends < timezone.localdate())
    result = CheckResult(
        reason=reason,
        outage=not reason,
        definite=not isinstance(error, KeyRejected),
        request_id=error.request_id,
        detail=error_detail(error),
    )
    used = connection.key_fingerprint
    with transaction.atomic():
        connection.refresh_from_db()
        if reason and connection.key_fingerprint != used:
            # What is refused is a key that was replaced in the meantime.
            finish(run, SyncRun.State.FAILED, error=REPLACED, **work.final_figures)
            enqueue(connection, SyncRun.Trigger.SCHEDULE)
            return
        code = reason or error.code
        if isinstance(error, KeyRejected):
            code = reason if connections.note_rejection(connection, result) else IN_DOUBT
        elif reason:
            connections.fail(connection, reason, result)
        finish(run, SyncRun.State.FAILED, error=code, error_detail=str(error)[:500], **work.final_figures)
        if reason:
            return
        if isinstance(error, Unavailable):
            connections.note_outage(connection, result)
        else:
            connections.put_off(connection, result)


def refused(run: SyncRun, figures: dict[str, int], reason: str, result: CheckResult) -> None:
    """The key is definitely not good any more: the run and its connection fail for this reason."""
    with transaction.atomic():
        finish(run, SyncRun.State.FAILED, error=reason, error_detail=result.detail.get("message", ""), **figures)
        run.connection.refresh_from_db()
        connections.fail(run.connection, reason, result)
