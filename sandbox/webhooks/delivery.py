"""One delivery of an event to one subscription, with all its attempts."""

from __future__ import annotations

import uuid
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from sandbox.events import Event
from sandbox.http import to_json
from sandbox.signing import sign
from sandbox.webhooks.subscriptions import Subscription
from sandbox.world.calendar import stamp


def body_of(event: Event) -> bytes:
    """Write the body as it is signed and sent: compact, and without the resource itself (reference: 15.3)."""
    return to_json(
        {
            "organizationId": event.organisation_id,
            "eventType": event.type,
            "resourceId": event.resource_id,
            "eventDate": stamp(event.moment),
        }
    )


@dataclass(frozen=True, slots=True)
class Attempt:
    """One POST: when, how many seconds (of the service's clock) after the one before, and what came back.

    ``status`` is 0 where nothing was answered; ``error`` says why then.
    """

    at: str
    after_seconds: float
    status: int
    error: str = ""


@dataclass(slots=True)
class Delivery:
    """An event on its way.

    ``state``: ``waiting`` (for its first or next attempt), ``held`` (nothing is sent), ``delivered``, ``refused`` (not
    tried again), ``given_up`` (all retries used), ``dropped`` (the subscription ended before).
    """

    subscription: Subscription
    event: Event
    repeated: bool = False
    state: str = "waiting"
    attempts: list[Attempt] = field(default_factory=list)
    next_attempt: datetime | None = None
    id: str = field(default_factory=lambda: uuid.uuid4().hex[:12])
    _signature: str = field(default="", repr=False)

    @property
    def body(self) -> bytes:
        """The body, byte for byte the same at every attempt."""
        return body_of(self.event)

    @property
    def signature(self) -> str:
        """The value of ``X-Lxo-Signature``; made on first use, as most deliveries are looked at by nobody."""
        if not self._signature:
            self._signature = sign(self.body)
        return self._signature

    def as_dict(self) -> dict[str, Any]:
        """Return the fields for the control interface."""
        return {
            "id": self.id,
            "organization_id": self.event.organisation_id,
            "subscription_id": self.subscription.id,
            "callback_url": self.subscription.callback_url,
            "event_type": self.event.type,
            "resource_id": self.event.resource_id,
            "body": self.body.decode(),
            "signature": self.signature,
            "repeated": self.repeated,
            "state": self.state,
            "attempts": [asdict(item) for item in self.attempts],
            "next_attempt": stamp(self.next_attempt) if self.next_attempt else None,
        }
