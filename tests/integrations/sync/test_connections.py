"""Connecting: what is typed in, what is checked, and where the connection stands afterwards."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core import serializers
from django.utils import timezone

from accounts.models import Client, User
from integrations.models import Connection, ConnectionEvent, ConnectionSecret, Status, SyncRun
from integrations.services import connections
from integrations.services.lexware_key import clean_key
from tests.integrations.keys.later import later
from tests.integrations.sync.conftest import Lexware, fetch, tasks
from vouchers.models import Voucher

pytestmark = pytest.mark.django_db


@pytest.fixture
def begun(small: Lexware, kontor_client: Client, member: User) -> Connection:
    connection = connections.begin(kontor_client, member)
    small.calls()
    return connection


def test_the_four_states_in_their_order(kontor_client: Client, member: User, small: Lexware) -> None:
    assert connections.get_or_create(kontor_client).status == Status.NONE
    connection = connections.begin(kontor_client, member)
    assert connection.status == Status.ACTIVATE
    assert connections.begin(kontor_client, member).status == Status.ACTIVATE
    connection = connections.connect(connection, small.key, actor=member)
    assert (connection.status, connection.reason) == (Status.ACTIVE, "")
    small.control(f"/organizations/{small.id}/key/revoke")
    connection = later(connections.recheck(connection))
    assert (connection.status, connection.reason) == (Status.FAILED, "key_rejected")
    connection = connections.disconnect(connection, member)
    assert connection.status == Status.NONE
    changes = connection.events.filter(kind=ConnectionEvent.Kind.STATUS).order_by("id")
    assert list(changes.values_list("from_status", "to_status", "reason")) == [
        ("none", "activate", ""),
        ("activate", "active", ""),
        ("active", "failed", "key_rejected"),
        ("failed", "none", ""),
    ]
    assert changes[0].actor == changes[1].actor == member


@pytest.mark.django_db(transaction=True)
def test_a_good_key_is_kept_encrypted_and_named_by_its_end(begun: Connection, small: Lexware) -> None:
    connection = connections.connect(begun, small.key)
    assert connection.organization_name == "Fahrradwerkstatt Lindhorst e.K."
    assert connection.organization_id == small.id
    assert connection.key_last_four == small.key[-4:]
    assert len(connection.key_fingerprint) == 64
    assert connection.key_expires_on is not None
    assert 729 <= (connection.key_expires_on - timezone.localdate()).days <= 731
    assert ConnectionSecret.objects.get().api_key == small.key
    with_events = [connection, *connection.events.all(), *ConnectionSecret.objects.defer("api_key")]
    assert small.key not in serializers.serialize("json", with_events[:-1])
    assert small.key not in repr(with_events)
    assert tasks("integrations.tasks.fetch") == [()]


def test_one_call_for_each_permission(begun: Connection, small: Lexware) -> None:
    connections.connect(begun, small.key, sync=False)
    places = sorted(path.rsplit("/", 1)[0] if path.count("/") > 2 else path for path in small.calls())
    assert places == [
        "/v1/credit-notes",
        "/v1/down-payment-invoices",
        "/v1/files",
        "/v1/invoices",
        "/v1/payments",
        "/v1/profile",
        "/v1/voucherlist",
        "/v1/vouchers",
    ]
    assert not SyncRun.objects.exists()


@pytest.mark.parametrize(
    "missing",
    ["voucherlist.read", "payments.read", "vouchers.read", "invoices.read", "credit-notes.read", "files.read"],
)
@pytest.mark.parametrize("empty", [False, True])
def test_every_missing_permission_is_found(begun: Connection, small: Lexware, missing: str, empty: bool) -> None:
    if empty:
        small.organization.vouchers.clear()
    token = small.running.sandbox.keys[small.key]
    token.scopes = token.scopes - {missing}
    connection = connections.connect(begun, small.key)
    assert (connection.status, connection.reason) == (Status.FAILED, "permission_missing")
    assert missing.split(".")[0] in connection.events.order_by("-id")[0].detail["path"]
    assert not ConnectionSecret.objects.exists()


@pytest.mark.parametrize(
    ("special", "reason"),
    [
        ("expired", "key_rejected"),
        ("plan_without_api", "plan_without_api"),
        ("permission_missing", "permission_missing"),
    ],
)
def test_a_refused_key_is_not_kept(begun: Connection, small: Lexware, special: str, reason: str) -> None:
    key = small.running.special_keys[special]
    connection = connections.connect(begun, key)
    assert (connection.status, connection.reason) == (Status.FAILED, reason)
    assert not ConnectionSecret.objects.exists()
    assert (connection.key_last_four, connection.key_fingerprint) == ("", "")
    assert not SyncRun.objects.exists()
    event = connection.events.order_by("-id")[0]
    assert event.request_id
    assert key not in str(event.detail)
    # The way out: another key, and all is well.
    assert connections.connect(connection, small.key).status == Status.ACTIVE


def test_a_key_with_a_known_end_in_the_past_has_expired(begun: Connection, small: Lexware) -> None:
    yesterday = timezone.localdate() - timedelta(days=1)
    connection = connections.connect(begun, small.running.special_keys["expired"], key_expires_on=yesterday)
    assert connection.reason == "key_expired"


@pytest.mark.parametrize(
    "spoil",
    [
        lambda key: f"  {key}\n",
        lambda key: f"Bearer {key}",
        lambda key: f"Authorization: Bearer {key}",
        lambda key: f"{key[:10]}\r\n{key[10:20]} {key[20:]}\t",
        lambda key: f"„{key}“",
        lambda key: f"\u200b{key}\u00a0",
    ],
)
def test_pasting_is_forgiven(spoil: Callable[[str], str]) -> None:
    key = "AbC-123_xyz.456~789+/def=ghi"
    assert clean_key(spoil(key)) == key


@pytest.mark.parametrize("text", ["", "  \n ", "Bearer ", '""', "schlüssel-mit-umlaut", "x" * 5000])
def test_what_cannot_be_a_key_changes_nothing(begun: Connection, small: Lexware, text: str) -> None:
    with pytest.raises(connections.UnusableKey):
        connections.connect(begun, text)
    begun.refresh_from_db()
    assert begun.status == Status.ACTIVATE
    assert small.calls() == []


def test_an_outage_changes_nothing_until_the_third_in_a_row(begun: Connection, small: Lexware) -> None:
    small.fault("status", status=503, count=None)
    for _ in range(2):
        with pytest.raises(connections.NotReachable):
            connections.connect(begun, small.key)
        begun.refresh_from_db()
        assert begun.status == Status.ACTIVATE
    assert connections.connect(begun, small.key).reason == "unreachable"
    with pytest.raises(connections.NotReachable):
        connections.connect(begun, small.key)
    small.no_faults()
    connection = connections.connect(begun, small.key)
    assert (connection.status, connection.outages) == (Status.ACTIVE, 0)


def test_nobody_there_is_an_outage(begun: Connection, small: Lexware, settings: object) -> None:
    settings.LEXWARE_API_URL = "http://127.0.0.1:9"
    with pytest.raises(connections.NotReachable):
        connections.connect(begun, small.key)


@pytest.mark.parametrize("kind", ["html", "truncated"])
def test_a_strange_answer_is_an_outage(begun: Connection, small: Lexware, kind: str) -> None:
    small.fault(kind, "/v1/profile", count=1)
    with pytest.raises(connections.NotReachable):
        connections.connect(begun, small.key)
    assert connections.connect(begun, small.key).status == Status.ACTIVE


def test_a_401_that_does_not_come_twice_is_no_rejection(begun: Connection, small: Lexware) -> None:
    small.fault("status", "/v1/profile", status=401, count=1)
    assert connections.connect(begun, small.key).status == Status.ACTIVE


def test_an_active_connection_keeps_its_key_when_a_new_one_is_refused(joined: Connection, small: Lexware) -> None:
    with pytest.raises(connections.OldKeyKept) as problem:
        connections.connect(joined, "nonsense")
    assert problem.value.reason == "key_rejected"
    joined.refresh_from_db()
    assert joined.status == Status.ACTIVE
    assert joined.secret.api_key == small.key
    assert joined.events.order_by("-id")[0].kind == ConnectionEvent.Kind.CHECK


def test_an_active_connection_fails_when_neither_key_works(joined: Connection, small: Lexware) -> None:
    small.control(f"/organizations/{small.id}/key/expire")
    with pytest.raises(connections.OldKeyKept) as problem:
        connections.connect(joined, "nonsense")
    assert problem.value.in_doubt
    joined.refresh_from_db()
    assert joined.status == Status.ACTIVE
    connection = later(joined)
    assert (connection.status, connection.reason) == (Status.FAILED, "key_rejected")


def test_another_company_is_refused_once_documents_are_here(joined: Connection, small: Lexware) -> None:
    other = small.other(0)
    fetch(joined)
    with pytest.raises(connections.OldKeyKept) as problem:
        connections.connect(joined, other.key)
    assert problem.value.reason == "organization_changed"
    small.control(f"/organizations/{small.id}/key/expire")
    fetch(joined)
    later(joined)
    connection = connections.connect(joined, other.key)
    assert (connection.status, connection.reason) == (Status.FAILED, "organization_changed")
    assert connection.organization_id == small.id


def test_another_company_is_welcome_while_nothing_is_here(joined: Connection, small: Lexware) -> None:
    assert connections.connect(joined, small.other(0).key).organization_id == small.other(0).id


def test_a_new_key_of_the_same_company_keeps_history_and_bookmark(joined: Connection, small: Lexware) -> None:
    fetch(joined)
    joined.refresh_from_db()
    bookmark = joined.synced_through
    old = small.key
    small.control(f"/organizations/{small.id}/key/new")
    assert small.key != old
    connection = connections.connect(joined, small.key, sync=False)
    assert connection.status == Status.ACTIVE
    assert connection.synced_through == bookmark is not None
    assert connection.secret.api_key == small.key
    assert fetch(connection).requests <= 2


def test_disconnecting_removes_the_key_and_keeps_the_documents(joined: Connection) -> None:
    fetch(joined)
    connections.disconnect(joined)
    joined.refresh_from_db()
    assert (joined.status, joined.key_last_four, joined.next_sync_at) == (Status.NONE, "", None)
    assert not ConnectionSecret.objects.exists()
    assert Voucher.objects.count() == 7
    connections.disconnect(joined)
    assert joined.events.filter(to_status="none").count() == 1


def test_a_failed_connection_recovers_when_its_cause_is_gone(joined: Connection, small: Lexware) -> None:
    small.control(f"/organizations/{small.id}/plan", with_api=False)
    connections.recheck(joined)
    assert joined.reason == "plan_without_api"
    connections.recheck(joined)
    assert joined.events.filter(to_status="failed").count() == 1
    small.control(f"/organizations/{small.id}/plan", with_api=True)
    connections.recheck(joined)
    assert (joined.status, joined.reason) == (Status.ACTIVE, "")
    assert SyncRun.objects.get().state == SyncRun.State.QUEUED


def test_checking_changes_nothing(joined: Connection, small: Lexware) -> None:
    assert connections.check(joined).good
    small.control(f"/organizations/{small.id}/key/expire")
    assert connections.check(joined).reason == "key_rejected"
    joined.refresh_from_db()
    assert joined.status == Status.ACTIVE


def test_who_comes_second_changes_nothing(begun: Connection, small: Lexware) -> None:
    stale = Connection.objects.get(pk=begun.pk)
    connections.connect(begun, small.key, sync=False)
    with pytest.raises(connections.StateMoved):
        connections.connect(stale, small.key, sync=False)
    assert begun.events.filter(to_status="active").count() == 1
