"""A connection's whole story, a line at a time."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
import time_machine
from django.db import connection as database
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import Client, User
from integrations.admin.timeline import DELIVERIES, FILTERS, SHOWN, Part, timeline
from integrations.admin.timeline_words import Entry
from integrations.models import CallEntry, Connection, ConnectionEvent, SupportRequest, SyncRun, WebhookDelivery
from tests.admin.conftest import Login
from tests.admin.recorder_world import call, delivery, event, full_story, run
from tests.factories import MOMENT, connection

pytestmark = pytest.mark.django_db


@pytest.fixture
def story(kontor_client: Client, member: User) -> Connection:
    return full_story(kontor_client, member)


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"), time_machine.travel(MOMENT + timedelta(minutes=1), tick=False):
        yield


def lines(part: Part) -> list[str]:
    return [f"{entry.what}: {entry.words}" for entry in part.entries]


def test_one_line_for_each_thing_newest_first(story: Connection) -> None:
    assert lines(timeline(story)) == [
        "Vouchers fetched: nothing new",
        "The client wrote: Wo ist RE-7?",
        "asked for a document: “RE-7”: Lexware Office has no such document",
        "call failed: Lexware Office refused the API key once. That happens during a disturbance on their side, too.",
        "Fetch broken off: Lexware Office did not answer during the last fetch.",
        "end of the key: 10 Apr 2026 → 1 Mar 2028",
        "end of the key: 2 people reminded by mail: 30 days before the end (10 Apr 2026)",
        "key checked: ",
        "Webhook received: given up",
        "Webhook received: 3 webhooks, nothing new",
        "told by webhook: RE-2044: taken over at once",
        "Vouchers fetched: 2 new, 1 file, 1 left out",
        "webhooks: Lexware Office tells us at once what changes.",
        "state changed: Activate connection → Active",
    ]


def test_a_failed_fetch_carries_its_request(story: Connection) -> None:
    (entry,) = [entry for entry in timeline(story).entries if entry.what == "Fetch broken off"]
    assert entry.request_id == "9e0c-the-request"
    assert ("answer", "503") in entry.facts


@pytest.mark.parametrize("kind", [key for key in FILTERS if key])
def test_each_kind_alone_and_all_kinds_together_are_everything(kind: str, story: Connection) -> None:
    every = lines(timeline(story))
    own = lines(timeline(story, kind=kind))
    assert own
    extra = {"call failed: "} if kind == "states" else set()  # the failure of a fetch, without its fetch
    assert set(own) - extra <= set(every)


def test_the_kinds_together_are_everything(story: Connection) -> None:
    told = {line for kind in FILTERS if kind for line in lines(timeline(story, kind=kind))}
    assert set(lines(timeline(story))) <= told


KINDS = st.sampled_from(["run", "event", "quiet", "loud", "wrote"])


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 400), KINDS), max_size=140))
def test_every_thing_is_told_once_however_it_is_paged(kontor_client: Client, happened: list[tuple[int, str]]) -> None:
    kontor_client.support_requests.all().delete()
    Connection.objects.filter(client=kontor_client).delete()
    linked = Connection.objects.create(client=kontor_client, status="active")
    at = {place: MOMENT - timedelta(minutes=minutes, microseconds=place) for place, (minutes, _) in enumerate(happened)}
    of = {kind: [place for place, item in enumerate(happened) if item[1] == kind] for _, kind in happened}
    SyncRun.objects.bulk_create(
        SyncRun(connection=linked, state="done", trigger="manual", queued_at=at[place]) for place in of.get("run", ())
    )
    ConnectionEvent.objects.bulk_create(
        ConnectionEvent(connection=linked, at=at[place], kind="check") for place in of.get("event", ())
    )
    SupportRequest.objects.bulk_create(
        SupportRequest(client=kontor_client, connection=linked, reference=f"R-{place}", created_at=at[place])
        for place in of.get("wrote", ())
    )
    webhooks(linked, {at[place]: "done" for place in of.get("quiet", ())})
    webhooks(linked, {at[place]: "gave_up" for place in of.get("loud", ())})
    told: list[Entry] = []
    before, parts = None, 0
    while True:
        part = timeline(linked, before=before)
        told += part.entries
        parts += 1
        if part.older is None:
            break
        assert before is None or part.older < before
        before = part.older
    assert sum(entry.times for entry in told) == len(happened)
    moments = [entry.at for entry in told]
    assert moments == sorted(moments, reverse=True)
    assert parts <= len(happened) // SHOWN + 1


def webhooks(linked: Connection, moments: dict[datetime, str]) -> None:
    WebhookDelivery.objects.bulk_create(
        WebhookDelivery(
            connection=linked, sha256=uuid4().hex * 2, event_type="voucher.changed", resource_id="x", event_at=at,
            received_at=at, body="", state=state, outcome="unchanged",
        )
        for at, state in moments.items()
    )  # fmt: skip


def test_a_flood_of_quiet_webhooks_is_a_line(kontor_client: Client) -> None:
    linked = connection(kontor_client)
    at = MOMENT - timedelta(days=1)
    webhooks(linked, {at + timedelta(seconds=n): "done" for n in range(DELIVERIES + 50)})
    first = timeline(linked)
    assert [entry.times for entry in first.entries] == [DELIVERIES]
    second = timeline(linked, before=first.older)
    assert [entry.times for entry in second.entries] == [50, 1, 1], "the rest, and the beginning of the connection"


def test_the_page_costs_the_same_however_much_has_happened(story: Connection, partner: User, login: Login) -> None:
    browser = login(partner)
    page = reverse("admin:integrations_connection_change", args=[story.pk])

    def queries() -> int:
        with CaptureQueriesContext(database) as captured:
            assert browser.get(page).status_code == 200
        return len(captured)

    queries()
    few = queries()
    last = story.runs.first()
    CallEntry.objects.bulk_create(
        CallEntry(connection=story, run=last, method="GET", path="/v1/x", status=200, milliseconds=1)
        for _ in range(3000)
    )
    for index in range(120):
        run(story, 1000 + index)
        event(story, 1000 + index, kind="check")
        delivery(story, 1000 + index)
    assert queries() == few <= 20
    inside = reverse("admin:integrations_syncrun_inside", args=[last.pk])
    with CaptureQueriesContext(database) as captured:
        page_inside = browser.get(inside).content.decode()
    assert len(captured) <= 11
    assert page_inside.count("<code>GET /v1/x</code>") == 50
    assert "All calls of this fetch" in page_inside


def test_older_entries_are_a_click_away(story: Connection, support: User, login: Login) -> None:
    for index in range(SHOWN):
        event(story, 2000 + index, kind="check", request_id=f"check-{index:02}")
    browser = login(support)
    page = reverse("admin:integrations_connection_change", args=[story.pk])
    first = browser.get(page).content.decode()
    assert "check-00" in first
    assert "check-49" not in first
    part = timeline(story)
    assert part.older is not None
    second = browser.get(page, {"before": part.older.isoformat()}).content.decode()
    assert "check-49" in second
    assert "check-00" not in second
    day = (MOMENT - timedelta(minutes=2049)).date().isoformat()
    assert "check-49" in browser.get(page, {"day": day}).content.decode()
    assert "check-00" not in browser.get(page, {"kind": "fetches"}).content.decode()


@pytest.mark.parametrize(
    "query",
    [{"before": "yesterday"}, {"day": "9999-12-31"}, {"day": "x"}, {"kind": "x"}, {"before": "2026-03-12T00:00:00"}],
)
def test_odd_questions_are_answered(query: dict[str, str], story: Connection, support: User, login: Login) -> None:
    page = reverse("admin:integrations_connection_change", args=[story.pk])
    assert login(support).get(page, query).status_code == 200


def test_what_is_inside_a_fetch(story: Connection, support: User, colleague: User, login: Login) -> None:
    brought = story.runs.get(trigger="connect")
    address = reverse("admin:integrations_syncrun_inside", args=[brought.pk])
    page = login(support).get(address).content.decode()
    for words in (
        "RE-2041", "RE-2042", "100.00 → 119.00", "Voided", "RE-1999", "No payment found",
        "0d9f7a52-1111-4222-8333-944455566677", "429",
    ):  # fmt: skip
        assert words in page
    assert login(colleague).get(address).status_code == 404
    assert login(support).get(reverse("admin:integrations_syncrun_inside", args=[0])).status_code == 404
    whole = login(support).get(reverse("admin:integrations_syncrun_change", args=[brought.pk])).content.decode()
    assert "100.00 → 119.00" in whole


@pytest.mark.parametrize("model", ["callentry", "voucherchange", "seenvoucher", "webhookdelivery"])
def test_the_lists_are_read_only_and_scoped(
    model: str, story: Connection, support: User, colleague: User, login: Login
) -> None:
    from tests.integrations.finding.conftest import seen

    seen(story, "OPEN-1")
    call(story, None)
    address = reverse(f"admin:integrations_{model}_changelist")
    for query in ({}, {"connection__id__exact": str(story.pk)}):
        page = login(support).get(address, query)
        assert page.status_code == 200
        assert story.client.name in page.content.decode()
        assert story.client.name not in login(colleague).get(address, query).content.decode()
    row = {"callentry": story.calls, "voucherchange": story.changes, "seenvoucher": story.seen}.get(
        model, story.deliveries
    ).first()
    change = reverse(f"admin:integrations_{model}_change", args=[row.pk])
    assert login(support).get(change).status_code == 200
    assert login(support).post(change, {"number": "X"}).status_code == 403
    assert login(support).get(reverse(f"admin:integrations_{model}_add")).status_code == 403
    assert login(colleague).get(change).status_code == 404
