"""Drawn sequences of changes on the other side, faults, crashes, fetches and webhooks, against a model of our own.

Whatever happened in between: after the next complete fetch the client has exactly what the model says.
"""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from random import Random
from typing import Any

import pytest
import requests
from django.test import Client as Browser
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from accounts.models import Client
from accounts.services import add_client
from integrations.models import Connection, SyncRun, VoucherChange, WebhookDelivery
from integrations.services import connections, hints, subscriptions
from integrations.services.sync import run_now
from sandbox.server import start
from sandbox.signing import public_key_pem
from tests.integrations.sync.conftest import BOOKKEEPING, SALES, Lexware, stored
from tests.integrations.sync.truth import differences
from tests.integrations.webhooks.conftest import ADDRESS
from vouchers.models import Voucher

SEQUENCES = 250  # on each of the two databases
START = date(2025, 1, 1)
BEFORE = date(2024, 12, 30)
NUMBERS = itertools.count(20001)


class Killed(BaseException):
    """Ends a fetch as abruptly as Python allows: nothing of ours catches it."""


@dataclass
class Paper:
    """A voucher as the model knows it."""

    type: str
    number: str
    total: Decimal
    day: date
    state: str = "open"  # open, paid, gone, or what the web application calls it
    payments: list[tuple[str, date, Decimal]] = field(default_factory=list)
    files: int = 1
    remark: str = ""


@dataclass
class Model:
    """What Lexware Office has, kept by the test itself."""

    papers: dict[str, Paper] = field(default_factory=dict)

    def wanted(self) -> dict[str, dict[str, Any]]:
        """What the client must have after a complete fetch."""
        return {
            name: {
                "number": paper.number,
                "total": paper.total,
                "contact": "Sammellieferant",
                "remark": paper.remark if paper.type in BOOKKEEPING else "",
                "payments": paper.payments,
                "files": paper.files if paper.type in BOOKKEEPING else 1,
            }
            for name, paper in self.papers.items()
            if paper.state == "paid" and paper.day >= START
        }


AMOUNTS = st.integers(100, 99999).map(lambda cents: Decimal(cents) / 100)
DAYS = st.sampled_from([BEFORE, START, date(2025, 6, 30), date(2026, 2, 28)])
PICK = st.integers(0, 50)
PATHS = st.sampled_from(["/v1", "/v1/voucherlist", "/v1/payments", "/v1/vouchers", "/v1/files", "/v1/invoices"])
FAULTS = st.one_of(
    st.tuples(st.just("status"), st.sampled_from([401, 429, 500, 503, 504])),
    st.tuples(
        st.sampled_from(["rate_limit_as_500", "timeout_after_performing", "reset", "html", "truncated"]), st.just(0)
    ),
)
STEPS = st.one_of(
    st.tuples(st.just("add"), st.sampled_from((*BOOKKEEPING, *SALES)), AMOUNTS, DAYS, st.booleans()),
    st.tuples(st.just("pay"), PICK, DAYS),
    st.tuples(st.just("unpay"), PICK),
    st.tuples(st.just("bounce"), PICK, DAYS),
    st.tuples(st.sampled_from(["void", "draft", "delete"]), PICK),
    st.tuples(st.just("change"), PICK, st.sampled_from(["number", "remark", "date", "file"]), DAYS),
    st.tuples(st.just("fault"), FAULTS, PATHS, st.integers(1, 6)),
    st.tuples(st.just("fetch"), st.sampled_from(["manual", "full", "morning"])),
    st.tuples(st.just("hear"), st.integers(0, 99)),
    st.tuples(st.just("crash"), st.integers(1, 12)),
)  # fmt: skip

# Every sequence begins with a client that has something to lose.
BEGINNING = (
    ("add", "purchaseinvoice", Decimal("119.00"), date(2025, 6, 30), True),
    ("add", "invoice", Decimal("1190.00"), date(2026, 2, 28), True),
    ("add", "salescreditnote", Decimal("35.70"), START, True),
    ("add", "purchaseinvoice", Decimal("80.00"), date(2025, 6, 30), False),
    ("fetch", "manual"),
)


class Play:
    """One drawn sequence on an organization and a client of its own."""

    def __init__(self, lexware: Lexware, connection: Connection) -> None:
        self.lexware = lexware
        self.connection = connection
        self.model = Model()
        self.crashes = 0

    def step(self, what: str, *values: Any) -> None:
        getattr(self, f"do_{what}")(*values)

    def pick(self, position: int, *states: str) -> tuple[str, Paper] | None:
        found = [(name, paper) for name, paper in self.model.papers.items() if paper.state in states]
        return found[position % len(found)] if found else None

    def do_add(self, kind: str, total: Decimal, day: date, paid: bool) -> None:
        number = f"D-{len(self.model.papers)}"
        more = {"paid_on": day.isoformat()} if paid else {}
        name = self.lexware.add(type=kind, number=number, total=str(total), date=day.isoformat(), **more)
        paper = Paper(kind, number, total, day)
        if paid:
            paper.state, paper.payments = "paid", [("partPaymentFinancialTransaction", day, total)]
        self.model.papers[name] = paper

    def do_pay(self, position: int, day: date) -> None:
        if found := self.pick(position, "open"):
            self.lexware.do("pay", found[0], date=day.isoformat())
            found[1].state = "paid"
            found[1].payments = [("partPaymentFinancialTransaction", day, found[1].total)]

    def do_unpay(self, position: int) -> None:
        if found := self.pick(position, "paid"):
            self.lexware.do("unpay", found[0])
            found[1].state, found[1].payments = "open", []

    def do_bounce(self, position: int, day: date) -> None:
        """A payment was taken away, the client saw it, and it is paid again."""
        if found := self.pick(position, "paid"):
            self.lexware.do("unpay", found[0])
            found[1].state, found[1].payments = "open", []
            self.do_fetch("manual")
            self.lexware.do("pay", found[0], date=day.isoformat())
            found[1].state = "paid"
            found[1].payments = [("partPaymentFinancialTransaction", day, found[1].total)]

    def _set(self, verb: str, position: int) -> None:
        if found := self.pick(position, "open", "paid"):
            self.lexware.do(verb, found[0])
            found[1].state, found[1].payments = verb, []

    def do_void(self, position: int) -> None:
        self._set("void", position)

    def do_draft(self, position: int) -> None:
        self._set("draft", position)

    def do_delete(self, position: int) -> None:
        self._set("delete", position)

    def do_change(self, position: int, what: str, day: date) -> None:
        found = self.pick(position, "open", "paid")
        if found is None:
            return
        name, paper = found
        if what == "number":
            paper.number += "x"
            self.lexware.do("change", name, number=paper.number)
        elif what == "date":
            paper.day = day
            self.lexware.do("change", name, date=day.isoformat())
        elif what == "remark" or paper.type in SALES:
            paper.remark += "r"
            self.lexware.do("change", name, remark=paper.remark)
        else:
            paper.files += 1
            self.lexware.do("change", name, add_file="png")

    def do_fault(self, kind: tuple[str, int], path: str, count: int) -> None:
        more = {"status": kind[1]} if kind[1] else {}
        self.lexware.fault(kind[0], path, count=count, **more)

    def do_fetch(self, how: str) -> SyncRun:
        self.well()
        trigger = SyncRun.Trigger.SCHEDULE if how == "morning" else SyncRun.Trigger.MANUAL
        return run_now(self.connection, trigger, full=how == "full")

    def do_hear(self, seed: int) -> None:
        """Some of the webhooks arrive, in any order, some twice; the others never do."""
        url = f"{self.lexware.running.control_url}/webhooks?organization={self.lexware.id}&state=held"
        held = requests.get(url, timeout=10).json()["deliveries"]
        self.lexware.control("/webhooks/reset")
        draw = Random(seed)
        for delivery in draw.choices(held, k=len(held)):
            answer = Browser().post(
                ADDRESS,
                delivery["body"].encode(),
                "application/json",
                headers={"X-Lxo-Signature": delivery["signature"]},
            )
            assert answer.status_code == 204
        self.well()
        hints.follow(self.connection.pk)

    def do_crash(self, after: int) -> None:
        steps = itertools.count(1)

        def progress(phase: str, done: int, total: int) -> None:
            if next(steps) >= after:
                raise Killed

        self.well()
        try:
            run_now(self.connection, SyncRun.Trigger.MANUAL, on_progress=progress)
        except Killed:
            self.crashes += 1

    def well(self) -> None:
        """The connection works again, as it does by itself after an outage."""
        self.connection.refresh_from_db()
        if self.connection.status != "active":
            self.lexware.no_faults()
            connections.recheck(self.connection)
            self.connection.refresh_from_db()

    def end(self) -> None:
        """The next complete fetch without faults, and the comparison."""
        self.lexware.no_faults()
        run = self.do_fetch("full")
        if run.error == "gave_up":  # three crashes in a row: the fetch after it begins anew
            run = self.do_fetch("full")
        assert run.state == SyncRun.State.DONE, (run.error, run.error_detail)
        client = self.connection.client
        assert stored(client) == self.model.wanted()
        assert differences(client, self.lexware.running.control_url, self.lexware.id) == []
        rows = Voucher.objects.filter(client=client)
        assert rows.values("external_id").distinct().count() == rows.count()
        for voucher in rows.filter(withdrawn_at__isnull=False):
            assert voucher.withdrawn_reason
        before = list(rows.order_by("pk").values())
        again = self.do_fetch("manual")
        assert (again.created, again.changed, again.withdrawn) == (0, 0, 0)
        assert list(rows.order_by("pk").values("id", "updated_at")) == [
            {"id": row["id"], "updated_at": row["updated_at"]} for row in before
        ]


@pytest.fixture(scope="module")
def office() -> Iterator[Lexware]:
    """One sandbox for all sequences; its clock runs so fast that nobody waits."""
    with start(time_scale=5000, world="empty") as running:
        lexware = Lexware(running)
        lexware.control("/settings", webhooks="hold", webhook_disorder=False, check_callbacks=False)
        yield lexware


def empty(lexware: Lexware) -> None:
    """A new year: the organization has nothing."""
    lexware.organization.vouchers.clear()
    lexware.organization.files.clear()
    lexware.no_faults()
    lexware.control("/webhooks/reset")


def new_client() -> Client:
    number = str(next(NUMBERS))
    return add_client(
        name=f"Firma {number}", email=f"{number}@firma.example", number=number, closed_through=2024,
        today=date(2026, 3, 12),
    )  # fmt: skip


@pytest.fixture
def fast(settings: Any, office: Lexware) -> None:
    settings.LEXWARE_API_URL = office.running.url
    settings.LEXWARE_TIME_SCALE = 5000
    settings.LEXWARE_WEBHOOK_PUBLIC_KEY = public_key_pem()


@pytest.mark.slow
@pytest.mark.django_db
def test_whatever_happened_the_next_complete_fetch_is_exact(office: Lexware, fast: None) -> None:
    crashes = 0

    @settings(max_examples=SEQUENCES, deadline=None, print_blob=True, suppress_health_check=list(HealthCheck))
    @given(st.lists(STEPS, min_size=5, max_size=12))
    def play_and_compare(steps: list[tuple[Any, ...]]) -> None:
        nonlocal crashes
        empty(office)
        connection = connections.connect(connections.get_or_create(new_client()), office.key, sync=False)
        subscriptions.check(connection.pk)
        play = Play(office, connection)
        for step in (*BEGINNING, *steps):
            note(repr(step))
            play.step(*step)
        play.end()
        crashes += play.crashes

    play_and_compare()
    # The sequences must have held what they are drawn for.
    changes = VoucherChange.objects
    assert crashes > SEQUENCES / 4
    assert SyncRun.objects.filter(state=SyncRun.State.FAILED).count() > SEQUENCES / 50
    assert WebhookDelivery.objects.filter(outcome__in=["created", "changed", "withdrawn"]).count() > SEQUENCES / 25
    counts = {kind: changes.filter(kind=kind).count() for kind in VoucherChange.Kind.values}
    assert min(counts.values()) > SEQUENCES / 50, counts
