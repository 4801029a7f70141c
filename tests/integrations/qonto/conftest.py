"""A local Qonto in the test's own process, and a client connected to it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
import requests
from django.utils import timezone

from accounts.models import Client
from integrations.models import Connection, Provider, SyncRun
from integrations.services import connections
from integrations.services.sync import run_now
from sandbox.qonto.model import Account, Organization, Transaction
from sandbox.server import RunningSandbox, start

SCALE = 200


@dataclass
class Qonto:
    """An organization of a local Qonto, and what its people and its bank may do."""

    running: RunningSandbox
    id: str

    @property
    def office(self) -> Any:
        return self.running.sandbox.qonto

    @property
    def organization(self) -> Organization:
        found: Organization = self.office.organizations[self.id]
        return found

    @property
    def key(self) -> str:
        return self.organization.key

    @property
    def account(self) -> Account:
        return next(iter(self.organization.accounts.values()))

    def control(self, path: str, **body: Any) -> dict[str, Any]:
        answer = requests.post(f"{self.running.control_url}/qonto{path}", json=body, timeout=10)
        assert answer.ok, answer.text
        return dict(answer.json())

    def add(self, cents: int, day: str = "", account: str = "", **body: Any) -> str:
        """A transaction settled at noon of a day, or a pending one; returns its readable id."""
        settled = {"settled_at": f"{day}T11:00:00+00:00"} if day else {}
        path = f"/accounts/{account or self.account.id}/transactions"
        return str(self.control(path, cents=cents, **settled, **body)["transaction_id"])

    def do(self, verb: str, key: str, **body: Any) -> dict[str, Any]:
        return self.control(f"/transactions/{key}/{verb}", **body)

    def transaction(self, key: str) -> Transaction:
        found: Transaction = self.office.transaction(key)[2]
        return found

    def fault(self, kind: str, **options: Any) -> None:
        self.control("/faults", kind=kind, **options)

    def no_faults(self) -> None:
        self.control("/faults/reset")

    def calls(self) -> list[dict[str, Any]]:
        """The calls since the last time this was asked, in order."""
        log = requests.get(f"{self.running.control_url}/qonto/requests", timeout=10).json()
        self.control("/requests/reset")
        return list(log["calls"])


def fetch(connection: Connection, *, full: bool = False) -> SyncRun:
    """Fetch as the command does."""
    connection.refresh_from_db()
    return run_now(connection, SyncRun.Trigger.MANUAL, full=full)


@pytest.fixture
def qonto(settings: Any) -> Iterator[Qonto]:
    """An organization with one account, on which nothing has happened."""
    with start(time_scale=SCALE, world="empty") as running:
        settings.QONTO_API_URL = running.url
        made = requests.post(f"{running.control_url}/qonto/organizations", json={"name": "Linde"}, timeout=10).json()
        yield Qonto(running, made["id"])


@pytest.fixture
def connection(qonto: Qonto, kontor_client: Client, transactional_db: None) -> Connection:
    """The client, connected; nothing is fetched yet."""
    found = connections.get_or_create(kontor_client, Provider.QONTO)
    return connections.connect(found, qonto.key, sync=False)


def moment(text: str) -> datetime:
    """A moment in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def year() -> int:
    """A year that is needed by every client."""
    return timezone.localdate().year
