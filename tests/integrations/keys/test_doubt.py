"""A 401 is believed the second time, some minutes later; never while everybody is rejected; and 402, 403 at once."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.test import Client as Browser
from django.utils import timezone

from accounts.models import Client, User
from accounts.services import add_client
from integrations.models import Connection, ConnectionEvent, Status, SyncRun
from integrations.services import connections
from integrations.services.sync import run_now
from integrations.services.sync_due import start_due
from tests.conftest import TODAY
from tests.integrations.keys.later import later
from tests.integrations.sync.conftest import Lexware, fetch
from vouchers.models import Voucher

pytestmark = pytest.mark.django_db
OVERVIEW = "/portal/10001/connections/"


def revoke(small: Lexware) -> None:
    small.control(f"/organizations/{small.id}/key/revoke")


def state(connection: Connection) -> tuple[str, str, bool]:
    connection.refresh_from_db()
    return connection.status, connection.reason, connection.doubted_at is not None


@pytest.fixture
def neighbours(joined: Connection, small: Lexware) -> list[Connection]:
    """Two more clients, each connected to an organization of its own."""
    made = []
    for index in (0, 1):
        client = add_client(name=f"Nachbar {index}", email="", number=f"2000{index}", today=TODAY)
        made.append(connections.connect(connections.get_or_create(client), small.other(index).key, sync=False))
    return made


class TestOne:
    def test_a_fetch_that_is_rejected_once_ends_and_nothing_else_changes(
        self, joined: Connection, small: Lexware
    ) -> None:
        fetch(joined)
        small.fault("status", "/v1/voucherlist", status=401, count=1)
        assert fetch(joined).error == "in_doubt"
        assert state(joined) == (Status.ACTIVE, "", True)
        assert joined.next_sync_at is not None
        assert joined.next_sync_at <= timezone.now() + timedelta(minutes=5)
        assert Voucher.objects.filter(withdrawn_at=None).count() == 7
        event = joined.events.order_by("-pk")[0]
        assert (event.kind, event.from_status) == (ConnectionEvent.Kind.CALL_FAILED, "")

    def test_a_good_answer_some_minutes_later_clears_it_and_the_fetch_goes_on(
        self, joined: Connection, small: Lexware
    ) -> None:
        small.fault("status", "/v1/payments", status=401, count=1)
        fetch(joined)
        small.calls()
        later(joined)
        assert state(joined) == (Status.ACTIVE, "", False)
        assert joined.runs.filter(state=SyncRun.State.QUEUED).count() == 1
        assert not joined.events.filter(to_status="failed").exists()

    def test_it_is_asked_with_one_call_not_with_a_fetch(self, joined: Connection, small: Lexware) -> None:
        revoke(small)
        fetch(joined)
        small.calls()
        later(joined)
        assert state(joined) == (Status.FAILED, "key_rejected", False)
        log = [call.path for call in joined.calls.filter(status=401)]
        assert log.count("/v1/profile") == 1
        assert joined.runs.filter(state=SyncRun.State.QUEUED).count() == 0

    def test_a_second_rejection_at_once_proves_nothing(
        self, joined: Connection, small: Lexware, settings: object
    ) -> None:
        settings.LEXWARE_TIME_SCALE = 20
        revoke(small)
        connections.recheck(joined)
        connections.recheck(joined)
        fetch(joined)
        assert state(joined) == (Status.ACTIVE, "", True)
        later(joined)
        assert state(joined) == (Status.FAILED, "key_rejected", False)

    def test_before_the_minutes_are_over_nothing_is_due(self, joined: Connection, small: Lexware, settings: object):
        settings.LEXWARE_TIME_SCALE = 1
        revoke(small)
        connections.recheck(joined)
        with time_machine.travel(timezone.now() + timedelta(minutes=4)):
            assert start_due() == 0
        with time_machine.travel(timezone.now() + timedelta(minutes=6)):
            assert start_due() == 1

    def test_an_outage_in_between_ends_the_doubt(self, joined: Connection, small: Lexware) -> None:
        small.fault("status", status=401, count=1)
        connections.recheck(joined)
        small.fault("status", status=503, count=None)
        later(joined)
        assert state(joined) == (Status.ACTIVE, "", False)
        small.no_faults()
        small.fault("status", status=401, count=1)
        connections.recheck(joined)
        assert state(joined) == (Status.ACTIVE, "", True), "one rejection before the outage and one after prove nothing"

    def test_a_path_that_is_always_rejected_is_not_asked_in_a_circle(self, joined: Connection, small: Lexware) -> None:
        # A voucher that checking the key does not touch.
        small.fault("status", f"/v1/payments/{small.id_of('N-1')}", status=401, count=None)
        for _ in range(3):
            fetch(joined)
            later(joined)
            SyncRun.objects.filter(state=SyncRun.State.QUEUED).update(state=SyncRun.State.FAILED)
        assert state(joined) == (Status.ACTIVE, "", False)
        assert joined.next_sync_at is not None
        assert joined.next_sync_at > timezone.now() + timedelta(minutes=15)

    def test_a_key_that_is_replaced_while_it_is_used_is_not_doubted(self, joined: Connection, small: Lexware) -> None:
        def replace_the_key(phase: str, done: int, total: int) -> None:
            if phase == "payments" and small.key == old:
                small.control(f"/organizations/{small.id}/key/new")
                connections.connect(Connection.objects.get(pk=joined.pk), small.key, sync=False)
                small.control(f"/organizations/{small.id}/key/revoke", key=old)

        old = small.key
        run = run_now(joined, SyncRun.Trigger.MANUAL, on_progress=replace_the_key)
        assert (run.state, run.error) == (SyncRun.State.FAILED, "replaced")
        assert state(joined) == (Status.ACTIVE, "", False)
        assert joined.runs.filter(state=SyncRun.State.QUEUED).count() == 1

    def test_the_client_and_the_firm_read_a_quiet_note(
        self, joined: Connection, small: Lexware, browser: Browser
    ) -> None:
        revoke(small)
        connections.recheck(joined)
        page = browser.get(OVERVIEW).content.decode()
        assert 'data-status="active"' in page
        assert 'data-testid="doubt"' in page
        assert "refused the API key once" in page
        assert "failure-banner" not in page


class TestRevoked:
    def test_told_by_webhook_it_is_definite_at_once(self, joined: Connection, small: Lexware) -> None:
        revoke(small)
        connections.recheck(joined, revoked=True)
        assert state(joined) == (Status.FAILED, "key_rejected", False)

    def test_told_wrongly_it_changes_nothing(self, joined: Connection, small: Lexware) -> None:
        connections.recheck(joined, revoked=True)
        assert state(joined) == (Status.ACTIVE, "", False)

    def test_the_provider_s_name_of_the_link_is_known(self, joined: Connection, small: Lexware) -> None:
        token = small.running.sandbox.keys[small.key]
        assert joined.provider_connection_id == token.connection_id
        connections.disconnect(joined)
        assert joined.provider_connection_id == ""


class TestEverybody:
    def test_rejected_everywhere_at_once_is_an_outage(
        self, joined: Connection, neighbours: list[Connection], small: Lexware
    ) -> None:
        everybody = [joined, *neighbours]
        small.fault("status", status=401, count=None)
        for connection in everybody:
            connections.recheck(connection)
        later(*everybody)
        assert {state(connection) for connection in everybody} == {(Status.ACTIVE, "", True)}
        small.no_faults()
        later(*everybody, minutes=30)
        assert {state(connection) for connection in everybody} == {(Status.ACTIVE, "", False)}
        assert not ConnectionEvent.objects.filter(to_status="failed").exists()

    def test_whoever_is_asked_late_in_a_long_outage_is_spared_too(
        self, joined: Connection, neighbours: list[Connection], small: Lexware
    ) -> None:
        small.fault("status", status=401, count=None)
        for connection in neighbours:
            connections.recheck(connection)
        with time_machine.travel(timezone.now() + timedelta(seconds=12)):  # 40 minutes in this sandbox
            connections.recheck(joined)
        later(joined, minutes=0.4)
        assert state(joined) == (Status.ACTIVE, "", True)

    def test_who_goes_on_answering_well_gives_the_others_away(
        self, joined: Connection, neighbours: list[Connection], small: Lexware, accountant: User
    ) -> None:
        """Three keys that end on the same day, while a fourth client is fetched as ever."""
        witness = add_client(name="Zeuge", email="", number="20009", today=TODAY)
        everybody = [joined, *neighbours]
        for connection in everybody:
            small.running.sandbox.keys[key_of(connection)].state = "revoked"
            connections.recheck(connection)
        Connection.objects.create(
            client=witness, status=Status.ACTIVE, organization_id="w", last_sync_at=timezone.now()
        )
        later(*everybody)
        assert {state(connection) for connection in everybody} == {(Status.FAILED, "key_rejected", False)}

    def test_a_service_that_rejects_everybody_for_a_day_is_believed(
        self, joined: Connection, neighbours: list[Connection], small: Lexware
    ) -> None:
        everybody = [joined, *neighbours]
        small.fault("status", status=401, count=None)
        for connection in everybody:
            connections.recheck(connection)
        later(*everybody, minutes=60 * 25)
        assert {state(connection) for connection in everybody} == {(Status.FAILED, "key_rejected", False)}
        small.no_faults()
        later(*everybody, minutes=60 * 52)
        assert {state(connection) for connection in everybody} == {(Status.ACTIVE, "", False)}

    def test_two_clients_of_one_organization_are_one(
        self, joined: Connection, neighbours: list[Connection], small: Lexware
    ) -> None:
        revoke(small)
        connections.recheck(joined)
        others = Connection.objects.filter(pk__in=[item.pk for item in neighbours])
        others.update(organization_id=small.id, doubted_at=timezone.now())
        later(joined)
        assert state(joined) == (Status.FAILED, "key_rejected", False)

    def test_nobody_is_told_that_a_key_is_bad_while_all_are_rejected(
        self, joined: Connection, neighbours: list[Connection], small: Lexware, outsider: User
    ) -> None:
        small.fault("status", status=401, count=None)
        for connection in [joined, *neighbours]:
            connections.recheck(connection)
        newcomer = connections.begin(Client.objects.get(number="10002"))
        with pytest.raises(connections.NotReachable):
            connections.connect(newcomer, small.key)
        assert state(newcomer)[0] == Status.ACTIVATE


def key_of(connection: Connection) -> str:
    return str(connection.secret.api_key)


class TestDefinite:
    @pytest.mark.parametrize("status", [402, 403])
    def test_402_and_403_are_definite(self, joined: Connection, small: Lexware, status: int) -> None:
        small.fault("status", "/v1/voucherlist", status=status, count=1)
        fetch(joined)
        reason = {402: "plan_without_api", 403: "permission_missing"}[status]
        assert state(joined) == (Status.FAILED, reason, False)

    def test_the_gateway_s_answer_to_an_unknown_route_says_nothing_about_the_key(
        self, joined: Connection, small: Lexware
    ) -> None:
        words = f"'{small.key}' not a valid key=value pair (missing equal-sign) in Authorization header."
        small.fault("status", "/v1/payments", status=403, message=words, count=None)
        run = fetch(joined)
        assert run.error != "permission_missing"
        assert state(joined)[:2] == (Status.ACTIVE, "")
        assert small.key not in run.error_detail
        assert all(small.key not in str(event.detail) for event in joined.events.all())
        assert all(small.key not in item.detail for item in run.skipped.all())

    def test_the_permission_that_is_missing_is_named(
        self, joined: Connection, small: Lexware, browser: Browser
    ) -> None:
        token = small.running.sandbox.keys[small.key]
        token.scopes = token.scopes - {"payments.read"}
        connections.recheck(joined)
        assert state(joined) == (Status.FAILED, "permission_missing", False)
        assert "What is missing: payments." in browser.get(OVERVIEW).content.decode()


class TestRecovery:
    @pytest.mark.parametrize(
        ("spoil", "heal", "reason"),
        [
            ("key/revoke", "key/restore", "key_rejected"),
            ("plan", "plan", "plan_without_api"),
            ("key/scope", "key/scope", "permission_missing"),
        ],
    )
    def test_it_comes_back_by_itself_the_day_after_its_cause_is_gone(
        self, joined: Connection, small: Lexware, spoil: str, heal: str, reason: str
    ) -> None:
        base = f"/organizations/{small.id}"
        bad: dict[str, object] = {"plan": {"with_api": False}, "key/scope": {"scopes": ["files.read"]}}.get(spoil, {})  # type: ignore[assignment]
        good: dict[str, object] = {"plan": {"with_api": True}, "key/scope": {"scopes": None}}.get(heal, {})  # type: ignore[assignment]
        small.control(f"{base}/{spoil}", **bad)
        connections.recheck(joined)
        later(joined)
        assert state(joined) == (Status.FAILED, reason, False)
        planned = joined.next_sync_at
        assert planned is not None
        assert timezone.now() < planned <= timezone.now() + timedelta(hours=26)
        later(joined, minutes=60 * 26)
        assert state(joined)[0] == Status.FAILED
        small.control(f"{base}/{heal}", **good)
        later(joined, minutes=60 * 51)
        assert state(joined) == (Status.ACTIVE, "", False)
        assert joined.runs.filter(state=SyncRun.State.QUEUED).count() == 1

    def test_after_an_outage_soon_and_ever_more_seldom(self, joined: Connection, small: Lexware) -> None:
        small.fault("status", status=503, count=None)
        waits = []
        with time_machine.travel(timezone.now().replace(hour=8), tick=False) as clock:
            for _ in range(5):
                connections.recheck(joined)
                assert joined.next_sync_at is not None
                waits.append(joined.next_sync_at - timezone.now())
                clock.move_to(joined.next_sync_at)
        assert joined.reason == "unreachable"
        assert waits[:3] == sorted(waits[:3])
        assert waits[0] == timedelta(minutes=10)
        assert all(wait <= timedelta(hours=26) for wait in waits)

    def test_a_failed_key_is_asked_about_once_a_day_with_one_call(self, joined: Connection, small: Lexware) -> None:
        revoke(small)
        connections.recheck(joined)
        later(joined)
        before = joined.calls.count()
        later(joined, minutes=60 * 26)
        assert joined.calls.count() == before + 1


class TestGentle:
    def test_the_same_bad_key_is_not_asked_about_twice_within_a_minute(
        self, kontor_client: Client, small: Lexware, settings: object
    ) -> None:
        connection = connections.begin(kontor_client)
        bad = "bad-key-bad-key-bad-key-bad-key"
        connection = connections.connect(connection, bad)
        calls = connection.calls.count()
        assert calls == 2
        settings.LEXWARE_TIME_SCALE = 1
        again = connections.connect(connection, bad)
        assert (again.status, again.reason) == (Status.FAILED, "key_rejected")
        assert connection.calls.count() == calls
        assert all(bad not in str(event.detail) for event in connection.events.all())
        with time_machine.travel(timezone.now() + timedelta(seconds=61)):
            settings.LEXWARE_TIME_SCALE = 200
            connections.connect(connection, bad)
        assert connection.calls.count() == calls + 2

    def test_a_remembered_refusal_leaves_an_active_connection_alone(
        self, joined: Connection, small: Lexware, settings: object
    ) -> None:
        bad = "bad-key-bad-key-bad-key-bad-key"
        for scale in (200, 1):
            settings.LEXWARE_TIME_SCALE = scale
            with pytest.raises(connections.OldKeyKept):
                connections.connect(joined, bad)
        assert state(joined) == (Status.ACTIVE, "", False)

    def test_somebody_who_tries_key_after_key_is_asked_to_wait(
        self, kontor_client: Client, small: Lexware, settings: object
    ) -> None:
        connection = connections.begin(kontor_client)
        settings.LEXWARE_TIME_SCALE = 50
        refused = 0
        with time_machine.travel(timezone.now(), tick=False):
            for number in range(12):
                try:
                    connections.connect(connection, f"some-bad-key-number-{number}")
                except connections.TooManyKeys:
                    refused += 1
                connection.refresh_from_db()
        assert refused == 2
        assert connection.calls.count() == 20


def test_every_way_names_nobody_s_key(joined: Connection, small: Lexware) -> None:
    ways: list[Callable[[], object]] = [
        lambda: connections.recheck(joined),
        lambda: later(joined),
        lambda: connections.connect(joined, small.key),
    ]
    revoke(small)
    for way in ways:
        way()
        joined.refresh_from_db()
    rows = [*joined.events.all(), *joined.calls.all(), joined]
    assert small.key not in str([vars(row) for row in rows])
