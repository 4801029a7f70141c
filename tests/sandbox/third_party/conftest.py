"""Runs a script of ours with somebody else's client against a sandbox of its own."""

from __future__ import annotations

import os
import subprocess
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.sandbox.api import fast
from tests.sandbox.third_party.environments import CannotInstall, python_of

SCRIPTS = Path(__file__).parent / "scripts"
MOST_SECONDS = 120

Calls = Counter[tuple[str, str]]


def _shape(path: str) -> str:
    """A path with its ids replaced, to be compared and counted."""
    return "/".join("{id}" if len(part) == 36 else part for part in path.split("/"))


@pytest.fixture
def run_client(tmp_path: Path) -> Callable[[str], Calls]:
    """Run the script of a client; returns how often it made which call. Skips where its packages cannot be had."""

    def run(client: str) -> Calls:
        try:
            python = python_of(client)
        except CannotInstall as error:
            pytest.skip(f"{client} cannot be installed: {error}")
        with fast() as running:
            own = running.organizations[0]
            environment = {
                **{name: os.environ[name] for name in ("PATH", "LANG", "TMPDIR") if name in os.environ},
                "HOME": str(tmp_path),
                "SANDBOX_URL": running.url,
                "SANDBOX_CONTROL": running.control_url,
                "SANDBOX_KEY": own["key"],
                "SANDBOX_ORGANIZATION": own["organization_id"],
                "SANDBOX_SPECIAL_KEYS": ",".join(f"{name}={key}" for name, key in running.special_keys.items()),
            }
            done = subprocess.run(
                [python, "-B", SCRIPTS / f"try_{client.replace('-', '_')}.py"],
                env=environment, cwd=tmp_path, capture_output=True, text=True, timeout=MOST_SECONDS,
            )  # fmt: skip
            assert done.returncode == 0, done.stdout + done.stderr
            return Counter((call.method, _shape(call.path)) for call in running.sandbox.log.calls())

    return run
