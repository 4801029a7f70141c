"""One fetch from beginning to end: claim, list, read details, record what came of it."""

import contextlib
import logging
import time
from datetime import date

from cryptography.fernet import InvalidToken
from django.db import transaction
from django.utils import timezone

from accounts.tax import sync_start
from integrations.lexware import api_for
from integrations.models import Connection, ConnectionEvent, ConnectionSecret, Reason, Status, SyncRun
from integrations.providers.lexware.errors import KeyRejected, LexwareError, Unavailable
from integrations.services import connections
from integrations.services.key_check import CheckResult, confirm_rejection, error_detail, reason_of
from integrations.services.sync_details import read_documents, read_payments
from integrations.services.sync_listing import list_changes, list_everything, needs_everything
from integrations.services.sync_queue import LIVE, RunLost, claim, enqueue, finish, release, release_dead_runs
from integrations.services.sync_times import next_morning
from integrations.services.sync_work import ProgressHook, Work, ignore_progress
from matching.tasks import enqueue_matching

__all__ = ["enqueue", "release_dead_runs", "run", "run_now"]

logger = logging.getLogger(__name__)

POLL_SECONDS = 0.5


def run(run_id: int, *, on_progress: ProgressHook = ignore_progress) -> SyncRun:
    """Do a queued fetch and return its row; one that somebody else has, or that is over, is returned as it is.

    Never raises because of the provider: the row says what happened. An outage ends the fetch and plans the next
    attempt; what is here stays, and the next fetch goes on from there.
    """
    claimed = claim(run_id)
    if claimed is None:
        return SyncRun.objects.get(pk=run_id)
    try:
        _run(claimed, on_progress)
    except RunLost:
        logger.info("fetch %s was taken away", claimed.pk)
    except connections.StateMoved:
        # The client disconnected, or a new key came, in the moment in which this fetch was going to say what is wrong.
        with contextlib.suppress(RunLost):
            finish(claimed, SyncRun.State.FAILED, error="not_connected")
    claimed.refresh_from_db()
    return claimed


def run_now(
    connection: Connection, trigger: str, *, full: bool = False, on_progress: ProgressHook = ignore_progress
) -> SyncRun:
    """Fetch in this process and return the finished run.

    Where another process is at it, wait for its end (and take over if it dies); with ``full`` a run that was not
    complete is followed by one that is.
    """
    while True:
        done = run(enqueue(connection, trigger, full, background=False).pk, on_progress=on_progress)
        while done.state == SyncRun.State.RUNNING and not release(done, background=False):
            time.sleep(POLL_SECONDS)
            done.refresh_from_db()
            on_progress(done.phase, done.done, done.total)
        if done.state not in LIVE and (done.full or not full or done.state == SyncRun.State.FAILED):
            return done


def _run(run: SyncRun, on_progress: ProgressHook) -> None:
    connection = run.connection
    if connection.status != Status.ACTIVE:
        finish(run, SyncRun.State.FAILED, error="not_connected")
        return
    try:
        work = Work(run, connection.client, api_for(connection), on_progress)
    except (InvalidToken, ConnectionSecret.DoesNotExist) as error:
        detail = {"code": "key_not_decryptable" if isinstance(error, InvalidToken) else "no_key_saved"}
        _refused(run, {}, Reason.KEY_REJECTED, CheckResult(reason=Reason.KEY_REJECTED, detail=detail))
        return
    try:
        start = sync_start(connection.client, timezone.localdate())
        _fetch(work, start)
        _succeed(work, start)
    except LexwareError as error:
        _stopped(work, error)
    except KeyboardInterrupt:
        finish(run, SyncRun.State.FAILED, error="interrupted", **work.final_figures)
        raise
    except RunLost:
        raise
    except Exception as error:
        # A defect of ours: it must not leave a run that seems to work, nor keep tomorrow's from starting.
        logger.exception("fetch %s broke off", run.pk)
        finish(run, SyncRun.State.FAILED, error="internal", error_detail=type(error).__name__, **work.final_figures)


def _fetch(work: Work, start: date) -> None:
    run, connection = work.run, work.run.connection
    everything = run.full or needs_everything(connection, start)
    SyncRun.objects.filter(pk=run.pk).update(full=everything, from_date=start)
    work.progress("list", 0, 0)
    if everything:
        list_everything(work, start)
    else:
        list_changes(work, start)
    # At once: what is withdrawn must go back to review even if the fetch ends early.
    if work.created or work.changed or work.withdrawn:
        enqueue_matching(work.client)
    read_payments(work)
    listed = work.details
    if listed:
        enqueue_matching(work.client)
    read_documents(work)
    # An earlier attempt may have died between writing and asking for the matching.
    if work.details > listed or run.attempts > 1:
        enqueue_matching(work.client)


def _succeed(work: Work, start: date) -> None:
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


def _stopped(work: Work, error: LexwareError) -> None:
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
        _refused(work.run, work.final_figures, reason, result)
        return
    with transaction.atomic():
        finish(work.run, SyncRun.State.FAILED, error=error.code, error_detail=str(error)[:500], **work.final_figures)
        connection.refresh_from_db()
        if isinstance(error, Unavailable):
            connections.note_outage(connection, result)
        else:
            connections.put_off(connection, result)


def _refused(run: SyncRun, figures: dict[str, int], reason: str, result: CheckResult) -> None:
    with transaction.atomic():
        finish(run, SyncRun.State.FAILED, error=reason, error_detail=result.detail.get("message", ""), **figures)
        run.connection.refresh_from_db()
        connections.fail(run.connection, reason, result)
