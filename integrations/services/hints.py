"""Following webhook deliveries: read the one thing that each is about, and believe what is read, not what was told.

Any number may run at the same time, also beside a fetch, and stop anywhere: a delivery is claimed and its attempt
counted before any work, and one whose reader died is due again after some minutes.
"""

import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from cryptography.fernet import InvalidToken
from django.conf import settings
from django.utils import timezone
from django_q.tasks import async_task

from integrations.models import Connection, ConnectionEvent, ConnectionSecret, Status, WebhookDelivery
from integrations.providers.errors import ProviderError
from integrations.providers.values import GERMANY
from integrations.services import connections
from integrations.services.deliveries import TASK, State, claim, due, finish, put_off, put_off_waiting
from integrations.services.sync_one import OneOutcome, fetch_one
from integrations.webhooks.events import PAYMENT_CHANGED, TOKEN_REVOKED

logger = logging.getLogger(__name__)

CHANGING = (OneOutcome.CREATED, OneOutcome.CHANGED, OneOutcome.WITHDRAWN)
RECHECK = "integrations.tasks.recheck_connection"

# An event may come before what it tells of can be read (reference: quirks 17): so much later it is looked for again.
SECOND_LOOK = timedelta(seconds=5)
# One click of a person makes several events within a moment.
ONE_CLICK = timedelta(seconds=2)
# After an outage: 1, 4, 16 minutes, then every hour; nine attempts reach through a working day.
FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=1)
MOST_ATTEMPTS = 9
# After so long a worker makes room for others, and what is left is a new task.
FOLLOW_SECONDS = 30.0
# What the minute's schedule reads by itself, before the next one comes.
LEFTOVERS_SECONDS = 45.0
LEFTOVERS = 1000

NOT_ACTIVE = "not_active"
NO_KEY = "no_key"
RECHECKED = "rechecked"
INTERNAL = "internal"
DIED = "died"


@dataclass(frozen=True, slots=True)
class _Hint:
    """Everything that was told about one thing and is followed by reading it once."""

    connection: Connection
    deliveries: Sequence[WebhookDelivery]

    @property
    def event_type(self) -> str:
        """The event that stands for all of them: the one about money, else the last."""
        types = [delivery.event_type for delivery in self.deliveries]
        return PAYMENT_CHANGED if PAYMENT_CHANGED in types else types[-1]

    @property
    def resource_id(self) -> str:
        return self.deliveries[0].resource_id

    @property
    def is_first_look(self) -> bool:
        """Whether any of it was never looked for before."""
        return any(delivery.attempts == 1 for delivery in self.deliveries)

    @property
    def happened_at(self) -> datetime:
        return max(delivery.event_at for delivery in self.deliveries)

    @property
    def about_money(self) -> bool:
        """Whether a payment or a state was told of: what decides whether a document is ours."""
        types = [delivery.event_type for delivery in self.deliveries]
        return any(kind == PAYMENT_CHANGED or kind.endswith(".status.changed") for kind in types)

    @property
    def deleted(self) -> bool:
        return any(delivery.event_type.endswith(".deleted") for delivery in self.deliveries)


def follow(connection_id: int, seconds: float = FOLLOW_SECONDS) -> int:
    """Read everything that is due for a connection, one thing after the other; how many readings that took.

    Where a payment was told of and cannot be seen yet, wait for it some seconds. Ends early after ``seconds``, and with
    the first answer that says that the rest would fare no better.
    """
    readings, end = 0, time.monotonic() + seconds
    while time.monotonic() < end:
        deliveries = claim(connection_id, timezone.now())
        if deliveries:
            readings += 1
            if not _follow(connection_id, deliveries):
                return readings
        elif not _wait_for_payments(connection_id):
            return readings
    async_task(TASK, connection_id)
    return readings


def follow_leftovers(seconds: float = LEFTOVERS_SECONDS) -> int:
    """Follow what no task followed: second looks, what waited for an outage to end, what a dead worker left behind.

    Ends after so many seconds; the next minute goes on. How many readings that took.
    """
    readings, end = 0, time.monotonic() + seconds
    waiting = due(timezone.now()).values_list("connection_id", flat=True)[:LEFTOVERS]
    for connection_id in dict.fromkeys(waiting):
        left = end - time.monotonic()
        if left <= 0:
            break
        readings += follow(connection_id, left)
    return readings


def second_look() -> timedelta:
    """How much later a thing is looked at again that does not show what was told of it."""
    return SECOND_LOOK / settings.LEXWARE_TIME_SCALE


def pause(attempts: int) -> timedelta:
    """How long to wait after so many attempts without an answer."""
    return min(FIRST_PAUSE * int(4 ** min(attempts - 1, 5)), LONGEST_PAUSE)


def _follow(connection_id: int, deliveries: Sequence[WebhookDelivery]) -> bool:
    """Follow one hint; False where nothing else of this connection can be read now."""
    connection = Connection.objects.select_related("client").get(pk=connection_id)
    hint = _Hint(connection, deliveries)
    if connection.status != Status.ACTIVE:
        finish(deliveries, State.GAVE_UP, NOT_ACTIVE)
        return True
    if min(delivery.attempts for delivery in deliveries) > MOST_ATTEMPTS:
        finish(deliveries, State.GAVE_UP, DIED)
        return True
    try:
        if hint.event_type == TOKEN_REVOKED:
            _recheck(hint)
        else:
            _read(hint)
    except ProviderError as error:
        return _failed(hint, error)
    except (InvalidToken, ConnectionSecret.DoesNotExist):
        finish(deliveries, State.GAVE_UP, NO_KEY)
    except Exception:
        # A defect of ours must not keep the other hints from being followed.
        logger.exception("a hint of connection %s could not be followed", connection_id)
        _again(hint, INTERNAL)
    return True


def _failed(hint: _Hint, error: ProviderError) -> bool:
    if error.who == "record":
        finish(hint.deliveries, State.GAVE_UP, error.code)
        return True
    if error.who == "client":
        # The key: whether it is really lost is found out by those who know how to ask.
        async_task(RECHECK, hint.connection.pk)
    until = _again(hint, error.code)
    put_off_waiting(hint.connection.pk, until)
    return False


def _recheck(hint: _Hint) -> None:
    """The key was revoked, they say. Looked at twice: it may still work for a moment."""
    try:
        connections.recheck(hint.connection, revoked=True)
    except connections.ConnectProblem:
        logger.info("connection %s was changed while its key was looked at", hint.connection.pk)
    hint.connection.refresh_from_db()
    if hint.connection.status == Status.ACTIVE and hint.is_first_look:
        put_off(hint.deliveries, timezone.now() + pause(1), RECHECKED)
    else:
        finish(hint.deliveries, State.DONE, RECHECKED)


def _read(hint: _Hint) -> None:
    day = hint.happened_at.astimezone(GERMANY).date()
    outcome = fetch_one(hint.connection, UUID(hint.resource_id), event_day=day, deleted=hint.deleted)
    if outcome in CHANGING:
        known = hint.connection.client.vouchers.filter(external_id=hint.resource_id)
        number = known.values_list("number", flat=True).first() or ""
        ConnectionEvent.objects.create(
            connection=hint.connection,
            kind=ConnectionEvent.Kind.HINT,
            detail={"event": hint.event_type, "id": hint.resource_id, "number": number, "outcome": str(outcome)},
        )
    elif hint.is_first_look and _may_come_late(hint, outcome) and not _seen_already(hint):
        put_off(hint.deliveries, timezone.now() + second_look(), outcome)
        return
    finish(hint.deliveries, State.DONE, outcome)


def _may_come_late(hint: _Hint, outcome: OneOutcome) -> bool:
    """Whether what is seen may be older than what was told of: nothing of it can be seen, though there should be."""
    if outcome == OneOutcome.GONE:
        return not hint.deleted
    if outcome == OneOutcome.NOT_OURS:
        # A document that is not paid is none of ours, and most events are about such.
        return hint.about_money or hint.deleted
    return True


def _seen_already(hint: _Hint) -> bool:
    """Whether what the same click changed has been read: of its events, the first that comes brings the change."""
    changed = WebhookDelivery.objects.filter(
        connection=hint.connection, resource_id=hint.resource_id, state=State.DONE, outcome__in=CHANGING
    )
    return all(
        changed.filter(event_at__range=(delivery.event_at - ONE_CLICK, delivery.event_at + ONE_CLICK)).exists()
        for delivery in hint.deliveries
    )


def _again(hint: _Hint, outcome: str) -> datetime:
    """Try later, ever more seldom; what was tried often enough is given up. When later is."""
    tired = [delivery for delivery in hint.deliveries if delivery.attempts >= MOST_ATTEMPTS]
    finish(tired, State.GAVE_UP, outcome)
    until = timezone.now() + pause(min(delivery.attempts for delivery in hint.deliveries))
    put_off([delivery for delivery in hint.deliveries if delivery not in tired], until, outcome)
    return until


def _wait_for_payments(connection_id: int) -> bool:
    """Sleep until the second look at a payment, where that is seconds away. Everything else waits for the schedule."""
    now = timezone.now()
    soon = WebhookDelivery.objects.filter(
        connection_id=connection_id,
        state=State.WAITING,
        event_type=PAYMENT_CHANGED,
        next_try_at__gt=now,
        next_try_at__lte=now + second_look(),
    )
    moment = soon.order_by("next_try_at").values_list("next_try_at", flat=True).first()
    if moment is None:
        return False
    time.sleep((moment - now).total_seconds())
    return True
