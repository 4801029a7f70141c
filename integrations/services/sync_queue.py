"""The life of a fetch: queued, running, done or failed, with attempts, turns, and help where its worker died."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone
from django_q.tasks import async_task

from integrations.models import Connection, SyncRun
from integrations.services import fetch_places

FETCH = "integrations.tasks.fetch"
MAX_ATTEMPTS = 3
LIVE = (SyncRun.State.QUEUED, SyncRun.State.RUNNING)
# A moment that lies further ahead was written by a clock that has been set back since.
CLOCK_SET_BACK = timedelta(hours=3)


class RunLost(Exception):
    """The run is not ours any more: it was taken over, or the client disconnected."""


class TurnOver(Exception):
    """The run has had its turn and is to be given back, so that others get theirs."""


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
                run = connection.runs.get(state__in=LIVE)
        if full and not run.full:
            # What was listed in an earlier turn were only changes.
            SyncRun.objects.filter(pk=run.pk, state=SyncRun.State.QUEUED).update(full=True, listed_at=None)
        release(run)
        if background:
            transaction.on_commit(wake, robust=True)
    run.refresh_from_db()
    return run


def wake() -> int:
    """Call crews to the free places if there is work for them; how many were called.

    Work that waits without anybody being called, because a call was lost, is found by the next one: every minute.
    """
    waiting = SyncRun.objects.filter(state=SyncRun.State.QUEUED).values_list("pk", flat=True)[:16]
    called = fetch_places.call(len(waiting)) if waiting else 0
    for _ in range(called):
        async_task(FETCH)
    return called


def release(run: SyncRun) -> bool:
    """Give up on a run whose worker died: queue it again, or let it fail after the last attempt.

    False where its worker lives.
    """
    return bool(_release(SyncRun.objects.filter(pk=run.pk))) if run.state == SyncRun.State.RUNNING else False


def release_dead_runs() -> int:
    """Release every run whose worker died; how many that were. Afterwards no dead worker holds a place."""
    clock_was_wrong = SyncRun.objects.filter(
        state=SyncRun.State.QUEUED, queued_at__gt=timezone.now() + CLOCK_SET_BACK
    ).update(queued_at=timezone.now())
    released = _release(SyncRun.objects.all())
    fetch_places.strike_off()
    return released + clock_was_wrong


def abandon(run_ids: Sequence[int], worker: UUID) -> int:
    """Release runs of this worker that broke off without an end; how many."""
    return _release(SyncRun.objects.filter(pk__in=run_ids), Q(worker=worker))


def claim(run_id: int, worker: UUID) -> SyncRun | None:
    """Take a queued run for a worker; the attempt is counted before any work. None where somebody else has it."""
    found = _claim([run_id], worker)
    return found[0] if found else None


def claim_some(waiting: QuerySet[SyncRun], room: int, worker: UUID) -> list[SyncRun]:
    """Take up to ``room`` of these queued runs, in their order."""
    if room < 1:
        return []
    with transaction.atomic():
        # Rows that another worker is just taking are passed over; databases without that let one worker in at a time.
        free = waiting.filter(state=SyncRun.State.QUEUED).select_for_update(
            skip_locked=True, of=("self",) if connection.features.has_select_for_update_of else ()
        )
        return _claim([run.pk for run in free.only("pk")[:room]], worker)


def ours(worker: UUID) -> set[int]:
    """The keys of the runs that are the worker's."""
    return set(SyncRun.objects.filter(worker=worker, state=SyncRun.State.RUNNING).values_list("pk", flat=True))


def make_sure_it_is_ours(run: SyncRun) -> None:
    """``RunLost`` where the run is not ours any more. Reads only."""
    if not _ours(run).exists():
        raise RunLost


def sign_of_life(run: SyncRun, **figures: object) -> None:
    """Write the figures so far. ``RunLost`` where the run is not ours any more."""
    now = timezone.now()
    if not _ours(run).update(alive_at=now, **figures):
        raise RunLost
    run.alive_at = now


def give_back(run: SyncRun, **figures: object) -> None:
    """End the turn of a run of ours: it waits again, behind those that waited before it, and keeps its figures.

    It ended in good order, so its attempts are forgotten. ``RunLost`` where it is not ours any more.
    """
    sign_of_life(run, state=SyncRun.State.QUEUED, worker=None, attempts=0, queued_at=timezone.now(), **figures)


def finish(run: SyncRun, state: str, **figures: object) -> None:
    """End a run of ours as done or failed. ``RunLost`` where it is not ours any more."""
    sign_of_life(run, state=state, finished_at=timezone.now(), phase="", **figures)
    run.state = state


def _ours(run: SyncRun) -> QuerySet[SyncRun]:
    return SyncRun.objects.filter(pk=run.pk, state=SyncRun.State.RUNNING, worker=run.worker_id, attempts=run.attempts)


def _claim(run_ids: Sequence[int], worker: UUID) -> list[SyncRun]:
    """What an earlier turn or attempt had done stays: its beginning, its figures, its phase."""
    if not run_ids:
        return []
    now = timezone.now()
    SyncRun.objects.filter(pk__in=run_ids, state=SyncRun.State.QUEUED).update(
        state=SyncRun.State.RUNNING,
        worker=worker,
        attempts=F("attempts") + 1,
        started_at=Coalesce("started_at", now),
        alive_at=now,
    )
    taken = SyncRun.objects.filter(pk__in=run_ids, state=SyncRun.State.RUNNING, worker=worker)
    return list(taken.select_related("connection__client"))


def _release(runs: QuerySet[SyncRun], dead: Q | None = None) -> int:
    """Queue the running ones among these again whose worker died, and let those fail that had their last attempt."""
    if dead is None:
        dead = Q(worker__isnull=True) | Q(worker__in=fetch_places.dead())
    running = runs.filter(dead, state=SyncRun.State.RUNNING)
    # Nearly always there is nothing to do, and looking is cheaper than writing nothing.
    if not running.exists():
        return 0
    now = timezone.now()
    failed = running.filter(attempts__gte=MAX_ATTEMPTS).update(
        state=SyncRun.State.FAILED, worker=None, error="gave_up", finished_at=now, phase=""
    )
    return failed + running.filter(attempts__lt=MAX_ATTEMPTS).update(
        state=SyncRun.State.QUEUED, worker=None, queued_at=now
    )
