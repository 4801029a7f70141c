"""Settings that would do harm stop the start, with words."""

import os
import subprocess
import sys

import pytest

NEEDED = {"ENV_FILE": "/nonexistent", "SECRET_KEY": "only-for-tests", "FERNET_KEYS": "only-for-tests"}


def start(**values: str) -> tuple[int, str]:
    """The exit code and the last line of a process that reads the settings."""
    done = subprocess.run(
        [sys.executable, "-c", "import config.settings"],
        env={"PATH": os.environ["PATH"], **NEEDED, **values},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stderr.strip().rpartition("\n")[2]


@pytest.mark.parametrize(
    "url", ["https://api.lexware.io", "https://API.Lexware.io:443/", "https://api.lexoffice.io", "https://x.lexware.io"]
)
def test_the_real_service_is_never_asked_faster(url: str) -> None:
    code, words = start(LEXWARE_API_URL=url, LEXWARE_TIME_SCALE="2")
    assert code == 1
    assert "LEXWARE_TIME_SCALE" in words


def test_keys_never_travel_in_the_open() -> None:
    code, words = start(LEXWARE_API_URL="http://api.lexware.io")
    assert code == 1
    assert "https://" in words


@pytest.mark.parametrize("url", ["https://api.lexware.io", "http://127.0.0.1:8100", "http://lexware.io.example"])
def test_what_does_no_harm_starts(url: str) -> None:
    assert start(LEXWARE_API_URL=url) == (0, "")
