"""A crew works on many connections at once, shares its time fairly, and leaves nothing behind when it ends or dies."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest
import requests
from django.conf import settings as django_settings
from django.utils import timezone

from accounts.services import add_client
from integrations.models import Connection, FetchWorker, SyncRun
from integrations.services import connections, fetch_places, sync_queue
from integrations.services.crew import Crew, work_off
from integrations.services.sync import enqueue, release_dead_runs, run_now
from integrations.services.sync_queue import FETCH
from sandbox.server import start
from tests.integrations.sync.conftest import SCALE, Lexware, empty_queue, stored, tasks
from tests.processes import database_url
from tests.threads import in_threads, join
from vouchers.models import RawAnswer

pytestmark = pytest.mark.django_db(transaction=True)
ORGANIZATIONS = 6
START = date(2025, 1, 1)


class Fleet:
    """Several organizations with three paid vouchers each, every one connected to a client of its own."""

    def __init__(self, lexware: Lexware, organizations: int = ORGANIZATIONS) -> None:
        self.lexware = lexware
        self.connections: list[Connection] = []
        self.organizations = lexware.control("/fleet", organizations=organizations, vouchers_each=3)["organizations"]
        for position, organization in enumerate(self.organizations):
            client = add_client(
                name=organization["name"],
                email=f"flotte{position}@mandant.example",
                number=str(30001 + position),
                closed_through=2024,
                today=date(2026, 3, 12),
            )
            connection = connections.get_or_create(client)
            self.connections.append(connections.connect(connection, organization["key"], sync=False))
        lexware.control("/requests/reset")

    def enqueue(self) -> list[SyncRun]:
        return [enqueue(connection, SyncRun.Trigger.SCHEDULE) for connection in self.connections]

    def slow(self, milliseconds: int) -> None:
        self.lexware.control("/settings", latency_ms=milliseconds)

    def calls(self) -> list[dict[str, Any]]:
        return list(requests.get(f"{self.lexware.running.control_url}/requests", timeout=10).json()["calls"])

    def assert_complete(self) -> None:
        """Everybody has everything, read once."""
        for connection, organization in zip(self.connections, self.organizations, strict=True):
            there = Wanted(self.lexware.running, organization["organization_id"]).paid(START)
            assert there
            assert stored(connection.client) == there
        details = [(call["organization"], call["path"]) for call in self.calls() if call["path"] != "/v1/voucherlist"]
        assert len(details) == len(set(details)), "nothing is fetched twice"
        assert not RawAnswer.objects.filter(version__gt=1).exists()


class Wanted(Lexware):
    """An organization by its id."""

    def __init__(self, running: Any, organization: str) -> None:
        super().__init__(running)
        self._id = organization

    @property
    def id(self) -> str:
        return self._id


@pytest.fixture
def fleet(settings: Any) -> Iterator[Fleet]:
    with start(time_scale=SCALE, world="empty") as running:
        settings.LEXWARE_API_URL = running.url
        yield Fleet(Lexware(running))


def states() -> dict[str, int]:
    found: dict[str, int] = {}
    for state in SyncRun.objects.values_list("state", flat=True):
        found[state] = found.get(state, 0) + 1
    return found


def bury() -> None:
    """Let the time pass after which silent workers count as dead."""
    FetchWorker.objects.update(alive_at=timezone.now() - fetch_places.dead_after() - timedelta(seconds=1))


def until(true: Callable[[], object], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it never came true"
        time.sleep(0.01)


def crew(**options: Any) -> None:
    """A crew at a place, as the task does it, but with a turn of another length or with fewer seats."""
    worker = fetch_places.take_place()
    assert worker is not None
    try:
        Crew(worker, **options).work()
    finally:
        worker.sign_off()


def test_one_crew_works_off_everything(fleet: Fleet) -> None:
    fleet.enqueue()
    assert tasks(FETCH) == [(), ()], "as many as there are places, however many fetches wait"
    work_off()
    assert states() == {"done": ORGANIZATIONS}
    fleet.assert_complete()
    assert not FetchWorker.objects.filter(pid__gt=0).exists()


def test_two_crews_at_once_do_everything_once(fleet: Fleet) -> None:
    fleet.enqueue()
    fleet.slow(5)
    join(in_threads(work_off, work_off, work_off))
    assert states() == {"done": ORGANIZATIONS}
    assert SyncRun.objects.filter(attempts=1).count() == ORGANIZATIONS
    fleet.assert_complete()


def test_where_all_places_are_taken_a_crew_ends_at_once(fleet: Fleet, settings: Any) -> None:
    settings.SYNC_WORKERS = 1
    fleet.enqueue()
    assert tasks(FETCH) == [()]
    FetchWorker.objects.update(pid=1)
    work_off()
    assert states() == {"queued": ORGANIZATIONS}
    bury()
    work_off()
    assert states() == {"done": ORGANIZATIONS}


def test_at_the_end_of_its_turn_a_run_is_given_back_and_goes_on_later(fleet: Fleet) -> None:
    fleet.slow(40)
    fleet.enqueue()
    turns = 0
    while states() != {"done": ORGANIZATIONS}:
        before = {run.pk: run for run in SyncRun.objects.all()}
        crew(turn=0.3)
        turns += 1
        for run in SyncRun.objects.exclude(state=SyncRun.State.DONE):
            assert (run.state, run.attempts, run.worker) == (SyncRun.State.QUEUED, 0, None)
            assert run.requests >= before[run.pk].requests
            # On a busy machine a short turn may end before everybody has begun.
            if run.requests > before[run.pk].requests:
                assert run.queued_at > before[run.pk].queued_at, "it waits behind those who waited before it"
                assert run.phase
        assert turns < 100
    assert turns > 1
    fleet.assert_complete()
    for run in SyncRun.objects.all():
        assert run.requests == run.calls.count()
        assert run.created == 3


def test_runs_of_a_silent_worker_are_taken_over_and_its_own_hands_are_tied(fleet: Fleet) -> None:
    fleet.enqueue()
    fleet.slow(100)
    threads = in_threads(crew)
    until(lambda: states().get("running", 0) == ORGANIZATIONS)
    owner = FetchWorker.objects.get(pid__gt=0)
    # It is frozen, as a machine that sleeps is: others take its place and its runs.
    bury()
    assert release_dead_runs() >= ORGANIZATIONS - 1
    assert not FetchWorker.objects.filter(pk=owner.pk).exists()
    fleet.slow(0)
    crew()
    join(threads)
    assert states() == {"done": ORGANIZATIONS}
    for connection, organization in zip(fleet.connections, fleet.organizations, strict=True):
        assert stored(connection.client) == Wanted(fleet.lexware.running, organization["organization_id"]).paid(START)


@pytest.mark.parametrize(("attempts", "together"), [(1, ORGANIZATIONS), (2, 1)])
def test_runs_that_were_in_a_crash_are_worked_on_in_ever_smaller_company(
    fleet: Fleet, attempts: int, together: int
) -> None:
    runs = fleet.enqueue()
    others = runs[ORGANIZATIONS // 2 :]
    SyncRun.objects.exclude(pk__in=[run.pk for run in others]).update(
        attempts=attempts, queued_at=timezone.now() - timedelta(hours=1)
    )
    fleet.slow(5)
    work_off()
    assert states() == {"done": 3, "queued": 3}, "the others wait until the suspects are through"
    work_off()
    assert states() == {"done": ORGANIZATIONS}
    fleet.assert_complete()
    suspects = {organization["organization_id"] for organization in fleet.organizations[: ORGANIZATIONS // 2]}
    theirs = [call["organization"] for call in fleet.calls() if call["organization"] in suspects]
    changes = len(list(groupby(theirs))) - 1
    assert (changes == 2) == (together == 1)


def test_disconnecting_stops_it_soon_and_leaves_the_others_alone(fleet: Fleet) -> None:
    fleet.slow(150)
    fleet.enqueue()
    threads = in_threads(crew)
    until(lambda: SyncRun.objects.filter(phase__in=["payments", "documents"]).count() == ORGANIZATIONS)
    gone = fleet.connections[0]
    connections.disconnect(Connection.objects.get(pk=gone.pk))
    until(lambda: states().get("done", 0) == ORGANIZATIONS - 1)
    join(threads)
    run = gone.runs.get()
    assert (run.state, run.error) == ("failed", "disconnected")
    theirs = [call for call in fleet.calls() if call["organization"] == fleet.organizations[0]["organization_id"]]
    longest = max(run.requests for run in SyncRun.objects.filter(state="done"))
    assert len(theirs) < longest


def test_a_key_that_is_revoked_concerns_its_own_connection_only(fleet: Fleet) -> None:
    fleet.enqueue()
    revoked = fleet.organizations[2]["organization_id"]
    fleet.lexware.control(f"/organizations/{revoked}/key/revoke")
    work_off()
    assert states() == {"done": ORGANIZATIONS - 1, "failed": 1}
    assert fleet.connections[2].runs.get().state == SyncRun.State.FAILED
    others = Connection.objects.exclude(pk=fleet.connections[2].pk)
    assert not others.exclude(status="active", doubted_at=None).exists()


def test_whoever_asks_at_the_command_line_gets_the_run_of_a_crew(fleet: Fleet) -> None:
    fleet.slow(40)
    fleet.enqueue()
    threads = in_threads(lambda: crew(turn=0.3))
    until(lambda: states().get("running", 0) == ORGANIZATIONS)
    done = run_now(fleet.connections[0], SyncRun.Trigger.MANUAL)
    assert done.state == SyncRun.State.DONE
    join(threads)
    assert fleet.connections[0].runs.count() == 1
    work_off()
    fleet.assert_complete()


def test_those_of_every_morning_go_before_first_fetches(fleet: Fleet) -> None:
    fleet.enqueue()
    # Two were fetched before, and asked last.
    known = fleet.connections[-2:]
    Connection.objects.filter(pk__in=[connection.pk for connection in known]).update(
        synced_through=timezone.now(), synced_from=START
    )
    fleet.slow(20)
    crew(seats=2)
    assert states() == {"done": ORGANIZATIONS}
    before = {organization["organization_id"] for organization in fleet.organizations[-2:]}
    # Either of the two may already have called twice before the other's thread gets its first turn.
    in_order = list(dict.fromkeys(call["organization"] for call in fleet.calls()))
    assert set(in_order[:2]) == before


def child(code: str, lexware: Lexware) -> subprocess.Popen[bytes]:
    """A process of its own on the test's database."""
    environment = {
        **os.environ,
        "KONTOR_TEST_DATABASE_URL": database_url(),
        "LEXWARE_URL_OF_TEST": lexware.running.url,
        "MEDIA_OF_TEST": str(django_settings.MEDIA_ROOT),
        "DJANGO_SETTINGS_MODULE": "tests.settings",
    }
    before = (
        "import os, django; django.setup()\n"
        "from django.conf import settings\n"
        "settings.LEXWARE_API_URL = os.environ['LEXWARE_URL_OF_TEST']\n"
        "settings.MEDIA_ROOT = os.environ['MEDIA_OF_TEST']\n"
    )
    return subprocess.Popen([sys.executable, "-c", before + code], env=environment, cwd=Path(__file__).parents[3])


@pytest.mark.slow
def test_two_processes_share_the_work_and_do_it_once(fleet: Fleet) -> None:
    fleet.slow(60)
    fleet.enqueue()
    code = "from integrations.services.crew import work_off\nwork_off()\n"
    processes = [child(code, fleet.lexware) for _ in range(3)]
    assert [process.wait(60) for process in processes] == [0, 0, 0]
    assert states() == {"done": ORGANIZATIONS}
    assert SyncRun.objects.filter(attempts=1).count() == ORGANIZATIONS
    fleet.assert_complete()


@pytest.mark.slow
@pytest.mark.parametrize(("number", "attempts"), [(signal.SIGKILL, 1), (signal.SIGTERM, 0)])
def test_a_crew_that_is_ended_from_outside(fleet: Fleet, number: signal.Signals, attempts: int) -> None:
    """Killed, its runs are suspects after a while; asked to end, it gives them back and calls a successor."""
    fleet.slow(60)
    fleet.enqueue()
    FetchWorker.objects.all().delete()
    empty_queue()
    process = child("from integrations.services.crew import work_off\nwork_off()\n", fleet.lexware)
    try:
        until(lambda: SyncRun.objects.filter(phase="documents").count() > 2)
    finally:
        process.send_signal(number)
        assert process.wait(30) == -number
    assert bool(tasks(FETCH)) == (number == signal.SIGTERM)
    if number == signal.SIGKILL:
        assert states()["running"] > 0
        bury()
        release_dead_runs()
    assert set(SyncRun.objects.exclude(state="done").values_list("state", "attempts")) == {("queued", attempts)}
    fleet.slow(0)
    while "queued" in states():
        work_off()
    assert states() == {"done": ORGANIZATIONS}
    if number == signal.SIGTERM:
        fleet.assert_complete()


@pytest.mark.slow
def test_a_run_that_always_kills_its_worker_drags_nobody_down(fleet: Fleet) -> None:
    """Whoever calls for the first organization is killed at once; everybody else gets through, and it is given up."""
    fleet.slow(30)
    fleet.enqueue()
    poison = fleet.organizations[0]["organization_id"]
    deaths = 0
    while "queued" in states() or "running" in states():
        fleet.lexware.control("/requests/reset")
        process = child("from integrations.services.crew import work_off\nwork_off()\n", fleet.lexware)
        while process.poll() is None:
            if any(call["organization"] == poison for call in fleet.calls()):
                process.kill()
                process.wait(30)
                deaths += 1
            time.sleep(0.005)
        bury()
        release_dead_runs()
        assert deaths <= sync_queue.MAX_ATTEMPTS
    run = fleet.connections[0].runs.get()
    assert (run.state, run.error, run.attempts) == ("failed", "gave_up", sync_queue.MAX_ATTEMPTS)
    assert states() == {"done": ORGANIZATIONS - 1, "failed": 1}
