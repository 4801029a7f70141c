"""The history of a bank account, for people: what happened, who did it, and what changed, in words."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db.models import DateField
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from accounts.display import day
from matching.models import BankAccount, BankAccountEvent

# The kind of the event says these.
SAID = frozenset({"is_private", "state"})


@dataclass(frozen=True, slots=True)
class Change:
    """A fact of an account that somebody changed."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that happened, with what changed by it."""

    event: BankAccountEvent
    changes: tuple[Change, ...]


def history(account: BankAccount, most: int = 100) -> list[Entry]:
    """What happened to an account, the latest first. Two queries."""
    events = list(account.events.select_related("actor").order_by("-at", "-pk")[:most])
    named = {pk for event in events for pk in event.detail.get("successor_id", []) if pk}
    accounts = {row.pk: str(row) for row in BankAccount.objects.filter(pk__in=named, client=account.client_id)}
    return [Entry(event, tuple(_changes(event.detail.items(), accounts))) for event in events]


def _changes(detail: Iterable[tuple[str, Any]], accounts: dict[int, str]) -> Iterator[Change]:
    for name, (before, after) in detail:
        if name in SAID:
            continue
        yield Change(_name(name), _value(name, before, accounts), _value(name, after, accounts))


def _name(name: str) -> str:
    try:
        return capfirst(str(BankAccount._meta.get_field(name).verbose_name))  # type: ignore[union-attr]
    except FieldDoesNotExist:
        return name


def _value(name: str, value: Any, accounts: dict[int, str]) -> str:
    if value in (None, ""):
        return _("nothing")
    if name == "successor_id":
        return accounts.get(value, _("another account"))
    try:
        is_day = isinstance(BankAccount._meta.get_field(name), DateField)
    except FieldDoesNotExist:
        is_day = False
    return day(date.fromisoformat(value)) if is_day else str(value)
