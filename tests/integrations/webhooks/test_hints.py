"""A delivery is a hint to read one thing: read once, looked at again where nothing can be seen, and never believed."""

import threading
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection as database
from django.utils import timezone
from django_q.models import OrmQ
from hypothesis import HealthCheck, given
from hypothesis import settings as drawing
from hypothesis import strategies as st

from integrations import tasks as background
from integrations.models import Connection, ConnectionEvent, ConnectionSecret, Status, WebhookDelivery
from integrations.services import deliveries, hints
from integrations.services.deliveries import ALONE, KEPT_DAYS, LEASE, forget_old_deliveries
from integrations.services.hints import MOST_ATTEMPTS
from tests.integrations.sync.conftest import Lexware, fetch, stored, tasks
from tests.integrations.webhooks.conftest import Provider, body
from vouchers.models import Voucher

pytestmark = pytest.mark.django_db
State = WebhookDelivery.State
RECHECK = "integrations.tasks.recheck_connection"
START = date(2025, 1, 1)
NOWHERE = "9d0b5a3e-0f0f-4b0e-8d55-2f3a5cc0a111"

Tell = Callable[..., WebhookDelivery]


@pytest.fixture
def tell(provider: Provider, small: Lexware) -> Tell:
    """Let the provider tell of an event; returns what was kept."""

    def deliver(event: str, resource: object, **fields: Any) -> WebhookDelivery:
        content = body(organizationId=small.id, eventType=event, resourceId=str(resource), **fields)
        assert provider.deliver(content).status_code == 204
        return WebhookDelivery.objects.latest("pk")

    return deliver


@pytest.fixture
def active(joined: Connection, small: Lexware) -> Connection:
    """The client, connected and completely fetched: seven paid vouchers, and one that is open."""
    fetch(joined)
    small.calls()
    joined.refresh_from_db()
    return joined


def outcome(delivery: WebhookDelivery) -> tuple[str, str, int]:
    delivery.refresh_from_db()
    return delivery.state, delivery.outcome, delivery.attempts


def later(**fields: Any) -> None:
    """Let the time pass until everything that waits is due."""
    WebhookDelivery.objects.filter(**fields).update(next_try_at=timezone.now() - timedelta(seconds=1))


def heard(connection: Connection) -> list[dict[str, Any]]:
    return [event.detail for event in connection.events.filter(kind=ConnectionEvent.Kind.HINT).order_by("pk")]


def payments_read(small: Lexware) -> int:
    return sum(path.startswith("/v1/payments/") for path in small.calls())


def test_a_payment_brings_the_voucher(active: Connection, small: Lexware, tell: Tell) -> None:
    voucher_id = small.id_of("OPEN")
    small.do("pay", voucher_id)
    told = tell("payment.changed", voucher_id)
    background.follow_hints(active.pk)
    assert outcome(told) == (State.DONE, "created", 1)
    assert stored(active.client) == small.paid(START)
    assert heard(active) == [
        {"event": "payment.changed", "id": voucher_id, "number": "OPEN", "outcome": "created"},
    ]
    assert payments_read(small) == 1


def test_a_payment_that_is_taken_back_withdraws_it(active: Connection, small: Lexware, tell: Tell) -> None:
    voucher_id = small.id_of("N-1")
    small.do("draft", voucher_id)
    told = tell("payment.changed", voucher_id)
    hints.follow(active.pk)
    assert outcome(told) == (State.DONE, "withdrawn", 1)
    assert Voucher.objects.get(external_id=voucher_id).withdrawn_reason == "unchecked"


def test_a_deleted_one_is_withdrawn_at_once(active: Connection, small: Lexware, tell: Tell) -> None:
    voucher_id = small.id_of("N-2")
    small.do("delete", voucher_id)
    told = tell("voucher.deleted", voucher_id)
    hints.follow(active.pk)
    assert outcome(told) == (State.DONE, "withdrawn", 1)
    assert Voucher.objects.get(external_id=voucher_id).withdrawn_reason == "deleted"


def test_a_lie_is_not_believed(active: Connection, small: Lexware, tell: Tell) -> None:
    before = stored(active.client)
    told = [tell("voucher.deleted", small.id_of("N-2")), tell("payment.changed", small.id_of("OPEN"))]
    for _ in range(2):
        hints.follow(active.pk)
        later(state=State.WAITING)
    assert [outcome(one)[:2] for one in told] == [(State.DONE, "unchanged"), (State.DONE, "not_ours")]
    assert stored(active.client) == before
    assert heard(active) == []


def test_what_cannot_be_seen_yet_is_looked_at_again(active: Connection, small: Lexware, tell: Tell) -> None:
    voucher_id = small.id_of("OPEN")
    told = tell("voucher.status.changed", voucher_id)
    hints.follow(active.pk)
    assert outcome(told) == (State.WAITING, "not_ours", 1)
    small.do("pay", voucher_id)
    later()
    background.follow_waiting_hints()
    assert outcome(told) == (State.DONE, "created", 2)


def test_a_payment_is_waited_for(active: Connection, small: Lexware, tell: Tell) -> None:
    told = tell("payment.changed", small.id_of("OPEN"))
    hints.follow(active.pk)
    assert outcome(told) == (State.DONE, "not_ours", 2)


def test_a_new_document_that_cannot_be_found_yet(active: Connection, tell: Tell) -> None:
    told = tell("voucher.created", NOWHERE)
    hints.follow(active.pk)
    assert outcome(told) == (State.WAITING, "gone", 1)
    later()
    hints.follow(active.pk)
    assert outcome(told) == (State.DONE, "gone", 2)


def test_an_unpaid_document_is_looked_at_once(active: Connection, small: Lexware, tell: Tell) -> None:
    told = tell("voucher.changed", small.id_of("OPEN"))
    hints.follow(active.pk)
    assert outcome(told) == (State.DONE, "not_ours", 1)


def test_several_hints_about_one_thing_are_one_reading(active: Connection, small: Lexware, tell: Tell) -> None:
    voucher_id = small.id_of("OPEN")
    small.do("pay", voucher_id)
    events = ["voucher.changed", "payment.changed", "voucher.status.changed"]
    told = [tell(event, voucher_id) for event in events]
    assert hints.follow(active.pk) == 1
    assert {outcome(one) for one in told} == {(State.DONE, "created", 1)}
    assert len(heard(active)) == 1
    late = tell("voucher.changed", voucher_id, eventDate=told[0].event_at + timedelta(milliseconds=7))
    hints.follow(active.pk)
    assert outcome(late) == (State.DONE, "unchanged", 1), "the change of that moment has been seen"


def test_one_reader_at_a_time_for_a_connection(active: Connection, small: Lexware, tell: Tell) -> None:
    voucher_id = small.id_of("N-1")
    tell("voucher.changed", voucher_id)
    now = timezone.now()
    assert len(deliveries.claim(active.pk, now)) == 1
    tell("payment.changed", voucher_id)
    other = tell("voucher.changed", small.id_of("N-2"))
    soon, late = now + timedelta(seconds=29), now + timedelta(seconds=31)
    assert deliveries.claim(active.pk, soon) == []
    assert [one.pk for one in deliveries.claim(active.pk, late)] == [other.pk], "what is being read is left alone"
    assert deliveries.claim(active.pk, late + ALONE + timedelta(seconds=1)) == []


def test_a_reader_finds_what_comes_while_it_reads(active: Connection, small: Lexware, tell: Tell) -> None:
    first, second = small.id_of("OPEN"), small.id_of("N-1")
    small.do("pay", first)
    told = [tell("payment.changed", first)]
    [claimed] = deliveries.claim(active.pk, timezone.now())
    told.append(tell("voucher.changed", second))
    assert hints.follow(active.pk) == 0, "left to the reader"
    deliveries.put_off([claimed], timezone.now(), "")
    hints.follow(active.pk)
    assert [outcome(one)[1] for one in told] == ["created", "unchanged"]


def test_a_long_list_of_hints_makes_room_for_others(active: Connection, small: Lexware, tell: Tell) -> None:
    for number in ("N-1", "N-2", "N-3"):
        tell("voucher.changed", small.id_of(number))
    OrmQ.objects.all().delete()
    assert hints.follow(active.pk, seconds=0.0) == 0
    assert tasks("integrations.tasks.follow_hints") == [(active.pk,)]
    hints.follow(active.pk)
    assert {one.outcome for one in WebhookDelivery.objects.all()} == {"unchanged"}


@pytest.mark.django_db(transaction=True)
def test_many_followers_at_once_read_it_once(active: Connection, small: Lexware, tell: Tell) -> None:
    voucher_id = small.id_of("OPEN")
    small.do("pay", voucher_id)
    told = tell("payment.changed", voucher_id)

    def follow() -> None:
        try:
            hints.follow(active.pk)
        finally:
            database.close()

    threads = [threading.Thread(target=follow) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcome(told) == (State.DONE, "created", 1)
    assert payments_read(small) == 1


def test_one_whose_reader_died_is_taken_over(active: Connection, small: Lexware, tell: Tell) -> None:
    small.do("pay", small.id_of("OPEN"))
    told = tell("payment.changed", small.id_of("OPEN"))
    [lost] = deliveries.claim(active.pk, timezone.now())
    assert hints.follow(active.pk) == 0
    later(state=State.READING)
    assert hints.follow_leftovers() == 1
    assert outcome(told) == (State.DONE, "created", 2)
    deliveries.finish([lost], State.GAVE_UP, "late")
    assert outcome(told) == (State.DONE, "created", 2), "whoever lost it writes nothing any more"


@pytest.mark.parametrize("state", [State.WAITING, State.READING])
def test_a_clock_that_was_set_back_holds_up_no_hint(active: Connection, small: Lexware, tell: Tell, state: str) -> None:
    small.do("pay", small.id_of("OPEN"))
    told = tell("payment.changed", small.id_of("OPEN"))
    tomorrow = timezone.now() + timedelta(days=1)
    WebhookDelivery.objects.filter(pk=told.pk).update(state=state, next_try_at=tomorrow)
    assert hints.follow_leftovers() == 1
    assert outcome(told) == (State.DONE, "created", 1)


def test_one_that_kills_its_readers_is_given_up(active: Connection, small: Lexware, tell: Tell) -> None:
    told = tell("payment.changed", small.id_of("OPEN"))
    for _ in range(MOST_ATTEMPTS):
        assert deliveries.claim(active.pk, timezone.now())
        later()
    small.calls()
    hints.follow(active.pk)
    assert outcome(told) == (State.GAVE_UP, "died", MOST_ATTEMPTS + 1)
    assert small.calls() == []


def test_an_outage_is_waited_for_with_growing_pauses(active: Connection, small: Lexware, tell: Tell) -> None:
    voucher_id = small.id_of("OPEN")
    small.do("pay", voucher_id)
    told, other = tell("payment.changed", voucher_id), tell("voucher.changed", small.id_of("N-1"))
    small.fault("status", status=503, count=None)
    pauses = []
    for attempt in range(1, 4):
        now = timezone.now()
        hints.follow(active.pk)
        assert outcome(told) == (State.WAITING, "unavailable", attempt)
        pauses.append(round((told.next_try_at - now) / timedelta(minutes=1)))
        later(pk=told.pk)
    assert pauses == [1, 4, 16]
    other.refresh_from_db()
    assert (other.attempts, other.next_try_at > timezone.now()) == (0, True), "the rest waits, and is not tried in vain"
    small.no_faults()
    later()
    hints.follow_leftovers()
    assert outcome(told) == (State.DONE, "created", 4)
    active.refresh_from_db()
    assert active.status == Status.ACTIVE


def test_what_never_works_is_given_up(active: Connection, small: Lexware, tell: Tell) -> None:
    told = tell("payment.changed", small.id_of("OPEN"))
    small.fault("html", count=None)
    for _ in range(MOST_ATTEMPTS):
        hints.follow(active.pk)
        later()
    assert outcome(told) == (State.GAVE_UP, "answer_not_understood", MOST_ATTEMPTS)
    assert hints.follow_leftovers() == 0


@pytest.mark.django_db(transaction=True)
def test_a_refused_key_is_looked_at_by_those_who_know(active: Connection, small: Lexware, tell: Tell) -> None:
    told = tell("payment.changed", small.id_of("OPEN"))
    tell("voucher.changed", small.id_of("N-1"))
    small.control(f"/organizations/{small.id}/key/revoke")
    hints.follow(active.pk)
    assert outcome(told)[:2] == (State.WAITING, "key_rejected")
    assert tasks(RECHECK) == [(active.pk,)]


def test_a_revoked_key_puts_the_connection_to_the_test(active: Connection, small: Lexware, tell: Tell) -> None:
    told = tell("token.revoked", active.provider_connection_id or "some-connection")
    hints.follow(active.pk)
    active.refresh_from_db()
    assert active.status == Status.ACTIVE, "what is told is not believed"
    assert outcome(told) == (State.WAITING, "rechecked", 1)
    small.control(f"/organizations/{small.id}/key/revoke")
    later()
    hints.follow(active.pk)
    assert outcome(told) == (State.DONE, "rechecked", 2)
    active.refresh_from_db()
    assert active.doubted_at or active.status == Status.FAILED


@pytest.mark.parametrize("lost", ["status", "secret"])
def test_hints_of_a_connection_without_a_key_say_so(active: Connection, small: Lexware, tell: Tell, lost: str) -> None:
    told = tell("payment.changed", small.id_of("OPEN"))
    if lost == "status":
        Connection.objects.update(status=Status.FAILED, reason="key_rejected")
    else:
        ConnectionSecret.objects.all().delete()
    small.calls()
    hints.follow(active.pk)
    assert outcome(told) == (State.GAVE_UP, "not_active" if lost == "status" else "no_key", 1)
    assert small.calls() == []


def test_a_hint_works_before_anything_was_fetched(joined: Connection, small: Lexware, tell: Tell) -> None:
    told = tell("payment.changed", small.id_of("N-3"))
    hints.follow(joined.pk)
    assert outcome(told) == (State.DONE, "created", 1)
    assert fetch(joined).created == 6


def test_what_is_long_ago_is_forgotten(active: Connection, small: Lexware, tell: Tell) -> None:
    old, new = tell("voucher.changed", small.id_of("N-1")), tell("voucher.changed", small.id_of("N-2"))
    WebhookDelivery.objects.filter(pk=old.pk).update(received_at=timezone.now() - timedelta(days=KEPT_DAYS, hours=1))
    assert forget_old_deliveries() == 1
    assert WebhookDelivery.objects.get() == new


def test_nothing_is_lost_between_claim_and_end(active: Connection, small: Lexware, tell: Tell) -> None:
    """A lease runs out long after any reading has ended, and before a person would wonder."""
    tell("voucher.changed", small.id_of("N-1"))
    [claimed] = deliveries.claim(active.pk, timezone.now())
    claimed.refresh_from_db()
    assert claimed.state == State.READING
    assert timedelta(0) < claimed.next_try_at - timezone.now() <= LEASE


MOVES = st.lists(
    st.tuples(
        st.sampled_from(["N-1", "N-3", "N-5", "OPEN"]),
        st.sampled_from(["pay", "unpay", "nothing"]),
        st.sampled_from(["payment.changed", "voucher.changed", "invoice.status.changed", "voucher.deleted"]),
        st.booleans(),
    ),
    min_size=1,
    max_size=6,
)


@drawing(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(moves=MOVES)
def test_whatever_is_told_in_whatever_order_the_truth_comes_out(
    active: Connection, small: Lexware, tell: Tell, moves: list[tuple[str, str, str, bool]]
) -> None:
    for number, verb, event, read_now in moves:
        voucher_id = small.id_of(number)
        is_paid = voucher_id in small.paid(START)
        if (verb, is_paid) in (("pay", False), ("unpay", True)):
            small.do(verb, voucher_id)
        tell(event, voucher_id)
        if read_now:
            hints.follow(active.pk)
    while WebhookDelivery.objects.filter(state__in=deliveries.OPEN).exists():
        later(state=State.WAITING)
        hints.follow_leftovers()
    for number in {number for number, *_ in moves}:
        voucher_id = small.id_of(number)
        ours = stored(active.client).get(voucher_id)
        theirs = small.paid(START).get(voucher_id)
        assert ours == theirs
