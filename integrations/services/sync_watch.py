"""Whether a run may go on: whether it is still ours, and whether its turn is over."""

import time
from typing import Protocol

from django.conf import settings

from integrations.models import SyncRun
from integrations.providers.pace import SystemClock
from integrations.services.fetch_places import Worker, beat_seconds
from integrations.services.sync_queue import RunLost, make_sure_it_is_ours

# Phases that go on where they stopped. A list that is cut short begins anew.
RESUMABLE = frozenset({"payments", "documents", "transactions"})
# How long a run that was taken away may go on without noticing.
CHECK_SECONDS = 0.3


class Watch(Protocol):
    """What a run asks between its steps; cheap enough to be asked before and after every call."""

    def check(self, run: SyncRun) -> None:
        """``RunLost`` where the run is not ours any more."""

    def turn_is_over(self) -> bool:
        """Whether the run should make way for others as soon as nothing is lost by it."""


class OwnWatch(SystemClock):
    """The watch and clock of a process that does one run and nothing else: it shows the signs of life by itself."""

    def __init__(self, worker: Worker) -> None:
        self._worker = worker
        self._checked_at = float("-inf")

    def check(self, run: SyncRun) -> None:
        """Look into the database a few times a second."""
        if time.monotonic() - self._checked_at < CHECK_SECONDS / settings.LEXWARE_TIME_SCALE:
            return
        if not self._worker.beat_if_due():
            raise RunLost
        make_sure_it_is_ours(run)
        self._checked_at = time.monotonic()

    def turn_is_over(self) -> bool:
        """Somebody waits for this run: it has all the time it needs."""
        return False

    def sleep(self, seconds: float) -> None:
        """Wait, with signs of life in between."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            time.sleep(min(left, beat_seconds()))
            self._worker.beat_if_due()
