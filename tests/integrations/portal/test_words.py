"""Moments and the history in plain words."""

from datetime import UTC, datetime

import pytest
import time_machine
from django.utils import translation

from accounts.models import Client, User
from integrations.models import ConnectionEvent, Reason, Status
from integrations.portal.timeline import entries
from integrations.templatetags.moments import moment, planned
from integrations.words import failure, fetch_problem, left_out
from tests.integrations.portal.conftest import connection_in

NOW = datetime(2026, 3, 12, 11, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"), time_machine.travel(NOW, tick=False):
        yield


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (datetime(2026, 3, 12, 5, 12, tzinfo=UTC), "today, 06:12"),
        (datetime(2026, 3, 11, 23, 30, tzinfo=UTC), "today, 00:30"),
        (datetime(2026, 3, 11, 22, 30, tzinfo=UTC), "yesterday, 23:30"),
        (datetime(2026, 3, 3, 5, 12, tzinfo=UTC), "3 March, 06:12"),
        (datetime(2025, 7, 3, 4, 12, tzinfo=UTC), "3 July 2025, 06:12"),
        (None, ""),
    ],
)
def test_moments(value: datetime | None, words: str):
    assert moment(value) == words


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (datetime(2026, 3, 13, 4, 40, tzinfo=UTC), "tomorrow morning"),
        (datetime(2026, 3, 12, 11, 40, tzinfo=UTC), "today, 12:40"),
        (datetime(2026, 3, 12, 10, 59, tzinfo=UTC), "soon"),
        (None, ""),
    ],
)
def test_what_is_planned(value: datetime | None, words: str):
    assert planned(value) == words


@pytest.mark.parametrize("say", [failure, left_out, fetch_problem])
def test_an_unknown_code_gets_words_too(say):
    words = say("something_new")
    assert words.what
    assert "something_new" not in str(words)


def test_every_reason_has_words():
    unknown = failure("something_new")
    assert all(failure(reason) != unknown for reason in Reason.values)


@pytest.fixture
def told(kontor_client: Client, member: User, accountant: User):
    connection = connection_in(kontor_client, Status.ACTIVE)

    def tell(**fields: object) -> list[str]:
        ConnectionEvent.objects.create(connection=connection, **fields)
        events = connection.events.select_related("actor").order_by("-at", "-pk")
        return [f"{entry.what} {entry.more} {entry.who}".strip() for entry in entries(events, member)]

    return tell


class TestHistory:
    @pytest.mark.parametrize(
        ("fields", "words"),
        [
            ({"kind": "status", "from_status": "none", "to_status": "activate"}, "Connecting was begun."),
            ({"kind": "status", "from_status": "activate", "to_status": "active"}, "Connected."),
            ({"kind": "status", "from_status": "failed", "to_status": "active"}, "The connection works again."),
            ({"kind": "check", "from_status": "failed", "to_status": "active"}, "The connection works again."),
            ({"kind": "check", "from_status": "active", "to_status": "active"}, "The API key was renewed."),
            ({"kind": "check"}, "The API key was checked: it works."),
            ({"kind": "status", "to_status": "none"}, "Disconnected. The API key was removed."),
            ({"kind": "support", "detail": {"reference": "K-ABCDEF"}}, "You wrote to support. K-ABCDEF"),
            ({"kind": "sync", "detail": {"created": 1, "changed": 2}},
             "Documents fetched. 1 new document, 2 changed documents"),
        ],
    )  # fmt: skip
    def test_each_event_has_its_sentence(self, told, fields: dict[str, object], words: str):
        assert told(**fields) == [words]

    def test_a_failure_says_why(self, told):
        [line] = told(kind="status", to_status="failed", reason="plan_without_api")
        assert line == f"The connection failed. {failure('plan_without_api').what}"

    def test_who_did_it(self, told, member: User, accountant: User):
        assert told(kind="check", actor=accountant)[0].endswith("Kanzlei Beispiel")
        assert told(kind="check", actor=member)[0].endswith(" you")

    def test_quiet_mornings_in_a_row_are_one_line(self, told):
        for _ in range(4):
            lines = told(kind="sync", detail={"created": 0, "changed": 0})
        assert lines == ["Documents fetched. Nothing new, 4 times in a row."]
        assert len(told(kind="sync", detail={"created": 3})) == 2
