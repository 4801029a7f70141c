"""Tasks for the tests of the queue: each writes a line into a file, so that it can be counted what was really run."""

import os
import signal
import time
from pathlib import Path

from accounts.task_attempts import counted


def note(file: str, word: str, seconds: float = 0.0) -> None:
    """Write a word, then work for a while."""
    with Path(file).open("a") as lines:
        lines.write(f"{word}\n")
    time.sleep(seconds)


def note_pid(file: str, seconds: float) -> None:
    """Write who works, then work for a while."""
    note(file, str(os.getpid()), seconds)


@counted
def die(file: object) -> None:
    """Write a word, then take the worker with it."""
    note(str(file), "died")
    os.kill(os.getpid(), signal.SIGKILL)
