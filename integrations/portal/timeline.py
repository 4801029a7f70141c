"""The history of a connection in plain words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.conf import settings
from django.db.models import Window
from django.db.models.functions import RowNumber
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from integrations.models import ConnectionEvent, Status, VoucherChange
from integrations.portal.key_words import permission_of
from integrations.words import failure, fetch_problem, in_doubt

Kind = ConnectionEvent.Kind
# So many numbers of documents are named for each fetch and each thing that became of them.
NAMED = 3


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the history: when, what, more about it, by whom (empty: by itself), the tone of its mark."""

    at: datetime
    what: str
    more: str
    who: str
    tone: str
    icon: str


def entries(events: Iterable[ConnectionEvent], reader: User) -> list[Entry]:
    """Events, newest first, as their client reads them. Mornings in a row that brought nothing are one entry.

    One query, for the numbers of the documents that the fetches brought.
    """
    shown = list(events)
    numbers = _numbers(shown)
    told: list[Entry] = []
    quiet = 0
    for event in shown:
        quiet = quiet + 1 if _nothing_new(event) else 0
        if quiet > 1:
            told[-1] = replace(told[-1], more=_("Nothing new, %(n)d times in a row.") % {"n": quiet})
            continue
        what, more, tone, icon = _words(event, numbers)
        told.append(Entry(event.at, what, more, _who(event, reader), tone, icon))
    return told


def _nothing_new(event: ConnectionEvent) -> bool:
    figures = ("created", "changed", "withdrawn", "skipped")
    return event.kind == Kind.SYNC and not event.reason and not any(event.detail.get(name) for name in figures)


Numbers = dict[tuple[object, str], list[str]]


def _numbers(events: Iterable[ConnectionEvent]) -> Numbers:
    """The first few numbers for each fetch and each thing that became of documents."""
    runs = {
        event.detail.get("run"): event.connection_id
        for event in events
        if event.kind == Kind.SYNC and isinstance(event.detail, dict) and not _nothing_new(event)
    }
    runs.pop(None, None)
    told: Numbers = defaultdict(list)
    if not runs:
        return told
    place = Window(RowNumber(), partition_by=["run", "kind"], order_by=["number", "pk"])
    changes = VoucherChange.objects.filter(run__in=runs, connection__in=set(runs.values())).exclude(number="")
    for run, kind, number in (
        changes.annotate(place=place).filter(place__lte=NAMED).order_by("place").values_list("run", "kind", "number")
    ):
        told[run, kind].append(number)
    return told


def _words(event: ConnectionEvent, numbers: Numbers) -> tuple[str, str, str, str]:
    detail = event.detail if isinstance(event.detail, dict) else {}
    provider = event.connection.provider
    if event.kind == Kind.SYNC and event.connection.is_bank:
        return _bank_fetched(event, detail)
    if event.kind == Kind.BANK:
        return (*_bank_changed(detail), "amber", "alert")
    if event.kind == Kind.SYNC:
        return _fetched(event, detail, numbers)
    if event.kind == Kind.HINT:
        return _("Lexware Office told us at once."), _hinted(detail), "grey", "check"
    if event.kind == Kind.WEBHOOKS:
        return (*_told_at_once(detail), "grey", "check")
    if event.kind == Kind.KEY_END:
        return (*_key_end(detail), "grey", "clock")
    if event.kind == Kind.ASKED:
        return _("Lexware Office was asked for a document."), _asked(detail), "grey", "check"
    if event.kind == Kind.ADVISER:
        return _access(detail), "", "grey", "check"
    if event.kind == Kind.SUPPORT:
        return _("You wrote to support."), str(detail.get("reference", "")), "grey", "mail"
    if event.kind == Kind.CALL_FAILED and event.reason == "in_doubt":
        name = {"provider": event.connection.get_provider_display()}
        words = _("%(provider)s did not accept the API key once.") % name
        return words, str(in_doubt(provider).next), "amber", "clock"
    if event.kind == Kind.CALL_FAILED:
        name = {"provider": event.connection.get_provider_display()}
        words = _("%(provider)s could not be asked.") % name
        return words, str(fetch_problem("unavailable", provider).next), "grey", "none"
    if event.kind == Kind.CHECK and event.reason:
        return _("The API key was not accepted."), _why(event, detail), "grey", "alert"
    if detail.get("former"):
        words = _("Moved from “%(old)s” to “%(new)s”.") % {
            "old": detail["former"],
            "new": detail.get("organization", ""),
        }
        stays = _("The transactions of the former account stay.")
        ends = _("The documents of the former account no longer count.")
        return words, stays if event.connection.is_bank else ends, "green", "check"
    if event.kind == Kind.CHECK and not (event.from_status == Status.FAILED and event.to_status == Status.ACTIVE):
        words = _("The API key was renewed.") if event.to_status else _("The API key was checked: it works.")
        return words, "", "green", "check"
    return _moved(event, detail)


def _moved(event: ConnectionEvent, detail: dict[str, object]) -> tuple[str, str, str, str]:
    if event.to_status == Status.FAILED:
        return _("The connection failed."), _why(event, detail), "red", "alert"
    if event.to_status == Status.ACTIVE:
        again = event.from_status == Status.FAILED
        return _("The connection works again.") if again else _("Connected."), "", "green", "check"
    if event.to_status == Status.ACTIVATE:
        return _("Connecting was begun."), "", "blue", "todo"
    return _("Disconnected. The API key was removed."), "", "grey", "none"


def _why(event: ConnectionEvent, detail: dict[str, object]) -> str:
    more = permission_of(str(detail.get("path", ""))) if event.reason == "permission_missing" else ""
    if event.reason == "organization_changed" and detail.get("organization"):
        more = _("It is a key of “%(company)s”.") % {"company": detail["organization"]}
    return f"{failure(event.reason, event.connection.provider).what} {more}".strip()


def _hinted(detail: dict[str, object]) -> str:
    number = str(detail.get("number") or _("A document without a number"))
    sentences = {
        "created": _("%(number)s was taken over."),
        "changed": _("%(number)s was brought up to date."),
        "withdrawn": _("%(number)s does not count any more."),
    }
    return sentences.get(str(detail.get("outcome")), "%(number)s") % {"number": number}


def _told_at_once(detail: dict[str, object]) -> tuple[str, str]:
    if detail.get("webhooks") == "on":
        return _("From now on Lexware Office tells us at once what changes."), ""
    return _("Lexware Office does not tell us at once what changes."), _("We look every morning, so nothing is lost.")


def _access(detail: dict[str, object]) -> str:
    sentences = {
        "invited": _("You invited us as your tax adviser."),
        "confirmed": _("We accepted the invitation as your tax adviser."),
    }
    return sentences.get(str(detail.get("access")), _("The tax adviser access is not set up any more."))


def _key_end(detail: dict[str, object]) -> tuple[str, str]:
    if "reminded_of" in detail:
        return _("We reminded you by mail that the API key ends on %(day)s.") % {"day": _day(detail["reminded_of"])}, ""
    return _("The end of the API key was entered: %(day)s.") % {"day": _day(detail.get("ends_on"))}, ""


def _day(text: object) -> str:
    try:
        return date_format(date.fromisoformat(str(text)), "DATE_FORMAT")
    except ValueError:
        return str(text or "")


def _asked(detail: dict[str, object]) -> str:
    sentences = {
        "found": _("“%(number)s” is there."),
        "fetching": _("“%(number)s” is there and was fetched."),
        "not_there": _("There is no document “%(number)s”."),
    }
    return sentences.get(str(detail.get("outcome")), _("“%(number)s”: there was no answer.")) % {
        "number": detail.get("number", "")
    }


def _bank_fetched(event: ConnectionEvent, detail: dict[str, object]) -> tuple[str, str, str, str]:
    if event.reason:
        return _interrupted(event)
    new, skipped, files = (_number(detail, name) for name in ("created", "skipped", "files"))
    parts = [ngettext("%(n)d new transaction", "%(n)d new transactions", new) % {"n": new}] if new else []
    if files:
        parts.append(ngettext("%(n)d receipt beside them", "%(n)d receipts beside them", files) % {"n": files})
    if skipped:
        parts.append(ngettext("%(n)d not taken over", "%(n)d not taken over", skipped) % {"n": skipped})
    return _("Fetched."), ", ".join(parts) or _("Nothing new."), "green", "check"


def _interrupted(event: ConnectionEvent) -> tuple[str, str, str, str]:
    why = fetch_problem(event.reason, event.connection.provider).what
    return _("A fetch was interrupted."), str(why), "amber", "alert"


def _bank_changed(detail: dict[str, object]) -> tuple[str, str]:
    values = {"transaction": detail.get("transaction", ""), "before": _said(detail, "before")}
    values["now"] = _said(detail, "now")
    words = _("“%(transaction)s” was “%(before)s”, and is “%(now)s” now. We keep it as it was, and look at it.")
    return _("The bank changed a booked transaction."), words % values


def _said(detail: dict[str, object], name: str) -> str:
    said = detail.get(name)
    return " ".join(str(value) for value in said.values() if value) if isinstance(said, dict) else ""


def _fetched(event: ConnectionEvent, detail: dict[str, object], numbers: Numbers) -> tuple[str, str, str, str]:
    if event.reason:
        return _interrupted(event)
    new, changed = _number(detail, "created"), _number(detail, "changed")
    withdrawn, skipped = _number(detail, "withdrawn"), _number(detail, "skipped")
    run = detail.get("run")
    parts = [
        _named(ngettext("%(n)d new document", "%(n)d new documents", new), new, numbers.get((run, "created"))),
        _named(
            ngettext("%(n)d changed document", "%(n)d changed documents", changed),
            changed,
            numbers.get((run, "changed")),
        ),
        _named(
            ngettext("%(n)d withdrawn document", "%(n)d withdrawn documents", withdrawn),
            withdrawn,
            numbers.get((run, "withdrawn")),
        ),
        _named(ngettext("%(n)d not taken over", "%(n)d not taken over", skipped), skipped, None),
    ]
    return _("Documents fetched."), ", ".join(filter(None, parts)) or _("Nothing new."), "grey", "check"


def _named(words: str, count: int, numbers: list[str] | None) -> str:
    """How many, and the numbers of the first few: "4 new documents (RE-1, RE-2, RE-3 …)"."""
    if not count:
        return ""
    told = words % {"n": count}
    if not numbers:
        return told
    return f"{told} ({', '.join(numbers)}{' …' if count > len(numbers) else ''})"


def _number(detail: dict[str, object], name: str) -> int:
    value = detail.get(name, 0)
    return value if isinstance(value, int) else 0


def _who(event: ConnectionEvent, reader: User) -> str:
    if event.actor is None:
        return ""
    if event.actor.pk == reader.pk:
        return _("you")
    return settings.FIRM_NAME if event.actor.is_staff else str(event.actor)
