"""Is everything alive? One look for operators."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation
from django_q.models import Schedule

from accounts.models import Client, TaskAttempt, User
from accounts.services import add_client
from config.schedules import install
from integrations.models import ConnectionSecret, FetchWorker, RateBudget, SupportRequest, SyncRun
from integrations.services.vitals import Vital, vitals
from tests.admin.conftest import Login
from tests.admin.recorder_world import delivery
from tests.conftest import TODAY
from tests.factories import connection, voucher

pytestmark = pytest.mark.django_db
SYSTEM = reverse("admin:system")


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    install()
    # They were installed with the database of the tests, which may be long ago.
    Schedule.objects.update(next_run=timezone.now())
    with translation.override("en"):
        yield


def sign(name: str) -> Vital:
    return next(found for found in vitals().signs if found.name == name)


def minutes_ago(count: int) -> Any:
    return timezone.now() - timedelta(minutes=count)


def test_all_is_well(partner: User, login: Login) -> None:
    page = login(partner).get(SYSTEM).content.decode()
    assert "Everything is alive" in page
    assert vitals().troubles == 0


def test_a_clock_that_stands_still() -> None:
    Schedule.objects.update(next_run=minutes_ago(45))
    assert sign("Clock").tone == "failed"
    assert "45 minutes" in sign("Clock").words
    Schedule.objects.all().delete()
    assert sign("Clock").tone == "failed"


def test_fetches_that_nobody_works_on(kontor_client: Client) -> None:
    linked = connection(kontor_client)
    waiting = SyncRun.objects.create(connection=linked, trigger="manual")
    assert sign("Fetches").tone == "good"
    SyncRun.objects.filter(pk=waiting.pk).update(queued_at=minutes_ago(30))
    assert sign("Fetches").tone == "failed"
    worker = FetchWorker.objects.create(place=1, host="kontor-1", pid=4711)
    assert sign("Fetches").tone == "good"
    FetchWorker.objects.filter(pk=worker.pk).update(alive_at=minutes_ago(10))
    SyncRun.objects.filter(pk=waiting.pk).update(state="running", worker=worker)
    assert sign("Fetches").tone == "soon"


def test_webhooks_mornings_mails_and_tasks(kontor_client: Client, member: User) -> None:
    linked = connection(kontor_client)
    ConnectionSecret.objects.create(connection=linked, api_key="x")
    linked.next_sync_at = timezone.now() + timedelta(hours=3)
    linked.save()
    late = delivery(linked, 0, state="waiting", outcome="", received_at=minutes_ago(90), next_try_at=timezone.now())
    assert sign("Webhooks").tone == "good"
    assert "1 hour" in sign("Webhooks").words
    type(late).objects.update(next_try_at=minutes_ago(30))
    assert sign("Webhooks").tone == "failed"
    assert sign("Next morning").words.startswith("1 connection within a day")
    linked.next_sync_at = minutes_ago(120)
    linked.save()
    assert sign("Next morning").tone == "soon"
    SupportRequest.objects.create(client=kontor_client, reference="K-1", created_at=minutes_ago(60))
    assert sign("Mails").tone == "soon"
    TaskAttempt.objects.create(key="integrations.tasks.x(7)", attempts=3, gave_up_at=timezone.now(), reason="It died.")
    assert sign("Given-up tasks").tone == "failed"


def test_everything_is_on_the_page(kontor_client: Client, support: User, login: Login, settings: Any) -> None:
    settings.LEXWARE_TIME_SCALE = 1.0
    linked = connection(kontor_client)
    worker = FetchWorker.objects.create(place=1, host="kontor-1", pid=4711)
    for index in range(4):
        voucher(kontor_client, index, complete=index < 1, payments_read=index < 3)
    SyncRun.objects.create(
        connection=linked, trigger="connect", state="running", worker=worker, listed_at=timezone.now(),
        requests_left=5700, started_at=timezone.now(), alive_at=timezone.now(), phase="payments", done=1, total=9,
    )  # fmt: skip
    TaskAttempt.objects.create(key="integrations.tasks.x(7)", attempts=3, gave_up_at=timezone.now(), reason="It died.")
    RateBudget.objects.create(key=linked.organization_id, pace=0.5, slowed_at=timezone.now().timestamp())
    page = login(support).get(SYSTEM).content.decode()
    for words in (
        "kontor-1", "4711", "Fetching payments", "3 of 4", "about 1 hour and 45 minutes left", "50 %",
        "integrations.tasks.x(7)", "It died.", linked.organization_name, "1 thing needs somebody",
    ):  # fmt: skip
        assert words in page
    piece = login(support).get(SYSTEM, {"piece": "1"}).content.decode()
    assert "<html" not in piece
    assert "3 of 4" in piece


def test_who_may_look(partner: User, accountant: User, member: User, login: Login) -> None:
    assert login(partner).get(SYSTEM).status_code == 200
    assert login(accountant).get(SYSTEM).status_code == 403
    assert login(member).get(SYSTEM).status_code == 404


def test_many_fetches_cost_as_much_as_one(accountant: User, partner: User, login: Login) -> None:
    browser = login(partner)

    def grow(first: int, count: int) -> int:
        for index in range(first, first + count):
            made = add_client(name=f"F {index}", email="", number=f"4{index:04}", accountant=accountant, today=TODAY)
            linked = connection(made)
            live = SyncRun.objects.create(connection=linked, trigger="connect", state="running", requests_left=9)
            SyncRun.objects.filter(pk=live.pk).update(listed_at=timezone.now() if index % 2 else None)
            FetchWorker.objects.create(place=index + 1, host="kontor", pid=index + 1)
        with CaptureQueriesContext(database) as captured:
            assert browser.get(SYSTEM).status_code == 200
        return len(captured)

    grow(0, 2)
    few = grow(2, 2)
    assert grow(4, 20) == few <= 28
