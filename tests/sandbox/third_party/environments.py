"""Environments of their own for other people's clients, made once and kept below ``var``."""

from __future__ import annotations

import fcntl
import hashlib
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
KEPT = HERE.parents[2] / "var" / "third-party"
MOST_SECONDS = 300


class CannotInstall(Exception):
    """pip did not get the packages; says why in one line."""


def _run(*command: str | Path) -> None:
    done = subprocess.run(command, capture_output=True, text=True, timeout=MOST_SECONDS)
    if done.returncode:
        lines = done.stderr.strip().splitlines() or ["no reason given"]
        raise CannotInstall(lines[-1])


def python_of(client: str) -> Path:
    """The Python of an environment that has the client in the pinned versions.

    Several runs at once make it once. Raises CannotInstall where the package index does not answer.
    """
    pins = HERE / "requirements" / f"{client}.txt"
    key = hashlib.sha256(pins.read_bytes() + sys.version.encode()).hexdigest()[:12]
    folder = KEPT / f"{client}-{key}"
    python, finished = folder / "bin" / "python", folder / "finished"
    KEPT.mkdir(parents=True, exist_ok=True)
    with (KEPT / f"{client}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if finished.exists():
            return python
        try:
            _run(sys.executable, "-m", "venv", "--clear", folder)
            quiet = ("--quiet", "--disable-pip-version-check", "--no-input", "--retries", "1", "--timeout", "30")
            _run(python, "-m", "pip", "install", *quiet, "-r", pins)
        except subprocess.TimeoutExpired as error:
            raise CannotInstall(f"no end after {MOST_SECONDS} s") from error
        finished.touch()
    return python
