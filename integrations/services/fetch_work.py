"""What every fetch carries with it, whoever the provider is: its connection, its run, its figures, its log of calls."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol

from django.utils import timezone

from accounts.models import Client
from integrations.models import Connection, SkippedRecord, SyncRun
from integrations.providers.calls import CallRecord
from integrations.providers.errors import ProviderError, RecordUnreadable, Unavailable
from integrations.services.call_log import keep_calls
from integrations.services.sync_queue import TurnOver, sign_of_life
from integrations.services.sync_watch import RESUMABLE, Watch

SIGN_OF_LIFE_SECONDS = 2.0
# So many records in a row without an understandable answer are not about the records any more.
OUTAGE_AFTER = 3

FIGURES = ("created", "changed", "withdrawn", "files", "requests", "rate_limited")

ProgressHook = Callable[[str, int, int], None]


def ignore_progress(phase: str, done: int, total: int) -> None:
    """Show nobody anything."""


class ProviderApi(Protocol):
    """A provider's client, as far as every fetch needs it."""

    on_call: Callable[[CallRecord], None] | None
    requests: int
    rate_limited: int


class Steps:
    """Reading from one connection, with or without a run around it.

    ``created`` and ``changed`` hold the keys of what was written. ``rows_skipped`` counts what keeps the bookmark from
    moving: rows that cannot be read, and lists that would not hold still. ``failed`` is the latest problem of one
    record alone.
    """

    api: ProviderApi

    def __init__(self, connection: Connection, api: ProviderApi, run_id: int | None = None) -> None:
        self.connection = connection
        self.client: Client = connection.client
        self.api = api
        self.run_id = run_id
        self.created: set[int] = set()
        self.changed: set[int] = set()
        self.withdrawn = 0
        self.files = 0
        self.details = 0
        self.rows_skipped = 0
        self.failed: ProviderError | None = None
        self._calls: list[tuple[datetime, CallRecord]] = []
        self._last_call = timedelta()
        self._silent_records = 0
        api.on_call = self._heard

    def write_calls(self) -> None:
        """Write the calls made since the last time into the log."""
        calls, self._calls = self._calls, []
        if calls:
            keep_calls(self.connection.pk, self.run_id, calls)

    def progress(self, phase: str, done: int, total: int, *, now: bool = False) -> None:
        """Say how far it is; nobody watches where there is no run."""

    def make_way(self) -> None:
        """Let others go first where they wait and this can go on later."""

    def expect(self, requests: int) -> None:
        """Say how many requests are still to come, as far as known."""

    def skip(self, external_id: str, number: str, reason: str, detail: str) -> None:
        """A record could not be taken over as it should; where there is no run, the next one will say so."""

    def skip_row(self, external_id: str, number: str, problem: str) -> None:
        """Record a row of the list that cannot be read; the next fetch asks for it again."""
        self.rows_skipped += 1
        self.skip(external_id, number, RecordUnreadable.code, problem)

    def attempt(self, external_id: str, number: str, step: Callable[[], None]) -> bool:
        """Do one step for one record; what is wrong with this record alone is recorded, the rest goes on.

        False where it failed. Raises what concerns more than this record: the key, the rate limit, and the third
        record in a row without an understandable answer.
        """
        try:
            step()
        except ProviderError as error:
            if not (error.who in ("record", "us") or isinstance(error, Unavailable)):
                raise
            if error.who != "record":
                self._silent_records += 1
                if self._silent_records >= OUTAGE_AFTER:
                    raise
            self.failed = error
            self.skip(external_id, number, error.code, f"{error.path} {error.message}".strip())
            return False
        self._silent_records = 0
        return True

    def _heard(self, record: CallRecord) -> None:
        self._calls.append((timezone.now(), record))
        self._last_call = timedelta(milliseconds=record.milliseconds)


class RunSteps(Steps):
    """One attempt of a run.

    The figures of an earlier attempt, whose worker died, are added to: what it did is done.
    """

    def __init__(
        self,
        run: SyncRun,
        client: Client,
        api: ProviderApi,
        watch: Watch,
        on_progress: ProgressHook = ignore_progress,
    ) -> None:
        super().__init__(run.connection, api, run.pk)
        self.run = run
        self.client = client
        self.watch = watch
        self.on_progress = on_progress
        self._expected = (0, 0)
        self._position = ("", 0, 0)
        self._said_at = 0.0
        self._before = {name: getattr(run, name) for name in FIGURES}

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
        """The figures with what stands and was neither new nor changed."""
        figures = self.figures
        return {
            **figures,
            "unchanged": max(self.standing() - figures["created"] - figures["changed"], 0),
            "requests_left": 0,
        }

    def standing(self) -> int:
        """How many records there are altogether after the fetch."""
        return 0

    def progress(self, phase: str, done: int, total: int, *, now: bool = False) -> None:
        """Say how far the fetch is; a new phase is written at once, the rest every two seconds unless ``now``.

        ``TurnOver`` where others are to have their turn and nothing is lost by it.
        """
        new_phase = phase != self._position[0]
        self._position = (phase, done, total)
        self.run.phase = phase
        # A phase with nothing to do is not worth a word: on most mornings that is every phase but the list.
        self.breathe(now=now or (new_phase and total > 0))
        self.on_progress(phase, done, total)
        if phase in RESUMABLE and self.watch.turn_is_over():
            raise TurnOver

    def breathe(self, *, now: bool = False) -> None:
        """Write a sign of life if it is time; ``RunLost`` where the run is not ours any more."""
        if not now and time.monotonic() - self._said_at < SIGN_OF_LIFE_SECONDS:
            self.watch.check(self.run)
            return
        self.note()

    def make_way(self) -> None:
        """``TurnOver`` where others wait: called where the next turn can go on without doing anything twice."""
        if self.watch.turn_is_over():
            raise TurnOver

    def expect(self, requests: int) -> None:
        """Say how many requests are still to come, as far as known; those made from now on are taken off."""
        self._expected = (requests, self.api.requests)

    @property
    def requests_left(self) -> int:
        """How many requests are still to come, as far as known."""
        expected, at = self._expected
        return max(expected - (self.api.requests - at), 0)

    def note(self, **columns: datetime) -> None:
        """Write a sign of life now, with further columns of the run."""
        phase, done, total = self._position
        self.write_calls()
        sign_of_life(
            self.run,
            phase=phase,
            done=done,
            total=total,
            requests_left=self.requests_left,
            **self.figures,
            **columns,
        )
        self._said_at = time.monotonic()

    def skip(self, external_id: str, number: str, reason: str, detail: str) -> None:
        """Record that one record could not be taken over as it should; the first reason of a run stands."""
        SkippedRecord.objects.get_or_create(
            run=self.run,
            external_id=external_id[:80],
            defaults={"number": number[:100], "reason": reason[:40], "detail": detail[:500]},
        )

    def _heard(self, record: CallRecord) -> None:
        super()._heard(record)
        self.breathe()
