"""Starting what is due: fetches of active connections, and a gentle look at failed ones that still have a key."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django_q.tasks import async_task

from integrations.models import Connection, Status, SyncRun
from integrations.services.sync_queue import enqueue
from integrations.services.sync_times import next_morning


def start_due(now: datetime | None = None) -> int:
    """Start everything whose time has come, once, however many mornings were missed; how many were started."""
    now = now or timezone.now()
    due = Connection.objects.filter(status__in=[Status.ACTIVE, Status.FAILED], next_sync_at__lte=now)
    started = 0
    # Read whole before the first task is sent: the broker may close the database connection after a commit.
    for connection in list(due.exclude(secret=None).order_by("next_sync_at")):
        with transaction.atomic():
            ours = Connection.objects.filter(
                pk=connection.pk, status=connection.status, next_sync_at=connection.next_sync_at
            )
            if not ours.update(next_sync_at=next_morning(connection.pk, now)):
                continue
            # Whether a doubted key is really rejected is asked with one call, not with a fetch.
            if connection.status == Status.ACTIVE and connection.doubted_at is None:
                enqueue(connection, SyncRun.Trigger.SCHEDULE)
            else:
                async_task("integrations.tasks.recheck_connection", connection.pk)
            started += 1
    return started
