"""Our subscriptions at the provider: made, kept, made again, removed; and never those of others."""

from datetime import timedelta
from typing import Any

import pytest
import requests
from django.utils import timezone

from accounts.models import Client
from integrations import tasks as background
from integrations.models import (
    CallEntry,
    Connection,
    ConnectionEvent,
    ConnectionSecret,
    Status,
    SyncRun,
    Webhooks,
    WebhookSubscription,
)
from integrations.services import connections, subscriptions
from integrations.services.subscriptions import AFTER_AN_OUTAGE, CHECKED_EVERY
from integrations.webhooks.events import WANTED
from sandbox.signing import public_key_pem
from tests.integrations.sync.conftest import Lexware, tasks

pytestmark = pytest.mark.django_db
TASK = "integrations.tasks.check_subscriptions"
PATH = "/v1/event-subscriptions"


@pytest.fixture
def ours(small: Lexware, settings: Any, live_server: Any) -> str:
    """The address at which this test's own server hears of events."""
    settings.LEXWARE_WEBHOOK_PUBLIC_KEY = public_key_pem()
    settings.PUBLIC_URL = live_server.url
    settings.ALLOWED_HOSTS = ["*"]
    return f"{live_server.url}/hooks/lexware/"


def there(lexware: Lexware) -> list[tuple[str, str]]:
    """What the provider has, sorted: event and address."""
    found = requests.get(f"{lexware.running.control_url}/subscriptions", timeout=10).json()["subscriptions"]
    return sorted((item["event_type"], item["callback_url"]) for item in found)


def wanted(address: str) -> list[tuple[str, str]]:
    return sorted((event, address) for event in WANTED)


def subscribe(lexware: Lexware, event: str, address: str) -> None:
    """Somebody makes a subscription with the client's key."""
    lexware.control("/settings", check_callbacks=False)
    answer = requests.post(
        f"{lexware.running.url}{PATH}",
        json={"eventType": event, "callbackUrl": address},
        headers={"Authorization": f"Bearer {lexware.key}"},
        timeout=10,
    )
    assert answer.status_code == 201, answer.text
    lexware.control("/settings", check_callbacks=True)


def told(connection: Connection) -> list[dict[str, Any]]:
    return [event.detail for event in connection.events.filter(kind=ConnectionEvent.Kind.WEBHOOKS).order_by("pk")]


def test_every_event_is_subscribed_to_once(joined: Connection, small: Lexware, ours: str) -> None:
    background.check_subscriptions(joined.pk)
    joined.refresh_from_db()
    assert there(small) == wanted(ours)
    assert joined.webhooks == Webhooks.ON
    assert set(joined.subscriptions.values_list("event_type", "callback_url")) == {(event, ours) for event in WANTED}
    assert told(joined) == [{"webhooks": "on", "made": len(WANTED), "removed": 0}]
    assert small.calls() == [PATH] * (1 + len(WANTED))
    assert CallEntry.objects.filter(method="POST", status=201).count() == len(WANTED)


def test_when_all_is_well_one_look_is_enough(joined: Connection, small: Lexware, ours: str) -> None:
    subscriptions.check(joined.pk)
    small.calls()
    before = set(joined.subscriptions.values_list("pk", "external_id"))
    subscriptions.check(joined.pk)
    assert small.calls() == [PATH]
    assert set(joined.subscriptions.values_list("pk", "external_id")) == before
    assert len(told(joined)) == 1


def test_what_was_lost_is_made_again(joined: Connection, small: Lexware, ours: str) -> None:
    subscriptions.check(joined.pk)
    small.control(f"/organizations/{small.id}/subscriptions/lose", event_type="payment.changed")
    subscriptions.check(joined.pk)
    assert there(small) == wanted(ours)
    small.control(f"/organizations/{small.id}/subscriptions/lose")
    subscriptions.check(joined.pk)
    assert there(small) == wanted(ours)
    assert [detail["made"] for detail in told(joined)] == [len(WANTED), 1, len(WANTED)]


def test_what_is_somebody_else_s_stays(joined: Connection, small: Lexware, ours: str) -> None:
    theirs = ("payment.changed", "https://shop.example/lexware")
    subscribe(small, *theirs)
    subscriptions.check(joined.pk)
    assert there(small) == sorted([*wanted(ours), theirs])
    connections.disconnect(joined)
    assert there(small) == [theirs]


def test_a_new_address_replaces_the_old_one(joined: Connection, small: Lexware, ours: str, settings: Any) -> None:
    small.control("/settings", check_callbacks=False)
    settings.PUBLIC_URL = "https://old.kanzlei.example"
    subscriptions.check(joined.pk)
    assert {address for _, address in there(small)} == {"https://old.kanzlei.example/hooks/lexware/"}
    settings.PUBLIC_URL = ours.removesuffix("/hooks/lexware/")
    subscriptions.check(joined.pk)
    assert there(small) == wanted(ours)
    assert told(joined)[-1] == {"webhooks": "on", "made": len(WANTED), "removed": len(WANTED)}


@pytest.mark.parametrize("kind", ["timeout_after_performing", "reset", "truncated", "html"])
def test_one_that_was_made_without_an_answer_is_found(joined: Connection, small: Lexware, ours: str, kind: str) -> None:
    small.fault(kind, PATH, method="POST", count=3)
    subscriptions.check(joined.pk)
    assert there(small) == wanted(ours)
    assert joined.subscriptions.count() == len(WANTED)


def test_an_outage_is_tried_again_within_the_hour(joined: Connection, small: Lexware, ours: str) -> None:
    now = timezone.now()
    Connection.objects.update(webhooks_checked_at=now)
    small.fault("status", PATH, status=503, count=None)
    subscriptions.check(joined.pk)
    joined.refresh_from_db()
    assert joined.webhooks == Webhooks.OFF
    assert joined.status == Status.ACTIVE
    assert joined.webhooks_checked_at is not None
    assert now < joined.webhooks_checked_at + CHECKED_EVERY <= timezone.now() + AFTER_AN_OUTAGE


def test_a_refused_address_is_said_and_costs_nothing_else(
    joined: Connection, small: Lexware, ours: str, settings: Any
) -> None:
    settings.PUBLIC_URL = "http://127.0.0.1:9"
    for _ in range(2):
        subscriptions.check(joined.pk)
    joined.refresh_from_db()
    assert (joined.webhooks, joined.status) == (Webhooks.REFUSED, Status.ACTIVE)
    [detail] = told(joined)
    assert (detail["webhooks"], detail["code"], detail["status"]) == ("refused", "callback_refused", "406")
    assert small.calls() == [PATH, PATH, PATH, PATH], "one question and one try each time"
    settings.PUBLIC_URL = ours.removesuffix("/hooks/lexware/")
    subscriptions.check(joined.pk)
    joined.refresh_from_db()
    assert joined.webhooks == Webhooks.ON


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_missing_permission_is_no_failure(joined: Connection, small: Lexware, ours: str, method: str) -> None:
    small.fault("status", PATH, method=method, status=403, count=None)
    subscriptions.check(joined.pk)
    joined.refresh_from_db()
    assert (joined.webhooks, joined.status) == (Webhooks.REFUSED, Status.ACTIVE)
    assert told(joined)[0]["code"] == "permission_missing"


def test_a_permission_that_is_missing_for_some_events_only(joined: Connection, small: Lexware, ours: str) -> None:
    subscribe(small, "payment.changed", ours)
    small.fault("status", PATH, method="POST", status=403, count=2)
    subscriptions.check(joined.pk)
    joined.refresh_from_db()
    assert joined.webhooks == Webhooks.ON
    assert len(there(small)) == len(WANTED) - 2


def test_a_new_key_gets_subscriptions_of_its_own(joined: Connection, small: Lexware, ours: str) -> None:
    subscriptions.check(joined.pk)
    Connection.objects.update(webhooks_checked_at=timezone.now(), synced_through=timezone.now())
    former = small.key
    fresh = str(small.control(f"/organizations/{small.id}/key/new")["key"])
    small.control(f"/organizations/{small.id}/key/revoke", key=former)
    assert there(small) == []
    connections.connect(Connection.objects.get(), fresh, sync=False)
    assert subscriptions.start_due() == 1
    background.check_subscriptions(joined.pk)
    assert there(small) == wanted(ours)


def test_whoever_disconnects_is_not_told_of_any_more(joined: Connection, small: Lexware, ours: str) -> None:
    subscriptions.check(joined.pk)
    connections.disconnect(joined)
    assert there(small) == []
    joined.refresh_from_db()
    assert (joined.status, joined.webhooks, joined.webhooks_checked_at) == (Status.NONE, Webhooks.OFF, None)
    assert not WebhookSubscription.objects.exists()


@pytest.mark.parametrize("status", [503, 429, 401, 403])
def test_an_outage_keeps_nobody_from_disconnecting(joined: Connection, small: Lexware, ours: str, status: int) -> None:
    subscriptions.check(joined.pk)
    small.calls()
    small.fault("status", PATH, status=status, count=None)
    connections.disconnect(joined)
    joined.refresh_from_db()
    assert joined.status == Status.NONE
    assert not ConnectionSecret.objects.exists()
    assert len(small.calls()) == 1, "nobody waits for repeats"


def test_a_setup_that_the_client_overtakes_leaves_nothing_behind(joined: Connection, small: Lexware, ours: str) -> None:
    """The client disconnects while the fourth subscription is being made."""
    calls = 0

    def disconnecting(*_: Any) -> None:
        nonlocal calls
        calls += 1
        if calls == 5:
            connections.disconnect(Connection.objects.get(pk=joined.pk))

    api = subscriptions.api_for(joined)
    api.on_call = disconnecting
    setup = subscriptions.Setup(joined, api, ours, WANTED)
    setup.run()
    assert there(small) == []
    assert not WebhookSubscription.objects.exists()


def test_new_ones_wait_for_their_first_list(joined: Connection, small: Lexware, ours: str) -> None:
    assert subscriptions.start_due() == 0
    run = SyncRun.objects.create(connection=joined, trigger=SyncRun.Trigger.CONNECT, state=SyncRun.State.RUNNING)
    assert subscriptions.start_due() == 0
    SyncRun.objects.filter(pk=run.pk).update(listed_at=timezone.now())
    assert subscriptions.start_due() == 1
    assert subscriptions.start_due() == 0
    assert tasks(TASK) == [(joined.pk,)]


def test_each_is_looked_at_once_a_day(joined: Connection, small: Lexware, ours: str) -> None:
    now = timezone.now()
    Connection.objects.update(webhooks_checked_at=now, synced_through=now)
    assert subscriptions.start_due(now + timedelta(hours=23)) == 0
    assert subscriptions.start_due(now + timedelta(hours=24)) == 1
    Connection.objects.update(status=Status.NONE)
    assert subscriptions.start_due(now + timedelta(hours=72)) == 0


@pytest.mark.parametrize(
    ("key", "address", "service", "possible"),
    [
        ("PEM", "https://kanzlei.example", "https://api.lexware.io", True),
        ("PEM", "http://kanzlei.example", "https://api.lexware.io", False),
        ("PEM", "http://localhost:8000", "http://127.0.0.1:9001", True),
        ("", "https://kanzlei.example", "http://127.0.0.1:9001", False),
    ],
)
def test_only_where_the_provider_can_reach_us(
    settings: Any, key: str, address: str, service: str, possible: bool
) -> None:
    settings.LEXWARE_WEBHOOK_PUBLIC_KEY, settings.PUBLIC_URL, settings.LEXWARE_API_URL = key, address, service
    assert subscriptions.possible() is possible


def test_without_a_key_to_verify_with_they_are_given_up(
    joined: Connection, small: Lexware, ours: str, settings: Any
) -> None:
    subscriptions.check(joined.pk)
    settings.LEXWARE_WEBHOOK_PUBLIC_KEY = ""
    assert subscriptions.start_due() == 1
    subscriptions.check(joined.pk)
    joined.refresh_from_db()
    assert (joined.webhooks, there(small)) == (Webhooks.OFF, [])
    assert subscriptions.start_due() == 0


def test_two_clients_with_one_key_share_and_one_may_go(
    joined: Connection, small: Lexware, ours: str, kontor_client: Client
) -> None:
    subscriptions.check(joined.pk)
    branch = Client.objects.create(name="Zweigstelle", number="10009")
    second = connections.connect(connections.get_or_create(branch), small.key, sync=False)
    subscriptions.check(second.pk)
    assert second.subscriptions.count() == joined.subscriptions.count() == len(WANTED)
    connections.disconnect(second)
    assert there(small) == wanted(ours)
    connections.disconnect(Connection.objects.get(pk=joined.pk))
    assert there(small) == []
