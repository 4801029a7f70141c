"""Runs the queue's processes, watches over them, and replaces all of them when they stand still."""

import contextlib
import logging
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from django.db import DatabaseError, connection
from django.utils import timezone
from django_q.conf import Conf
from django_q.models import OrmQ

from config.background.watch import Watch
from config.children import die_with_parent

logger = logging.getLogger(__name__)

LOOK_SECONDS = 0.5
# Less than the two minutes that docs/production.md gives the service to stop.
STOP_PATIENCE = 100.0
# Whoever has nothing to do ends at once; who does not, never will.
IDLE_STOP_PATIENCE = 10.0
LONGEST_PAUSE = 30.0
# Works for a minute, and makes way at once where it is asked to.
MAKES_WAY = "integrations.tasks.fetch"


class Supervisor:
    """The queue's processes, as one thing that runs. ``command`` starts them; the pipe's number is added to it."""

    def __init__(self, command: Sequence[str], *, workers: int, patience: float) -> None:
        self._command = list(command)
        self._workers = workers
        self._patience = patience
        self._stop_asked = 0
        self._freed: set[str] = set()

    def stop(self, *_: object) -> None:
        """Stop in good order: what is being done is finished. Asked twice: at once."""
        self._stop_asked += 1

    def _stopping(self) -> bool:
        return self._stop_asked > 0

    def run(self) -> int:
        """Run until stopped. 0 then; 1 where the processes do not even start."""
        pause = 1.0
        while not self._stopping():
            began = time.monotonic()
            guarded = self._one_life()
            if self._stopping():
                break
            if not guarded:
                logger.error("The workers did not start; the lines above say why.")
                return 1
            pause = 1.0 if time.monotonic() - began > LONGEST_PAUSE else min(pause * 2, LONGEST_PAUSE)
            logger.warning("Starting the workers again in %.0f s.", pause / 2)
            self._sleep(pause / 2)
        logger.info("Stopped.")
        return 0

    def _sleep(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while time.monotonic() < until and not self._stop_asked:
            time.sleep(min(LOOK_SECONDS, seconds))

    def _one_life(self) -> bool:
        """Start the processes and watch over them to their end; whether they ever were up."""
        reading, writing = os.pipe()
        os.set_blocking(reading, False)
        process = subprocess.Popen(  # noqa: S603
            [*self._command, str(writing)],
            pass_fds=[writing],
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=lambda: die_with_parent(signal.SIGKILL),
        )
        os.close(writing)
        watch = Watch(self._workers, self._patience, time.monotonic())
        try:
            self._watch_over(process, reading, watch)
        finally:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            # The last words of who is dead: what they finished must not be done again.
            self._listen(reading, watch)
            os.close(reading)
            self._give_back(watch.unfinished)
        return watch.guarded

    def _watch_over(self, process: subprocess.Popen[bytes], reading: int, watch: Watch) -> None:
        told_to_stop: float | None = None
        with selectors.DefaultSelector() as selector:
            selector.register(reading, selectors.EVENT_READ)
            while process.poll() is None:
                selector.select(LOOK_SECONDS)
                self._listen(reading, watch)
                self._look_for_dead(watch)
                now = time.monotonic()
                if self._stop_asked and told_to_stop is None:
                    logger.info("Stopping; what is being done is finished first.")
                    told_to_stop = now
                    self._ask_to_stop(process, watch)
                if told_to_stop is not None:
                    waited = now - told_to_stop
                    if self._stop_asked > 1 or waited > (STOP_PATIENCE if watch.working else IDLE_STOP_PATIENCE):
                        logger.warning("The workers did not end by themselves and are killed.")
                        return
                elif trouble := watch.trouble(now):
                    logger.error("The workers stand still (%s): all of them are replaced.", trouble)
                    return
                # Twice a second is often enough, however much there is to hear.
                time.sleep(LOOK_SECONDS / 5)
        if not self._stop_asked:
            logger.error("The workers ended unexpectedly (%s).", process.returncode)

    def _ask_to_stop(self, process: subprocess.Popen[bytes], watch: Watch) -> None:
        for pid in watch.at(MAKES_WAY):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)
        # Only the main process: it lets the others finish.
        process.terminate()

    def _listen(self, reading: int, watch: Watch) -> None:
        with contextlib.suppress(BlockingIOError):
            while heard := os.read(reading, 65_536):
                for line in heard.decode("ascii", "replace").splitlines():
                    watch.hear(line, time.monotonic())

    def _look_for_dead(self, watch: Watch) -> None:
        for pid in [pid for pid in watch.working if not _lives(pid)]:
            task = watch.bury(pid, time.monotonic())
            if not self._stopping():
                logger.error("Worker %d died at work; its task goes back to the queue.", pid)
            self._give_back([task])

    def _give_back(self, tasks: Sequence[str]) -> None:
        """Let the queue deliver again what dead processes had taken, now rather than when its time limit is over."""
        self._freed.update(task for task in tasks if task.isdigit())
        if not self._freed or not Conf.ORM:
            return
        try:
            OrmQ.objects.filter(pk__in=self._freed).update(lock=timezone.now() - timedelta(seconds=1))
        except DatabaseError as error:
            logger.warning("The queue could not be reached (%s); tried again later.", type(error).__name__)
        else:
            self._freed.clear()
        finally:
            connection.close()


def command_line() -> list[str]:
    """How this very command is called again for the processes themselves; also where it was begun as a module."""
    spec = sys.modules["__main__"].__spec__
    begun = ["-m", spec.parent] if spec and spec.parent else [sys.argv[0]]
    return [sys.executable, *begun, "worker", "--report-to"]


def _lives(pid: int) -> bool:
    """Whether a process is there and no zombie."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(") ")[2][0] != "Z"
    except OSError:
        return sys.platform != "linux"
