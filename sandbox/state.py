"""The running state of the sandbox: world, keys, clocks, limits, faults and the log of calls."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from random import Random

from sandbox.documents import render
from sandbox.events import EventLog
from sandbox.faults import Faults
from sandbox.keys import ALL_SCOPES, Key, new_token
from sandbox.later import Later
from sandbox.limiter import RATE, TokenBucket
from sandbox.requestlog import RequestLog
from sandbox.resources.list_cache import ListCache
from sandbox.world import build_world
from sandbox.world.calendar import german_day, local
from sandbox.world.model import Organisation, Paper


@dataclass(slots=True)
class Settings:
    """Switches of the control interface; the defaults are what was measured on the real service.

    ``rate_per_second``: how many calls a second an organization may make; the service may change it (reference: 2.1).
    ``limit_answer``: how a refused call looks: ``429``, ``500`` (the disguise) or ``500_null`` (its older wording).
    ``unknown_route``: ``404`` (measured) or ``403`` (documented, repeats the key).
    ``documented_nulls``: print absent fields of voucherlist rows as null, as the documentation shows them.
    ``open_amount_as_string``: print ``openAmount`` of payments as a string, as one documented sample does.
    ``files_accept_json``: let ``Accept: application/json`` download the original, as recorded in 2023.
    ``vouchers_legacy_404``: answer unknown ids of vouchers and files with the older error body.
    """

    latency_ms: int = 0
    rate_per_second: float = RATE
    limit_answer: str = "429"
    unknown_route: str = "404"
    documented_nulls: bool = False
    open_amount_as_string: bool = False
    files_accept_json: bool = False
    vouchers_legacy_404: bool = False


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
        self.events = EventLog()
        self.later = Later(time_scale)
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
