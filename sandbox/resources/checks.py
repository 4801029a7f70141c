"""Reading values that a client wrote, and collecting what is wrong with them (reference: errors 5.1 and 5.2)."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from sandbox import errors
from sandbox.http import Answer, Call
from sandbox.world.calendar import german_day

FAILED = "Validation failed for request. Please see details list for specific causes."
LARGEST = Decimal(10) ** 12
MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}(Z|[+-]\d{2}:\d{2})", re.ASCII)
DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


class Findings:
    """What a validation of the newer resources found; its messages are German, as the service's are."""

    def __init__(self) -> None:
        self.details: list[dict[str, str]] = []

    def add(self, violation: str, field: str, message: str) -> None:
        """Note what is wrong with a field."""
        self.details.append({"violation": violation, "field": field, "message": message})

    def missing(self, field: str) -> None:
        """Note that a field is missing."""
        self.add("NOTNULL", field, "darf nicht null sein")

    def refuse(self, call: Call) -> None:
        """End the call with 406 when anything was found."""
        if self.details:
            now = call.sandbox.now()
            raise Answer(errors.regular(406, FAILED, path=call.request.path, now=now, details=self.details))


class Issues:
    """What a validation of contacts, files and vouchers found."""

    def __init__(self) -> None:
        self.issues: list[tuple[str, str | None]] = []

    def add(self, i18n_key: str, source: str | None) -> None:
        """Note what is wrong with a field."""
        self.issues.append((i18n_key, source))

    def missing(self, source: str) -> None:
        """Note that a field is missing."""
        self.add("missing_entity", source)

    def invalid(self, source: str) -> None:
        """Note that a field has a wrong value."""
        self.add("invalid_value", source)

    def refuse(self, status: int = 406) -> None:
        """End the call when anything was found."""
        if self.issues:
            raise Answer(errors.legacy_issues(status, self.issues))


def text_of(value: Any) -> str:
    """Return a text without blanks around it; anything else is no text."""
    return value.strip() if isinstance(value, str) else ""


def amount_of(value: Any) -> Decimal | None:
    """Return a number, which may come as text (measured); None for anything else."""
    if isinstance(value, bool) or not isinstance(value, (int, str, Decimal)):
        return None
    try:
        amount = Decimal(value)
    except InvalidOperation:
        return None
    return amount if amount.is_finite() and abs(amount) < LARGEST else None


def moment_of(value: Any) -> datetime | None:
    """Return a moment of a sales document: milliseconds and zone are mandatory (measured); None otherwise."""
    if not isinstance(value, str) or not MOMENT.fullmatch(value):
        return None
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        return None


def day_of(value: Any) -> date | None:
    """Return the day of a bookkeeping voucher's date: ``yyyy-MM-dd`` or the full form (measured); None otherwise.

    A moment without milliseconds or without zone is taken too, as published clients send it: it names its day.
    """
    if not isinstance(value, str):
        return None
    try:
        if DAY.fullmatch(value):
            return date.fromisoformat(value)
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    return german_day(moment) if moment.tzinfo else moment.date()
