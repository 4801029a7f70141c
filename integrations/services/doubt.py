"""When to believe that a key is rejected.

The service also answers 401 while it is down for a moment (reference: keys 1.3). So one 401 only puts a connection in
doubt; the next one, some minutes later, is believed, unless the same happens to many organizations at once: then it is
the service, not their keys.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Exists, OuterRef, Q

from integrations.models import CallEntry, Connection, Reason, Status

CONFIRM_AFTER = timedelta(minutes=5)
# So many organizations in doubt at the same time are not in doubt because of their keys: a doubt lasts minutes.
FLEET = 3
# A service that rejects everybody for a whole day is believed in the end; a recovery is noticed all the same.
LONGEST_DOUBT = timedelta(days=1)


def scaled(span: timedelta) -> timedelta:
    """A span as an accelerated sandbox lives it."""
    return span / settings.LEXWARE_TIME_SCALE


def confirm_at(now: datetime) -> datetime:
    """When to ask again after the first 401."""
    return now + scaled(CONFIRM_AFTER)


def ripe(connection: Connection, now: datetime) -> bool:
    """Whether the doubt is old enough for a second 401 to confirm the first."""
    return connection.doubted_at is not None and now >= confirm_at(connection.doubted_at)


def everybody_rejected(now: datetime, provider: str, connection: Connection | None = None) -> bool:
    """Whether a provider rejects everybody at this moment, rather than this one key.

    True where several organizations, ``connection`` included, are in doubt and nobody else has had a good answer since
    the last of them came into it. Two queries at most.
    """
    since = now - scaled(LONGEST_DOUBT)
    if connection is not None and connection.doubted_at is not None and connection.doubted_at < since:
        return False
    believed_to_work = Q(status=Status.ACTIVE) | Q(status=Status.FAILED, reason=Reason.UNREACHABLE)
    doubted = Connection.objects.filter(believed_to_work, provider=provider, doubted_at__gte=since).exclude(
        organization_id=""
    )
    moments = dict(doubted.values_list("organization_id", "doubted_at"))
    if connection is not None and connection.doubted_at is not None:
        moments[connection.organization_id] = connection.doubted_at
    if len(moments) < FLEET:
        return False
    return not _answered_well(provider, max(filter(None, moments.values())), set(moments))


def _answered_well(provider: str, since: datetime, doubted: set[str]) -> bool:
    good = CallEntry.objects.filter(connection=OuterRef("pk"), at__gt=since, status=200)
    others = Connection.objects.filter(provider=provider, status__in=[Status.ACTIVE, Status.FAILED])
    others = others.exclude(organization_id__in=doubted)
    # A doubted one that was answered well is not in doubt any more, and so among the others.
    return others.filter(Q(last_sync_at__gt=since) | Exists(good)).exists()
