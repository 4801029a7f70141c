"""A crew: one process that works off the fetches of many connections at once, for some minutes.

Each run has a thread. Nearly all of them wait at any moment, for the budget of their organization or for an answer;
the permits see to it that those who do not are few. After its turn a crew gives back what is not done and calls the
next one, so that a restart never waits for long, and the hours of a first fetch are shared with everybody else.
"""

import logging
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from django.db import connection
from django.db.models import QuerySet

from integrations.models import SyncRun
from integrations.providers.pace import SystemClock
from integrations.services import fetch_places, sync_queue
from integrations.services.fetch_places import Worker
from integrations.services.permits import Line, Permits
from integrations.services.sync import DATABASE_AWAY, carry_out
from integrations.services.sync_queue import RunLost, TurnOver
from integrations.services.sync_watch import RESUMABLE

logger = logging.getLogger(__name__)

# With the grace below well inside the time limit of a task. Every turn costs a first fetch a second of its limit.
TURN_SECONDS = 180.0
# What does not end after its turn, a file that drips in for example, is left behind.
GRACE_SECONDS = 330.0
LOOK_SECONDS = 0.25
# A run that still lists loses its list when it is given back: it may wait a little longer than the others.
LISTING_MAY_WAIT = 5.0
# A first fetch is not begun towards the end of a turn: the others would wait for its list.
LAST_LONG_RUN = 0.75

SEATS = 128
TAKEN_AT_ONCE = 16
PERMITS = 8
# One of so many seats is kept for connections that were never fetched completely, while others wait as well.
SEATS_PER_LONG_RUN = 8
# Runs that were in a crash are worked on in ever smaller company, so that the one that kills its worker ends up alone.
SUSPECTS_TOGETHER = {1: 12}


def work_off() -> None:
    """Take a place and work there for a turn; where all places are taken, nothing happens."""
    sync_queue.release_dead_runs()
    worker = fetch_places.take_place()
    if worker is None:
        return
    crew = Crew(worker)
    with _ending_early(crew.end):
        try:
            crew.work()
        finally:
            worker.sign_off()
            sync_queue.wake()


class Crew:
    """The threads of one worker at one place: at most ``seats``, for a ``turn`` of so many seconds."""

    def __init__(self, worker: Worker, *, turn: float = TURN_SECONDS, seats: int = SEATS) -> None:
        self._worker = worker
        self._turn = turn
        self._seats = seats
        self._over = threading.Event()
        self._ended = threading.Event()
        self._struck_off = threading.Event()
        self._permits = Permits(PERMITS)
        self._line = Line(self._permits, seats)
        # The runs under way, and which of them are long; only the main thread adds.
        self._active: dict[int, bool] = {}
        self._lost: frozenset[int] = frozenset()

    def work(self) -> None:
        """Work until nothing waits, or until the turn is over and what was under way is given back."""
        heart = threading.Thread(target=self._beat, name="signs of life", daemon=True)
        heart.start()
        try:
            self._work()
        finally:
            self._over.set()
            self._ended.set()
            heart.join()
            if not self._active:
                self._permits.close()

    def end(self) -> None:
        """End the turn now."""
        self._over.set()

    def check(self, run: SyncRun) -> None:
        """``RunLost`` where the run is not ours any more, as the last look into the database said."""
        if run.pk in self._lost or self._struck_off.is_set():
            raise RunLost

    def turn_is_over(self) -> bool:
        """Whether what is under way should be given back."""
        return self._over.is_set()

    def wait(self, run: SyncRun, seconds: float) -> None:
        """Wait without a permit; ``TurnOver`` where the turn ends meanwhile and the run loses nothing by it."""
        end = time.monotonic() + seconds
        with self._permits.put_down():
            ended = self._over.wait(seconds)
            left = end - time.monotonic()
            stop = ended and left > 0 and (run.phase in RESUMABLE or left > LISTING_MAY_WAIT)
            if left > 0 and not stop:
                time.sleep(left)
        if stop:
            raise TurnOver
        self.check(run)

    def _work(self) -> None:
        began = time.monotonic()
        suspects, waiting = _company()
        rescued_at = began
        while True:
            passed = time.monotonic() - began
            if passed >= self._turn:
                self._over.set()
            # Seen before we look for more: a run may end, and make room, while we look.
            busy = bool(self._active)
            taken = 0
            try:
                if not self._over.is_set():
                    taken = self._take(suspects, waiting, long=passed < self._turn * LAST_LONG_RUN)
                self._look()
                if time.monotonic() - rescued_at > fetch_places.beat_seconds():
                    sync_queue.release_dead_runs()
                    rescued_at = time.monotonic()
            except DATABASE_AWAY:
                logger.exception("the database did not answer")
                connection.close()
            if not busy and not taken:
                return
            if passed > self._turn + GRACE_SECONDS:
                logger.error("fetches were left behind: %s", sorted(self._active))
                return
            time.sleep(LOOK_SECONDS)

    def _take(self, suspects: int, waiting: QuerySet[SyncRun], *, long: bool) -> int:
        """Begin with runs that wait; how many. Short ones first, but long ones always have some of the seats."""
        together = suspects or self._seats
        room = min(TAKEN_AT_ONCE, together - len(self._active), self._permits.size - self._permits.wanted)
        if room < 1:
            return 0
        others = waiting.exclude(pk__in=list(self._active)).order_by("queued_at", "pk")
        if suspects:
            return self._begin(others, room)
        known = others.filter(connection__synced_through__isnull=False)
        new = others.filter(connection__synced_through__isnull=True)
        kept = self._seats // SEATS_PER_LONG_RUN - sum(list(self._active.values()))
        taken = self._begin(new, min(room, kept)) if long else 0
        taken += self._begin(known, room - taken)
        return taken + (self._begin(new, room - taken) if long else 0)

    def _begin(self, waiting: QuerySet[SyncRun], room: int) -> int:
        runs = sync_queue.claim_some(waiting, room, self._worker.key)
        for run in runs:
            self._active[run.pk] = run.connection.synced_through is None
            threading.Thread(target=self._carry_out, args=(run,), name=f"fetch {run.pk}", daemon=True).start()
        return len(runs)

    def _carry_out(self, run: SyncRun) -> None:
        try:
            with self._permits.held():
                carry_out(run, self, clock=_Waiting(self, run), session=self._line.session())
        except Exception:
            # What has no end is found by the next look, and begun again.
            logger.exception("fetch %s broke off", run.pk)
        finally:
            self._active.pop(run.pk)

    def _look(self) -> None:
        """See which runs were taken away from us, and release those that broke off without an end."""
        before = frozenset(self._active)
        ours = sync_queue.ours(self._worker.key)
        self._lost = before - ours
        broken_off = ours - before - set(self._active)
        if broken_off:
            sync_queue.abandon(sorted(broken_off), self._worker.key)

    def _beat(self) -> None:
        try:
            while not self._ended.wait(fetch_places.beat_seconds()):
                try:
                    if not self._worker.beat():
                        logger.error("this crew was taken for dead; its fetches go on elsewhere")
                        self._struck_off.set()
                        self._over.set()
                        return
                except DATABASE_AWAY:
                    logger.exception("no sign of life could be written")
                    connection.close()
        finally:
            connection.close()


class _Waiting(SystemClock):
    """The clock of one run of a crew: whoever waits makes room."""

    def __init__(self, crew: Crew, run: SyncRun) -> None:
        self._crew = crew
        self._run = run

    def sleep(self, seconds: float) -> None:
        """Wait; raises what ends the run early."""
        self._crew.wait(self._run, seconds)


def _company() -> tuple[int, QuerySet[SyncRun]]:
    """What this crew works on, by the run that has waited longest: how many suspects at once (0: none), and which."""
    queued = SyncRun.objects.filter(state=SyncRun.State.QUEUED)
    attempts = queued.order_by("queued_at", "pk").values_list("attempts", flat=True).first() or 0
    return SUSPECTS_TOGETHER.get(attempts, 1) if attempts else 0, queued.filter(attempts=attempts)


@contextmanager
def _ending_early(end: Callable[[], None]) -> Iterator[None]:
    """Let SIGTERM end the turn in good order before it ends the process."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    asked: list[int] = []

    def note(number: int, frame: FrameType | None) -> None:
        asked.append(number)
        end()

    before = signal.signal(signal.SIGTERM, note)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
        if asked:
            signal.raise_signal(signal.SIGTERM)
