"""Starting what is due: fetches of active connections, and a gentle look at failed and doubted ones that have a key."""

from datetime import datetime, timedelta

from django.db import connection as database
from django.db import transaction
from django.db.models import Case, Q, QuerySet, Value, When
from django.utils import timezone
from django_q.tasks import async_task

from integrations.models import Connection, Status, SyncRun
from integrations.services.sync_queue import LIVE, wake
from integrations.services.sync_times import next_morning

CHUNK = 500
FETCHED = Q(status=Status.ACTIVE, doubted_at=None)
# Whether a doubted key is really rejected is asked with one call, not with a fetch.
LOOKED_AT = Q(status=Status.FAILED) | Q(status=Status.ACTIVE, doubted_at__isnull=False)
# A look at a failed connection is a task of its own. When they all failed at once, it is no hurry either.
LOOKS_AT_ONCE = 100
# The next morning is never this far away: such a moment was written by a clock that has been set back since.
NEVER_SO_FAR = timedelta(days=2)


def start_due(now: datetime | None = None) -> int:
    """Start everything whose time has come, once, however many mornings were missed; how many were started."""
    now = now or timezone.now()
    started = 0
    while True:
        chunk = _start_chunk(now)
        started += chunk
        if chunk < CHUNK:
            break
    return started + _look_at_others(now)


def _start_chunk(now: datetime) -> int:
    """Queue fetches for some of the active connections that are due, with a few statements for all of them."""
    with transaction.atomic():
        chunk = list(_due(FETCHED, now)[:CHUNK])
        if not chunk:
            return 0
        busy = set(SyncRun.objects.filter(connection__in=chunk, state__in=LIVE).values_list("connection", flat=True))
        runs = [
            SyncRun(connection_id=pk, trigger=SyncRun.Trigger.SCHEDULE, queued_at=now) for pk in chunk if pk not in busy
        ]
        # Somebody may ask for a fetch of one of them in this very moment: then that is the one.
        SyncRun.objects.bulk_create(runs, ignore_conflicts=True)
        _plan(chunk, now)
        transaction.on_commit(wake, robust=True)
    return len(chunk)


def _look_at_others(now: datetime) -> int:
    """Ask for a look at some of the failed and doubted connections that are due; the others follow in a minute."""
    with transaction.atomic():
        chunk = list(_due(LOOKED_AT, now)[:LOOKS_AT_ONCE])
        if chunk:
            _plan(chunk, now)
            for pk in chunk:
                async_task("integrations.tasks.recheck_connection", pk)
    return len(chunk)


def _due(which: Q, now: datetime) -> QuerySet[Connection, int]:
    """The keys of those of the connections whose time has come, held until the end of the transaction."""
    time_has_come = Q(next_sync_at__lte=now) | Q(next_sync_at__gt=now + NEVER_SO_FAR)
    due = Connection.objects.filter(time_has_come, which, secret__isnull=False).order_by("next_sync_at")
    # What another process is just starting is passed over.
    of = ("self",) if database.features.has_select_for_update_of else ()
    return due.select_for_update(skip_locked=True, of=of).values_list("pk", flat=True)


def _plan(chunk: list[int], now: datetime) -> None:
    mornings = [When(pk=pk, then=Value(next_morning(pk, now))) for pk in chunk]
    Connection.objects.filter(pk__in=chunk).update(next_sync_at=Case(*mornings))
