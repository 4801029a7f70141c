"""Twelve kills of whoever fetches from Qonto: after each the feed is what the bank says, to the cent and byte.

What happens at the bank, and when the worker dies, is drawn from a seed that is printed where a test fails
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
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import requests
from django.conf import settings as django_settings
from django.db.models import Sum
from django.utils import timezone

from accounts.models import Client
from config.demo.feed_report import feed_differences
from integrations.models import AccountStatement, Connection, Provider, SyncRun
from integrations.services import connections
from integrations.services.sync_queue import enqueue
from matching.models import Transaction
from tests.integrations.sync.truth import media_problems
from tests.killing import fetching, is_over, kill, wait_for_the_end
from tests.processes import wait_until, worker_command
from vouchers.orphans import sweep_orphans
from vouchers.storage import sweep_unfinished

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
KILLS = 12
SCALE = 200
LINES = 260  # three pages of the first fetch


@dataclass
class Bank:
    """The other side: a local Qonto in a process of its own, and what happens at the bank."""

    control_url: str
    organization: dict[str, Any]
    draw: random.Random

    def post(self, path: str, **body: Any) -> dict[str, Any]:
        answer = requests.post(f"{self.control_url}{path}", json=body, timeout=30)
        assert answer.ok, answer.text
        return dict(answer.json())

    def truth(self) -> dict[str, Any]:
        url = f"{self.control_url}/organizations/{self.organization['id']}/truth"
        return dict(requests.get(url, timeout=30).json())

    def calls(self) -> int:
        return len(requests.get(f"{self.control_url}/requests", timeout=30).json()["calls"])

    def a_day_at_the_bank(self) -> None:
        """New lines, booked and announced; announced ones that are booked or dropped; documents; notes."""
        account = f"/accounts/{self.organization['accounts'][0]['id']}"
        for _ in range(self.draw.randint(2, 6)):
            known = self.truth()
            settled, pending = [row["key"] for row in known["transactions"]], known["pending"]
            cents = self.draw.choice([-1, 1]) * self.draw.randint(1, 99_999)
            match self.draw.choice(["booked", "booked", "announced", "settle", "decline", "attach", "attach", "note"]):
                case "booked":
                    # Nothing is ever booked in the past: the balances of later lines would be others.
                    self.post(f"{account}/transactions", cents=cents, settled_at=timezone.now().isoformat())
                case "settle" if pending:
                    self.post(f"/transactions/{self.draw.choice(pending)}/settle")
                case "decline" if pending:
                    self.post(f"/transactions/{self.draw.choice(pending)}/decline")
                case "attach":
                    self.post(f"/transactions/{self.draw.choice(settled)}/attachments", text=f"Beleg {cents}")
                case "note":
                    self.post(f"/transactions/{self.draw.choice(settled)}/change", note=f"noted {cents}")
                case _:
                    self.post(f"{account}/transactions", cents=cents)


@pytest.fixture
def bank(settings: Any) -> Iterator[Bank]:
    seed = os.environ.get("KONTOR_KILLS_SEED") or str(random.SystemRandom().randint(1, 10**6))
    sys.stdout.write(f"KONTOR_KILLS_SEED={seed}\n")
    command = [sys.executable, "-m", "sandbox", "--world", "empty", "--time-scale", str(SCALE)]
    with subprocess.Popen(command, cwd=django_settings.BASE_DIR, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            said = json.loads(process.stdout.readline())["qonto"]
            settings.QONTO_API_URL, settings.LEXWARE_TIME_SCALE = said["url"], SCALE
            made = requests.post(f"{said['control_url']}/organizations", json={"name": "Linde"}, timeout=30).json()
            found = Bank(said["control_url"], made, random.Random(seed))
            found.post(f"/accounts/{made['accounts'][0]['id']}/fill", count=LINES)
            yield found
        finally:
            process.kill()


@pytest.fixture
def connection(bank: Bank, kontor_client: Client) -> Connection:
    """The client, connected, documents wanted; nothing is fetched yet."""
    made = connections.get_or_create(kontor_client, Provider.QONTO)
    Connection.objects.filter(pk=made.pk).update(fetch_files=True)
    return connections.connect(made, bank.organization["key"], sync=False)


def test_after_every_kill_the_feed_is_what_the_bank_says(tmp_path: Path, bank: Bank, connection: Connection) -> None:
    killed: Counter[str] = Counter()
    arguments = {"QUEUE_WORKERS": "3", "SYNC_WORKERS": "2", "LEXWARE_TIME_SCALE": str(SCALE)}
    with worker_command(tmp_path, **arguments) as worker:
        worker.wait_for_workers(3)
        for _attempt in range(KILLS * 3):
            bank.a_day_at_the_bank()
            bank.post("/requests/reset")
            full = bank.draw.random() < 0.4
            run = enqueue(connection, SyncRun.Trigger.MANUAL, full=full)
            killed[one_who_fetches(run, bank)] += 1
            if bank.draw.random() < 0.3:
                # The bank does not wait for us: what happens now may be seen by this fetch, or by the next.
                bank.a_day_at_the_bank()
                wait_for_the_end(run, worker)
                run = enqueue(connection, SyncRun.Trigger.MANUAL)
            wait_for_the_end(run, worker)
            assert feed_differences(connection.client, bank.truth()) == [], f"after {killed}"
            assert statement_problems() == [], f"after {killed}"
            if killed["fetching"] == KILLS:
                break
        assert worker.stop() == 0
        assert bank.organization["key"].split(":")[1] not in worker.text
    assert killed["fetching"] == KILLS, killed
    sweep_unfinished(older_than_seconds=0)
    sweep_orphans(older_than_seconds=0)
    assert media_problems() == []


def one_who_fetches(run: SyncRun, bank: Bank) -> str:
    """Kill the process that does this fetch, after a random number of calls and a little more."""
    calls, more = bank.draw.choice([0, 0, 1, 1, 2, 3, 4, 6]), bank.draw.uniform(0, 0.02)
    wait_until(lambda: is_over(run) or (fetching(run) and bank.calls() >= calls), "nobody fetches", pause=0.005)
    time.sleep(more)
    worker = fetching(run)
    return "fetching" if worker and kill(worker.pid) else "nobody"


def statement_problems() -> list[str]:
    """Months whose figures are not those of their lines, or do not lead from one balance to the other."""
    problems = []
    for month in AccountStatement.objects.all():
        lines = Transaction.objects.filter(account=month.account, booking_date__range=(month.from_date, month.to_date))
        booked = lines.aggregate(sum=Sum("amount"))["sum"] or Decimal(0)
        if (month.lines, month.booked) != (lines.count(), booked):
            problems.append(f"{month.statement_id}: {month.lines} lines, {month.booked} instead of {booked}")
        if month.opening is not None and month.closing is not None and month.closing - month.opening != booked:
            problems.append(f"{month.statement_id}: {month.opening} to {month.closing} with {booked}")
    return problems
