"""The life of a fetch: queued, running, done or failed, with attempts, signs of life, and help for dead ones."""

from collections.abc import Callable
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils import timezone
from django_q.tasks import async_task

from integrations.models import Connection, SyncRun

# A single request with all its repetitions may take some minutes; who is silent for longer has died.
DEAD_AFTER = timedelta(minutes=10)
# A task that never came: the queue is hardly ever this long.
FORGOTTEN_AFTER = timedelta(hours=3)
# What lies further ahead was written by a clock that has been set back since, and says nothing.
CLOCK_SET_BACK = timedelta(hours=3)
MAX_ATTEMPTS = 3
LIVE = (SyncRun.State.QUEUED, SyncRun.State.RUNNING)

ProgressHook = Callable[[SyncRun], None]


class RunLost(Exception):
    """The run is not ours any more: it was taken over, or the client disconnected."""


def enqueue(connection: Connection, trigger: str, full: bool = False, *, background: bool = True) -> SyncRun:
    """Queue a fetch, or return the live one. Repeating it is harmless.

    ``full``: compare everything, not only what changed; a fetch that still waits becomes a full one. A live run whose
    worker died is queued again. ``background=False`` leaves the work to the caller, who calls ``run``.
    """
    with transaction.atomic():
        run = connection.runs.filter(state__in=LIVE).first()
        if run is None:
            try:
                with transaction.atomic():
                    run = SyncRun.objects.create(connection=connection, trigger=trigger, full=full)
            except IntegrityError:
                return connection.runs.get(state__in=LIVE)
            if background:
                _send(run.pk)
            return run
        if full and not run.full and run.state == SyncRun.State.QUEUED:
            SyncRun.objects.filter(pk=run.pk, state=SyncRun.State.QUEUED).update(full=True)
        release(run, background=background)
        run.refresh_from_db()
        return run


def release(run: SyncRun, *, background: bool = True) -> bool:
    """Give up on a run whose worker died: queue it again, or let it fail after the last attempt.

    False where it shows signs of life.
    """
    now = timezone.now()
    if run.state != SyncRun.State.RUNNING or run.alive_at is None:
        return False
    if now - DEAD_AFTER < run.alive_at < now + CLOCK_SET_BACK:
        return False
    ours = SyncRun.objects.filter(pk=run.pk, state=SyncRun.State.RUNNING, attempts=run.attempts, alive_at=run.alive_at)
    if run.attempts >= MAX_ATTEMPTS:
        return bool(ours.update(state=SyncRun.State.FAILED, error="gave_up", finished_at=timezone.now(), phase=""))
    with transaction.atomic():
        released = bool(ours.update(state=SyncRun.State.QUEUED, queued_at=timezone.now()))
        if released and background:
            _send(run.pk)
    return released


def release_dead_runs() -> int:
    """Release every run whose worker died, and send the task of forgotten ones again; how many were helped."""
    now = timezone.now()
    silent = Q(alive_at__lt=now - DEAD_AFTER) | Q(alive_at__gt=now + CLOCK_SET_BACK)
    helped = sum(release(run) for run in SyncRun.objects.filter(silent, state=SyncRun.State.RUNNING))
    long_ago = Q(queued_at__lt=now - FORGOTTEN_AFTER) | Q(queued_at__gt=now + CLOCK_SET_BACK)
    forgotten = SyncRun.objects.filter(long_ago, state=SyncRun.State.QUEUED)
    for pk, queued_at in forgotten.values_list("pk", "queued_at"):
        with transaction.atomic():
            waiting = SyncRun.objects.filter(pk=pk, state=SyncRun.State.QUEUED, queued_at=queued_at)
            if waiting.update(queued_at=now):
                _send(pk)
                helped += 1
    return helped


def claim(run_id: int) -> SyncRun | None:
    """Take a queued run; the attempt is counted before any work. None where it is not there to be taken."""
    now = timezone.now()
    taken = SyncRun.objects.filter(pk=run_id, state=SyncRun.State.QUEUED).update(
        state=SyncRun.State.RUNNING,
        attempts=F("attempts") + 1,
        started_at=now,
        alive_at=now,
        phase="",
        done=0,
        total=0,
    )
    return SyncRun.objects.select_related("connection__client").get(pk=run_id) if taken else None


def make_sure_it_is_ours(run: SyncRun) -> None:
    """``RunLost`` where the run is not ours any more. Reads only."""
    if not SyncRun.objects.filter(pk=run.pk, state=SyncRun.State.RUNNING, attempts=run.attempts).exists():
        raise RunLost


def sign_of_life(run: SyncRun, **figures: object) -> None:
    """Say that the run lives, with its figures so far. ``RunLost`` where it is not ours any more."""
    now = timezone.now()
    ours = SyncRun.objects.filter(pk=run.pk, state=SyncRun.State.RUNNING, attempts=run.attempts)
    if not ours.update(alive_at=now, **figures):
        raise RunLost
    run.alive_at = now


def finish(run: SyncRun, state: str, **figures: object) -> None:
    """End a run of ours as done or failed. ``RunLost`` where it is not ours any more."""
    sign_of_life(run, state=state, finished_at=timezone.now(), phase="", **figures)
    run.refresh_from_db()


def _send(run_id: int) -> None:
    transaction.on_commit(lambda: async_task("integrations.tasks.run_sync", run_id))
