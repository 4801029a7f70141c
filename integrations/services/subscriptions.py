"""Our subscriptions at the provider: made with a connection, checked daily, made again when lost, removed at its end.

Repeating it is harmless, stopping anywhere too, and nothing depends on it: without webhooks every morning's fetch finds
the same. They belong to the API key (reference: webhooks 15.1), so a new key needs new ones.
"""

import logging
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from cryptography.fernet import InvalidToken
from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django_q.tasks import async_task

from integrations.lexware import api_for, api_for_key
from integrations.models import (
    Connection,
    ConnectionEvent,
    ConnectionSecret,
    Provider,
    Status,
    SyncRun,
    Webhooks,
)
from integrations.providers.calls import CallRecord
from integrations.providers.errors import (
    NotFound,
    PermissionMissing,
    PlanWithoutApi,
    ProviderError,
    RequestRefused,
)
from integrations.providers.lexware.client import LexwareApi
from integrations.services.call_log import keep_calls
from integrations.services.key_check import error_detail, saved_key
from integrations.services.subscription_setup import Setup, of_others
from integrations.webhooks.events import WANTED

logger = logging.getLogger(__name__)

TASK = "integrations.tasks.check_subscriptions"
CHECKED_EVERY = timedelta(hours=24)
AFTER_AN_OUTAGE = timedelta(hours=1)
# Started in one minute. A check takes one call, a new connection one for each event: many would hold up the fetches.
NEW_AT_ONCE = 5
CHECKS_AT_ONCE = 30
# How long whoever disconnects waits while the subscriptions are removed: eighteen calls at two a second.
REMOVAL_SECONDS = 10.0
REAL_SERVICE = (".lexware.io", ".lexoffice.io")


def callback_url() -> str:
    """Our address as the provider must call it."""
    return settings.PUBLIC_URL + reverse("lexware-hook")


def possible() -> bool:
    """Whether webhooks can work here: deliveries can be verified, and the provider can reach us.

    The real service insists on HTTPS; a sandbox beside us takes any address.
    """
    if not settings.LEXWARE_WEBHOOK_PUBLIC_KEY:
        return False
    host = urlsplit(settings.LEXWARE_API_URL).hostname or ""
    return settings.PUBLIC_URL.startswith("https://") or not host.endswith(REAL_SERVICE)


def start_due(now: datetime | None = None) -> int:
    """Start the check of every connection whose time has come, a few at once; how many were started.

    A new connection's first list goes before: a call for each event would hold it up.
    """
    now = now or timezone.now()
    active = Connection.objects.filter(provider=Provider.LEXWARE, status=Status.ACTIVE).exclude(secret=None)
    if possible():
        listed = SyncRun.objects.filter(connection=OuterRef("pk"), listed_at__isnull=False)
        new = active.filter(Q(synced_through__isnull=False) | Exists(listed), webhooks_checked_at=None)
        old = active.filter(webhooks_checked_at__lte=now - CHECKED_EVERY).order_by("webhooks_checked_at")
        chosen = [*new.order_by("pk")[:NEW_AT_ONCE], *old[:CHECKS_AT_ONCE]]
    else:
        not_lately = Q(webhooks_checked_at=None) | Q(webhooks_checked_at__lte=now - AFTER_AN_OUTAGE)
        chosen = list(active.filter(not_lately).exclude(webhooks=Webhooks.OFF).order_by("pk")[:CHECKS_AT_ONCE])
    started = 0
    for connection in chosen:
        with transaction.atomic():
            ours = Connection.objects.filter(pk=connection.pk, webhooks_checked_at=connection.webhooks_checked_at)
            if ours.update(webhooks_checked_at=now):
                async_task(TASK, connection.pk)
                started += 1
    return started


def check(connection_id: int) -> None:
    """Make what is missing, remove what is stale, remember what there is.

    Never raises because of the provider and never fails the connection: after an outage it is tried again in an hour,
    after a refusal the next day.
    """
    connection = Connection.objects.filter(pk=connection_id, provider=Provider.LEXWARE, status=Status.ACTIVE).first()
    if connection is None:
        return
    try:
        api = api_for(connection)
    except (InvalidToken, ConnectionSecret.DoesNotExist):
        return
    with logged(api, connection_id):
        wanted = WANTED if possible() else ()
        setup = Setup(connection, api, callback_url(), wanted)
        try:
            setup.run()
        except ProviderError as error:
            setup.keep(complete=False)
            if isinstance(error, PermissionMissing | PlanWithoutApi | RequestRefused | NotFound):
                setup.refused = error
            else:
                logger.info("webhooks of connection %s: %s", connection_id, error)
                _soon_again(connection)
                return
        _say(connection, setup)
        if setup.unsure:
            _soon_again(connection)


@dataclass(frozen=True, slots=True)
class Leaving:
    """What it takes to remove a connection's subscriptions once the connection itself has no key any more."""

    connection_id: int
    organization_id: str
    api_key: str = field(repr=False)
    ids: Sequence[str]

    def remove(self, seconds: float = REMOVAL_SECONDS) -> None:
        """Remove them as far as that works at once; what stays behind tells of a client that nobody asks for."""
        if not self.ids:
            return
        api = api_for_key(self.api_key, organization_id=self.organization_id, patience=seconds, repeats=False)
        end = time.monotonic() + seconds
        with logged(api, self.connection_id):
            for identity in self.ids:
                if time.monotonic() >= end:
                    return
                try:
                    api.unsubscribe(identity)
                except ProviderError as error:
                    logger.info("subscriptions of connection %s stay behind: %s", self.connection_id, error)
                    return


def leave(connection: Connection) -> Leaving:
    """Forget a connection's subscriptions here; the caller removes them there after its commit.

    To be called in the transaction that ends the connection, after its state has changed and before its key goes: a
    check that is under way then either has recorded everything, or sees that the connection is gone.
    """
    recorded = connection.subscriptions.all()
    position = {event: place for place, event in enumerate(WANTED)}
    rows = sorted(recorded, key=lambda row: position.get(row.event_type, len(position)))
    ids = [row.external_id for row in rows]
    shared = of_others(connection, ids)
    try:
        key = saved_key(connection) or ""
    except InvalidToken:
        key = ""
    recorded.delete()
    Connection.objects.filter(pk=connection.pk).update(webhooks=Webhooks.OFF, webhooks_checked_at=None)
    mine = [identity for identity in ids if identity not in shared] if key else []
    return Leaving(connection.pk, connection.organization_id, key, mine)


def _say(connection: Connection, setup: Setup) -> None:
    """Let the connection say how it stands; the timeline, if something is different now."""
    if setup.works:
        state = Webhooks.ON
    elif setup.refused:
        state = Webhooks.REFUSED
    elif possible():
        return
    else:
        state = Webhooks.OFF
    standing = Connection.objects.filter(pk=connection.pk, status=Status.ACTIVE)
    moved = connection.webhooks != state and standing.filter(webhooks=connection.webhooks).update(webhooks=state)
    if moved or (connection.webhooks == state and (setup.made or setup.removed)):
        detail: dict[str, object] = {"webhooks": str(state), "made": len(setup.made), "removed": setup.removed}
        ConnectionEvent.objects.create(
            connection=connection,
            kind=ConnectionEvent.Kind.WEBHOOKS,
            request_id=(setup.refused.request_id if setup.refused else "")[:80],
            detail={**detail, **(error_detail(setup.refused) if setup.refused else {})},
        )


def _soon_again(connection: Connection) -> None:
    """An outage: the next check is not a day but an hour away, unless a new key asks for one at once."""
    if not possible():
        return
    earlier = timezone.now() - CHECKED_EVERY + AFTER_AN_OUTAGE
    Connection.objects.filter(pk=connection.pk, webhooks_checked_at=connection.webhooks_checked_at).exclude(
        webhooks_checked_at=None
    ).update(webhooks_checked_at=earlier)


@contextmanager
def logged(api: LexwareApi, connection_id: int) -> Iterator[None]:
    """Keep the calls of this block in the connection's log."""
    calls: list[tuple[datetime, CallRecord]] = []
    api.on_call = lambda record: calls.append((timezone.now(), record))
    try:
        yield
    finally:
        keep_calls(connection_id, None, calls)
