"""The life of a fetch: one at a time, taken over when its worker died, the same result wherever it was cut off."""

import os
import signal
import subprocess
import sys
import threading
import time
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import OperationalError
from django.db import connection as database
from django.utils import timezone
from django_q.models import OrmQ

from integrations import tasks as background
from integrations.models import Connection, ConnectionEvent, FetchWorker, Status, SyncRun
from integrations.services import connections
from integrations.services.fetch_places import dead_after
from integrations.services.sync import enqueue, release_dead_runs, run, run_now
from integrations.services.sync_queue import FETCH, MAX_ATTEMPTS
from tests.integrations.sync.conftest import Lexware, empty_queue, fetch, stored, tasks
from vouchers.models import RawAnswer, Voucher, VoucherFile

pytestmark = pytest.mark.django_db
START = date(2025, 1, 1)


class Killed(BaseException):
    """The process is gone: nothing of ours catches this."""


def die_at(moment: int) -> Any:
    """A progress hook that dies at its n-th call."""
    calls = 0

    def hook(phase: str, done: int, total: int) -> None:
        nonlocal calls
        calls += 1
        if calls == moment:
            raise Killed

    return hook


def bury() -> None:
    """Let the time pass after which a silent worker counts as dead."""
    FetchWorker.objects.update(alive_at=timezone.now() - dead_after() - timedelta(seconds=1))


def worker(**columns: Any) -> FetchWorker:
    """A process that fetches, alive unless ``columns`` say else."""
    return FetchWorker.objects.create(pid=1, **columns)


@pytest.mark.django_db(transaction=True)
def test_queueing_twice_queues_once(joined: Connection) -> None:
    first = enqueue(joined, SyncRun.Trigger.MANUAL)
    second = enqueue(joined, SyncRun.Trigger.SCHEDULE, full=True)
    assert first.pk == second.pk
    assert second.full
    assert tasks(FETCH) == [()], "a crew is called, and a second one for a second fetch only"


@pytest.mark.django_db(transaction=True)
def test_the_task_does_it_and_a_second_delivery_does_nothing(joined: Connection, small: Lexware) -> None:
    queued = enqueue(joined, SyncRun.Trigger.MANUAL)
    background.fetch()
    assert stored(joined.client) == small.paid(START)
    small.calls()
    background.fetch()
    assert small.calls() == []
    queued.refresh_from_db()
    assert (queued.state, queued.attempts, queued.worker) == (SyncRun.State.DONE, 1, None)
    assert not FetchWorker.objects.exists()


@pytest.mark.parametrize("moment", [1, 2, 3, 6, 11, 14, 18])
def test_cut_off_anywhere_the_next_one_goes_on(joined: Connection, small: Lexware, moment: int) -> None:
    queued = enqueue(joined, SyncRun.Trigger.MANUAL)
    with pytest.raises(Killed):
        run(queued.pk, on_progress=die_at(moment))
    before = small.calls()
    assert release_dead_runs() == 1
    done = run(queued.pk)
    assert (done.state, done.attempts, done.created) == (SyncRun.State.DONE, 2, 7)
    assert stored(joined.client) == small.paid(START)
    details = [path for path in before + small.calls() if path != "/v1/voucherlist"]
    assert len(details) == len(set(details)), "nothing is fetched twice"
    assert not RawAnswer.objects.filter(version__gt=1).exists()


@pytest.mark.django_db(transaction=True)
def test_a_dead_run_is_queued_again_by_whoever_wants_one(joined: Connection) -> None:
    queued = enqueue(joined, SyncRun.Trigger.MANUAL)
    SyncRun.objects.filter(pk=queued.pk).update(state=SyncRun.State.RUNNING, worker=worker(), attempts=1)
    assert enqueue(joined, SyncRun.Trigger.MANUAL).state == SyncRun.State.RUNNING
    bury()
    assert enqueue(joined, SyncRun.Trigger.MANUAL).state == SyncRun.State.QUEUED


def test_a_run_that_keeps_dying_is_given_up(joined: Connection) -> None:
    queued = enqueue(joined, SyncRun.Trigger.MANUAL)
    for _ in range(MAX_ATTEMPTS):
        with pytest.raises(Killed):
            run(queued.pk, on_progress=die_at(1))
        release_dead_runs()
    queued.refresh_from_db()
    assert (queued.state, queued.error) == (SyncRun.State.FAILED, "gave_up")
    assert fetch(joined).state == SyncRun.State.DONE


@pytest.mark.django_db(transaction=True)
def test_a_call_that_got_lost_is_repeated_by_the_minute(joined: Connection) -> None:
    enqueue(joined, SyncRun.Trigger.MANUAL)
    empty_queue()
    background.start_due_syncs()
    assert tasks(FETCH) == [], "whoever was called may be on the way"
    bury()
    background.start_due_syncs()
    background.start_due_syncs()
    assert tasks(FETCH) == [()]


@pytest.mark.parametrize("state", ["running", "queued"])
def test_a_clock_that_was_set_back_holds_up_no_run(joined: Connection, state: str) -> None:
    queued = enqueue(joined, SyncRun.Trigger.MANUAL)
    tomorrow = timezone.now() + timedelta(days=1)
    SyncRun.objects.filter(pk=queued.pk).update(
        state=state, attempts=1, queued_at=tomorrow, worker=worker(alive_at=tomorrow) if state == "running" else None
    )
    release_dead_runs()
    assert release_dead_runs() == 0
    queued.refresh_from_db()
    assert queued.state == SyncRun.State.QUEUED
    assert queued.queued_at <= timezone.now()
    assert not FetchWorker.objects.exists()


def test_whoever_was_thought_dead_stops_when_it_wakes_up(joined: Connection, small: Lexware) -> None:
    queued = enqueue(joined, SyncRun.Trigger.MANUAL)

    def taken_over(phase: str, done: int, total: int) -> None:
        if (phase, done) == ("payments", 1):
            SyncRun.objects.filter(pk=queued.pk).update(state=SyncRun.State.QUEUED)

    left = run(queued.pk, on_progress=taken_over)
    assert left.state == SyncRun.State.QUEUED
    assert sum("/payments/" in path for path in small.calls()) == 2
    assert run(queued.pk).state == SyncRun.State.DONE
    assert stored(joined.client) == small.paid(START)


def test_disconnecting_stops_a_fetch_under_way(joined: Connection, small: Lexware) -> None:
    queued = enqueue(joined, SyncRun.Trigger.MANUAL)

    def disconnect(phase: str, done: int, total: int) -> None:
        if (phase, done) == ("payments", 1):
            connections.disconnect(Connection.objects.get(pk=joined.pk))

    stopped = run(queued.pk, on_progress=disconnect)
    assert (stopped.state, stopped.error) == (SyncRun.State.FAILED, "disconnected")
    joined.refresh_from_db()
    assert joined.status == Status.NONE
    assert sum("/payments/" in path for path in small.calls()) == 2
    assert Voucher.objects.count() == 7


@pytest.mark.django_db(transaction=True)
def test_two_at_once_do_the_work_once(joined: Connection, small: Lexware) -> None:
    results: list[SyncRun] = []

    def work() -> None:
        try:
            results.append(fetch(Connection.objects.get(pk=joined.pk)))
        finally:
            database.close()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert {item.state for item in results} == {SyncRun.State.DONE}
    assert len(results) == 3
    assert stored(joined.client) == small.paid(START)
    assert SyncRun.objects.filter(created=7).count() == 1
    details = [path for path in small.calls() if path != "/v1/voucherlist"]
    assert len(details) == len(set(details))


def test_a_defect_of_ours_ends_the_run_with_a_word(joined: Connection, caplog: pytest.LogCaptureFixture) -> None:
    def broken(phase: str, done: int, total: int) -> None:
        raise ZeroDivisionError

    queued = enqueue(joined, SyncRun.Trigger.MANUAL)
    done = run(queued.pk, on_progress=broken)
    assert (done.state, done.error, done.error_detail) == (SyncRun.State.FAILED, "internal", "ZeroDivisionError")
    assert "ZeroDivisionError" in caplog.text


@pytest.mark.django_db(transaction=True)
def test_a_database_that_was_away_for_a_moment_fails_no_fetch(joined: Connection, small: Lexware) -> None:
    calls = 0

    def away(phase: str, done: int, total: int) -> None:
        nonlocal calls
        calls += 1
        if calls == 6:
            raise OperationalError("terminating connection due to administrator command")

    done = run_now(joined, SyncRun.Trigger.MANUAL, on_progress=away)
    assert (done.state, done.attempts, done.created) == (SyncRun.State.DONE, 2, 7)
    assert stored(joined.client) == small.paid(START)


def test_a_key_that_cannot_be_decrypted_asks_for_a_new_one(joined: Connection) -> None:
    from cryptography.fernet import Fernet

    token = Fernet(Fernet.generate_key()).encrypt(b"something")
    with database.cursor() as cursor:
        cursor.execute("UPDATE integrations_connectionsecret SET api_key = %s", [token])
    done = fetch(joined)
    assert (done.state, done.error) == (SyncRun.State.FAILED, "key_rejected")
    joined.refresh_from_db()
    assert (joined.status, joined.reason) == (Status.FAILED, "key_rejected")
    assert joined.events.order_by("-id")[0].detail["code"] == "key_not_decryptable"


def test_a_fetch_leaves_a_line_in_the_timeline(joined: Connection) -> None:
    fetch(joined)
    event = joined.events.get(kind=ConnectionEvent.Kind.SYNC)
    assert (event.detail["created"], event.detail["skipped"]) == (7, 0)


@pytest.mark.django_db(transaction=True)
def test_what_is_withdrawn_goes_to_matching_although_the_fetch_ends_early(joined: Connection, small: Lexware) -> None:
    fetch(joined)
    empty_queue()
    small.do("void", small.id_of("N-4"))
    small.do("pay", small.id_of("OPEN"))
    small.fault("status", "/v1/payments", status=401, count=1)
    assert fetch(joined).state == SyncRun.State.FAILED
    assert tasks("matching.tasks.match_client") == [(joined.client_id,)]


@pytest.mark.django_db(transaction=True)
def test_nothing_changed_asks_for_no_matching(joined: Connection) -> None:
    fetch(joined)
    empty_queue()
    fetch(joined)
    assert not OrmQ.objects.exists()


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_killed_in_the_middle_the_end_is_the_same(joined: Connection, small: Lexware) -> None:
    """A process of its own is killed while it downloads; nothing half remains."""
    small.control("/settings", latency_ms=30)
    queued = enqueue(joined, SyncRun.Trigger.MANUAL)
    database_settings = database.settings_dict
    url = (
        f"sqlite:///{database_settings['NAME']}"
        if database.vendor == "sqlite"
        else "postgres://{USER}:{PASSWORD}@{HOST}:{PORT}/{NAME}".format(**database_settings)
    )
    environment = {
        **os.environ,
        "KONTOR_TEST_DATABASE_URL": url,
        "LEXWARE_URL_OF_TEST": small.running.url,
        "MEDIA_OF_TEST": str(django_settings.MEDIA_ROOT),
        "DJANGO_SETTINGS_MODULE": "tests.settings",
    }
    code = (
        "import os, django; django.setup()\n"
        "from django.conf import settings\n"
        "settings.LEXWARE_API_URL = os.environ['LEXWARE_URL_OF_TEST']\n"
        "settings.MEDIA_ROOT = os.environ['MEDIA_OF_TEST']\n"
        "from integrations.services.sync import run\n"
        f"run({queued.pk})\n"
    )
    child = subprocess.Popen([sys.executable, "-c", code], env=environment, cwd=Path(__file__).parents[3])
    try:
        deadline = time.monotonic() + 30
        while VoucherFile.objects.count() < 2 and time.monotonic() < deadline:
            time.sleep(0.02)
    finally:
        child.send_signal(signal.SIGKILL)
        child.wait(10)
    assert 2 <= VoucherFile.objects.count() < 7
    small.control("/settings", latency_ms=0)
    bury()
    release_dead_runs()
    assert run(queued.pk).state == SyncRun.State.DONE
    assert stored(joined.client) == small.paid(START)
