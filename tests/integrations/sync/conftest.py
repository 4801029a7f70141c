"""A sandbox in the test's own process, a client connected to it, and a comparison of both sides."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
import requests
from django.conf import settings as django_settings
from django_q.models import OrmQ

from accounts.models import Client
from integrations.models import Connection, SyncRun
from integrations.services import connections
from integrations.services.sync import run_now
from matching.models import MatchingRequest
from sandbox.server import RunningSandbox, start
from vouchers.models import Voucher
from vouchers.storage import open_stored

SCALE = 200
BICYCLES = 2
BOOKKEEPING = ("salesinvoice", "salescreditnote", "purchaseinvoice", "purchasecreditnote")
SALES = ("invoice", "downpaymentinvoice", "creditnote")


@dataclass
class Lexware:
    """One organization of a running sandbox, and what its people may do to it."""

    running: RunningSandbox
    index: int = BICYCLES

    @property
    def organization(self) -> Any:
        return self.running.world.organisations[self.id]

    @property
    def id(self) -> str:
        return self.running.organizations[self.index]["organization_id"]

    @property
    def key(self) -> str:
        return self.running.organizations[self.index]["key"]

    def other(self, index: int) -> "Lexware":
        return Lexware(self.running, index)

    def control(self, path: str, **body: Any) -> dict[str, Any]:
        answer = requests.post(f"{self.running.control_url}{path}", json=body, timeout=10)
        assert answer.ok, answer.text
        return dict(answer.json())

    def do(self, verb: str, voucher_id: object, **body: Any) -> dict[str, Any]:
        return self.control(f"/organizations/{self.id}/vouchers/{voucher_id}/{verb}", **body)

    def id_of(self, number: str) -> str:
        return next(str(item.id) for item in self.organization.vouchers.values() if item.number == number)

    def add(self, **body: Any) -> str:
        return str(self.control(f"/organizations/{self.id}/vouchers", **body)["voucher"]["id"])

    def let_time_pass(self, hours: float = 1) -> None:
        """Make everything that was changed so far older, so that nothing of it happened in this very moment."""
        with self.running.sandbox.lock:
            for voucher in self.organization.vouchers.values():
                voucher.created -= timedelta(hours=hours)
                voucher.updated -= timedelta(hours=hours)

    def fault(self, kind: str, path: str = "/v1", **options: Any) -> None:
        self.control("/faults", kind=kind, path_prefix=path, **options)

    def no_faults(self) -> None:
        self.control("/faults/reset")

    def calls(self) -> list[str]:
        """The paths asked for since the last call of this method, in order."""
        log = requests.get(f"{self.running.control_url}/requests?organization={self.id}", timeout=10).json()
        self.control("/requests/reset")
        return [entry["path"] for entry in log["calls"]]

    def paid(self, since: date) -> dict[str, dict[str, Any]]:
        """What a client must have: the paid vouchers dated since then, by id."""
        rows = {}
        for voucher in self.organization.vouchers.values():
            if voucher.status not in ("paid", "paidoff") or voucher.day < since:
                continue
            payments = [] if voucher.settles else [(p.kind, p.day, p.amount) for p in voucher.payments]
            rows[voucher.id] = {
                "number": voucher.number or "",
                "total": voucher.total,
                "contact": voucher.contact_name,
                # Sales documents have no such field; the sandbox prints it on their paper.
                "remark": voucher.remark if voucher.type in BOOKKEEPING else "",
                "payments": payments,
                "files": len(voucher.files) if voucher.type in BOOKKEEPING else 1,
            }
        return rows


def stored(client: Client) -> dict[str, dict[str, Any]]:
    """What the client has, in the same form; every file is read from the disk."""
    rows = {}
    for voucher in Voucher.objects.filter(client=client, withdrawn_at=None).prefetch_related(
        "payments", "files__stored"
    ):
        for file in voucher.files.all():
            with open_stored(file.stored) as content:
                assert len(content.read()) == file.stored.size
        rows[str(voucher.external_id)] = {
            "number": voucher.number,
            "total": voucher.total,
            "contact": voucher.contact_name,
            "remark": voucher.remark if voucher.type in BOOKKEEPING else "",
            "payments": [(p.type, p.date, p.amount) for p in voucher.payments.order_by("position")],
            "files": len(voucher.files.all()),
        }
    return rows


def fetch(connection: Connection, *, full: bool = False) -> SyncRun:
    """Fetch as the command does."""
    connection.refresh_from_db()
    return run_now(connection, SyncRun.Trigger.MANUAL, full=full)


def tasks(name: str) -> list[tuple[Any, ...]]:
    """The arguments of the waiting tasks of this name."""
    return [tuple(waiting.args()) for waiting in OrmQ.objects.order_by("pk") if waiting.func() == name]


def empty_queue() -> None:
    """Forget what waits to be done."""
    OrmQ.objects.all().delete()
    MatchingRequest.objects.all().delete()


@pytest.fixture
def lexware(settings: Any) -> Iterator[Lexware]:
    """The bicycle workshop of a sandbox of its own: 45 paid vouchers."""
    with start(time_scale=SCALE) as running:
        settings.LEXWARE_API_URL = running.url
        yield Lexware(running)


@pytest.fixture
def small(settings: Any) -> Iterator[Lexware]:
    """An organization with one paid voucher of each type and an open one; quick to fetch."""
    with start(time_scale=SCALE, world="empty") as running:
        settings.LEXWARE_API_URL = running.url
        lexware = Lexware(running)
        for position, kind in enumerate((*BOOKKEEPING, *SALES)):
            day = f"2026-0{position + 1}-10"
            lexware.add(type=kind, number=f"N-{position}", total=f"{100 + position}.50", date=day, paid_on=day)
        lexware.add(type="purchaseinvoice", number="OPEN", total="55.00", date="2026-02-02")
        lexware.let_time_pass()
        yield lexware


@pytest.fixture
def joined(small: Lexware, kontor_client: Client) -> Connection:
    """The client, connected to the small organization; nothing is fetched yet."""
    connection = connections.connect(connections.get_or_create(kontor_client), small.key, sync=False)
    small.calls()
    return connection


@pytest.fixture
def connected(lexware: Lexware, kontor_client: Client) -> Connection:
    """The client, connected to the bicycle workshop; nothing is fetched yet."""
    connection = connections.connect(connections.get_or_create(kontor_client), lexware.key, sync=False)
    lexware.calls()
    return connection


@pytest.fixture
def start_day(kontor_client: Client) -> date:
    """From when the client's vouchers are needed: both open years."""
    assert django_settings.LEXWARE_TIME_SCALE == SCALE
    return date(2025, 1, 1)
