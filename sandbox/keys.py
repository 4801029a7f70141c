"""API keys and what they may do (reference: keys 1.3, plans 1.4)."""

from __future__ import annotations

import string
from dataclasses import dataclass, field
from datetime import datetime
from random import Random

ALPHABET = string.ascii_letters + string.digits
READABLE = (
    "voucherlist",
    "vouchers",
    "invoices",
    "credit-notes",
    "down-payment-invoices",
    "quotations",
    "order-confirmations",
    "delivery-notes",
    "dunnings",
    "payments",
    "files",
    "contacts",
    "articles",
    "recurring-templates",
    "posting-categories",
    "payment-conditions",
    "print-layouts",
    "event-subscriptions",
)
WRITABLE = (
    "vouchers",
    "invoices",
    "credit-notes",
    "quotations",
    "order-confirmations",
    "delivery-notes",
    "dunnings",
    "files",
    "contacts",
    "articles",
    "event-subscriptions",
)
# Private keys' scope names are not published; these follow the pattern of the partner scopes (reference: keys 1.3).
ALL_SCOPES = frozenset([f"{name}.read" for name in READABLE] + [f"{name}.write" for name in WRITABLE])
STATES = ("valid", "expired", "revoked")


@dataclass(slots=True)
class Key:
    """An API key: the organisation it opens, its state, its scopes, and whether the plan includes the API."""

    token: str = field(repr=False)
    organisation_id: str
    connection_id: str
    created: datetime
    state: str = "valid"
    scopes: frozenset[str] = ALL_SCOPES
    plan_with_api: bool = True


def end_of(created: datetime) -> datetime:
    """Return when a key made at that moment ends by itself: 24 months later (reference: keys 1.3)."""
    try:
        return created.replace(year=created.year + 2)
    except ValueError:  # 29 February
        return created.replace(year=created.year + 2, month=3, day=1)


def new_token(rng: Random) -> str:
    """Return a token of 36 letters and digits."""
    return "".join(rng.choice(ALPHABET) for _ in range(36))


def bearer(authorization: str | None) -> str:
    """Return the token of an ``Authorization`` header, empty when there is none."""
    scheme, _, token = (authorization or "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""
