"""Child processes that never outlive us."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from typing import IO

from config.children import die_with_parent


class Processes:
    """The servers and workers of one demo; a context manager that stops them all, children included."""

    def __init__(self, environment: Mapping[str, str], logs: Path) -> None:
        self.environment = {**os.environ, **environment}
        self.logs = logs
        self.running: dict[str, subprocess.Popen[str]] = {}
        self._files: list[IO[str]] = []

    def start(
        self, name: str, *command: str, pipe: bool = False, visible: bool = False, environment: Mapping[str, str] = {}
    ) -> subprocess.Popen[str]:
        """Start ``command`` in a process group of its own; its output goes to ``<logs>/<name>.log``.

        With ``pipe`` its standard output can be read from the returned process instead; with ``visible`` it is ours.
        """
        log = None if visible else (self.logs / f"{name}.log").open("a", encoding="utf-8")
        if log is not None:
            self._files.append(log)
        process = subprocess.Popen(  # noqa: S603
            command,
            env={**self.environment, **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE if pipe else log,
            stderr=log,
            text=True,
            start_new_session=True,
            preexec_fn=die_with_parent,
        )
        self.running[name] = process
        return process

    def dead(self) -> str | None:
        """The name of a process that ended although it should run, if there is one."""
        return next((name for name, process in self.running.items() if process.poll() is not None), None)

    def log_tail(self, name: str, lines: int = 15) -> str:
        """The last lines a process wrote to its log."""
        path = self.logs / f"{name}.log"
        return "\n".join(path.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])

    def stop(self, patience: float = 15.0) -> None:
        """Ask every group to end, wait, then kill what is left."""
        for process in self.running.values():
            # The workers' main process stops its own children in good order; the group is for what is left.
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
        deadline = time.monotonic() + patience
        for process in self.running.values():
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(max(0.1, deadline - time.monotonic()))
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        self.running.clear()
        for file in self._files:
            file.close()

    def __enter__(self) -> "Processes":
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
