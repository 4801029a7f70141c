"""The running state of the sandbox: world, keys, clocks, limits, faults and the log of calls."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random

from sandbox.documents import render
from sandbox.events import Event, EventLog
from sandbox.faults import Faults
from sandbox.keys import ALL_SCOPES, Key, end_of, new_token
from sandbox.later import Later
from sandbox.limiter import TokenBucket
from sandbox.past import Past
from sandbox.qonto.making import demo
from sandbox.qonto.office import Office
from sandbox.requestlog import RequestLog
from sandbox.resources.list_cache import ListCache
from sandbox.settings import Settings
from sandbox.webhooks.office import PostOffice
from sandbox.webhooks.types import REVOKED
from sandbox.world import build_world
from sandbox.world.calendar import german_day, local
from sandbox.world.model import Organisation, Paper


class Sandbox:
    """Everything that requests read and change; ``lock`` guards the world.

    ``today`` is the day on whose morning the world stands. The clock is the real one, so that a client's idea of what
    changed since its last visit fits, also when the world is older; it never shows a day before ``today``.
    ``time_scale`` speeds up the refill of the rate limit, ``monotonic`` is its clock.
    """

    def __init__(
        self,
        *,
        seed: int = 1,
        kind: str = "demo",
        time_scale: float = 1.0,
        today: date | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        real_day = german_day(datetime.now(UTC))
        self.today = today or real_day
        self._shift = timedelta(days=max(0, (self.today - real_day).days))
        self.seed = seed
        self.time_scale = time_scale
        self.monotonic = monotonic
        self.lock = threading.RLock()
        self.settings = Settings()
        self.faults = Faults(seed)
        self.log = RequestLog()
        self.lists = ListCache()
        self.past = Past()
        self.events = EventLog()
        self.later = Later(time_scale)
        self.webhooks = PostOffice(self)
        self.qonto = Office(seed=seed, time_scale=time_scale, monotonic=monotonic, shift=self._shift)
        if kind == "demo":
            demo(self.qonto, seed, local(self.today, 5))
        self.world = build_world(seed=seed, today=self.today, kind=kind)
        self.keys: dict[str, Key] = {}
        self.special_keys: dict[str, str] = {}
        self.main_keys: dict[str, str] = {}
        self._buckets: dict[str, TokenBucket] = {}
        self._make_keys()

    def now(self) -> datetime:
        """Return the current moment, aware, in UTC."""
        return datetime.now(UTC) + self._shift

    def current_day(self) -> date:
        """Return the day that a German wall calendar shows now; documents due before it are overdue."""
        return german_day(self.now())

    def bucket(self, organisation_id: str) -> TokenBucket:
        """Return the rate limit of an organisation."""
        with self.lock:
            if organisation_id not in self._buckets:
                self._buckets[organisation_id] = TokenBucket(
                    self.monotonic, self.time_scale, lambda: self.settings.rate_per_second
                )
            return self._buckets[organisation_id]

    def lives(self, key: Key) -> bool:
        """Say whether a key opens anything now; one that is 24 months old has expired, with its subscriptions."""
        if key.state == "valid" and self.now() >= end_of(key.created):
            self.end_key(key, "expired")
        return key.state == "valid"

    def end_key(self, key: Key, state: str) -> None:
        """Take a key out of use; its subscriptions end with it, a revoked one tells them so first."""
        event = None
        if state == "revoked" and key.state != "revoked":
            event = Event(key.organisation_id, REVOKED, key.connection_id, self.now())
            self.events.add(event)
        key.state = state
        self.webhooks.key_ended(key, event)

    def renew_key(self, old: Key, rng: Random, *, keep_subscriptions: bool) -> Key:
        """Replace a key by a new one of the same connection, permissions and plan, and return that.

        Whether the service keeps the subscriptions is not known (reference: quirks 18.20).
        """
        new = replace(old, token=new_token(rng), created=self.now(), state="valid")
        with self.lock:
            if keep_subscriptions:
                self.webhooks.subscriptions.pass_on(old, new)
            self.end_key(old, "expired")
            self.keys[new.token] = new
            if self.main_keys.get(new.organisation_id) == old.token:
                self.main_keys[new.organisation_id] = new.token
        return new

    def organisation_of(self, key: Key) -> Organisation:
        """Return the organisation that a key opens."""
        return self.world.organisations[key.organisation_id]

    def render(self, paper: Paper, extension: str) -> bytes:
        """Return the bytes of a receipt or sales document."""
        return render(paper, extension)

    def add_key(self, organisation: Organisation, rng: Random, created: datetime) -> Key:
        """Create a valid key for an organisation and make it the one shown for it."""
        connection = f"{rng.getrandbits(32):08x}-0000-4000-8000-{rng.getrandbits(48):012x}"
        key = Key(new_token(rng), organisation.id, connection, created)
        with self.lock:
            self.keys[key.token] = key
            self.main_keys[organisation.id] = key.token
        return key

    def _make_keys(self) -> None:
        organisations = list(self.world.organisations.values())
        for organisation in (item for item in organisations if item.listed):
            rng = Random(f"{self.seed}:key:{organisation.id}")
            self.add_key(organisation, rng, organisation.created)
        rng = Random(f"{self.seed}:special keys")
        owner = next(item for item in organisations if not item.listed)
        for name in ("expired", "plan_without_api", "permission_missing"):
            self.special_keys[name] = self.add_key(owner, rng, owner.created).token
        self.keys[self.special_keys["expired"]].state = "expired"
        self.keys[self.special_keys["expired"]].created = local(date(self.today.year - 3, 1, 7), 9)
        self.keys[self.special_keys["plan_without_api"]].plan_with_api = False
        self.keys[self.special_keys["permission_missing"]].scopes = ALL_SCOPES & {
            "voucherlist.read",
            "invoices.read",
            "credit-notes.read",
            "down-payment-invoices.read",
        }
