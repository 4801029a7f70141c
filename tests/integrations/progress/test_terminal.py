"""The progress of a fetch in the terminal."""

import io
import json
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone, translation

from accounts.models import Client
from accounts.operator_command import Progress
from integrations.management.fetching import on_bar
from integrations.models import SyncRun
from tests.factories import connection

pytestmark = pytest.mark.django_db


def test_the_bar_says_phase_and_time_left(
    kontor_client: Client, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.LEXWARE_TIME_SCALE = 1.0
    linked = connection(kontor_client)
    SyncRun.objects.create(connection=linked, state="running", trigger="manual", phase="payments", requests_left=2800)
    stream, now = io.StringIO(), 1000.0
    monkeypatch.setattr("time.monotonic", lambda: now)
    with translation.override("en"):
        show = on_bar(Progress(stream, enabled=True), linked)
        show("payments", 1, 400)
        assert stream.getvalue() == "", "nothing in the first second"
        now += 2
        show("payments", 100, 400)
    assert stream.getvalue().endswith("100/400 Fetching payments, about 25 minutes left")


def test_nobody_watching_costs_no_query(kontor_client: Client, django_assert_num_queries: Any) -> None:
    linked = connection(kontor_client)
    show = on_bar(Progress(io.StringIO(), enabled=False), linked)
    with django_assert_num_queries(0):
        show("payments", 100, 400)


def test_the_status_says_how_far_a_fetch_is(kontor_client: Client, settings: Any) -> None:
    settings.LEXWARE_TIME_SCALE = 1.0
    linked = connection(kontor_client)
    linked.doubted_at = timezone.now()
    linked.key_expires_on = timezone.localdate() + timedelta(days=41)
    linked.save()
    SyncRun.objects.create(connection=linked, state="running", trigger="manual", phase="list", requests_left=1900)
    out = io.StringIO()
    call_command("connection_status", "10001", "--json", stdout=out)
    status = json.loads(out.getvalue())
    assert status["progress"] == {
        "phase": "list", "done": 0, "total": 0, "seconds_left": 1000,
        "words": "Looking which documents there are, about 17 minutes left",
    }  # fmt: skip
    assert status["key_days_left"] == 41
    assert status["doubt"]
    out = io.StringIO()
    call_command("connection_status", "10001", stdout=out)
    assert "about 17 minutes left" in out.getvalue()
