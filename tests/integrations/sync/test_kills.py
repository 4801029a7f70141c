"""Fifty kills: real workers die by SIGKILL at random moments, and the next look always finds both sides equal.

What is changed on the other side, and when who dies, is drawn from a seed that is printed where a test fails
(``KONTOR_KILLS_SEED`` repeats it; what the processes do in that very millisecond cannot be repeated).
"""

import json
import os
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import requests
from django.conf import settings as django_settings
from django_q.models import OrmQ

from accounts.models import Client, TaskAttempt
from integrations.models import Connection, SyncRun
from integrations.services import connections
from integrations.services.statements import import_file
from integrations.services.sync_queue import enqueue
from tests.integrations.sync.truth import differences, matching_differences, media_problems, truth
from tests.killing import fetching, is_over, kill, wait_for_the_end
from tests.processes import wait_until, worker_command
from vouchers.orphans import sweep_orphans
from vouchers.storage import sweep_unfinished

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
KILLS = 50
SCALE = 100
BICYCLES = 2
MATCHING = "matching.tasks.match_client"


@dataclass
class Other:
    """The other side: a sandbox in a process of its own, and what its people do."""

    url: str
    control_url: str
    organization: str
    key: str
    draw: random.Random
    done: Counter[str] = field(default_factory=Counter)

    def post(self, path: str, **body: Any) -> bool:
        """Do something; False where it cannot be done just now."""
        answer = requests.post(f"{self.control_url}/organizations/{self.organization}{path}", json=body, timeout=30)
        assert answer.ok or answer.status_code in (400, 404, 409), answer.text
        return answer.ok

    def calls(self) -> int:
        """How many calls were answered since they were last forgotten."""
        counted = requests.get(f"{self.control_url}/requests?organization=none", timeout=30).json()["organizations"]
        return int(counted.get(self.organization, {"total": 0})["total"])

    def change_something(self) -> bool:
        """A handful of changes that a user of the web application might make; whether something was deleted."""
        deleted = self.done["delete"]
        rows = [row for row in truth(self.control_url, self.organization)["vouchers"] if row["paid"]]
        for _ in range(self.draw.randint(3, 6)):
            row = self.draw.choice(rows)
            verb = self.draw.choice(["unpay", "void", "remark", "file", "again", "new", "new", "new"] * 3 + ["delete"])
            total = f"{self.draw.randint(100, 99999) / 100:.2f}"
            day = f"2026-0{self.draw.randint(1, 6)}-1{self.draw.randint(0, 9)}"
            here = f"/vouchers/{row['id']}"
            match verb:
                case "remark":
                    done = self.post(f"{here}/change", remark=f"noted {total}")
                case "file":
                    done = self.post(f"{here}/change", add_file="pdf")
                case "again":
                    done = self.post(f"{here}/unpay") and self.post(f"{here}/pay", date=day)
                case "new":
                    kind = self.draw.choice(["purchaseinvoice", "salesinvoice", "invoice", "creditnote"])
                    done = self.post("/vouchers", type=kind, total=total, date=day, paid_on=day, files=["pdf", "png"])
                case _:
                    done = self.post(f"{here}/{verb}")
            self.done[verb] += done
        return self.done["delete"] > deleted


@pytest.fixture
def draw() -> random.Random:
    seed = os.environ.get("KONTOR_KILLS_SEED") or str(random.SystemRandom().randint(1, 10**6))
    sys.stdout.write(f"KONTOR_KILLS_SEED={seed}\n")
    return random.Random(seed)


@pytest.fixture
def other(draw: random.Random, settings: Any) -> Iterator[Other]:
    command = [sys.executable, "-m", "sandbox", "--time-scale", str(SCALE)]
    with subprocess.Popen(command, cwd=django_settings.BASE_DIR, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            said = json.loads(process.stdout.readline())
            settings.LEXWARE_API_URL, settings.LEXWARE_TIME_SCALE = said["url"], SCALE
            chosen = said["organizations"][BICYCLES]
            yield Other(said["url"], said["control_url"], chosen["organization_id"], chosen["key"], draw)
        finally:
            process.kill()


@pytest.fixture
def connection(other: Other, kontor_client: Client) -> Connection:
    """The client, connected, with its bank statements; nothing is fetched yet."""
    listing = requests.get(f"{other.control_url}/organizations/{other.organization}/statements", timeout=30).json()
    for file in listing["statements"]:
        import_file(kontor_client, file["name"], requests.get(file["url"], timeout=30).content)
    return connections.connect(connections.get_or_create(kontor_client), other.key, sync=False)


def test_after_every_kill_both_sides_are_equal(
    tmp_path: Path, other: Other, connection: Connection, draw: random.Random
) -> None:
    killed: Counter[str] = Counter()
    arguments = {"QUEUE_WORKERS": "3", "SYNC_WORKERS": "2", "LEXWARE_TIME_SCALE": str(SCALE)}
    with worker_command(tmp_path, **arguments) as worker:
        worker.wait_for_workers(3)
        for attempt in range(KILLS * 2):
            deleted = other.change_something() if attempt else False
            # Only a complete comparison finds what was deleted, where no webhook tells of it.
            requests.post(f"{other.control_url}/requests/reset", timeout=30)
            run = enqueue(connection, SyncRun.Trigger.MANUAL, full=deleted or draw.random() < 0.1)
            victim = one_who_fetches(run, other, draw) if draw.random() < 0.8 else one_who_matches(run, draw)
            killed[victim] += 1
            if draw.random() < 0.2:
                # The other side does not wait for us either.
                deleted = other.change_something()
                wait_for_the_end(run, worker)
                run = enqueue(connection, SyncRun.Trigger.MANUAL, full=deleted)
            wait_for_the_end(run, worker)
            found = differences(connection.client, other.control_url, other.organization)
            # What the dead left half done is cleared away by the clock, when it is old enough.
            found = [line for line in found if not line.startswith("file without a row: ")]
            assert found == [], f"after {sum(killed.values())} kills: {killed}"
            assert matching_differences(connection.client) == []
            if killed.total() - killed["nobody"] == KILLS:
                break
        assert worker.stop() == 0
        assert other.key not in worker.text
    sys.stdout.write(f"killed: {dict(killed)}; changed: {dict(other.done)}\n")
    assert killed.total() - killed["nobody"] == KILLS
    sweep_unfinished(older_than_seconds=0)
    sweep_orphans(older_than_seconds=0)
    assert media_problems() == []


def test_whoever_is_asked_to_stop_gives_the_fetch_back_and_it_goes_on_later(
    tmp_path: Path, other: Other, connection: Connection
) -> None:
    arguments = {"QUEUE_WORKERS": "2", "LEXWARE_TIME_SCALE": str(SCALE)}
    run = enqueue(connection, SyncRun.Trigger.MANUAL)
    requests.post(f"{other.control_url}/settings", json={"latency_ms": 300}, timeout=30)
    with worker_command(tmp_path, **arguments) as worker:
        wait_until(lambda: SyncRun.objects.filter(pk=run.pk, phase="payments", done__gte=2).exists(), worker)
        assert worker.stop() == 0
    run.refresh_from_db()
    assert (run.state, run.attempts, run.worker) == (SyncRun.State.QUEUED, 0, None)
    requests.post(f"{other.control_url}/settings", json={"latency_ms": 0}, timeout=30)
    with worker_command(tmp_path, **arguments) as worker:
        wait_for_the_end(run, worker)
        assert worker.stop() == 0
    assert differences(connection.client, other.control_url, other.organization) == []


def one_who_fetches(run: SyncRun, other: Other, draw: random.Random) -> str:
    """Kill the process that does this fetch, after a random number of calls and a little more."""
    calls, more = draw.choice([0, 0, 1, 2, 3, 4, 6, 8, 10, 12, 16]), draw.uniform(0, 0.03)
    wait_until(lambda: is_over(run) or (fetching(run) and other.calls() >= calls), "nobody fetches", pause=0.005)
    time.sleep(more)
    worker = fetching(run)
    return "fetching" if worker and kill(worker.pid) else "nobody"


def one_who_matches(run: SyncRun, draw: random.Random) -> str:
    """Kill a process that matches; it is short work, and not always seen."""
    more = draw.uniform(0, 0.2)
    wait_until(lambda: matching() or (is_over(run) and not OrmQ.objects.exists()), "nobody matches", pause=0.005)
    time.sleep(more)
    pid = matching()
    return "matching" if pid and kill(pid) else "nobody"


def matching() -> int:
    row = TaskAttempt.objects.filter(key__startswith=MATCHING).first()
    return int(row.holder.split()[1]) if row else 0
