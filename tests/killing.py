"""Killing whoever fetches, and waiting until somebody else has done it."""

import os
import signal
import time
from datetime import timedelta

from django.utils import timezone
from django_q.models import OrmQ

from integrations.models import FetchWorker, SyncRun
from integrations.services.sync_queue import LIVE
from integrations.tasks import start_due_syncs
from tests.processes import WorkerCommand, lives, wait_until


def fetching(run: SyncRun) -> FetchWorker | None:
    return FetchWorker.objects.filter(runs=run, runs__state=SyncRun.State.RUNNING).first()


def kill(pid: int) -> bool:
    """SIGKILL; False where it was gone already. Its last sign of life was long ago from now on."""
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return False
    wait_until(lambda: not lives(pid), "it lives")
    FetchWorker.objects.filter(pid=pid).update(alive_at=timezone.now() - timedelta(hours=1))
    return True


def is_over(run: SyncRun) -> bool:
    return not SyncRun.objects.filter(pk=run.pk, state__in=LIVE).exists()


def wait_for_the_end(run: SyncRun, worker: WorkerCommand) -> None:
    """Until the fetch is complete and the queue is empty. The clock's task, due every minute, is done here."""
    asked_at = time.monotonic()

    def at_rest() -> bool:
        nonlocal asked_at
        if is_over(run) and not OrmQ.objects.exists():
            return True
        if time.monotonic() - asked_at > 2:
            start_due_syncs()
            asked_at = time.monotonic()
        return False

    wait_until(at_rest, worker, patience=120)
    run.refresh_from_db()
    assert run.state == SyncRun.State.DONE, f"{run.error} {run.error_detail}\n{worker.text}"
