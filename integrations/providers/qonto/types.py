"""What the client returns.

Amounts are signed decimals in the currency of the account (money out is negative), days are German calendar days,
moments are aware and in UTC. ``raw`` is the JSON text the values came from; fields we do not know live on there.
"""

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Account:
    """An account of an organization. ``id`` may be missing in old answers; then the IBAN names it.

    ``external``: kept at another bank and only shown by Qonto. ``closed``: nothing happens on it any more.
    """

    id: str
    slug: str
    name: str
    iban: str
    bic: str
    currency: str
    balance: Decimal | None
    external: bool
    closed: bool

    @property
    def key(self) -> str:
        """The name under which it is remembered."""
        return self.id or self.slug or self.iban


@dataclass(frozen=True, slots=True)
class Organization:
    """The organization behind a key, with its accounts."""

    organization_id: str
    company_name: str
    accounts: tuple[Account, ...]
    raw: str
    connection_id: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A transaction. ``key`` is Qonto's readable, lasting id; ``id`` is for addresses, and may be missing.

    ``settled_on`` is the German day of ``settled_at``, the booking date; None while it is pending. ``label`` is the
    counterparty as received, ``clean_name`` as Qonto tidied it. ``local_amount`` (positive) and ``local_currency`` are
    set where it was paid in another currency. ``balance`` is the account's after it was settled.
    """

    key: str
    id: str
    status: str
    amount: Decimal
    currency: str
    settled_at: dt.datetime | None
    settled_on: dt.date | None
    emitted_on: dt.date | None
    updated_at: dt.datetime | None
    label: str
    clean_name: str
    counterparty_iban: str
    counterparty_bic: str
    reference: str
    note: str
    kind: str
    local_amount: Decimal | None
    local_currency: str
    balance: Decimal | None
    attachment_ids: tuple[str, ...]
    raw: str


@dataclass(frozen=True, slots=True)
class UnreadableLine:
    """A transaction that could not be read. ``problem`` names the field; ``key`` as far as it is there."""

    key: str
    problem: str
    raw: str
    updated_at: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """One page of transactions; ``number`` counts from 1. ``last``: no page follows."""

    lines: tuple[Line, ...]
    unreadable: tuple[UnreadableLine, ...]
    number: int
    last: bool


@dataclass(frozen=True, slots=True)
class Attachment:
    """A document beside a transaction. ``url`` opens it for half an hour, to whoever has it."""

    id: str
    name: str
    content_type: str
    url: str = field(repr=False)
