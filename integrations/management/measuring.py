"""What measurements with real processes share: settings, tables, and children that are talked to in lines."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

from django.conf import settings
from django.core.management.base import CommandError


def measuring_environment(folder: Path, database: str, **more: str) -> dict[str, str]:
    """Settings of their own for the processes: nobody's secrets, nobody's data, real time unless ``more`` says else."""
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "PYTHONPATH": str(settings.BASE_DIR),
        "ENV_FILE": str(folder / "none"),
        "SECRET_KEY": "only-for-this-measurement",
        "FERNET_KEYS": "only-for-this-measurement",
        "DATA_DIR": str(folder),
        "DATABASE_URL": database,
        "QUEUE_URL": "",
        "LEXWARE_API_URL": "http://127.0.0.1:9",
        "QONTO_API_URL": "http://127.0.0.1:9",
        "LEXWARE_TIME_SCALE": "1",
        "LOG_LEVEL": "WARNING",
        **more,
    }


def make_tables(environment: dict[str, str]) -> None:
    """Bring the database of a measurement up to date; ``CommandError`` where that fails."""
    command = [sys.executable, "-m", "django", "migrate", "--skip-checks", "--verbosity", "0"]
    done = subprocess.run(command, env=environment, cwd=settings.BASE_DIR, check=False)  # noqa: S603
    if done.returncode:
        raise CommandError("The database of the measurement could not be made; the lines above say why.")


@dataclass(frozen=True, slots=True)
class Child:
    """A process that is talked to in lines."""

    name: str
    pid: int
    to: IO[str]
    back: IO[str]

    def send(self, line: str) -> None:
        """Write one line to it."""
        self.to.write(f"{line}\n")
        self.to.flush()

    def receive(self) -> str:
        """Wait for its next line; ``CommandError`` where it ended."""
        line = self.back.readline()
        if not line:
            raise CommandError(f"The {self.name} ended without a word; the lines above say why.")
        return line


@contextmanager
def child(name: str, module: list[str], environment: dict[str, str]) -> Iterator[Child]:
    """Start a Python module as a process of its own, and end it with the block."""
    process = subprocess.Popen(  # noqa: S603
        [sys.executable, "-m", *module],
        env=environment,
        cwd=settings.BASE_DIR,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        try:
            yield Child(name, process.pid, cast(IO[str], process.stdin), cast(IO[str], process.stdout))
        finally:
            process.terminate()
