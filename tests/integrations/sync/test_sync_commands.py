"""The commands that operators use: answers, exit codes, and the key that is never shown."""

import io
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.models import Client
from integrations.models import Connection, FetchWorker, SyncRun
from integrations.services.sync import enqueue
from integrations.services.sync_queue import claim
from tests.integrations.sync.conftest import Lexware, tasks
from vouchers.models import Voucher

pytestmark = pytest.mark.django_db


class Answer:
    """What a command said: its exit code, its one JSON document, its error text."""

    def __init__(self, *arguments: str) -> None:
        out = io.StringIO()
        self.code, self.error = 0, ""
        try:
            call_command(*arguments, "--json", stdout=out)
        except CommandError as error:
            self.code, self.error = error.returncode, str(error)
        self.text = out.getvalue()
        self.json: Any = json.loads(self.text)


@pytest.fixture
def key_file(tmp_path: Path, small: Lexware) -> Path:
    path = tmp_path / "key.txt"
    path.write_text(f"Bearer {small.key}\n")
    return path


@pytest.mark.django_db(transaction=True)
def test_connect_fetch_and_look(kontor_client: Client, small: Lexware, key_file: Path) -> None:
    answer = Answer("connect_lexware", "10001", "--key-file", str(key_file))
    assert answer.code == 0
    assert answer.json == {"status": "active", "reason": None, "organization": "Fahrradwerkstatt Lindhorst e.K."}
    assert Voucher.objects.count() == 7
    assert tasks("integrations.tasks.fetch") == []
    status = Answer("connection_status", "10001").json
    assert list(status) == [
        "client",
        "status",
        "reason",
        "organization",
        "key_expires_on",
        "last_sync",
        "next_sync",
        "vouchers",
        "requests_last_sync",
        "webhooks",
        "last_webhook",
        "doubt",
        "key_days_left",
        "progress",
    ]
    assert (status["doubt"], status["progress"]) == (None, None)
    assert status["key_days_left"] > 700
    assert (status["webhooks"], status["last_webhook"]) == ("off", None)
    assert (status["client"], status["status"], status["reason"], status["vouchers"]) == ("10001", "active", None, 7)
    assert status["requests_last_sync"] == SyncRun.objects.get().requests
    assert status["last_sync"] < status["next_sync"]


def test_connect_without_fetching(kontor_client: Client, key_file: Path) -> None:
    answer = Answer("connect_lexware", "10001", "--key-file", str(key_file), "--no-sync")
    assert answer.json["status"] == "active"
    assert not SyncRun.objects.exists()


def test_the_key_from_standard_input(kontor_client: Client, small: Lexware, monkeypatch: pytest.MonkeyPatch) -> None:
    for arguments in (["--key-file", "-"], []):
        monkeypatch.setattr("sys.stdin", io.StringIO(small.key))
        assert Answer("connect_lexware", "10001", "--no-sync", *arguments).json["status"] == "active"


@pytest.mark.parametrize(
    ("special", "reason"),
    [
        ("expired", "key_rejected"),
        ("plan_without_api", "plan_without_api"),
        ("permission_missing", "permission_missing"),
    ],
)
def test_a_refused_key(kontor_client: Client, small: Lexware, tmp_path: Path, special: str, reason: str) -> None:
    path = tmp_path / "key"
    path.write_text(small.running.special_keys[special])
    answer = Answer("connect_lexware", "10001", "--key-file", str(path))
    assert answer.code == 1
    assert answer.json == {"status": "failed", "reason": reason, "organization": ""}
    assert small.running.special_keys[special] not in answer.text + answer.error
    assert Answer("connection_status", "10001").json["reason"] == reason
    sync = Answer("sync_vouchers", "10001")
    assert (sync.code, list(sync.json)) == (1, ["error"])


def test_a_refused_new_key_leaves_the_old_connection(joined: Connection, tmp_path: Path) -> None:
    path = tmp_path / "key"
    path.write_text("nonsense")
    answer = Answer("connect_lexware", "10001", "--key-file", str(path))
    assert (answer.code, answer.json["status"], answer.json["reason"]) == (1, "failed", "key_rejected")
    assert Answer("connection_status", "10001").json["status"] == "active"


def test_nobody_answers(kontor_client: Client, small: Lexware, key_file: Path) -> None:
    small.fault("status", status=503, count=None)
    answer = Answer("connect_lexware", "10001", "--key-file", str(key_file))
    assert (answer.code, answer.json["status"], answer.json["reason"]) == (1, "activate", None)
    assert small.key not in answer.error


def test_a_key_file_that_is_not_there(kontor_client: Client, tmp_path: Path) -> None:
    answer = Answer("connect_lexware", "10001", "--key-file", str(tmp_path / "none"))
    assert (answer.code, list(answer.json)) == (1, ["error"])
    binary = tmp_path / "binary"
    binary.write_bytes(b"\xff\xfe\x00secret")
    assert Answer("connect_lexware", "10001", "--key-file", str(binary)).code == 1


def test_fetching_says_what_came_of_it(joined: Connection, small: Lexware) -> None:
    voucher_id = small.id_of("N-2")
    file_id = small.organization.vouchers[voucher_id].files[0]
    small.fault("status", f"/v1/files/{file_id}", status=404, count=None)
    answer = Answer("sync_vouchers", "10001")
    assert answer.code == 0
    assert list(answer.json) == [
        "created",
        "changed",
        "unchanged",
        "withdrawn",
        "skipped",
        "requests",
        "rate_limited",
        "seconds",
    ]
    assert (answer.json["created"], answer.json["unchanged"]) == (7, 0)
    assert answer.json["skipped"] == [{"id": voucher_id, "reason": "file_missing"}]
    assert answer.json["requests"] == len(small.calls())
    small.no_faults()
    again = Answer("sync_vouchers", "10001").json
    assert (again["created"], again["changed"], again["unchanged"], again["skipped"]) == (0, 0, 7, [])


def test_an_outage_is_a_failure_with_figures(joined: Connection, small: Lexware) -> None:
    small.fault("status", status=503, count=None)
    answer = Answer("sync_vouchers", "10001")
    assert (answer.code, answer.json["error"], answer.json["created"]) == (1, "unavailable", 0)
    assert answer.error


def test_all_clients_one_of_them_failing(joined: Connection, small: Lexware, outsider: Any, tmp_path: Path) -> None:
    path = tmp_path / "key"
    path.write_text(small.other(0).key)
    Answer("connect_lexware", "10002", "--key-file", str(path), "--no-sync")
    small.other(0).control(f"/organizations/{small.other(0).id}/key/revoke")
    answer = Answer("sync_vouchers", "--all")
    assert answer.code == 1
    assert [(item["client"], item["created"], item.get("error")) for item in answer.json] == [
        ("10001", 7, None),
        ("10002", 0, "in_doubt"),
    ]


def test_a_full_comparison_is_asked_for(joined: Connection) -> None:
    Answer("sync_vouchers", "10001")
    assert Answer("sync_vouchers", "10001", "--full").json["unchanged"] == 7
    assert SyncRun.objects.order_by("-id")[0].full


def test_while_another_worker_fetches_it_waits_and_takes_over(joined: Connection) -> None:
    queued = enqueue(joined, SyncRun.Trigger.SCHEDULE)
    claim(queued.pk, FetchWorker.objects.create(alive_at=timezone.now() - timedelta(hours=1)).pk)
    assert Answer("sync_vouchers", "10001").json["created"] == 7
    queued.refresh_from_db()
    assert (queued.state, queued.attempts) == (SyncRun.State.DONE, 2)


def test_wrong_usage(joined: Connection) -> None:
    assert Answer("sync_vouchers").code == 2
    assert Answer("sync_vouchers", "10001", "--all").code == 2


def test_unknown_and_unconnected_clients(kontor_client: Client) -> None:
    unknown = Answer("connection_status", "99999")
    assert (unknown.code, list(unknown.json)) == (1, ["error"])
    assert "99999" in unknown.json["error"]
    assert Answer("sync_vouchers", "10001").code == 1
    status = Answer("connection_status", "10001")
    assert (status.code, status.json["status"], status.json["vouchers"]) == (0, "none", 0)
    assert not Connection.objects.exists(), "looking creates nothing"


def test_words_for_people(joined: Connection, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("sync_vouchers", "10001")
    call_command("sync_vouchers", "--all")
    call_command("connection_status", "10001")
    out = capsys.readouterr().out
    assert "10001 Tischlerei Ahrens GmbH" in out
    assert "Fahrradwerkstatt Lindhorst" in out
    assert "Active" in out
