"""The progress of fetches as it stands in the database: the same few queries for one and for fifty."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from django.conf import settings
from django.db.models import Count, Q
from django.utils import timezone

from integrations.models import FetchWorker, RateBudget, SyncRun
from integrations.providers.pace import recovered
from integrations.services import fetch_places
from integrations.services.crew import SEATS
from integrations.services.progress import QUEUED, Counts, Progress, position, seconds_left, seconds_to_wait
from integrations.services.sync_queue import LIVE
from vouchers.models import Voucher

State = SyncRun.State


def progress_of(run: SyncRun | None) -> Progress | None:
    """The progress of a fetch, None where it neither waits nor works."""
    return progress_of_all([run]).get(run.pk) if run else None


def progress_of_all(runs: Iterable[SyncRun]) -> dict[int, Progress]:
    """The progress of those that wait or work, by key. The runs come with their connection."""
    live = [run for run in runs if run.state in LIVE]
    if not live:
        return {}
    counts = _counts([run for run in live if run.listed_at])
    paces = _paces({run.connection.organization_id for run in live})
    sharing = _sharing({run.connection.organization_id for run in live})
    told = {run.pk: _under_way(run, counts, paces, sharing) for run in live if not _waits(run)}
    waiting = [run for run in live if _waits(run)]
    return told | (_waiting(waiting) if waiting else {})


def _waits(run: SyncRun) -> bool:
    """Whether it has not begun. One that was given back or taken over after its list goes on where it was."""
    return run.state == State.QUEUED and run.listed_at is None


def _under_way(run: SyncRun, counts: dict[int, Counts], paces: dict[str, float], sharing: dict[str, int]) -> Progress:
    organization, connection = run.connection.organization_id, run.connection
    phase, done, total = run.phase, run.done, run.total
    if run.listed_at and run.phase != "compare":
        facts = counts.get(connection.client_id, Counts(0, 0, 0))
        phase, done, total = position(facts, first=connection.synced_through is None, found=run.created + run.changed)
    seconds = None
    if run.requests_left:
        seconds = seconds_left(
            run.requests_left,
            pace=paces.get(organization, 1.0),
            sharing=sharing.get(organization, 1),
            time_scale=settings.LEXWARE_TIME_SCALE,
        )
    return Progress(phase, done, total, seconds)


def _counts(runs: list[SyncRun]) -> dict[int, Counts]:
    if not runs:
        return {}
    clients = {run.connection.client_id for run in runs}
    rows = Voucher.objects.filter(client__in=clients, withdrawn_at__isnull=True).order_by().values_list("client")
    told = rows.annotate(
        standing=Count("pk"),
        unpaid=Count("pk", filter=Q(payments_read=False)),
        incomplete=Count("pk", filter=Q(complete=False)),
    )
    return {client: Counts(*figures) for client, *figures in told}


def _paces(organizations: set[str]) -> dict[str, float]:
    now = timezone.now().timestamp()
    budgets = RateBudget.objects.filter(key__in=organizations).values_list("key", "pace", "slowed_at")
    return {key: recovered(pace, now - slowed_at) for key, pace, slowed_at in budgets}


def _sharing(organizations: set[str]) -> dict[str, int]:
    """How many fetches use up the limit of each organization."""
    busy = SyncRun.objects.filter(state=State.RUNNING, connection__organization_id__in=organizations)
    return Counter(busy.values_list("connection__organization_id", flat=True))


def _waiting(runs: list[SyncRun]) -> dict[int, Progress]:
    """Those that have not begun. Three queries: who works, what is under way, what waits.

    Workers come when there is something to do: where none is at work, one is on its way.
    """
    living = FetchWorker.objects.filter(place__isnull=False, alive_at__gt=timezone.now() - fetch_places.dead_after())
    places = SEATS * max(living.count(), 1)
    under_way = SyncRun.objects.filter(state=State.RUNNING).values_list("requests_left", flat=True)
    ends = [seconds_left(left, time_scale=settings.LEXWARE_TIME_SCALE) for left in under_way[: 16 * SEATS]]
    queue = list(SyncRun.objects.filter(state=State.QUEUED).order_by("queued_at", "pk").values_list("pk", flat=True))
    order = {pk: place for place, pk in enumerate(queue)}
    return {run.pk: Progress(QUEUED, seconds=seconds_to_wait(ends, places, order.get(run.pk, 0))) for run in runs}
