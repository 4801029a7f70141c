"""Real processes of Kontor on the database of the test: workers that can be watched, stopped and killed."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from django.conf import settings
from django.db import connection


def database_url() -> str:
    """The address of the database that this test uses, for other processes."""
    here = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{here['NAME']}"
    login = f"{quote(here['USER'])}:{quote(here['PASSWORD'])}"
    return f"postgres://{login}@{here['HOST']}:{here['PORT'] or 5432}/{here['NAME']}"


def environment(**more: str) -> dict[str, str]:
    """The environment of a process that works on the data of this test."""
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DATABASE_URL": database_url(),
        "MEDIA_ROOT": str(settings.MEDIA_ROOT),
        "LEXWARE_API_URL": settings.LEXWARE_API_URL,
        "QONTO_API_URL": settings.QONTO_API_URL,
        "LOG_LEVEL": "INFO",
        "QUEUE_WORKERS": "2",
        **more,
    }


def lives(pid: int) -> bool:
    """Whether a process is there and no zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(") ")[2][0] != "Z"
    except FileNotFoundError:
        return False


def family(pid: int) -> list[int]:
    """The process and everything that descends from it."""
    found = [pid]
    for member in found:
        found += children(member)
    return found


def children(pid: int) -> list[int]:
    """The children of a process, the oldest first; none where it is gone."""
    path = Path(f"/proc/{pid}/task/{pid}/children")
    try:
        return [int(child) for child in path.read_text().split()]
    except (FileNotFoundError, ProcessLookupError):
        return []


def wait_until(what: Callable[[], object], why: object, patience: float = 60.0, pause: float = 0.05) -> None:
    """Wait for something to be so; far longer than it takes, so that a busy machine does not matter.

    ``why`` is shown where it never is.
    """
    deadline = time.monotonic() + patience
    while not what():
        assert time.monotonic() < deadline, str(why)
        time.sleep(pause)


class WorkerCommand:
    """A running ``worker`` command."""

    def __init__(self, process: subprocess.Popen[bytes], log: Path) -> None:
        self.process = process
        self.log = log

    @property
    def text(self) -> str:
        """What it has written so far."""
        return self.log.read_text(errors="replace")

    def __str__(self) -> str:
        return self.text

    def main(self) -> int:
        """The queue's main process; 0 while there is none."""
        return next(iter(children(self.process.pid)), 0)

    def guard(self) -> int:
        """The process that watches over the workers; 0 while there is none."""
        return next(iter(children(self.main())), 0)

    def wait_for_workers(self, count: int = 2) -> list[int]:
        """Wait until so many workers are there and idle; their process ids."""
        # Beside the workers, which come first, the guard has one process that takes tasks and one that keeps results.
        wait_until(lambda: len(children(self.guard())) >= count + 2 or self.process.poll() is not None, self)
        assert self.process.poll() is None, self.text
        time.sleep(0.5)  # until they wait for the lock that they share
        return children(self.guard())[:count]

    def stop(self) -> int:
        """Ask it to stop; its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(60)


@contextmanager
def worker_command(folder: Path, *arguments: str, **more: str) -> Iterator[WorkerCommand]:
    """Start the ``worker`` command; whatever is left of it is killed with the block."""
    log = folder / "worker.log"
    with log.open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, "manage.py", "worker", *arguments],
            cwd=settings.BASE_DIR, env=environment(**more), stdin=subprocess.DEVNULL, stdout=output, stderr=output,
        )  # fmt: skip
    members: list[int] = []
    try:
        yield WorkerCommand(process, log)
    finally:
        members = family(process.pid)
        process.kill()
        process.wait()
        wait_until(lambda: not any(map(lives, members)), "processes were left behind")
