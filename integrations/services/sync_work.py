"""What one fetch carries with it: the run, the client of Lexware Office, what it found so far."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from accounts.models import Client
from integrations.models import SkippedRecord, SyncRun
from integrations.providers.lexware.client import LexwareApi
from integrations.providers.lexware.errors import LexwareError, RecordUnreadable, Unavailable
from integrations.services.sync_queue import make_sure_it_is_ours, sign_of_life
from vouchers import raw

PROVIDER = "lexware"
SIGN_OF_LIFE_SECONDS = 2.0
# So many records in a row without an understandable answer are not about the records any more.
OUTAGE_AFTER = 3

FIGURES = ("created", "changed", "withdrawn", "files", "requests", "rate_limited")

ProgressHook = Callable[[str, int, int], None]


def ignore_progress(phase: str, done: int, total: int) -> None:
    """Show nobody anything."""


@dataclass(slots=True)
class Work:
    """One attempt of a run. ``created`` and ``changed`` hold the keys of vouchers.

    The figures of an earlier attempt, whose worker died, are added to: what it did is done.
    """

    run: SyncRun
    client: Client
    api: LexwareApi
    on_progress: ProgressHook = ignore_progress
    created: set[int] = field(default_factory=set)
    changed: set[int] = field(default_factory=set)
    withdrawn: int = 0
    files: int = 0
    details: int = 0
    rows_skipped: int = 0
    _position: tuple[str, int, int] = ("", 0, 0)
    _said_at: float = 0.0
    _silent_records: int = 0
    _before: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._before = {name: getattr(self.run, name) for name in FIGURES}
        self.api.on_call = lambda record: self.breathe()

    @property
    def figures(self) -> dict[str, int]:
        """What the run's row shows."""
        own = {
            "created": len(self.created),
            "changed": len(self.changed - self.created),
            "withdrawn": self.withdrawn,
            "files": self.files,
            "requests": self.api.requests,
            "rate_limited": self.api.rate_limited,
        }
        return {name: self._before[name] + own[name] for name in FIGURES}

    @property
    def final_figures(self) -> dict[str, int]:
        """The figures with the vouchers that stand and were neither new nor changed."""
        figures = self.figures
        standing = self.client.vouchers.filter(withdrawn_at__isnull=True).count()
        return {**figures, "unchanged": max(standing - figures["created"] - figures["changed"], 0)}

    def progress(self, phase: str, done: int, total: int, *, now: bool = False) -> None:
        """Say how far the fetch is; a new phase is written at once, the rest every two seconds unless ``now``."""
        new_phase = phase != self._position[0]
        self._position = (phase, done, total)
        self.breathe(now=now or new_phase)
        self.on_progress(phase, done, total)

    def breathe(self, *, now: bool = False) -> None:
        """Write a sign of life if it is time; ``RunLost`` where the run is not ours any more."""
        if not now and time.monotonic() - self._said_at < SIGN_OF_LIFE_SECONDS:
            make_sure_it_is_ours(self.run)
            return
        phase, done, total = self._position
        sign_of_life(self.run, phase=phase, done=done, total=total, **self.figures)
        self._said_at = time.monotonic()

    def skip(self, external_id: str, number: str, reason: str, detail: str) -> None:
        """Record that one voucher could not be taken over as it should; the first reason of a run stands."""
        SkippedRecord.objects.get_or_create(
            run=self.run,
            external_id=external_id[:80],
            defaults={"number": number[:100], "reason": reason[:40], "detail": detail[:500]},
        )

    def skip_row(self, external_id: str, number: str, problem: str) -> None:
        """Record a row of the list that cannot be read; the next fetch asks for it again."""
        self.rows_skipped += 1
        self.skip(external_id, number, RecordUnreadable.code, problem)

    @contextmanager
    def keeping(self, kind: str, external_id: str) -> Iterator[None]:
        """Keep the answer of a call in this block as it came also where it cannot be read."""
        try:
            yield
        except RecordUnreadable as error:
            if error.raw:
                raw.keep(self.client, PROVIDER, kind, external_id, error.raw)
            raise

    def attempt(self, external_id: str, number: str, step: Callable[[], None]) -> bool:
        """Do one step for one voucher; what is wrong with this voucher alone is recorded, the rest goes on.

        False where it failed. Raises what concerns more than this voucher: the key, the rate limit, and the third
        voucher in a row without an understandable answer.
        """
        try:
            step()
        except LexwareError as error:
            if not (error.who in ("record", "us") or isinstance(error, Unavailable)):
                raise
            if error.who != "record":
                self._silent_records += 1
                if self._silent_records >= OUTAGE_AFTER:
                    raise
            self.skip(external_id, number, error.code, f"{error.path} {error.message}".strip())
            return False
        self._silent_records = 0
        return True
