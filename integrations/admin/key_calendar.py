"""The calendar of keys: when each client's API key ends, by month, as far as the person may see them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import TruncMonth
from django.utils import timezone
from django.utils.safestring import SafeString

from accounts.display import state
from accounts.models import User
from accounts.scoping import scoped
from integrations.admin.states import connection_state
from integrations.key_end_words import countdown, days_left, tone
from integrations.models import Connection, KeyReminder, Status
from integrations.services.providers import DOORS

# A page with more rows than this helps nobody; the months above it lead on.
MOST_ROWS = 300
# Ends that are so near count as "soon" on the start page: the first reminder has gone out.
SOON_DAYS = 60


@dataclass(frozen=True, slots=True)
class Row:
    """One key: whose, when it ends, what was done about it."""

    connection: Connection
    ends: SafeString
    state: SafeString
    reminded_at: datetime | None


@dataclass(frozen=True, slots=True)
class Month:
    """A month in which keys end, and how many."""

    first: date
    keys: int

    @property
    def name(self) -> str:
        """As it stands in the address."""
        return f"{self.first:%Y-%m}"


def with_key(user: User) -> QuerySet[Connection]:
    """The connections with a key that the person may see."""
    ending = [provider for provider, door in DOORS.items() if door.keys_end]
    keyed = Connection.objects.filter(provider__in=ending, status__in=[Status.ACTIVE, Status.FAILED])
    keyed = keyed.exclude(key_fingerprint="")
    return scoped(keyed, user)


def key_end(connection: Connection, today: date) -> SafeString:
    """The countdown of a connection's key with its sign; empty where its end is not known."""
    end = connection.key_expires_on
    return state(tone(days_left(end, today)), countdown(end, today), "schedule") if end else SafeString()


def calendar(user: User, month: str) -> dict[str, Any]:
    """What the page shows: every month with its number of keys, and the rows of one month, or of all from the first on.

    ``month``: ``2026-12``, or anything else for all. Three queries, and one for those without a known end.
    """
    today = timezone.localdate()
    known = with_key(user).filter(key_expires_on__isnull=False)
    counted = known.annotate(month=TruncMonth("key_expires_on")).values("month").annotate(keys=Count("pk"))
    months = [Month(row["month"], row["keys"]) for row in counted.order_by("month")]
    chosen = next((one for one in months if one.name == month), None)
    if chosen:
        known = known.filter(key_expires_on__year=chosen.first.year, key_expires_on__month=chosen.first.month)
    last = KeyReminder.objects.filter(connection=OuterRef("pk"), ends_on=OuterRef("key_expires_on"))
    last = last.filter(sent_at__isnull=False).order_by("-sent_at")
    found = list(
        known.select_related("client")
        .annotate(reminded_at=Subquery(last.values("sent_at")[:1]))
        .order_by("key_expires_on", "client__number", "pk")[: MOST_ROWS + 1]
    )
    rows = [Row(item, key_end(item, today), connection_state(item), item.reminded_at) for item in found[:MOST_ROWS]]
    by_month = groupby(rows, key=lambda row: (row.connection.key_expires_on or today).replace(day=1))
    return {
        "months": months,
        "chosen": chosen,
        "groups": [(first, list(group)) for first, group in by_month],
        "more": len(found) > MOST_ROWS,
        "unknown": with_key(user).filter(key_expires_on=None).count(),
    }


def ending_soon(user: User) -> int:
    """How many keys end within ``SOON_DAYS``, or should have ended. One query."""
    return with_key(user).filter(key_expires_on__lte=timezone.localdate() + timedelta(days=SOON_DAYS)).count()
