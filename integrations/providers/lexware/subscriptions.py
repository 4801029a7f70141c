"""Event subscriptions: what is sent and what comes back (reference: webhooks 15.1)."""

import json
from dataclasses import dataclass
from typing import Any

from integrations.providers import values
from integrations.providers.errors import AnswerNotUnderstood
from integrations.providers.lexware.reading import decode

PATH = "/v1/event-subscriptions"


@dataclass(frozen=True, slots=True)
class Subscription:
    """A subscription made with this key, ours or somebody else's. ``id`` is the provider's ``subscriptionId``."""

    id: str
    event_type: str
    callback_url: str


def request(event_type: str, callback_url: str) -> bytes:
    """Return the JSON that asks for a subscription."""
    return json.dumps({"eventType": event_type, "callbackUrl": callback_url}).encode()


def read_made(body: bytes) -> str:
    """Return the id of the subscription that was just made."""
    fields = decode(body)
    try:
        return values.identifier(fields.get("id") if isinstance(fields, dict) else None, "id")
    except ValueError as error:
        raise AnswerNotUnderstood(str(error)) from None


def read_list(body: bytes) -> tuple[Subscription, ...]:
    """Return the subscriptions. One that cannot be read cannot be ours: it is left out, and so left alone."""
    fields = decode(body)
    content = fields.get("content") if isinstance(fields, dict) else None
    if not isinstance(content, list):
        raise AnswerNotUnderstood("no list of subscriptions")
    return tuple(found for found in map(_subscription, content) if found)


def _subscription(item: Any) -> Subscription | None:
    if not isinstance(item, dict):
        return None
    try:
        return Subscription(
            id=values.identifier(item.get("subscriptionId"), "subscriptionId"),
            event_type=values.text(item, "eventType"),
            callback_url=values.text(item, "callbackUrl"),
        )
    except ValueError:
        return None
