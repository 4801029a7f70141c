"""What is known about one document, from all that was kept about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from integrations.models import Connection, VoucherChange


class Standing(StrEnum):
    """Where a document stands with us."""

    HERE = "here"
    ARRIVING = "arriving"
    """Here with number, date and amount; its payments or files are still to come."""
    INCOMPLETE = "incomplete"
    """Here, but something of it could not be fetched; ``reason`` is the code of that problem."""
    WITHDRAWN = "withdrawn"
    """Was here; ``reason`` is why it does not count any more."""
    EXPECTED = "expected"
    """Paid, and about to be fetched."""
    NOT_PAID = "not_paid"
    TOO_EARLY = "too_early"
    OTHER_TYPE = "other_type"
    UNREADABLE = "unreadable"
    DELETED = "deleted"
    SKIPPED = "skipped"
    """A fetch had to leave it out; ``reason`` is the code of the problem."""


@dataclass(frozen=True, slots=True)
class Found:
    """One document. ``since``: first seen. ``standing_since``: since when it stands as it does."""

    connection: Connection
    external_id: str
    number: str
    date: date | None
    contact: str
    total: Decimal | None
    currency: str
    type: str
    status: str
    standing: Standing
    reason: str = ""
    detail: str = ""
    since: datetime | None = None
    standing_since: datetime | None = None
    voucher: int | None = None
    files: int = 0
    files_expected: int = 0
    payments_read: bool = True
    changes: tuple[VoucherChange, ...] = ()

    @property
    def files_missing(self) -> int:
        """How many of its files are not here."""
        return self.files_expected - self.files


@dataclass(frozen=True, slots=True)
class Findings:
    """What was found, the best first; ``more``: there are others that are not shown."""

    documents: tuple[Found, ...]
    more: bool = False


class Outcome(StrEnum):
    """What came of asking."""

    FOUND = "found"
    FETCHING = "fetching"
    """Found and paid; its payments and files were not here yet, so a fetch was started."""
    NOT_THERE = "not_there"
    NOT_CONNECTED = "not_connected"
    TOO_OFTEN = "too_often"
    BUSY = "busy"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Asked:
    """What came of asking. ``documents``: how many there are with this number; ``error``: the code of a failure."""

    outcome: Outcome
    documents: int = 0
    error: str = ""
