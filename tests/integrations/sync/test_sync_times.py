"""Every morning at the same German time, spread over the connections, whatever the clocks do."""

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import connection as database
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from accounts.models import Client
from integrations.models import Connection, ConnectionSecret, Status, SyncRun
from integrations.services.connections import get_or_create
from integrations.services.sync_due import CHUNK, LOOKS_AT_ONCE, start_due
from integrations.services.sync_times import BERLIN, morning_after, next_morning, retry_at, spread
from tests.integrations.sync.conftest import Lexware, tasks

MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2030, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
HOURS = st.integers(3, 22)
OFFSETS = st.integers(0, 5 * 3600).map(lambda seconds: timedelta(seconds=seconds))


@given(MOMENTS, HOURS, OFFSETS)
def test_the_hour_is_the_german_hour_on_every_day(moment: datetime, hour: int, offset: timedelta) -> None:
    slot = morning_after(moment, hour, offset)
    began = (slot - offset).astimezone(BERLIN)
    assert (began.hour, began.minute, began.second) == (hour, 0, 0)
    assert moment < slot <= moment + timedelta(hours=25)


@given(MOMENTS, HOURS, OFFSETS)
def test_one_morning_a_day_none_twice_none_left_out(moment: datetime, hour: int, offset: timedelta) -> None:
    first = morning_after(moment, hour, offset)
    second = morning_after(first, hour, offset)
    days = [(slot - offset).astimezone(BERLIN).date() for slot in (first, second)]
    assert days[1] - days[0] == timedelta(days=1)


@pytest.mark.parametrize(
    ("day", "utc_hour"),
    [("2026-03-28", 4), ("2026-03-29", 3), ("2026-10-24", 3), ("2026-10-25", 4)],
)
def test_both_changes_of_the_clock(day: str, utc_hour: int) -> None:
    midnight = datetime.fromisoformat(f"{day}T00:00").replace(tzinfo=BERLIN)
    assert morning_after(midnight, 5, timedelta()) == datetime.fromisoformat(f"{day}T0{utc_hour}:00+00:00")


def test_the_spread_is_stable_and_even() -> None:
    minutes = [spread(pk, 90).total_seconds() / 60 for pk in range(2000)]
    assert minutes == [spread(pk, 90).total_seconds() / 60 for pk in range(2000)]
    assert all(0 <= minute < 90 for minute in minutes)
    thirds = [sum(part <= minute < part + 30 for minute in minutes) for part in (0, 30, 60)]
    assert min(thirds) > 550


@given(MOMENTS, st.integers(1, 10_000), st.integers(1, 50))
def test_after_an_outage_sooner_but_never_after_the_morning(moment: datetime, pk: int, failures: int) -> None:
    again = retry_at(pk, moment, failures)
    assert moment + min(timedelta(minutes=10), next_morning(pk, moment) - moment) <= again <= next_morning(pk, moment)
    assert retry_at(pk, moment, failures + 1) >= again


@pytest.fixture
def active(db: None, kontor_client: Client) -> Connection:
    connection = get_or_create(kontor_client)
    Connection.objects.filter(pk=connection.pk).update(status=Status.ACTIVE)
    ConnectionSecret.objects.create(connection=connection, api_key="k")
    return connection


@pytest.mark.django_db(transaction=True)
def test_what_is_due_starts_once_however_many_mornings_were_missed(active: Connection) -> None:
    now = datetime(2026, 3, 12, 9, 0, tzinfo=UTC)
    Connection.objects.filter(pk=active.pk).update(next_sync_at=now - timedelta(days=5))
    assert (start_due(now), start_due(now), start_due(now + timedelta(hours=3))) == (1, 0, 0)
    active.refresh_from_db()
    assert active.next_sync_at == next_morning(active.pk, now)
    run = SyncRun.objects.get()
    assert run.trigger == SyncRun.Trigger.SCHEDULE
    assert tasks("integrations.tasks.fetch") == [()]


def many(count: int, due: datetime) -> list[int]:
    """So many active connections with a key, all due at once."""
    clients = Client.objects.bulk_create(Client(number=f"F{number}", name=f"F{number}") for number in range(count))
    fleet = Connection.objects.bulk_create(
        Connection(client=client, status=Status.ACTIVE, next_sync_at=due) for client in clients
    )
    ConnectionSecret.objects.bulk_create(ConnectionSecret(connection=connection, api_key="k") for connection in fleet)
    return [connection.pk for connection in fleet]


@pytest.mark.django_db(transaction=True)
def test_a_whole_fleet_starts_with_few_statements(django_assert_max_num_queries: Any) -> None:
    now = datetime(2026, 3, 12, 9, 0, tzinfo=UTC)
    fleet = many(CHUNK * 2 + 10, now)
    busy = SyncRun.objects.create(connection_id=fleet[0], trigger=SyncRun.Trigger.MANUAL)
    with django_assert_max_num_queries(100):
        assert start_due(now) == len(fleet)
    assert start_due(now) == 0
    assert SyncRun.objects.count() == len(fleet)
    assert SyncRun.objects.filter(trigger=SyncRun.Trigger.SCHEDULE).count() == len(fleet) - 1
    assert SyncRun.objects.get(connection_id=fleet[0]) == busy
    planned = dict(Connection.objects.values_list("pk", "next_sync_at"))
    assert planned == {pk: next_morning(pk, now) for pk in fleet}
    assert tasks("integrations.tasks.fetch") == [(), ()], "no task for each connection"


@pytest.mark.django_db(transaction=True)
def test_two_who_start_at_the_same_time_start_everything_once() -> None:
    now = datetime(2026, 3, 12, 9, 0, tzinfo=UTC)
    fleet = many(300, now)
    started: list[int] = []

    def work() -> None:
        try:
            started.append(start_due(now))
        finally:
            database.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sum(started) == len(fleet)
    assert SyncRun.objects.count() == len(fleet)


@pytest.mark.django_db(transaction=True)
def test_failed_ones_are_looked_at_a_few_at_a_time() -> None:
    now = datetime(2026, 3, 12, 9, 0, tzinfo=UTC)
    many(LOOKS_AT_ONCE + 5, now)
    Connection.objects.update(status=Status.FAILED, reason="unreachable")
    assert (start_due(now), start_due(now), start_due(now)) == (LOOKS_AT_ONCE, 5, 0)
    assert len(set(tasks("integrations.tasks.recheck_connection"))) == LOOKS_AT_ONCE + 5


@pytest.mark.django_db
@given(
    planned=MOMENTS,
    asleep=st.timedeltas(timedelta(), timedelta(days=40)),
    hour=HOURS,
    minutes=st.integers(0, 600),
)
@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
def test_after_any_sleep_it_starts_once_and_is_planned_for_the_next_morning(
    active: Connection, settings: Any, planned: datetime, asleep: timedelta, hour: int, minutes: int
) -> None:
    settings.SYNC_HOUR, settings.SYNC_SPREAD_MINUTES = hour, minutes
    SyncRun.objects.all().delete()
    Connection.objects.filter(pk=active.pk).update(next_sync_at=planned)
    woken = planned + asleep
    assert start_due(planned - timedelta(seconds=1)) == 0
    assert (start_due(woken), start_due(woken)) == (1, 0)
    active.refresh_from_db()
    assert active.next_sync_at is not None
    assert woken < active.next_sync_at <= woken + timedelta(hours=25)
    local = (active.next_sync_at - spread(active.pk, minutes)).astimezone(BERLIN)
    assert (local.hour, local.minute, local.second) == (hour, 0, 0)


@pytest.mark.django_db
def test_a_morning_that_a_wrong_clock_planned_for_next_year_is_not_waited_for(active: Connection) -> None:
    now = datetime(2026, 3, 12, 9, 0, tzinfo=UTC)
    Connection.objects.filter(pk=active.pk).update(next_sync_at=now + timedelta(days=365))
    assert (start_due(now), start_due(now)) == (1, 0)


@pytest.mark.django_db
def test_what_is_not_due_or_not_connected_stays(active: Connection) -> None:
    now = datetime(2026, 3, 12, 9, 0, tzinfo=UTC)
    Connection.objects.filter(pk=active.pk).update(next_sync_at=now + timedelta(seconds=1))
    assert start_due(now) == 0
    Connection.objects.filter(pk=active.pk).update(next_sync_at=now, status=Status.ACTIVATE)
    assert start_due(now) == 0
    assert not SyncRun.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_failed_connection_with_a_key_is_looked_at(active: Connection) -> None:
    now = datetime(2026, 3, 12, 9, 0, tzinfo=UTC)
    due = {"status": Status.FAILED, "reason": "unreachable", "next_sync_at": now}
    Connection.objects.filter(pk=active.pk).update(**due)
    assert start_due(now) == 1
    assert tasks("integrations.tasks.recheck_connection") == [(active.pk,)]
    active.secret.delete()
    Connection.objects.filter(pk=active.pk).update(**due)
    assert start_due(now) == 0


@pytest.mark.django_db
def test_the_task_brings_a_recovered_connection_back(joined: Connection, small: Lexware) -> None:
    from integrations.tasks import recheck_connection

    Connection.objects.filter(pk=joined.pk).update(status=Status.FAILED, reason="unreachable", outages=3)
    recheck_connection(joined.pk)
    joined.refresh_from_db()
    assert (joined.status, joined.outages) == (Status.ACTIVE, 0)
    assert settings.SYNC_HOUR == 5
    recheck_connection(0)
