"""Settings that would do harm stop the start, with words."""

import os
import subprocess
import sys
from pathlib import Path

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


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", ""),
        ("FERNET_KEYS", ""),
        ("FERNET_KEYS", " , "),
        ("DEBUG", "maybe"),
        ("PUBLIC_URL", "kontor.example"),
        ("PUBLIC_URL", "https://kontor.example:port"),
        ("DATABASE_URL", "nonsense"),
        ("DATABASE_URL", "mysql://user:geheim@host/kontor"),
        ("DATABASE_URL", "foo://user:geheim@host/kontor"),
        ("QUEUE_URL", "geheim@host"),
        ("QUEUE_WORKERS", "0"),
        ("QUEUE_WORKERS", "two"),
        ("SYNC_WORKERS", "17"),
        ("SUPPORT_EMAIL", "support"),
        ("DEFAULT_FROM_EMAIL", "Kontor <nobody>"),
        ("EMAIL_URL", "user:geheim@host"),
        ("LEXWARE_API_URL", "nonsense"),
        ("LEXWARE_TIME_SCALE", "fast"),
        ("LEXWARE_TIME_SCALE", "nan"),
        ("LEXWARE_TIME_SCALE", "0"),
        ("LEXWARE_WEBHOOK_PUBLIC_KEY", "/nowhere/key.pem"),
        ("LEXWARE_WEBHOOK_PUBLIC_KEY", "-----BEGIN PRIVATE KEY-----"),
        ("SYNC_HOUR", "2"),
        ("SYNC_HOUR", "five"),
        ("SYNC_SPREAD_MINUTES", "-5"),
        ("LOG_LEVEL", "LOUD"),
    ],
)
def test_a_wrong_value_stops_the_start_and_is_named(name: str, value: str) -> None:
    code, words = start(**{name: value})
    assert code == 1
    assert words.startswith("django.core.exceptions.ImproperlyConfigured: " + name)
    assert "geheim" not in words


@pytest.mark.parametrize(
    "values",
    [
        {"DATABASE_URL": "", "EMAIL_URL": "", "LEXWARE_API_URL": "", "LEXWARE_TIME_SCALE": "", "SYNC_HOUR": ""},
        {"DATABASE_URL": "postgres://user:pass@host:5432/kontor?conn_max_age=60", "QUEUE_URL": "redis://host:6379/0"},
        {"EMAIL_URL": "smtp+tls://user:pass@host:587", "DEFAULT_FROM_EMAIL": "Kontor <kontor@kanzlei.example>"},
        {"LEXWARE_WEBHOOK_PUBLIC_KEY": r"-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----"},
        {"DEBUG": "On", "LOG_LEVEL": "debug", "ALLOWED_HOSTS": " a.example, b.example ,", "SYNC_SPREAD_MINUTES": "0"},
    ],
)
def test_empty_means_default_and_right_values_start(values: dict[str, str]) -> None:
    assert start(**values) == (0, "")


def test_mails_in_files_lie_where_the_address_says(tmp_path: Path) -> None:
    script = "import config.settings as s; print(s.EMAIL_FILE_PATH)"
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={"PATH": os.environ["PATH"], **NEEDED, "EMAIL_URL": f"filemail://{tmp_path}/mail"},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.strip() == f"{tmp_path}/mail"


def test_a_line_of_the_file_that_says_nothing_is_named_without_its_words(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("# comment\n\nexport FIRM_NAME=Kontor\nFERNET KEYS=geheim\n")
    code, words = start(ENV_FILE=str(file))
    assert code == 1
    assert "line 4" in words
    assert "geheim" not in words


def test_the_command_line_says_it_in_one_line() -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", "connection_status", "10001"],
        env={"PATH": os.environ["PATH"], **NEEDED, "SYNC_HOUR": "2"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        "Kontor cannot start. SYNC_HOUR must be a number from 3 to 22, not '2': at 2 o'clock the clocks are changed."
    ]
