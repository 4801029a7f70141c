"""Whatever happens to a key, in whatever order: four states, a reason for every failure, a way back from everywhere.

Draws sequences of what the client does, what happens to the key at the provider, outages of both kinds, fetches, checks
and passing time, and plays them against a sandbox.
"""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from accounts.models import Client
from accounts.services import add_client
from integrations.models import CallEntry, Connection, ConnectionEvent, ConnectionSecret, Reason, Status, SyncRun
from integrations.services import connections
from integrations.services.sync import run_now
from integrations.services.sync_due import start_due
from integrations.tasks import recheck_connection
from sandbox.keys import ALL_SCOPES
from sandbox.server import start
from tests.conftest import TODAY
from tests.integrations.sync.conftest import BICYCLES, Lexware

pytestmark = pytest.mark.django_db(transaction=True)
SCALE = 500
START = datetime(2026, 3, 12, 9, 0, tzinfo=UTC)
BAD = "some-key-that-was-never-made-by-anybody"
ABOUT_THE_KEY = (Reason.KEY_REJECTED, Reason.KEY_EXPIRED, Reason.PLAN_WITHOUT_API, Reason.PERMISSION_MISSING)


@dataclass
class World:
    """A client's connection, the provider behind it, and what has really been wrong with its keys."""

    lexware: Lexware
    client: Client
    clock: Any
    neighbours: list[Connection]
    silent: bool = False
    rejecting: bool = False
    really_bad: bool = False
    keys: set[str] = field(default_factory=lambda: {BAD})

    @property
    def connection(self) -> Connection:
        return connections.get_or_create(self.client)

    @property
    def other(self) -> Lexware:
        return self.lexware.other(0)

    def key(self) -> str:
        self.keys.add(self.lexware.key)
        return self.lexware.key

    def at_provider(self, path: str, **body: Any) -> None:
        """What somebody changes at the provider, for the company's own key or plan."""
        self.lexware.control(f"/organizations/{self.lexware.id}/{path}", **body)

    # -- what happens to the key

    def revoke(self) -> None:
        self.really_bad = True
        self.at_provider("key/revoke")

    def restore(self) -> None:
        self.at_provider("key/restore")

    def lose_plan(self) -> None:
        self.really_bad = True
        self.at_provider("plan", with_api=False)

    def regain_plan(self) -> None:
        self.at_provider("plan", with_api=True)

    def lose_permission(self) -> None:
        self.really_bad = True
        self.at_provider("key/scope", scopes=["voucherlist.read", "files.read"])

    def regain_permission(self) -> None:
        self.at_provider("key/scope", scopes=None)

    def make_key(self) -> None:
        self.key()
        self.at_provider("key/new")

    # -- outages

    def fall_silent(self) -> None:
        self.silent = True
        self._faults()

    def reject_everybody(self) -> None:
        """The outage that looks like a bad key; it hits the other clients of the firm as well."""
        self.rejecting = True
        self._faults()
        Connection.objects.filter(pk__in=[item.pk for item in self.neighbours]).update(doubted_at=timezone.now())

    def end_outages(self) -> None:
        if self.rejecting:
            Connection.objects.filter(pk__in=[item.pk for item in self.neighbours]).update(
                doubted_at=None, last_sync_at=timezone.now()
            )
        self.silent = self.rejecting = False
        self._faults()

    def hiccup(self) -> None:
        """One single 401 while a check or a fetch is under way; two in a row would be an outage, see above."""
        if self.connection.doubted_at is None and not self.rejecting and not self.silent:
            self.lexware.fault("status", status=401, count=1)
            self.look()
            self._faults()

    def _faults(self) -> None:
        self.lexware.no_faults()
        if self.silent:
            self.lexware.fault("status", status=503, count=None)
        if self.rejecting:
            self.lexware.fault("status", status=401, count=None)

    # -- what people and schedules do

    def begin(self) -> None:
        connections.begin(self.client)

    def enter_key(self) -> None:
        with suppress(connections.ConnectProblem):
            connections.connect(self.connection, self.key())

    def enter_bad_key(self) -> None:
        self.really_bad = True
        with suppress(connections.ConnectProblem):
            connections.connect(self.connection, BAD)

    def enter_key_of_another(self) -> None:
        self.keys.add(self.other.key)
        with suppress(connections.ConnectProblem):
            connections.connect(self.connection, self.other.key)

    def move_to_another(self) -> None:
        self.keys.add(self.other.key)
        with suppress(connections.ConnectProblem):
            connections.connect(self.connection, self.other.key, may_change_to=self.other.id)

    def disconnect(self) -> None:
        connections.disconnect(self.connection)

    def look(self) -> None:
        connections.recheck(self.connection)

    def told_of_revocation(self) -> None:
        # Whoever believes it while everybody is rejected has been told the truth by nobody.
        if not self.rejecting:
            connections.recheck(self.connection, revoked=True)

    def fetch(self) -> None:
        if self.connection.status == Status.ACTIVE:
            run_now(self.connection, SyncRun.Trigger.MANUAL)

    def wait_some_minutes(self) -> None:
        """Minutes as the accelerated sandbox lives them."""
        self._pass(timedelta(minutes=6) / SCALE)

    def wait_a_day(self) -> None:
        """The regular mornings are not accelerated. No outage lasts that long here."""
        self.end_outages()
        self._pass(timedelta(hours=26))

    def _pass(self, span: timedelta) -> None:
        self.clock.shift(span)
        connection = self.connection
        due = connection.next_sync_at is not None and connection.next_sync_at <= timezone.now()
        start_due()
        if due and connection.status in (Status.ACTIVE, Status.FAILED):
            recheck_connection(connection.pk)
        if connection.runs.filter(state=SyncRun.State.QUEUED).exists():
            run_now(self.connection, SyncRun.Trigger.MANUAL)


EVENTS: list[Callable[[World], None]] = [
    World.revoke, World.restore, World.lose_plan, World.regain_plan, World.lose_permission, World.regain_permission,
    World.make_key, World.fall_silent, World.reject_everybody, World.end_outages, World.hiccup, World.begin,
    World.enter_key, World.enter_key, World.enter_bad_key, World.enter_key_of_another, World.move_to_another,
    World.disconnect, World.look, World.told_of_revocation, World.fetch, World.fetch, World.wait_some_minutes,
    World.wait_some_minutes, World.wait_some_minutes, World.wait_a_day,
]  # fmt: skip


def check(world: World) -> None:
    """What holds after every event."""
    connection = world.connection
    assert connection.status in Status.values
    assert (connection.reason != "") == (connection.status == Status.FAILED)
    assert connection.reason == "" or connection.reason in Reason.values
    keyed = ConnectionSecret.objects.filter(connection=connection).exists()
    assert keyed == bool(connection.key_fingerprint)
    if connection.status in (Status.NONE, Status.ACTIVATE):
        assert not keyed
        assert connection.doubted_at is None
    if connection.status == Status.ACTIVE:
        assert keyed
        if connection.doubted_at is None and is_good(world, connection):
            world.really_bad = False
    if keyed:
        assert connection.next_sync_at is not None, "nobody would ever look again"
    if connection.reason in ABOUT_THE_KEY:
        assert world.really_bad, "an outage alone has failed it"
    told = [*ConnectionEvent.objects.values_list("detail", flat=True), *CallEntry.objects.values_list("path")]
    told += list(SyncRun.objects.values_list("error_detail"))
    for key in world.keys:
        assert key not in str(told)


def is_good(world: World, connection: Connection) -> bool:
    """Whether the provider would take the saved key, outages aside."""
    token = world.lexware.running.sandbox.keys[connection.secret.api_key]
    return token.state == "valid" and token.plan_with_api and token.scopes == ALL_SCOPES


def heal(lexware: Lexware) -> None:
    """Every key of the provider works, as far as its organization is concerned."""
    for token in lexware.running.sandbox.keys.values():
        token.state, token.plan_with_api, token.scopes = "valid", True, ALL_SCOPES


def find_back(world: World) -> None:
    """From wherever it stands: the causes go, and it works again."""
    world.end_outages()
    heal(world.lexware)
    connection = world.connection
    if ConnectionSecret.objects.filter(connection=connection).exists():
        for _ in range(2):
            world.wait_a_day()
    else:
        world.begin()
        world.clock.shift(timedelta(minutes=2))
        connections.connect(world.connection, world.key(), may_change_to=connections.ANY_ORGANIZATION)
    connection = world.connection
    assert (connection.status, connection.reason, connection.doubted_at) == (Status.ACTIVE, "", None)


def go_bad(world: World) -> None:
    """A key that is really revoked fails its connection within the hour, once the outages are over."""
    world.end_outages()
    world.clock.shift(timedelta(hours=1))
    connection = world.connection
    if connection.status != Status.ACTIVE:
        return
    world.really_bad = True
    for token in world.lexware.running.sandbox.keys.values():
        token.state = "revoked"
    world.look()
    for _ in range(3):
        world.wait_some_minutes()
    connection = world.connection
    assert (connection.status, connection.reason) == (Status.FAILED, Reason.KEY_REJECTED)


@pytest.fixture(scope="module")
def provider() -> Iterator[Lexware]:
    with start(time_scale=SCALE, world="empty") as running:
        lexware = Lexware(running, BICYCLES)
        for place in (lexware, lexware.other(0)):
            place.add(type="purchaseinvoice", number="N-1", total="10.00", date="2026-02-02", paid_on="2026-02-02")
        yield lexware


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(events=st.lists(st.sampled_from(EVENTS), min_size=3, max_size=12), ending=st.sampled_from([find_back, go_bad]))
def test_every_sequence_keeps_the_rules_and_finds_back(
    provider: Lexware, settings: Any, events: list[Callable[[World], None]], ending: Callable[[World], None]
) -> None:
    settings.LEXWARE_API_URL, settings.LEXWARE_TIME_SCALE = provider.running.url, SCALE
    Client.objects.all().delete()
    heal(provider)
    provider.no_faults()
    with time_machine.travel(START) as clock:
        client = add_client(name="Ahrens", email="", number="10001", today=TODAY)
        neighbours = [
            Connection.objects.create(
                client=add_client(name=name, email="", number=name, today=TODAY),
                status=Status.ACTIVE,
                organization_id=name,
            )
            for name in ("2", "3", "4")
        ]
        world = World(provider, client, clock, neighbours)
        world.begin()
        world.enter_key()
        for event in events:
            note(event.__name__)
            event(world)
            check(world)
        note(ending.__name__)
        ending(world)
        check(world)
