"""What happened in the world, in the words of the service (reference: event types 15.2).

Whoever changes the world, through the API or the control interface, says so by ``emit``, once per event.
"""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sandbox.state import Sandbox
    from sandbox.world.model import Organisation

KEPT = 20_000


@dataclass(frozen=True, slots=True)
class Event:
    """One event: its type such as ``voucher.created``, the resource it is about, and when it happened."""

    organisation_id: str
    type: str
    resource_id: str
    moment: datetime


class EventLog:
    """The latest events, oldest first."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._events: deque[Event] = deque(maxlen=KEPT)

    def add(self, event: Event) -> None:
        """Record one event."""
        with self._lock:
            self._events.append(event)

    def all(self, organisation_id: str | None = None) -> list[Event]:
        """Return the recorded events of one organisation, or of all."""
        with self._lock:
            return [event for event in self._events if organisation_id in (None, event.organisation_id)]


def emit(sandbox: Sandbox, organisation: Organisation, event_type: str, resource_id: str) -> None:
    """Say that something happened to a resource of an organisation; the one place where events begin.

    To be called with ``sandbox.lock`` held, as every change of the world is made.
    """
    organisation.revision += 1
    event = Event(organisation.id, event_type, resource_id, sandbox.now())
    sandbox.events.add(event)
    sandbox.webhooks.happened(event)
