"""The writers of webhook deliveries: kept once, claimed by one reader, finished, forgotten after some weeks.

A delivery is due at ``next_try_at``, waiting or being read: whoever reads it moves that moment on, and where the reader
died it is due again.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django_q.conf import Conf
from django_q.tasks import async_task

from integrations.models import Connection, Provider, Status, WebhookDelivery
from integrations.webhooks.events import Event

KEPT_DAYS = 60
# Reading one document takes seconds, with every repetition minutes; who is silent for longer has died.
LEASE = timedelta(minutes=10)
# So long after its last claim a reader has its connection for itself; reading one thing hardly ever takes longer.
ALONE = timedelta(seconds=30)
# Nothing is ever put off for so long: what lies further ahead was written by a clock that has been set back since.
CLOCK_SET_BACK = timedelta(hours=3)
TASK = "integrations.tasks.follow_hints"

State = WebhookDelivery.State
OPEN = (State.WAITING, State.READING)


def take_in(event: Event, body: str) -> int:
    """Keep a verified delivery for each connection of its organization, and ask the workers to follow it.

    Returns for how many connections it was new. What came before changes nothing; of an organization that nobody here
    is connected to, nothing is kept. Three queries and the task.
    """
    belongs = Connection.objects.filter(
        provider=Provider.LEXWARE,
        organization_id=event.organization_id,
        # A failed connection keeps them as a record: they are of no use any more when it recovers, and say so.
        status__in=[Status.ACTIVE, Status.FAILED],
    )
    here = set(belongs.values_list("pk", flat=True))
    if not here:
        return 0
    known = WebhookDelivery.objects.filter(connection_id__in=here, sha256=event.digest)
    new = here - set(known.values_list("connection_id", flat=True))
    if not new:
        return 0
    with transaction.atomic():
        # Of two equal deliveries at once the database keeps one.
        WebhookDelivery.objects.bulk_create(
            [
                WebhookDelivery(
                    connection_id=connection_id,
                    sha256=event.digest,
                    event_type=event.type,
                    resource_id=event.resource_id,
                    event_at=event.at,
                    body=body,
                )
                for connection_id in sorted(new)
            ],
            ignore_conflicts=True,
        )
        if Conf.ORM:
            # The queue is in the same database: one commit, and no connection closed and opened for the queue's sake.
            _ask(new)
        else:
            # A worker would otherwise look before there is anything to see.
            transaction.on_commit(lambda: _ask(new))
    return len(new)


def _ask(connection_ids: set[int]) -> None:
    for connection_id in sorted(connection_ids):
        async_task(TASK, connection_id)


def due(now: datetime) -> QuerySet[WebhookDelivery]:
    """Those that nobody is reading, oldest first."""
    their_time = Q(next_try_at__lte=now) | Q(next_try_at__gt=now + CLOCK_SET_BACK)
    return WebhookDelivery.objects.filter(their_time, state__in=OPEN).order_by("next_try_at", "pk")


def claim(connection_id: int, now: datetime) -> list[WebhookDelivery]:
    """Take what is due about one thing, together; the attempt is counted before any work. Empty: nothing is due.

    While somebody else reads for this connection, everything is left to them: they look again when they are done, and
    two would only wait for the same request budget. Where they take unusually long, only what they are reading is.
    """
    reading = WebhookDelivery.objects.filter(connection_id=connection_id, state=State.READING)
    latest = now + CLOCK_SET_BACK
    if reading.filter(next_try_at__range=(now + LEASE - ALONE, latest)).exists():
        return []
    busy = reading.filter(next_try_at__range=(now, latest))
    waiting = due(now).filter(connection_id=connection_id).exclude(resource_id__in=busy.values("resource_id"))
    first = waiting.first()
    if first is None:
        return []
    taken = []
    for delivery in waiting.filter(resource_id=first.resource_id):
        ours = WebhookDelivery.objects.filter(
            pk=delivery.pk, state=delivery.state, attempts=delivery.attempts, next_try_at=delivery.next_try_at
        )
        if ours.update(state=State.READING, attempts=F("attempts") + 1, next_try_at=now + LEASE):
            delivery.attempts += 1
            taken.append(delivery)
    return taken


def finish(deliveries: Sequence[WebhookDelivery], state: str, outcome: str) -> None:
    """End what we claimed as done or given up; one that was taken over meanwhile is left alone."""
    _write(deliveries, state=state, outcome=outcome[:40], finished_at=timezone.now())


def put_off(deliveries: Sequence[WebhookDelivery], until: datetime, outcome: str) -> None:
    """Let what we claimed wait until then; ``outcome`` says why."""
    _write(deliveries, state=State.WAITING, outcome=outcome[:40], next_try_at=until)


def put_off_waiting(connection_id: int, until: datetime) -> None:
    """Let everything that is due for a connection wait until then: it would fare like the one that was just tried."""
    now = timezone.now()
    waiting = WebhookDelivery.objects.filter(connection_id=connection_id, state=State.WAITING, next_try_at__lte=now)
    waiting.update(next_try_at=until)


def forget_old_deliveries(now: datetime | None = None) -> int:
    """Remove what is older than ``KEPT_DAYS``; how many that were."""
    limit = (now or timezone.now()) - timedelta(days=KEPT_DAYS)
    return WebhookDelivery.objects.filter(received_at__lt=limit).delete()[0]


def _write(deliveries: Sequence[WebhookDelivery], **fields: object) -> None:
    for delivery in deliveries:
        claimed = WebhookDelivery.objects.filter(pk=delivery.pk, state=State.READING, attempts=delivery.attempts)
        claimed.update(**fields)
