"""A client asks for a fetch right now; limited, because every fetch takes from the same budget of requests."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from integrations.models import Connection, Status, SyncRun
from integrations.services.sync_queue import LIVE, enqueue

EVERY = timedelta(minutes=10)


def possible_again(connection: Connection, now: datetime) -> datetime | None:
    """From when on the client may ask again; None where it is possible now. One query."""
    asked = connection.runs.filter(trigger=SyncRun.Trigger.MANUAL, queued_at__gt=now - EVERY)
    latest = asked.order_by("-queued_at").values_list("queued_at", flat=True).first()
    return latest + EVERY if latest else None


def fetch_now(connection: Connection) -> SyncRun | None:
    """Queue a fetch, or give the one that is under way; None where it was asked for less than ten minutes ago.

    Of two who ask at once one is served. Only an active connection fetches.
    """
    with transaction.atomic():
        here = Connection.objects.select_for_update().filter(pk=connection.pk, status=Status.ACTIVE).first()
        if here is None:
            return None
        live = here.runs.filter(state__in=LIVE).first()
        if live is not None:
            return live
        if possible_again(here, timezone.now()) is not None:
            return None
        return enqueue(here, SyncRun.Trigger.MANUAL)
