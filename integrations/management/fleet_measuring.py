"""A measured fleet: many small clients, fetched for the first time all at once, and on a morning without news."""

import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import IO, Any

from django.db.models import Count, Max, Q, Sum
from django.utils import timezone
from django_q.models import OrmQ

from accounts.services import add_client
from integrations.models import Connection, SyncRun
from integrations.services import connections, sync_due
from integrations.services.sync import enqueue
from integrations.services.sync_queue import LIVE

AT_ONCE = 8
PATIENCE = 3600.0
POLL = 0.2


def measure_fleet(read_line: Callable[[], str], out: IO[str]) -> None:
    """Do the jobs that come as JSON lines, one after the other; write each one's figures as a JSON line."""
    jobs: dict[str, Callable[..., dict[str, Any]]] = {"connect": _connect, "first": _first, "morning": _morning}
    while line := read_line():
        job = json.loads(line)
        figures = jobs[job.pop("do")](**job)
        out.write(json.dumps(figures) + "\n")
        out.flush()


def _connect(organizations: list[dict[str, str]]) -> dict[str, Any]:
    """A client for every organization, connected as the form does it; nothing is fetched yet."""
    # Each organization's own limit makes each of them wait a little.
    with ThreadPoolExecutor(AT_ONCE) as threads:
        list(threads.map(_connect_one, range(len(organizations)), organizations))
    return {"connected": Connection.objects.filter(status="active").count()}


def _connect_one(position: int, organization: dict[str, str]) -> None:
    today = timezone.localdate()
    client = add_client(
        name=organization["name"],
        email=f"flotte{position}@messung.example",
        number=str(10001 + position),
        closed_through=today.year - 2,
        today=today,
    )
    connections.connect(connections.get_or_create(client), organization["key"], sync=False)


def _first() -> dict[str, Any]:
    """Every client at once, by the worker."""
    newest = _newest()
    began = time.time()
    for connection in Connection.objects.order_by("pk"):
        enqueue(connection, SyncRun.Trigger.CONNECT)
    return _until_done(newest, began)


def _morning() -> dict[str, Any]:
    """All are due at the same moment, and nothing has changed since they were fetched."""
    newest = _newest()
    began = time.time()
    Connection.objects.update(next_sync_at=timezone.now())
    sync_due.start_due()
    started = time.time() - began
    return {**_until_done(newest, began), "seconds_to_start": round(started, 2)}


def _newest() -> int:
    return SyncRun.objects.aggregate(newest=Max("pk"))["newest"] or 0


def _until_done(newest: int, began: float) -> dict[str, Any]:
    """Wait for the runs after this one and for the tasks they left; the figures of the runs."""
    runs = SyncRun.objects.filter(pk__gt=newest)
    while runs.filter(state__in=LIVE).exists() or OrmQ.objects.exists():
        if time.time() - began > PATIENCE:
            break
        time.sleep(POLL)
    figures = runs.aggregate(
        runs=Count("pk"),
        failed=Count("pk", filter=~Q(state=SyncRun.State.DONE)),
        requests=Sum("requests"),
        refused=Sum("rate_limited"),
        last=Max("finished_at"),
    )
    last = figures.pop("last")
    return {**figures, "seconds": round(last.timestamp() - began, 2) if last else 0.0}
