"""Faults of the service and of the line: nothing is lost, and the next fetch puts it right."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from integrations.models import Connection, ConnectionEvent, Status, SyncRun
from tests.integrations.keys.later import later
from tests.integrations.sync.conftest import Lexware, fetch, stored
from vouchers.models import Voucher

pytestmark = pytest.mark.django_db
START = date(2025, 1, 1)


def agree(connection: Connection, lexware: Lexware) -> bool:
    return stored(connection.client) == lexware.paid(START)


@pytest.mark.parametrize(
    ("kind", "path", "options"),
    [
        ("rate_limit_as_500", "/v1/payments", {"count": 2}),
        ("reset", "/v1/voucherlist", {"count": 1}),
        ("reset", "/v1/files", {"count": 2}),
        ("timeout_after_performing", "/v1/vouchers", {"count": 2}),
        ("status", "/v1/voucherlist", {"status": 503, "count": 2}),
        ("status", "/v1/invoices", {"status": 429, "count": 2}),
        ("status", "/v1/payments", {"status": 500, "count": 1}),
    ],
)
def test_a_passing_fault_is_not_noticed(
    joined: Connection, small: Lexware, kind: str, path: str, options: dict[str, int]
) -> None:
    small.fault(kind, path, **options)
    run = fetch(joined)
    assert (run.state, run.skipped.count()) == (SyncRun.State.DONE, 0)
    assert agree(joined, small)


@pytest.mark.parametrize("kind", ["html", "truncated"])
def test_an_answer_that_is_no_answer_skips_the_voucher_and_is_read_the_next_time(
    joined: Connection, small: Lexware, kind: str
) -> None:
    small.fault(kind, "/v1/payments", count=1)
    run = fetch(joined)
    assert run.state == SyncRun.State.DONE
    assert [(item.reason, item.number) for item in run.skipped.all()] == [("answer_not_understood", "N-6")]
    assert Voucher.objects.filter(complete=False).count() == 1
    small.calls()
    run = fetch(joined)
    assert not run.skipped.exists()
    assert len(small.calls()) == 2
    assert agree(joined, small)


@pytest.mark.parametrize("kind", ["html", "truncated"])
def test_a_list_that_is_no_list_ends_the_fetch_and_keeps_the_connection(
    joined: Connection, small: Lexware, kind: str
) -> None:
    small.fault(kind, "/v1/voucherlist", count=1)
    run = fetch(joined)
    assert (run.state, run.error) == (SyncRun.State.FAILED, "answer_not_understood")
    joined.refresh_from_db()
    assert joined.status == Status.ACTIVE
    assert joined.synced_through is None
    assert joined.next_sync_at is not None
    assert joined.next_sync_at <= timezone.now() + timedelta(minutes=11)
    assert fetch(joined).state == SyncRun.State.DONE
    assert agree(joined, small)


def test_a_missing_file_is_said_and_loses_nothing(joined: Connection, small: Lexware) -> None:
    voucher_id = small.id_of("N-2")
    file_id = small.organization.vouchers[voucher_id].files[0]
    small.do("change", voucher_id, add_file="jpg")
    small.let_time_pass()
    small.fault("status", f"/v1/files/{file_id}", status=404, count=None)
    run = fetch(joined)
    assert run.state == SyncRun.State.DONE
    assert [(item.external_id, item.reason) for item in run.skipped.all()] == [(voucher_id, "file_missing")]
    incomplete = Voucher.objects.get(complete=False)
    assert str(incomplete.external_id) == voucher_id
    assert (incomplete.files.count(), incomplete.payments.count()) == (1, 1)
    small.calls()
    assert fetch(joined).skipped.count() == 1
    # Perhaps the document does not name it any more: it is read again before the file is asked for again.
    assert small.calls() == ["/v1/voucherlist", f"/v1/vouchers/{voucher_id}", f"/v1/files/{file_id}"]
    small.no_faults()
    assert fetch(joined).skipped.count() == 0
    assert agree(joined, small)


def test_one_voucher_that_always_fails_holds_up_no_other(joined: Connection, small: Lexware) -> None:
    voucher_id = small.id_of("N-6")
    small.fault("status", f"/v1/payments/{voucher_id}", status=503, count=None)
    run = fetch(joined)
    assert run.state == SyncRun.State.DONE
    assert [(item.external_id, item.reason) for item in run.skipped.all()] == [(voucher_id, "unavailable")]
    assert Voucher.objects.filter(complete=True).count() == 6
    small.no_faults()
    fetch(joined)
    assert agree(joined, small)


def test_a_401_that_is_an_outage_does_not_fail_the_connection(joined: Connection, small: Lexware) -> None:
    small.fault("status", "/v1/payments", status=401, count=1)
    run = fetch(joined)
    assert (run.state, run.error) == (SyncRun.State.FAILED, "in_doubt")
    joined.refresh_from_db()
    assert (joined.status, joined.outages) == (Status.ACTIVE, 0)
    assert joined.doubted_at is not None
    assert fetch(joined).state == SyncRun.State.DONE
    assert not Connection.objects.filter(pk=joined.pk, doubted_at__isnull=False).exists()
    assert agree(joined, small)


@pytest.mark.parametrize(
    ("verb", "reason"), [("expire", "key_rejected"), ("revoke", "key_rejected"), ("plan", "plan_without_api")]
)
def test_a_definite_refusal_fails_the_connection(joined: Connection, small: Lexware, verb: str, reason: str) -> None:
    fetch(joined)
    if verb == "plan":
        small.control(f"/organizations/{small.id}/plan", with_api=False)
    else:
        small.control(f"/organizations/{small.id}/key/{verb}")
    run = fetch(joined)
    assert (run.state, run.error) == (SyncRun.State.FAILED, reason if verb == "plan" else "in_doubt")
    later(joined)
    assert (joined.status, joined.reason) == (Status.FAILED, reason)
    assert joined.secret.api_key == small.key
    event = joined.events.order_by("-id")[0]
    assert (event.kind, event.from_status, event.to_status) == (ConnectionEvent.Kind.STATUS, "active", "failed")
    assert event.request_id
    assert small.key not in str(event.detail)
    assert Voucher.objects.count() == 7


def test_after_its_known_end_a_rejected_key_has_expired(joined: Connection, small: Lexware) -> None:
    Connection.objects.filter(pk=joined.pk).update(key_expires_on=timezone.localdate() - timedelta(days=1))
    small.control(f"/organizations/{small.id}/key/expire")
    assert fetch(joined).error == "in_doubt"
    later(joined)
    assert joined.reason == "key_expired"


def test_a_missing_permission_fails_the_connection(joined: Connection, small: Lexware) -> None:
    small.control(f"/organizations/{small.id}/key/scope", scopes=["voucherlist.read", "vouchers.read", "files.read"])
    assert fetch(joined).error == "permission_missing"
    joined.refresh_from_db()
    assert joined.reason == "permission_missing"


def test_only_the_third_outage_in_a_row_fails_the_connection(joined: Connection, small: Lexware) -> None:
    small.fault("status", status=503, count=None)
    waits = []
    for number in (1, 2, 3):
        run = fetch(joined)
        assert (run.state, run.error) == (SyncRun.State.FAILED, "unavailable")
        joined.refresh_from_db()
        assert joined.outages == number
        assert joined.status == (Status.FAILED if number == 3 else Status.ACTIVE)
        assert joined.next_sync_at is not None
        waits.append(joined.next_sync_at - timezone.now())
    assert joined.reason == "unreachable"
    assert waits[0] < waits[1]
    assert waits == sorted(waits)


def test_a_row_that_cannot_be_read_is_counted_and_asked_for_again(joined: Connection, small: Lexware) -> None:
    voucher_id = small.id_of("N-2")
    small.organization.vouchers[voucher_id].day, day = None, small.organization.vouchers[voucher_id].day
    # Without a date no date filter finds it; the incremental list has none.
    assert fetch(joined).created == 6
    small.organization.vouchers[voucher_id].touch(timezone.now())
    run = fetch(joined)
    assert [(item.external_id, item.reason) for item in run.skipped.all()] == [(voucher_id, "record_unreadable")]
    assert "voucherDate" in run.skipped.get().detail
    assert fetch(joined).skipped.count() == 1
    small.organization.vouchers[voucher_id].day = day
    run = fetch(joined)
    assert (run.created, run.skipped.count()) == (1, 0)
    assert agree(joined, small)


def test_a_credit_note_of_an_invoice_has_no_payments_of_its_own(joined: Connection, small: Lexware) -> None:
    small.organization.vouchers[small.id_of("N-6")].settles = small.id_of("N-4")
    run = fetch(joined)
    assert (run.state, run.skipped.count()) == (SyncRun.State.DONE, 0)
    assert Voucher.objects.get(number="N-6").complete
    assert agree(joined, small)


def test_an_amount_as_text_is_an_amount(joined: Connection, small: Lexware) -> None:
    small.control("/settings", open_amount_as_string=True, documented_nulls=True)
    fetch(joined)
    assert agree(joined, small)
