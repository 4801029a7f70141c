"""The base of the public commands, shown on a command that adds a client."""

import io
import json
import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Client, TaxYear, VatReturn
from accounts.operator_command import BAR_WIDTH, QUIET_SECONDS, OperatorCommand, Progress

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> tuple[int, str]:
    out = io.StringIO()
    try:
        call_command("add_client", *arguments, stdout=out)
    except CommandError as error:
        return error.returncode, out.getvalue()
    return 0, out.getvalue()


def test_a_client_with_everything() -> None:
    code, out = run(
        "Bäckerei Ohlsen", "--email", "ohlsen@baeckerei.example", "--number", "20001", "--service", "bookkeeping",
        "--closed-through", "2023", "--vat-filed-through", "2025-09-30", "--json",
    )  # fmt: skip
    assert (code, json.loads(out)) == (0, {"client": "20001"})
    client = Client.objects.get(number="20001")
    assert (client.name, client.service, client.members.get().email) == (
        "Bäckerei Ohlsen",
        "bookkeeping",
        "ohlsen@baeckerei.example",
    )
    assert TaxYear.objects.get(client=client, year=2023).closed_on is not None
    assert VatReturn.objects.get(client=client).period_end == date(2025, 9, 30)


def test_the_next_free_number_and_words_for_people() -> None:
    code, out = run("Erste GmbH", "--email", "a@erste.example")
    assert code == 0
    assert "10001" in out
    assert json.loads(run("Zweite GmbH", "--email", "a@zweite.example", "--json")[1]) == {"client": "10002"}


def test_failed_work_is_one_document_and_exit_code_1() -> None:
    run("Erste GmbH", "--email", "a@erste.example", "--number", "7")
    code, out = run("Zweite GmbH", "--email", "a@zweite.example", "--number", "7", "--json")
    assert code == 1
    assert list(json.loads(out)) == ["error"]
    assert run("Zweite GmbH", "--email", "a@zweite.example", "--number", "7") == (1, "")


def test_wrong_usage_is_exit_code_2() -> None:
    code, out = run("Erste GmbH", "--email", "no address", "--json")
    assert (code, list(json.loads(out))) == (2, ["error"])


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["add_client", "X"], 2),
        (["add_client", "X", "--email", "a@b.de", "--service", "z"], 2),
        (["add_client", "--help"], 0),
    ],
)
def test_from_the_command_line(arguments: list[str], code: int) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "django", *arguments, "--settings", "tests.settings"],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == code, done.stderr
    assert ("Example:" in done.stdout) == (code == 0)
    assert bool(done.stdout) == (code == 0)


class Noisy(OperatorCommand):
    """Prints beside its answer."""

    def work(self, **options: object) -> None:
        print("noise")  # noqa: T201
        self.answer({"amount": 1}, "one")


class Endless(OperatorCommand):
    """Is interrupted."""

    def work(self, **options: object) -> None:
        raise KeyboardInterrupt


def test_an_interruption_is_a_failure_and_no_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(CommandError) as failure:
        call_command(Endless(), "--json")
    assert failure.value.returncode == 1
    assert list(json.loads(capsys.readouterr().out)) == ["error"]


def test_whatever_else_is_printed_goes_to_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    call_command(Noisy(), "--json")
    captured = capsys.readouterr()
    assert json.loads(captured.out) == {"amount": 1}
    assert "noise" in captured.err


def test_the_bar_is_quiet_at_first_and_off_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 0.0
    monkeypatch.setattr("accounts.operator_command.time.monotonic", lambda: now)
    stream = io.StringIO()
    bar, silent = Progress(stream, enabled=True), Progress(stream, enabled=False)
    bar("list", 1, 4)
    assert stream.getvalue() == ""
    now = QUIET_SECONDS + 0.5
    silent("list", 1, 4)
    assert stream.getvalue() == ""
    bar("list", 1, 4)
    assert f"{'#' * (BAR_WIDTH // 4)}." in stream.getvalue()
    assert "1/4" in stream.getvalue()
    drawn = stream.getvalue()
    bar("list", 2, 4)
    assert stream.getvalue() == drawn, "not more often than the eye can follow"
    bar.close()
    assert stream.getvalue().endswith("\r\033[K")


def test_a_database_that_does_not_answer_is_said_in_the_document(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", "add_client", "Ohlsen", "--email", "o@b.example", "--json"],
        env={**os.environ, "ENV_FILE": "/nonexistent", "SECRET_KEY": "x", "FERNET_KEYS": "x",
             "DJANGO_SETTINGS_MODULE": "config.settings", "DATABASE_URL": f"sqlite:///{tmp_path / 'empty.sqlite3'}"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "migrated" in json.loads(done.stdout)["error"]
    assert "Traceback" not in done.stderr
