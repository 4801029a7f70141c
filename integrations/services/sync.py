"""One fetch from beginning to end: claim, list, read details, record what came of it."""

import contextlib
import logging
import time

import requests
from cryptography.fernet import InvalidToken
from django.db import InterfaceError, OperationalError
from django.db import connection as database
from django.utils import timezone

from accounts.tax import sync_start
from integrations.models import Connection, ConnectionSecret, Reason, Status, SyncRun
from integrations.providers.errors import ProviderError
from integrations.providers.pace import Clock
from integrations.services import connections, fetch_places
from integrations.services.fetch_work import ProgressHook, RunSteps, ignore_progress
from integrations.services.key_check import CheckResult
from integrations.services.providers import door_of
from integrations.services.sync_end import refused, stopped, succeed
from integrations.services.sync_queue import (
    LIVE,
    RunLost,
    TurnOver,
    claim,
    enqueue,
    finish,
    give_back,
    release,
    release_dead_runs,
)
from integrations.services.sync_watch import OwnWatch, Watch
from matching.tasks import enqueue_matching

__all__ = ["carry_out", "enqueue", "release_dead_runs", "run", "run_now"]

logger = logging.getLogger(__name__)

POLL_SECONDS = 0.5
# The database is restarted, or somebody else's transaction stood in the way: the next attempt can do it.
DATABASE_AWAY = (OperationalError, InterfaceError)


def run(run_id: int, *, on_progress: ProgressHook = ignore_progress) -> SyncRun:
    """Do a queued fetch in this process and return its row; one that somebody else has, or that is over, as it is.

    Never raises because of the provider: the row says what happened. An outage ends the fetch and plans the next
    attempt; what is here stays, and the next fetch goes on from there.
    """
    with fetch_places.working() as worker:
        claimed = claim(run_id, worker.key)
        if claimed is None:
            return SyncRun.objects.get(pk=run_id)
        watch = OwnWatch(worker)
        try:
            carry_out(claimed, watch, on_progress=on_progress, clock=watch)
        except DATABASE_AWAY:
            logger.exception("fetch %s broke off", claimed.pk)
            database.close_if_unusable_or_obsolete()
    claimed.refresh_from_db()
    return claimed


def run_now(
    connection: Connection, trigger: str, *, full: bool = False, on_progress: ProgressHook = ignore_progress
) -> SyncRun:
    """Fetch in this process and return the finished run.

    Where another process is at it, wait for its end (and take over if it dies, or gives it back); with ``full`` a run
    that was not complete is followed by one that is.
    """
    while True:
        done = run(enqueue(connection, trigger, full, background=False).pk, on_progress=on_progress)
        while done.state == SyncRun.State.RUNNING and not release(done):
            time.sleep(POLL_SECONDS)
            done.refresh_from_db()
            on_progress(done.phase, done.done, done.total)
        if done.state not in LIVE and (done.full or not full or done.state == SyncRun.State.FAILED):
            return done


def carry_out(
    run: SyncRun,
    watch: Watch,
    *,
    on_progress: ProgressHook = ignore_progress,
    clock: Clock | None = None,
    session: requests.Session | None = None,
) -> None:
    """Do a claimed fetch until it ends, is taken away, or has had its turn; the row says which.

    Raises one of ``DATABASE_AWAY`` where nothing could be written any more: the run has no end then, and is to be
    released like one whose worker died.
    """
    try:
        _carry_out(run, watch, on_progress, clock, session)
    except RunLost:
        logger.info("fetch %s was taken away", run.pk)
    except connections.StateMoved:
        # The client disconnected, or a new key came, in the moment in which this fetch was going to say what is wrong.
        with contextlib.suppress(RunLost):
            finish(run, SyncRun.State.FAILED, error="not_connected")


def _carry_out(
    run: SyncRun, watch: Watch, on_progress: ProgressHook, clock: Clock | None, session: requests.Session | None
) -> None:
    connection = run.connection
    if connection.status != Status.ACTIVE:
        finish(run, SyncRun.State.FAILED, error="not_connected")
        return
    try:
        begun = door_of(connection).begin(run, watch, on_progress, clock, session)
    except (InvalidToken, ConnectionSecret.DoesNotExist) as error:
        detail = {"code": "key_not_decryptable" if isinstance(error, InvalidToken) else "no_key_saved"}
        refused(run, {}, Reason.KEY_REJECTED, CheckResult(reason=Reason.KEY_REJECTED, detail=detail))
        return
    work = begun.work
    try:
        start = sync_start(connection.client, timezone.localdate())
        try:
            begun.fetch(start)
            succeed(work, start)
        except ProviderError as error:
            stopped(work, error)
    except TurnOver:
        _make_way(work)
    except KeyboardInterrupt:
        finish(run, SyncRun.State.FAILED, error="interrupted", **work.final_figures)
        raise
    except (RunLost, connections.StateMoved, *DATABASE_AWAY):
        raise
    except Exception as error:
        # A defect of ours: it must not leave a run that seems to work, nor keep tomorrow's from starting.
        logger.exception("fetch %s broke off", run.pk)
        finish(run, SyncRun.State.FAILED, error="internal", error_detail=type(error).__name__, **work.final_figures)
    finally:
        work.write_calls()


def _make_way(work: RunSteps) -> None:
    """Give the run back; the next turn does not know any more what this one has read for the matching."""
    work.breathe(now=True)
    if work.details:
        enqueue_matching(work.client)
    give_back(work.run)
