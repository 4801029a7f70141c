"""The log of calls: what was asked, what was answered, how long it took. Never a query, a body or a key."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.utils import timezone

from integrations.models import CallEntry
from integrations.providers.calls import CallRecord

KEPT_DAYS = 30


def keep_calls(connection_id: int, run_id: int | None, calls: Sequence[tuple[datetime, CallRecord]]) -> None:
    """Write calls with their moments into the connection's log, in one statement."""
    CallEntry.objects.bulk_create(
        CallEntry(
            connection_id=connection_id,
            run_id=run_id,
            at=at,
            method=call.method,
            path=call.path[:200],
            status=call.status,
            milliseconds=max(call.milliseconds, 0),
            request_id=call.request_id[:80],
            rate_limited=call.rate_limited,
        )
        for at, call in calls
    )


def forget_old_calls(now: datetime | None = None) -> int:
    """Remove what is older than ``KEPT_DAYS``; how many entries that were."""
    limit = (now or timezone.now()) - timedelta(days=KEPT_DAYS)
    return CallEntry.objects.filter(at__lt=limit).delete()[0]
