"""What a card says about one provider. Reads rows, writes none."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Client, Service
from accounts.tax import sync_start
from integrations.feed_words import FeedLine, feed_lines
from integrations.key_end_words import SOON_DAYS, countdown, days_left, tone
from integrations.models import Connection, Provider, Reason, SkippedRecord, Status, SyncRun, Webhooks
from integrations.portal.key_words import Move, missing_permission, offered_move
from integrations.services.progress import Progress
from integrations.services.progress_now import progress_of
from integrations.services.providers import DOORS
from integrations.services.sync_now import possible_again
from integrations.words import Words, failure, fetch_problem, in_doubt
from integrations.words import left_out as left_out_words
from matching.models import Sighting
from vouchers.models import Voucher

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.utils.functional import _StrPromise as Text

# A page with more than this helps nobody.
MOST_LEFT_OUT = 500
# Fetches that ended because the client disconnected: nothing to tell after connecting again.
NO_PROBLEM = ("disconnected", "not_connected", "replaced", "in_doubt")


@dataclass(frozen=True, slots=True)
class Look:
    """How a state looks: the word, the icon's name, the tone of its colour."""

    word: Text
    icon: str
    tone: str


LOOKS = {
    Status.NONE: Look(_("No Connection"), "none", "grey"),
    Status.ACTIVATE: Look(_("Activate Connection"), "todo", "blue"),
    Status.ACTIVE: Look(_("Active"), "check", "green"),
    Status.FAILED: Look(_("Connection Failed"), "alert", "red"),
}


def look_of(connection: Connection | None) -> Look:
    """The look of a connection; of no connection where nobody began one."""
    return LOOKS[Status(connection.status) if connection else Status.NONE]


def last_run(connection: Connection) -> SyncRun | None:
    """The newest fetch of a connection."""
    run = connection.runs.order_by("-queued_at", "-pk").first()
    if run is not None:
        run.connection = connection
    return run


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A document that was not taken over."""

    number: str
    words: Words


def _skipped(connection: Connection) -> QuerySet[SkippedRecord]:
    """What the newest finished fetch had to leave out. Every fetch tries all of it again, so older ones say no more."""
    newest = connection.runs.filter(state=SyncRun.State.DONE).order_by("-queued_at", "-pk").values("pk")[:1]
    return SkippedRecord.objects.filter(run__in=list(newest.values_list("pk", flat=True)))


def left_out(connection: Connection) -> list[LeftOut]:
    """The documents that are missing or incomplete here, by number, at most ``MOST_LEFT_OUT``."""
    records = _skipped(connection).order_by("number", "pk")[:MOST_LEFT_OUT]
    return [LeftOut(record.number, left_out_words(record.reason, connection.provider)) for record in records]


@dataclass(frozen=True, slots=True)
class Card:
    """Everything a card shows."""

    provider: Provider
    connection: Connection | None
    look: Look
    words: Words | None = None
    problem: Words | None = None
    progress: Progress | None = None
    documents: int = 0
    since: date | None = None
    bookkeeping: bool = False
    left_out: int = 0
    missing: str = ""
    move: Move | None = None
    key_days: int | None = None
    key_ends: str = ""
    fetch_again: datetime | None = None

    @property
    def status(self) -> str:
        """The state's code."""
        return self.connection.status if self.connection else Status.NONE

    @property
    def in_doubt(self) -> bool:
        """Whether the key was rejected once, and is asked about again."""
        return self.status == Status.ACTIVE and self.connection is not None and self.connection.doubted_at is not None

    @property
    def key_soon(self) -> bool:
        """Whether the key's end is near."""
        return self.key_days is not None and self.key_days <= SOON_DAYS

    @property
    def key_tone(self) -> str:
        """How near it is: none, soon or failed."""
        return tone(self.key_days)

    @property
    def is_bank(self) -> bool:
        """Whether it brings bank transactions instead of documents."""
        return self.provider.is_bank

    @property
    def key_has_end(self) -> bool:
        """Whether its keys live until a day that is known beforehand."""
        return DOORS[self.provider].keys_end

    @property
    def mark(self) -> str:
        """What tells the card's buttons from those of the first provider."""
        return "" if self.provider == Provider.LEXWARE else f"-{self.provider}"

    @property
    def accounts(self) -> list[FeedLine]:
        """The accounts that are read, or why not."""
        return feed_lines(self.connection) if self.connection and self.is_bank else []

    @property
    def told_at_once(self) -> bool:
        """Whether the provider tells us at once what changes, besides our looking every morning."""
        return self.connection is not None and self.connection.webhooks == Webhooks.ON

    @property
    def needs_key(self) -> bool:
        """Whether a new key is the client's way out; during an outage the old one is still good."""
        return self.connection is not None and self.connection.reason != Reason.UNREACHABLE


def _count(connection: Connection) -> int:
    """How many records of this provider are here: documents, or bank transactions."""
    if connection.is_bank:
        family = Provider(connection.provider).family
        return Sighting.objects.filter(account__client=connection.client_id, family=family).count()
    return Voucher.objects.filter(client=connection.client_id, withdrawn_at=None).count()


def card_of(client: Client, provider: Provider, connection: Connection | None, today: date) -> Card:
    """Gather what the card of one provider says today."""
    look = look_of(connection)
    since = sync_start(client, today)
    bookkeeping = client.service == Service.BOOKKEEPING
    if connection is None or connection.status in (Status.NONE, Status.ACTIVATE):
        kept = _count(connection) if connection else 0
        return Card(provider, connection, look, documents=kept, since=since, bookkeeping=bookkeeping)
    run = last_run(connection)
    active = connection.status == Status.ACTIVE
    broken = run is not None and run.state == SyncRun.State.FAILED and run.error not in NO_PROBLEM
    problem = fetch_problem(run.error, provider) if run is not None and active and broken else None
    return Card(
        provider,
        connection,
        look,
        words=failure(connection.reason, provider) if connection.status == Status.FAILED else None,
        problem=in_doubt(provider) if active and connection.doubted_at else problem,
        progress=progress_of(run),
        documents=_count(connection),
        since=connection.synced_from or since,
        bookkeeping=bookkeeping,
        left_out=_skipped(connection).count(),
        missing=missing_permission(connection) if connection.reason == Reason.PERMISSION_MISSING else "",
        move=offered_move(connection) if connection.reason == Reason.ORGANIZATION_CHANGED else None,
        key_days=days_left(connection.key_expires_on, today),
        key_ends=countdown(connection.key_expires_on, today) if connection.key_expires_on else "",
        fetch_again=possible_again(connection, timezone.now()) if active else None,
    )
