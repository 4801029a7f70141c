"""The history of a connection in plain words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from integrations.models import ConnectionEvent, Status
from integrations.portal.key_words import permission_of
from integrations.words import failure, fetch_problem

Kind = ConnectionEvent.Kind


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
    """Events, newest first, as their client reads them. Mornings in a row that brought nothing are one entry."""
    told: list[Entry] = []
    quiet = 0
    for event in events:
        quiet = quiet + 1 if _nothing_new(event) else 0
        if quiet > 1:
            told[-1] = replace(told[-1], more=_("Nothing new, %(n)d times in a row.") % {"n": quiet})
            continue
        what, more, tone, icon = _words(event)
        told.append(Entry(event.at, what, more, _who(event, reader), tone, icon))
    return told


def _nothing_new(event: ConnectionEvent) -> bool:
    figures = ("created", "changed", "withdrawn", "skipped")
    return event.kind == Kind.SYNC and not event.reason and not any(event.detail.get(name) for name in figures)


def _words(event: ConnectionEvent) -> tuple[str, str, str, str]:
    detail = event.detail if isinstance(event.detail, dict) else {}
    if event.kind == Kind.SYNC:
        return _fetched(event, detail)
    if event.kind == Kind.SUPPORT:
        return _("You wrote to support."), str(detail.get("reference", "")), "grey", "mail"
    if event.kind == Kind.CALL_FAILED:
        return _("Lexware Office could not be asked."), str(fetch_problem("unavailable").next), "grey", "none"
    if event.kind == Kind.CHECK and event.reason:
        return _("The API key was not accepted."), _why(event, detail), "grey", "alert"
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
    missing = permission_of(str(detail.get("path", ""))) if event.reason == "permission_missing" else ""
    return f"{failure(event.reason).what} {missing}".strip()


def _fetched(event: ConnectionEvent, detail: dict[str, object]) -> tuple[str, str, str, str]:
    if event.reason:
        return _("A fetch was interrupted."), str(fetch_problem(event.reason).what), "amber", "alert"
    new, changed = _number(detail, "created"), _number(detail, "changed")
    withdrawn, skipped = _number(detail, "withdrawn"), _number(detail, "skipped")
    parts = [
        ngettext("%(n)d new document", "%(n)d new documents", new) % {"n": new} if new else "",
        ngettext("%(n)d changed document", "%(n)d changed documents", changed) % {"n": changed} if changed else "",
        ngettext("%(n)d withdrawn document", "%(n)d withdrawn documents", withdrawn) % {"n": withdrawn}
        if withdrawn
        else "",
        ngettext("%(n)d not taken over", "%(n)d not taken over", skipped) % {"n": skipped} if skipped else "",
    ]
    return _("Documents fetched."), ", ".join(filter(None, parts)) or _("Nothing new."), "grey", "check"


def _number(detail: dict[str, object], name: str) -> int:
    value = detail.get(name, 0)
    return value if isinstance(value, int) else 0


def _who(event: ConnectionEvent, reader: User) -> str:
    if event.actor is None:
        return ""
    if event.actor.pk == reader.pk:
        return _("you")
    return settings.FIRM_NAME if event.actor.is_staff else str(event.actor)
