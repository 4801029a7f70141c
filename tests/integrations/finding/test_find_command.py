"""The same answer in the terminal."""

import io
import json

import pytest
from django.core.management import CommandError, call_command

from integrations.models import Connection

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> str:
    out = io.StringIO()
    call_command("find_voucher", *arguments, stdout=out)
    return out.getvalue()


def test_the_answer_for_programs(linked: Connection) -> None:
    answer = json.loads(run("10001", "1.190,00", "--json"))
    assert (answer["asked"], answer["more"]) == (None, False)
    found = {item["number"]: item for item in answer["documents"]}
    assert found["OPEN-1"]["standing"] == "not_paid"
    assert found["OPEN-1"]["total"] == "1190.00"
    assert found["OPEN-1"]["first_seen"] == "2026-03-03T05:12:00+00:00"
    withdrawn = json.loads(run("10001", "RE-2042", "--json"))["documents"][0]
    assert (withdrawn["standing"], withdrawn["reason"]) == ("withdrawn", "voided")
    assert [change["kind"] for change in withdrawn["changes"]] == ["withdrawn"]


def test_the_answer_for_people(linked: Connection) -> None:
    text = run("10001", "OPEN-1")
    assert "OPEN-1" in text
    assert "no payment is assigned to it" in text
    assert "Nothing is known about it." in run("10001", "NOWHERE-9")


def test_who_was_never_connected(outsider: object) -> None:
    with pytest.raises(CommandError, match="never connected"):
        run("10002", "OPEN-1")


def test_asking_without_a_working_connection_fails(linked: Connection) -> None:
    linked.status, linked.reason = "failed", "key_rejected"
    linked.save()
    with pytest.raises(CommandError) as failure:
        run("10001", "OPEN-1", "--ask")
    assert failure.value.returncode == 1
