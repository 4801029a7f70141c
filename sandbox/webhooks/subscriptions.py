"""Event subscriptions: they belong to the key they were made with and end with it (reference: 1.3 and 15.1)."""

from __future__ import annotations

import threading
import uuid
from dataclasses import dataclass, field, replace
from datetime import datetime

from sandbox.keys import Key


@dataclass(frozen=True, slots=True)
class Subscription:
    """One event type, told to one address."""

    key: Key = field(repr=False)
    organisation_id: str
    event_type: str
    callback_url: str
    created: datetime
    id: str = field(default_factory=lambda: str(uuid.uuid4()))


class Subscriptions:
    """All subscriptions in force."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._by_organisation: dict[str, dict[str, Subscription]] = {}

    def add(self, new: Subscription) -> bool:
        """Put a subscription in force; False when the key has the same one already."""
        with self._lock:
            mine = self._by_organisation.setdefault(new.organisation_id, {})
            for item in mine.values():
                same = (item.event_type, item.callback_url) == (new.event_type, new.callback_url)
                if same and item.key is new.key:
                    return False
            mine[new.id] = new
            return True

    def of_organisation(self, organisation_id: str) -> list[Subscription]:
        """Return the subscriptions of all keys of an organisation, oldest first."""
        with self._lock:
            return list(self._by_organisation.get(organisation_id, {}).values())

    def of_key(self, key: Key) -> list[Subscription]:
        """Return the subscriptions made with a key, oldest first."""
        return [item for item in self.of_organisation(key.organisation_id) if item.key is key]

    def all(self) -> list[Subscription]:
        """Return every subscription."""
        with self._lock:
            return [item for mine in self._by_organisation.values() for item in mine.values()]

    def remove(self, gone: Subscription) -> bool:
        """End a subscription; False when it had ended already."""
        with self._lock:
            return self._by_organisation.get(gone.organisation_id, {}).pop(gone.id, None) is not None

    def pass_on(self, old: Key, new: Key) -> None:
        """Let the subscriptions of one key go on with another."""
        for item in self.of_key(old):
            self.remove(item)
            self.add(replace(item, key=new))

    def remove_of_key(self, key: Key) -> None:
        """End all subscriptions of a key."""
        for item in self.of_key(key):
            self.remove(item)

    def __contains__(self, item: Subscription) -> bool:
        with self._lock:
            return item.id in self._by_organisation.get(item.organisation_id, {})
