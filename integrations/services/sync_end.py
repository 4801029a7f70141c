"""How a fetch ends: done, stopped by an outage, or refused because of the key."""

from datetime import date

from django.db import transaction
from django.utils import timezone

from integrations.models import Connection, ConnectionEvent, Status, SyncRun
from integrations.providers.lexware.errors import KeyRejected, LexwareError, Unavailable
from integrations.services import connections
from integrations.services.key_check import CheckResult, confirm_rejection, error_detail, reason_of
from integrations.services.sync_queue import finish
from integrations.services.sync_times import next_morning
from integrations.services.sync_work import Work


def succeed(work: Work, start: date) -> None:
    """The fetch is complete: the bookmark moves on, and the next morning is planned."""
    run, now = work.run, timezone.now()
    # Whatever changed while we listed is listed again next time; a row that could not be read as well.
    bookmark = {} if work.rows_skipped else {"synced_through": run.started_at, "synced_from": start}
    with transaction.atomic():
        finish(run, SyncRun.State.DONE, **work.final_figures)
        Connection.objects.filter(pk=run.connection_id, status=Status.ACTIVE).update(
            last_sync_at=now, outages=0, next_sync_at=next_morning(run.connection_id, now), **bookmark
        )
        ConnectionEvent.objects.create(
            connection_id=run.connection_id,
            kind=ConnectionEvent.Kind.SYNC,
            detail={"run": run.pk, **work.figures, "skipped": run.skipped.count()},
        )


def stopped(work: Work, error: LexwareError) -> None:
    """The fetch cannot go on: because of the key, or because of the time."""
    connection = work.run.connection
    if isinstance(error, KeyRejected):
        rejection = confirm_rejection(work.api, error)
        if rejection is None:
            error = Unavailable("rejected once, then not", status=401, request_id=error.request_id, path=error.path)
        else:
            error = rejection
    ends = connection.key_expires_on
    reason = reason_of(error, expired=ends is not None and ends < timezone.localdate())
    result = CheckResult(reason=reason, outage=not reason, request_id=error.request_id, detail=error_detail(error))
    if reason:
        refused(work.run, work.final_figures, reason, result)
        return
    with transaction.atomic():
        finish(work.run, SyncRun.State.FAILED, error=error.code, error_detail=str(error)[:500], **work.final_figures)
        connection.refresh_from_db()
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
