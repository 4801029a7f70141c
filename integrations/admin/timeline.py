"""Everything that happened to a connection, in order of time: events, fetches, what the client wrote."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from integrations.models import Connection, ConnectionEvent, Status, SyncRun
from integrations.words import fetch_problem

SHOWN = 100
# What an event keeps beside its words, as people read it; anything else is shown under its own name.
FACTS = {
    "run": _("fetch"),
    "created": _("new"),
    "changed": _("changed"),
    "withdrawn": _("withdrawn"),
    "skipped": _("skipped"),
    "files": _("files"),
    "requests": _("requests"),
    "rate_limited": _("refused by the rate limit"),
    "reference": _("reference"),
    "organization": _("organization"),
    "message": _("message"),
    "status": _("answer"),
    "path": _("address"),
    "code": _("code"),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: when, what, the words, who, and where to look further."""

    at: datetime
    icon: str
    tone: str
    what: str | Promise
    words: str
    who: str = ""
    request_id: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    run: SyncRun | None = None


def timeline(connection: Connection) -> list[Entry]:
    """The newest hundred entries, newest first. Three queries."""
    entries = [_event(event) for event in connection.events.select_related("actor").order_by("-at", "-id")[:SHOWN]]
    entries += [_run(run) for run in connection.runs.order_by("-queued_at", "-id")[:SHOWN]]
    requests = connection.support_requests.select_related("author").order_by("-created_at")[:SHOWN]
    entries += [
        Entry(
            request.created_at,
            "mail",
            "todo",
            _("The client wrote"),
            request.message,
            str(request.author or ""),
            facts=((request.reference, request.get_state_display()),),
        )
        for request in requests
    ]
    return sorted(entries, key=lambda entry: entry.at, reverse=True)[:SHOWN]


def _event(event: ConnectionEvent) -> Entry:
    failed = event.to_status == Status.FAILED or event.kind == ConnectionEvent.Kind.CALL_FAILED
    words = ""
    if event.from_status != event.to_status and event.to_status:
        words = f"{event.get_from_status_display() or '–'} → {event.get_to_status_display()}"
    known = (event.detail or {}).items()
    facts = [(str(FACTS.get(key, key)), str(value)) for key, value in known if value not in ("", None)]
    if event.reason:
        facts.insert(0, (str(_("reason")), event.reason))
    icons = {
        ConnectionEvent.Kind.STATUS: "swap_horiz",
        ConnectionEvent.Kind.CHECK: "key",
        ConnectionEvent.Kind.CALL_FAILED: "error",
        ConnectionEvent.Kind.SYNC: "sync",
        ConnectionEvent.Kind.SUPPORT: "mail",
    }
    return Entry(
        event.at,
        icons.get(ConnectionEvent.Kind(event.kind), "info"),
        "failed" if failed else "good" if event.to_status == Status.ACTIVE else "none",
        event.get_kind_display(),
        words,
        str(event.actor or "Kontor"),
        event.request_id,
        tuple(facts),
    )


def _run(run: SyncRun) -> Entry:
    failed = run.state == SyncRun.State.FAILED
    return Entry(
        run.queued_at,
        "sync",
        "failed" if failed else "none",
        _("Vouchers fetched"),
        str(fetch_problem(run.error).what) if run.error else "",
        run=run,
    )
