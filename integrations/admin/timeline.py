"""Everything that happened to a connection, one line each, newest first: read in parts, whatever length it has.

Each part takes the same few queries. A source that has more than it gave bounds the part from below, so that nothing
is left out between two parts.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import TypeVar

from django.db.models import Count, Model, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from integrations.admin.timeline_words import (
    Entry,
    collapse,
    delivery_entry,
    event_entry,
    request_entry,
    run_entry,
)
from integrations.models import Connection, ConnectionEvent, SyncRun, WebhookDelivery

SHOWN = 50
# Quiet deliveries become one line, however many there are.
DELIVERIES = 500
# A failed fetch writes why into the timeline in the same moment; it is one thing that happened.
SAME_MOMENT = timedelta(seconds=3)
# What a delivery led to has an entry of its own, which is kept for good.
TOLD_BY_EVENT = ("created", "changed", "withdrawn")

Kind = ConnectionEvent.Kind
M = TypeVar("M", bound=Model)

FILTERS = {
    "": _("everything"),
    "fetches": _("fetches"),
    "states": _("states and problems"),
    "webhooks": _("webhooks"),
    "key": _("key"),
    "support": _("support and questions"),
}
EVENTS: dict[str, tuple[str, ...]] = {
    "fetches": (Kind.SYNC,),
    "states": (Kind.STATUS, Kind.CALL_FAILED, Kind.BANK),
    "webhooks": (Kind.HINT, Kind.WEBHOOKS),
    "key": (Kind.CHECK, Kind.KEY_END),
    "support": (Kind.ASKED,),
}


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the timeline; ``older``: the moment from which the next part begins, None at the end."""

    entries: tuple[Entry, ...]
    older: datetime | None


def timeline(connection: Connection, *, kind: str = "", before: datetime | None = None) -> Part:
    """The newest entries before a moment. ``kind``: one of ``FILTERS``. The same number of queries for any length."""
    kind = kind if kind in FILTERS else ""
    sources = [_events(connection, kind, before)]
    if kind in ("", "fetches"):
        sources.append(_runs(connection, before))
    if kind in ("", "support"):
        requests = connection.support_requests.select_related("author")
        sources.append(_newest(requests, "created_at", before, request_entry))
    if kind in ("", "webhooks"):
        quiet = connection.deliveries.defer("body").exclude(
            Q(state=WebhookDelivery.State.DONE) & Q(outcome__in=TOLD_BY_EVENT)
        )
        sources.append(_newest(quiet, "received_at", before, delivery_entry, DELIVERIES))
    horizon = max((bound for _, bound in sources if bound), default=None)
    merged = sorted((entry for entries, _ in sources for entry in entries), key=lambda entry: entry.at, reverse=True)
    complete = [entry for entry in merged if horizon is None or entry.at >= horizon]
    told = collapse(_folded(complete))
    shown = told[:SHOWN]
    # What happened in the very same moment stays together: the next part begins before it.
    shown += [entry for entry in told[SHOWN:] if entry.at == shown[-1].at]
    older = shown[-1].first if shown and (len(told) > len(shown) or horizon is not None) else None
    return Part(tuple(shown), older)


def end_of(day: date) -> datetime:
    """The moment after which nothing of this day happened, at the firm's place."""
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))


Source = tuple[list[Entry], datetime | None]


def _newest(rows: QuerySet[M], field: str, before: datetime | None, entry: object, most: int = SHOWN) -> Source:
    """The newest entries of one source, and the moment below which it has more that is not among them."""
    if before is not None:
        rows = rows.filter(**{f"{field}__lt": before})
    found = list(rows.order_by(f"-{field}", "-pk")[: most + 1])
    entries = [entry(row) for row in found[:most]]  # type: ignore[operator]
    if len(found) <= most:
        return entries, None
    beyond = getattr(found[most], field)
    # Others of the same moment may lie beyond: they come with the next part.
    kept = [item for item in entries if item.at > beyond] or entries
    return kept, kept[-1].at


def _events(connection: Connection, kind: str, before: datetime | None) -> Source:
    """What was written down. A finished fetch and a support request have rows of their own that say more."""
    events = connection.events.select_related("actor").exclude(kind=Kind.SUPPORT)
    events = events.exclude(kind=Kind.SYNC, detail__has_key="run")
    if kind:
        events = events.filter(kind__in=EVENTS[kind])
    return _newest(events, "at", before, event_entry)


def _runs(connection: Connection, before: datetime | None) -> Source:
    runs: QuerySet[SyncRun] = connection.runs.annotate(left_out=Count("skipped"))
    return _newest(runs, "queued_at", before, run_entry)


def _folded(entries: Iterable[Entry]) -> list[Entry]:
    """Failed fetches with what was written about their failure: the answer, the request's id."""
    told = list(entries)
    failed = [entry for entry in told if entry.run and entry.run.state == SyncRun.State.FAILED]
    gone: set[int] = set()
    said: dict[int, Entry] = {}
    for run in failed:
        ended = run.run.finished_at if run.run else None
        for place, entry in enumerate(told):
            if place in gone or entry.kind != Kind.CALL_FAILED or ended is None:
                continue
            if abs(entry.at - ended) <= SAME_MOMENT:
                said[id(run)] = entry
                gone.add(place)
                break
    merged = [entry for place, entry in enumerate(told) if place not in gone]
    return [
        replace(entry, request_id=said[id(entry)].request_id, facts=(*entry.facts, *said[id(entry)].facts))
        if id(entry) in said
        else entry
        for entry in merged
    ]
