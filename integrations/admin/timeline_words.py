"""The lines of a connection's timeline: what each thing was, in words for whoever sits with a client at the phone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.display import day
from integrations.models import (
    AdviserAccess,
    ConnectionEvent,
    Provider,
    Status,
    SupportRequest,
    SyncRun,
    WebhookDelivery,
)
from integrations.words import WORDS, failure, fetch_problem

Kind = ConnectionEvent.Kind

# What an event keeps beside its words, as people read it; anything else is shown under its own name.
FACTS = {
    "run": gettext_lazy("fetch"),
    "created": gettext_lazy("new"),
    "changed": gettext_lazy("changed"),
    "withdrawn": gettext_lazy("withdrawn"),
    "skipped": gettext_lazy("skipped"),
    "files": gettext_lazy("files"),
    "requests": gettext_lazy("requests"),
    "rate_limited": gettext_lazy("refused by the rate limit"),
    "reference": gettext_lazy("reference"),
    "organization": gettext_lazy("organization"),
    "organization_id": gettext_lazy("organization id"),
    "connected": gettext_lazy("connected here"),
    "former": gettext_lazy("former organization"),
    "also_connected": gettext_lazy("other clients with this organization"),
    "key": gettext_lazy("key fingerprint"),
    "message": gettext_lazy("message"),
    "status": gettext_lazy("answer"),
    "path": gettext_lazy("address"),
    "code": gettext_lazy("code"),
    "event": gettext_lazy("event"),
    "id": gettext_lazy("id"),
    "number": gettext_lazy("number"),
    "outcome": gettext_lazy("outcome"),
    "documents": gettext_lazy("documents"),
    "webhooks": gettext_lazy("webhooks"),
    "made": gettext_lazy("made"),
    "removed": gettext_lazy("removed"),
}
ICONS: dict[str, str] = {
    Kind.STATUS: "swap_horiz",
    Kind.CHECK: "key",
    Kind.CALL_FAILED: "cloud_off",
    Kind.SYNC: "sync",
    Kind.SUPPORT: "mail",
    Kind.HINT: "bolt",
    Kind.WEBHOOKS: "webhook",
    Kind.KEY_END: "event",
    Kind.ASKED: "search",
    Kind.BANK: "warning",
    Kind.ADVISER: "badge",
}
# What is said in words already is not repeated as a fact.
SAID: dict[str, tuple[str, ...]] = {
    Kind.HINT: ("number", "outcome"),
    Kind.WEBHOOKS: ("webhooks", "made", "removed"),
    Kind.ASKED: ("number", "outcome", "documents"),
    Kind.BANK: ("transaction", "id", "before", "now"),
    Kind.KEY_END: ("days", "reminded_of", "people", "before", "ends_on"),
    Kind.ADVISER: ("access",),
}
HINTED: dict[str, str | Promise] = {
    "created": gettext_lazy("taken over at once"),
    "changed": gettext_lazy("changed at once"),
    "withdrawn": gettext_lazy("withdrawn at once"),
}
WEBHOOKS: dict[str, str | Promise] = {
    "on": gettext_lazy("Lexware Office tells us at once what changes."),
    "off": gettext_lazy("Lexware Office does not tell us at once any more; every morning’s fetch finds the same."),
    "refused": gettext_lazy("Lexware Office refuses to tell us at once; every morning’s fetch finds the same."),
}
ASKED: dict[str, str | Promise] = {
    "found": gettext_lazy("found"),
    "fetching": gettext_lazy("found; it is being fetched"),
    "not_there": gettext_lazy("Lexware Office has no such document"),
    "busy": gettext_lazy("no answer: the budget of requests was taken"),
    "failed": gettext_lazy("no answer"),
}


# What a bank may say differently of a booked line.
CHANGED: dict[str, str | Promise] = {
    "amount": gettext_lazy("amount"),
    "day": gettext_lazy("day"),
    "status": gettext_lazy("state"),
}
# What came of a webhook, beside the codes of what can go wrong with a call.
OUTCOMES: dict[str, str | Promise] = {
    "created": gettext_lazy("taken over"),
    "changed": gettext_lazy("changed"),
    "unchanged": gettext_lazy("nothing new"),
    "withdrawn": gettext_lazy("withdrawn"),
    "not_ours": gettext_lazy("not needed"),
    "gone": gettext_lazy("not there"),
    "rechecked": gettext_lazy("key checked"),
    "not_active": gettext_lazy("the connection was not active"),
    "no_key": gettext_lazy("there was no key"),
    "internal": gettext_lazy("an error of ours"),
    "died": gettext_lazy("the worker died"),
}

LIVE: dict[str, str | Promise] = {
    SyncRun.State.QUEUED: gettext_lazy("Fetch waiting"),
    SyncRun.State.RUNNING: gettext_lazy("Fetch running"),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One line: when, what, the words, who, and where to look further.

    ``times`` and ``first``: how many like it in a row, and the first of them. ``kind`` is the event's, if it is one.
    """

    at: datetime
    icon: str
    tone: str
    what: str | Promise
    words: str
    who: str = ""
    request_id: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    run: SyncRun | None = None
    kind: str = ""
    quiet: bool = False
    times: int = 1
    first_at: datetime | None = None

    @property
    def first(self) -> datetime:
        """The first moment that this line tells of."""
        return self.first_at or self.at


def event_entry(event: ConnectionEvent) -> Entry:
    """A change of state, a check, a failed call, a webhook that brought something."""
    detail = event.detail if isinstance(event.detail, dict) else {}
    failed = event.to_status == Status.FAILED or event.kind == Kind.CALL_FAILED
    hidden = SAID.get(event.kind, ())
    facts = [
        (str(FACTS.get(key, key)), str(value))
        for key, value in detail.items()
        if value not in ("", None) and key not in hidden
    ]
    if event.reason:
        facts.insert(0, (str(_("reason")), event.reason))
    return Entry(
        event.at,
        ICONS.get(event.kind, "info"),
        "failed" if failed else "good" if event.to_status == Status.ACTIVE else "none",
        event.get_kind_display(),
        _words(event, detail),
        str(event.actor or "Kontor"),
        event.request_id,
        tuple(facts),
        kind=event.kind,
    )


def _words(event: ConnectionEvent, detail: dict[str, Any]) -> str:
    if event.kind == Kind.HINT:
        outcome = str(detail.get("outcome", ""))
        number = detail.get("number") or _("without number")
        return f"{number}: {HINTED.get(outcome, outcome)}"
    if event.kind == Kind.WEBHOOKS:
        return str(WEBHOOKS.get(str(detail.get("webhooks", "")), ""))
    if event.kind == Kind.ASKED:
        outcome = str(detail.get("outcome", ""))
        answered = ASKED.get(outcome, outcome or _("no answer"))
        return _("“%(number)s”: %(outcome)s") % {"number": detail.get("number", ""), "outcome": answered}
    if event.kind == Kind.KEY_END:
        return _key_end(detail)
    if event.kind == Kind.BANK:
        return _bank_changed(detail)
    if event.kind == Kind.ADVISER:
        return str(dict(AdviserAccess.choices).get(str(detail.get("access")), ""))
    words = []
    if event.from_status != event.to_status and event.to_status:
        words.append(f"{event.get_from_status_display() or '–'} → {event.get_to_status_display()}")
    if event.reason:
        say = failure if event.to_status == Status.FAILED else fetch_problem
        known = say(event.reason, event.connection.provider)
        words.append(str(known.what))
    return ". ".join(words)


def _bank_changed(detail: dict[str, Any]) -> str:
    """Which line is said to be different, and in what; not the figures: not everybody here may see bank data."""
    before, now = detail.get("before"), detail.get("now")
    names = []
    if isinstance(before, dict) and isinstance(now, dict):
        names = [str(word) for name, word in CHANGED.items() if before.get(name) != now.get(name)]
    words = _("The bank says something else of %(key)s now: %(fields)s. It is kept as it was: ask the bank.")
    return words % {"key": detail.get("transaction", ""), "fields": ", ".join(names) or "–"}


def _key_end(detail: dict[str, Any]) -> str:
    if "reminded_of" in detail:
        people, days = _whole(detail.get("people")), _whole(detail.get("days"))
        words = ngettext("%(n)d person reminded by mail", "%(n)d people reminded by mail", people) % {"n": people}
        left = ngettext("%(n)d day before the end", "%(n)d days before the end", days) % {"n": days}
        return f"{words}: {left} ({_day(detail['reminded_of'])})"
    return f"{_day(detail.get('before')) or '–'} → {_day(detail.get('ends_on'))}"


def _whole(value: object) -> int:
    return value if isinstance(value, int) else 0


def _day(text: object) -> str:
    try:
        return day(date.fromisoformat(str(text)))
    except ValueError:
        return ""


def run_entry(run: SyncRun) -> Entry:
    """A fetch: why it was started, how it ended, what it brought, what it cost. ``left_out`` is annotated."""
    failed = run.state == SyncRun.State.FAILED
    bank = run.connection.is_bank
    fetched = _("Bank transactions fetched") if bank else _("Vouchers fetched")
    what = _("Fetch broken off") if failed else LIVE.get(run.state, fetched)
    tone = "failed" if failed else "todo" if run.state in LIVE else "none"
    words = brought(run)
    if words == _("nothing new") and (run.error or run.state in LIVE):
        words = ""  # not so, or not yet
    if run.error:
        words = " ".join(filter(None, (str(fetch_problem(run.error, run.connection.provider).what), words)))
    return Entry(run.queued_at, "sync", tone, what, words, run.get_trigger_display(), run=run, facts=run_facts(run))


def run_facts(run: SyncRun) -> tuple[tuple[str, str], ...]:
    """What a fetch cost, as far as there is anything to say."""
    facts = [(str(FACTS["requests"]), str(run.requests))]
    if run.finished_at and run.started_at:
        facts.append((_("took"), duration((run.finished_at - run.started_at).total_seconds())))
    if run.rate_limited:
        facts.append((str(FACTS["rate_limited"]), str(run.rate_limited)))
    if run.attempts > 1:
        facts.append((_("attempts"), str(run.attempts)))
    return tuple(facts)


def duration(seconds: float) -> str:
    """A stretch of time as people say it: 21 s, 4 min, 2 h 5 min."""
    minutes = round(seconds / 60)
    if seconds < 60:
        return _("%(n)s s") % {"n": f"{seconds:.0f}"}
    if minutes < 60:
        return _("%(n)d min") % {"n": minutes}
    return _("%(h)d h %(m)d min") % {"h": minutes // 60, "m": minutes % 60}


def brought(run: Any) -> str:
    """What a fetch brought, in one line; nothing is left out but zeros."""
    parts = [
        ngettext("%(n)d new", "%(n)d new", run.created) % {"n": run.created} if run.created else "",
        ngettext("%(n)d changed", "%(n)d changed", run.changed) % {"n": run.changed} if run.changed else "",
        ngettext("%(n)d withdrawn", "%(n)d withdrawn", run.withdrawn) % {"n": run.withdrawn} if run.withdrawn else "",
        ngettext("%(n)d file", "%(n)d files", run.files) % {"n": run.files} if run.files else "",
        ngettext("%(n)d left out", "%(n)d left out", run.left_out) % {"n": run.left_out} if run.left_out else "",
    ]
    return ", ".join(filter(None, parts)) or _("nothing new")


def request_entry(request: SupportRequest) -> Entry:
    """What the client wrote."""
    return Entry(
        request.created_at,
        "mail",
        "todo" if request.state == SupportRequest.State.OPEN else "none",
        _("The client wrote"),
        request.message,
        str(request.author or ""),
        facts=((request.reference, request.get_state_display()),),
    )


def delivery_entry(delivery: WebhookDelivery) -> Entry:
    """A webhook that brought nothing, or that waits, or that could not be followed."""
    state = WebhookDelivery.State(delivery.state)
    tone = {WebhookDelivery.State.GAVE_UP: "soon", WebhookDelivery.State.WAITING: "todo"}.get(state, "none")
    return Entry(
        delivery.received_at,
        "webhook",
        tone,
        _("Webhook received"),
        _("nothing new") if state == WebhookDelivery.State.DONE else str(state.label),
        facts=((str(FACTS["event"]), delivery.event_type), (str(FACTS["outcome"]), outcome_words(delivery.outcome))),
        quiet=state == WebhookDelivery.State.DONE,
    )


def outcome_words(code: str) -> str:
    """What came of a webhook; a code that is not known here stays as it is."""
    words = WORDS[Provider.LEXWARE]
    problem = words.fetch_problems.get(code) or words.failures.get(code) or words.left_out.get(code)
    return str(OUTCOMES.get(code) or (problem.title if problem else code) or "–")


def collapse(entries: Sequence[Entry]) -> list[Entry]:
    """Quiet webhooks in a row as one line."""
    told: list[Entry] = []
    for entry in entries:
        last = told[-1] if told else None
        if last is None or not (entry.quiet and last.quiet):
            told.append(entry)
            continue
        times = last.times + 1
        words = ngettext("%(n)d webhook, nothing new", "%(n)d webhooks, nothing new", times) % {"n": times}
        told[-1] = replace(last, times=times, first_at=entry.at, words=words, facts=())
    return told
