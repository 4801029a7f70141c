"""The post office: turns events into deliveries and sees each of them through, in threads of its own."""

from __future__ import annotations

import logging
import queue
import threading
from collections import OrderedDict
from collections.abc import Callable
from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING

from sandbox.events import Event
from sandbox.keys import Key
from sandbox.webhooks.delivery import Attempt, Delivery
from sandbox.webhooks.post import post
from sandbox.webhooks.subscriptions import Subscriptions
from sandbox.webhooks.timetable import RETRIES, Reaction, reaction
from sandbox.webhooks.types import REVOKED
from sandbox.world.calendar import stamp

if TYPE_CHECKING:
    from sandbox.state import Sandbox

logger = logging.getLogger(__name__)
KEPT = 20_000
DESKS = 16
# Not promised by the service is any order, nor that an event comes once (reference: 15.3).
MOST_DELAY = 2.0
REPEATED = 0.03


class PostOffice:
    """All deliveries, newest last. Nothing here waits while the world is locked."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._lock = threading.Lock()
        self._rng = Random(f"{sandbox.seed}:webhooks")
        self._deliveries: OrderedDict[str, Delivery] = OrderedDict()
        self._desks: dict[int, queue.SimpleQueue[Callable[[], None] | None]] = {}
        self.subscriptions = Subscriptions()

    def happened(self, event: Event, only: Key | None = None) -> None:
        """Make a delivery of an event for everybody who wants it; ``only`` limits that to one key's subscriptions."""
        mode = self._sandbox.settings.webhooks
        if mode == "off":
            return
        for subscription in self.subscriptions.of_organisation(event.organisation_id):
            if subscription.event_type != event.type or (only is not None and subscription.key is not only):
                continue
            if not self._sandbox.lives(subscription.key) and only is None:
                continue
            self._accept(Delivery(subscription, event), mode)

    def _accept(self, delivery: Delivery, mode: str) -> None:
        with self._lock:
            disorder = self._sandbox.settings.webhook_disorder
            wait = self._rng.random() * MOST_DELAY if disorder else 0.0
            again = disorder and self._rng.random() < REPEATED
            delivery.state = "held" if mode == "hold" else "waiting"
            self._deliveries[delivery.id] = delivery
            while len(self._deliveries) > KEPT:
                self._deliveries.popitem(last=False)
        if mode == "hold":
            return
        self._attempt_after(delivery, wait)
        if again:
            copy = Delivery(delivery.subscription, delivery.event, repeated=True)
            with self._lock:
                self._deliveries[copy.id] = copy
            self._attempt_after(copy, wait + MOST_DELAY)

    def all(self) -> list[Delivery]:
        """Return the deliveries, oldest first."""
        with self._lock:
            return list(self._deliveries.values())

    def get(self, identity: str) -> Delivery | None:
        """Return one delivery."""
        with self._lock:
            return self._deliveries.get(identity)

    def forget(self) -> None:
        """Forget all deliveries; those that wait are not sent any more."""
        with self._lock:
            for delivery in self._deliveries.values():
                delivery.state = "dropped" if delivery.state == "waiting" else delivery.state
            self._deliveries.clear()

    def _attempt_after(self, delivery: Delivery, seconds: float) -> None:
        real = timedelta(seconds=seconds / self._sandbox.time_scale)
        delivery.next_attempt = self._sandbox.now() + real
        self._sandbox.later.do(seconds, lambda: self._hand_over(delivery, lambda: self._due(delivery, seconds)))

    def _hand_over(self, delivery: Delivery, work: Callable[[], None]) -> None:
        """Let a thread do what may take seconds; in order per subscription, unless disorder is wanted."""
        with self._lock:
            disorder = self._sandbox.settings.webhook_disorder
            number = self._rng.randrange(DESKS) if disorder else hash(delivery.subscription.id) % DESKS
            if number not in self._desks:
                self._desks[number] = queue.SimpleQueue()
                arguments = (self._desks[number],)
                threading.Thread(target=_work_off, args=arguments, name="sandbox-webhooks", daemon=True).start()
            self._desks[number].put(work)

    def stop(self) -> None:
        """Let the threads end once they have done what they are at."""
        with self._lock:
            for desk in self._desks.values():
                desk.put(None)
            self._desks.clear()

    def _due(self, delivery: Delivery, after: float) -> None:
        """Make the attempt whose time has come, unless something came between."""
        if delivery.state != "waiting":
            return
        if self._sandbox.settings.webhooks != "deliver":
            delivery.state, delivery.next_attempt = "held", None
            return
        ended = delivery.subscription not in self.subscriptions
        if ended and delivery.event.type != REVOKED:
            delivery.state, delivery.next_attempt = "dropped", None
            return
        self.send(delivery, after)

    def send(self, delivery: Delivery, after: float = 0.0) -> Attempt:
        """Make one attempt now, in this thread, and arrange what follows from it."""
        seconds = self._sandbox.settings.webhook_timeout_ms / 1000
        status, error = post(delivery.subscription.callback_url, delivery.body, delivery.signature, seconds)
        attempt = Attempt(stamp(self._sandbox.now()), round(after, 3), status, error)
        delivery.attempts.append(attempt)
        delivery.next_attempt = None
        what = reaction(status, error)
        if what is Reaction.DONE:
            delivery.state = "delivered"
        elif what is Reaction.STOP:
            delivery.state = "refused"
        elif what is Reaction.UNSUBSCRIBE:
            delivery.state = "refused"
            self.subscriptions.remove(delivery.subscription)
        elif len(delivery.attempts) > len(RETRIES):
            delivery.state = "given_up"
            if what is Reaction.RETRY_THEN_UNSUBSCRIBE:
                self.subscriptions.remove(delivery.subscription)
        else:
            delivery.state = "waiting"
            self._attempt_after(delivery, RETRIES[len(delivery.attempts) - 1])
        return attempt

    def key_ended(self, key: Key, event: Event | None = None) -> None:
        """End the subscriptions of a key; ``event`` is told to them first."""
        if event is not None:
            self.happened(event, only=key)
        self.subscriptions.remove_of_key(key)


def _work_off(desk: queue.SimpleQueue[Callable[[], None] | None]) -> None:
    """Do one thing after the other until told to end."""
    while (work := desk.get()) is not None:
        try:
            work()
        except Exception:
            logger.exception("the sandbox failed to deliver an event")
