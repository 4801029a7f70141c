"""Which events we want to hear of, and what a delivery says (reference: webhooks 15.2, 15.3). Pure."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import simplejson

from integrations.providers import values

PAYMENT_CHANGED = "payment.changed"
TOKEN_REVOKED = "token.revoked"  # noqa: S105 - the name of an event
# The documents with payments; orders and quotations are of no use to us.
DOCUMENTS = ("voucher", "invoice", "credit-note", "down-payment-invoice")
CHANGES = ("created", "changed", "deleted", "status.changed")
# The most useful first: whatever keeps the rest from being made, this one is there.
WANTED = (PAYMENT_CHANGED, TOKEN_REVOKED, *(f"{kind}.{change}" for kind in DOCUMENTS for change in CHANGES))

# The provider repeats for 41 hours (reference: delivery 15.3); what is older was not sent by it just now.
OLDEST = timedelta(hours=48)
# How far the provider's clock may be ahead of ours.
AHEAD = timedelta(minutes=10)


class Malformed(ValueError):
    """Not a delivery at all."""


@dataclass(frozen=True, slots=True)
class Event:
    """What a delivery says. ``resource_id`` is a document's id, or the connection's where the key was revoked.

    ``at`` is the provider's moment, ``digest`` the SHA-256 of the body.
    """

    organization_id: str
    type: str
    resource_id: str
    at: datetime
    digest: str


def read(body: bytes) -> Event:
    """Return what a delivery says; ``Malformed`` for anything else. Unknown fields are left alone."""
    try:
        fields: Any = simplejson.loads(body.decode("utf-8-sig"), use_decimal=True)
        if not isinstance(fields, Mapping):
            raise ValueError("not an object")
        at = values.moment(fields, "eventDate")
        if at is None:
            raise ValueError("eventDate: nothing is not a moment")
        return Event(
            organization_id=values.identifier(fields.get("organizationId"), "organizationId"),
            type=values.text(fields, "eventType"),
            resource_id=values.identifier(fields.get("resourceId"), "resourceId"),
            at=at,
            digest=hashlib.sha256(body).hexdigest(),
        )
    except (ValueError, RecursionError) as error:
        raise Malformed(str(error)) from None


def is_useful(event: Event, now: datetime) -> bool:
    """Tell whether an event is one that we asked for, about something that can be read, and happened just now."""
    if event.type not in WANTED or not now - OLDEST <= event.at <= now + AHEAD:
        return False
    return event.type == TOKEN_REVOKED or _is_uuid(event.resource_id)


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
