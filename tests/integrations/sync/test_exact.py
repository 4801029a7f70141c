"""What the service and the line do to us, switched on at the sandbox: after the next fetch both sides are equal."""

from collections import Counter
from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from integrations.models import Connection, SyncRun
from integrations.services.sync import run_now
from matching.models import Proposal
from tests.factories import booking, proposal
from tests.integrations.sync.conftest import Lexware, fetch, stored
from tests.integrations.sync.truth import differences
from vouchers.models import PaymentItem, RawAnswer, Voucher, VoucherFile

pytestmark = pytest.mark.django_db
START = date(2025, 1, 1)


def different(connection: Connection, lexware: Lexware) -> list[str]:
    return differences(connection.client, lexware.running.control_url, lexware.id)


@pytest.fixture
def fetched(joined: Connection, small: Lexware) -> Connection:
    fetch(joined)
    small.calls()
    return joined


@pytest.mark.parametrize(
    ("kind", "path", "options"),
    [
        ("rate_limit_as_500", "/v1", {"rate": 0.2}),
        ("status", "/v1", {"status": 429, "rate": 0.2}),
        ("status", "/v1", {"status": 503, "rate": 0.1}),
        ("timeout_after_performing", "/v1", {"rate": 0.2}),
        ("reset", "/v1", {"rate": 0.2}),
        ("html", "/v1/payments", {"rate": 0.3}),
        ("html", "/v1/files", {"rate": 0.5}),
        ("truncated", "/v1/vouchers", {"rate": 0.5}),
        ("truncated", "/v1/files", {"rate": 0.5}),
        ("truncated", "/v1/invoices", {"rate": 0.5}),
        ("status", "/v1/files", {"status": 404, "rate": 0.5}),
        ("status", "/v1/payments", {"status": 404, "rate": 0.5}),
        ("status", "/v1/vouchers", {"status": 404, "rate": 0.5}),
        ("status", "/v1/voucherlist", {"status": 401, "count": 1}),
        ("status", "/v1/vouchers", {"status": 401, "count": 1}),
        ("status", "/v1/invoices", {"status": 504, "count": 9}),
        ("drip", "/v1/files", {"milliseconds": 60, "count": 2}),
        ("delay", "/v1/payments", {"milliseconds": 50, "count": 2}),
    ],
)
def test_whatever_went_wrong_the_next_fetch_makes_both_sides_equal(
    joined: Connection, small: Lexware, kind: str, path: str, options: dict[str, Any]
) -> None:
    small.fault(kind, path, **options)
    run = fetch(joined)
    joined.refresh_from_db()
    assert joined.status == "active", "an outage is no rejection"
    if run.state == SyncRun.State.DONE:
        # What could not be had is said, and nothing that is paid is hidden.
        incomplete = Voucher.objects.filter(complete=False, withdrawn_at=None).values_list("external_id", flat=True)
        assert {str(key) for key in incomplete} <= set(run.skipped.values_list("external_id", flat=True))
        assert Voucher.objects.filter(withdrawn_at=None).count() == 7
    small.no_faults()
    done = fetch(joined)
    assert (done.state, done.skipped.count()) == (SyncRun.State.DONE, 0)
    assert different(joined, small) == []


@pytest.mark.parametrize(
    "setting",
    [
        {"amounts_as_strings": True},
        {"open_amount_as_string": True},
        {"unknown_fields": True},
        {"documented_nulls": True},
        {"vouchers_legacy_404": True},
        {"limit_answer": "500_null"},
    ],
)
def test_however_the_service_writes_it_it_says_the_same(
    joined: Connection, small: Lexware, setting: dict[str, Any]
) -> None:
    small.control("/settings", **setting)
    small.do("pay", small.id_of("OPEN"), amount="20.00")
    fetch(joined)
    assert different(joined, small) == []
    small.do("pay", small.id_of("OPEN"))
    fetch(joined)
    assert different(joined, small) == []
    assert Voucher.objects.count() == 8


def test_a_kind_of_payment_that_nobody_knows_is_a_payment(joined: Connection, small: Lexware) -> None:
    small.control("/settings", unknown_payment_type=1.0)
    run = fetch(joined)
    assert run.skipped.count() == 0
    assert set(PaymentItem.objects.values_list("type", flat=True)) == {"partPaymentVoucherCard"}
    small.control("/settings", unknown_payment_type=0.0)
    assert {item[2] for row in stored(joined.client).values() for item in row["payments"]} == {
        item[2] for row in small.paid(START).values() for item in row["payments"]
    }


def test_a_change_within_the_second_in_which_its_details_were_read_is_found(joined: Connection, small: Lexware) -> None:
    """The list's stamps have whole seconds: the second change of a second hides behind the first (reference: 3.2)."""
    voucher_id = small.id_of("N-2")
    small.do("change", voucher_id, remark="first")
    fetch(joined)
    voucher = small.organization.vouchers[voucher_id]
    second = voucher.updated.replace(microsecond=0)
    small.do("change", voucher_id, remark="second")
    with small.running.sandbox.lock:
        voucher.updated = second + timedelta(milliseconds=999)
    Voucher.objects.filter(number="N-2").update(details_read_at=second + timedelta(seconds=1))
    small.calls()
    run = fetch(joined)
    assert (run.changed, Voucher.objects.get(number="N-2").remark) == (1, "second")
    assert different(joined, small) == []
    # Its payments and its document, once; its file was there.
    assert Counter(path.split("/")[2] for path in small.calls()) == {"voucherlist": 1, "payments": 1, "vouchers": 1}


def test_details_that_were_read_clearly_later_are_believed(fetched: Connection, small: Lexware) -> None:
    small.do("change", small.id_of("N-2"), remark="x")
    small.let_time_pass(hours=0.5)
    fetch(fetched)
    small.calls()
    assert fetch(fetched).requests == 1
    # Rows from before this was noted have no such moment, and are believed.
    Voucher.objects.update(details_read_at=None)
    assert fetch(fetched).requests == 1


def test_read_in_the_moment_of_the_change_it_is_read_again_once(joined: Connection, small: Lexware) -> None:
    small.do("change", small.id_of("N-2"), remark="x")
    fetch(joined)
    Voucher.objects.filter(number="N-2").update(
        details_read_at=Voucher.objects.get(number="N-2").provider_updated_at - timedelta(seconds=1)
    )
    run = fetch(joined)
    assert (run.requests, run.changed) == (3, 0)
    voucher = Voucher.objects.get(number="N-2")
    assert voucher.details_read_at is not None
    assert voucher.details_read_at > voucher.provider_updated_at - timedelta(seconds=2)
    Voucher.objects.update(details_read_at=timezone.now() + timedelta(seconds=5))
    assert fetch(joined).requests == 1


def test_the_change_of_yesterday_is_not_missed_although_the_filter_knows_only_days(
    fetched: Connection, small: Lexware
) -> None:
    """The bookmark is of this morning, the change of late yesterday, and was not to be seen then (quirks 8 and 17)."""
    small.do("pay", small.id_of("OPEN"))
    with small.running.sandbox.lock:
        small.organization.vouchers[small.id_of("OPEN")].updated = timezone.now() - timedelta(days=1)
    assert fetch(fetched).created == 1
    assert different(fetched, small) == []


@pytest.mark.parametrize(
    ("verb", "reason"), [("unpay", "overdue"), ("void", "voided"), ("draft", "unchecked"), ("delete", "deleted")]
)
def test_the_match_of_a_withdrawn_voucher_goes_back_to_review_in_the_same_moment(
    fetched: Connection, small: Lexware, verb: str, reason: str
) -> None:
    voucher = Voucher.objects.get(number="N-2")
    match = proposal(voucher, booking(fetched.client, 1, "-102.50"), amount="102.50", state=Proposal.State.AUTOMATIC)
    small.do(verb, voucher.external_id)
    # Even where the fetch ends early, before any matching runs.
    small.do("pay", small.id_of("OPEN"))
    small.fault("status", "/v1/payments/" + small.id_of("OPEN"), status=401, count=1)
    fetch(fetched, full=verb == "delete")
    match.refresh_from_db()
    assert match.state == Proposal.State.SUGGESTED
    assert not match.allocations.get().standing
    note = match.decisions.get()
    assert (note.kind, note.reason, note.actor) == ("reopen", reason, None)
    voucher.refresh_from_db()
    assert (voucher.withdrawn_reason, voucher.payments.count(), voucher.files.count()) == (reason, 1, 1)
    assert voucher.withdrawn_at is not None


def test_dated_before_the_start_it_is_withdrawn_and_comes_back_with_its_date(
    fetched: Connection, small: Lexware
) -> None:
    small.do("change", small.id_of("N-2"), date="2024-12-31")
    assert fetch(fetched).withdrawn == 1
    assert Voucher.objects.get(number="N-2").withdrawn_reason == "dated_earlier"
    assert fetch(fetched).withdrawn == 0
    small.do("change", small.id_of("N-2"), date="2025-01-01")
    fetch(fetched)
    assert Voucher.objects.get(number="N-2").withdrawn_at is None
    assert different(fetched, small) == []


def test_deleted_between_the_list_and_its_details_it_is_withdrawn_at_once(joined: Connection, small: Lexware) -> None:
    def delete(phase: str, done: int, total: int) -> None:
        if (phase, done) == ("payments", 0) and "N-2" in {item.number for item in small.organization.vouchers.values()}:
            small.do("delete", small.id_of("N-2"))

    run = run_now(joined, SyncRun.Trigger.MANUAL, on_progress=delete)
    assert run.state == SyncRun.State.DONE
    assert Voucher.objects.get(number="N-2").withdrawn_reason == "deleted"
    assert different(joined, small) == []


def test_one_answer_404_deletes_nothing(fetched: Connection, small: Lexware) -> None:
    """A gateway that has lost its way says the same as a deleted document: both of its addresses must say it."""
    small.do("change", small.id_of("N-2"), remark="x")
    small.fault("status", "/v1/vouchers", status=404, count=1)
    run = fetch(fetched)
    assert [(item.number, item.reason) for item in run.skipped.all()] == [("N-2", "not_found")]
    assert Voucher.objects.get(number="N-2").withdrawn_at is None


def test_a_file_that_is_not_there_is_said_each_time_and_had_as_soon_as_it_is(
    fetched: Connection, small: Lexware
) -> None:
    voucher_id = small.id_of("N-2")
    small.do("change", voucher_id, add_file="png")
    file_id = small.organization.vouchers[voucher_id].files[1]
    small.fault("status", f"/v1/files/{file_id}", status=404, count=None)
    for _ in range(2):
        run = fetch(fetched)
        assert [(item.external_id, item.reason) for item in run.skipped.all()] == [(voucher_id, "file_missing")]
        assert file_id in run.skipped.get().detail
    voucher = Voucher.objects.get(number="N-2")
    assert (voucher.withdrawn_at, voucher.payments.count(), voucher.files.count()) == (None, 1, 1)
    small.no_faults()
    assert fetch(fetched).skipped.count() == 0
    assert different(fetched, small) == []


def test_a_document_that_lost_the_file_meanwhile_is_read_again(fetched: Connection, small: Lexware) -> None:
    """Without a change of its stamp: only reading the document tells that the file is not missed any more."""
    voucher_id = small.id_of("N-2")
    small.do("change", voucher_id, add_file="png")
    small.let_time_pass(hours=0.5)
    file_id = small.organization.vouchers[voucher_id].files[1]
    small.fault("status", f"/v1/files/{file_id}", status=404, count=None)
    fetch(fetched)
    with small.running.sandbox.lock:
        small.organization.vouchers[voucher_id].files.remove(file_id)
        del small.organization.files[file_id]
    run = fetch(fetched)
    assert (run.state, run.skipped.count()) == (SyncRun.State.DONE, 0)
    assert Voucher.objects.get(number="N-2").complete
    assert different(fetched, small) == []


def test_while_a_document_is_rendered_anew_its_last_rendering_stays(fetched: Connection, small: Lexware) -> None:
    voucher = Voucher.objects.get(number="N-4")
    before = voucher.files.get()
    small.do("change", voucher.external_id, remark="again")
    small.fault("status", f"/v1/invoices/{voucher.external_id}/file", status=404, count=1)
    assert fetch(fetched).skipped.count() == 1
    assert voucher.files.get() == before
    fetch(fetched)
    assert voucher.files.count() == 1
    assert voucher.files.get() != before
    assert different(fetched, small) == []


def test_a_file_without_its_end_is_fetched_again_and_believed_on_another_day(
    fetched: Connection, small: Lexware
) -> None:
    """The answer says that it is whole. Only a file that always comes like that is like that."""
    voucher_id = small.id_of("N-2")
    small.do("change", voucher_id, add_file="pdf")
    file_id = small.organization.vouchers[voucher_id].files[1]
    small.fault("truncated", f"/v1/files/{file_id}", count=None)
    for _ in range(2):
        run = fetch(fetched)
        assert [(item.number, item.reason) for item in run.skipped.all()] == [("N-2", "file_cut_off")]
        assert Voucher.objects.get(number="N-2").files.count() == 1
    SyncRun.objects.update(started_at=timezone.now() - timedelta(days=1))
    assert fetch(fetched).skipped.count() == 0
    assert Voucher.objects.get(number="N-2").files.count() == 2


def test_a_file_of_25_megabytes_is_a_file(fetched: Connection, small: Lexware) -> None:
    size = 25 * 1024 * 1024
    small.add(number="BIG", total="9.00", paid_on="2026-03-01", date="2026-03-01", file_bytes=size)
    run = fetch(fetched)
    assert (run.state, run.skipped.count()) == (SyncRun.State.DONE, 0)
    assert VoucherFile.objects.get(voucher__number="BIG").stored.size == size
    assert different(fetched, small) == []


def test_what_changes_while_a_fetch_is_under_way_is_there_after_the_next(joined: Connection, small: Lexware) -> None:
    steps = iter(range(100))

    def disturb(phase: str, done: int, total: int) -> None:
        step = next(steps)
        small.do("change", small.id_of("N-2"), remark=f"step {step}")
        if step == 3:
            small.do("unpay", small.id_of("N-5"))
        if step == 6:
            small.do("pay", small.id_of("OPEN"))
        if step == 9:
            small.do("pay", small.id_of("N-5"), date="2026-09-09")

    run_now(joined, SyncRun.Trigger.MANUAL, on_progress=disturb)
    fetch(joined)
    assert different(joined, small) == []
    assert RawAnswer.objects.filter(kind="document", external_id=small.id_of("N-2")).count() >= 2
