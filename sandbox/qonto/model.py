"""What a Qonto organization has: accounts, transactions, attachments, a key."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

READ = ("organization.read", "attachment.read")


def new_id() -> str:
    """Return an id as the service gives them."""
    return str(uuid.uuid4())


def id_of(name: str) -> str:
    """Return an id that is the same whenever the same world is made."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, name))


@dataclass(slots=True)
class Attachment:
    """A document beside a transaction."""

    name: str
    content: bytes
    created: datetime
    content_type: str = "application/pdf"
    id: str = field(default_factory=new_id)


@dataclass(slots=True)
class Transaction:
    """A transaction; ``cents`` are signed here, the API shows them positive with a side."""

    key: str
    cents: int
    status: str
    label: str
    reference: str | None
    kind: str
    emitted: datetime
    settled: datetime | None
    updated: datetime
    created: datetime
    counterparty_iban: str = ""
    note: str | None = None
    local_cents: int | None = None
    local_currency: str = ""
    settled_balance: int | None = None
    attachments: list[str] = field(default_factory=list)
    id: str = field(default_factory=new_id)
    # What is answered instead, field by field: for answers that nobody expects.
    instead: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Account:
    """An account of an organization; ``opening`` is what was there before its first transaction."""

    slug: str
    name: str
    iban: str
    bic: str = "QNTODEB2XXX"
    currency: str = "EUR"
    opening: int = 0
    external: bool = False
    status: str = "active"
    main: bool = False
    id: str = field(default_factory=new_id)
    transactions: dict[str, Transaction] = field(default_factory=dict)

    @property
    def balance(self) -> int:
        """What is there, settled transactions only."""
        return self.opening + sum(item.cents for item in self.transactions.values() if item.settled)

    def recount(self) -> None:
        """Give each settled transaction the balance after it."""
        balance = self.opening
        settled = [(item.settled, place, item) for place, item in enumerate(self.transactions.values()) if item.settled]
        for _moment, _place, item in sorted(settled, key=lambda entry: entry[:2]):
            balance += item.cents
            item.settled_balance = balance
        for item in self.transactions.values():
            if not item.settled:
                item.settled_balance = None


@dataclass(slots=True)
class Organization:
    """An organization with its key; ``scopes`` are what the key may read."""

    slug: str
    name: str
    login: str
    secret: str
    id: str = field(default_factory=new_id)
    revoked: bool = False
    scopes: frozenset[str] = frozenset(READ)
    accounts: dict[str, Account] = field(default_factory=dict)
    attachments: dict[str, Attachment] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """What goes into the header."""
        return f"{self.login}:{self.secret}"
