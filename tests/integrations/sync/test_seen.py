"""Every document that a list has shown is in the index, with what was decided about it; every change is recorded."""

from datetime import date, timedelta

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Client
from integrations.lexware import api_for
from integrations.models import CallEntry, Connection, SeenVoucher, SyncRun, VoucherChange
from integrations.services import connections
from integrations.services.sync import run_now
from integrations.services.sync_listing import list_everything, list_the_rest
from integrations.services.sync_work import Reading
from tests.integrations.sync.conftest import Lexware, fetch, stored
from vouchers.models import Voucher

pytestmark = pytest.mark.django_db
START = date(2025, 1, 1)


def verdicts(connection: Connection) -> dict[str, str]:
    return dict(connection.seen.values_list("number", "verdict"))


def changes(connection: Connection, number: str) -> list[tuple[str, dict[str, list[str]]]]:
    rows = connection.changes.filter(number=number).order_by("pk")
    return [(row.kind, row.fields) for row in rows]


@pytest.fixture
def fetched(joined: Connection, small: Lexware) -> Connection:
    fetch(joined)
    small.calls()
    return joined


def test_the_index_says_of_every_document_why_it_is_here_or_not(lexware: Lexware, kontor_client: Client) -> None:
    """A whole agency: paid, open, drafts, voided, offers; what is older than the first open year is not asked for."""
    agency = next(
        other
        for other in map(lexware.other, range(5))
        if any(voucher.type == "quotation" for voucher in other.organization.vouchers.values())
    )
    connection = connections.connect(connections.get_or_create(kontor_client), agency.key, sync=False)
    list_everything(reading := Reading(connection, api_for(connection)), START)
    list_the_rest(reading, START)
    shown = {str(row.external_id): row for row in connection.seen.all()}
    for voucher in agency.organization.vouchers.values():
        if voucher.day is None or voucher.day < START:
            assert voucher.id not in shown
            continue
        row = shown[voucher.id]
        if voucher.type in ("quotation", "orderconfirmation", "deliverynote"):
            assert row.verdict == "other_type"
        else:
            assert row.verdict == ("taken" if voucher.status in ("paid", "paidoff") else "not_paid")
        assert (row.number, row.date, row.total) == (voucher.number or "", voucher.day, voucher.total)
    assert set(connection.seen.values_list("verdict", flat=True)) == {"taken", "not_paid", "other_type"}


def test_the_verdict_follows_and_says_since_when(fetched: Connection, small: Lexware) -> None:
    before = fetched.seen.get(number="OPEN")
    assert (before.verdict, before.status) == ("not_paid", "overdue")
    SeenVoucher.objects.update(first_seen_at=timezone.now() - timedelta(days=3), verdict_at=before.verdict_at)
    small.do("pay", small.id_of("OPEN"))
    fetch(fetched)
    after = fetched.seen.get(number="OPEN")
    assert (after.verdict, after.status) == ("taken", "paid")
    assert after.first_seen_at < before.verdict_at < after.verdict_at
    small.do("change", small.id_of("OPEN"), date="2024-12-31")
    fetch(fetched)
    assert verdicts(fetched)["OPEN"] == "too_early"
    small.do("delete", small.id_of("N-0"))
    fetch(fetched, full=True)
    assert verdicts(fetched)["N-0"] == "deleted"


def test_a_state_that_nobody_knows_is_seen_and_not_taken_for_paid(joined: Connection, small: Lexware) -> None:
    small.control("/settings", unknown_status=1.0)
    run = fetch(joined)
    assert (run.state, run.created, run.skipped.count()) == (SyncRun.State.DONE, 0, 0)
    assert set(joined.seen.values_list("verdict", "status")) == {("not_paid", "disputed")}
    small.control("/settings", unknown_status=0.0)
    fetch(joined, full=True)
    assert stored(joined.client) == small.paid(START)


def test_a_type_that_nobody_knows_is_seen_and_said_and_holds_up_nothing(joined: Connection, small: Lexware) -> None:
    small.control("/settings", unknown_type=1.0)
    run = fetch(joined)
    assert (run.state, run.created) == (SyncRun.State.DONE, 0)
    assert set(joined.seen.values_list("verdict", "type")) == {("other_type", "selfbilledinvoice")}
    assert set(run.skipped.values_list("reason", "detail")) == {("unknown_type", "selfbilledinvoice")}
    assert run.skipped.count() == 7, "only what is paid is missed"
    joined.refresh_from_db()
    assert joined.synced_through == run.started_at
    small.control("/settings", unknown_type=0.0)
    fetch(joined, full=True)
    assert stored(joined.client) == small.paid(START)


def test_a_stored_voucher_in_an_unknown_state_is_withdrawn_with_that_state(fetched: Connection, small: Lexware) -> None:
    small.do("unpay", small.id_of("N-2"))
    small.organization.vouchers[small.id_of("N-2")].state = "hibernating"
    fetch(fetched)
    assert Voucher.objects.get(number="N-2").withdrawn_reason == "hibernating"
    assert stored(fetched.client) == small.paid(START)


def test_nothing_changed_writes_neither_vouchers_nor_index(fetched: Connection, small: Lexware) -> None:
    seen = list(SeenVoucher.objects.order_by("pk").values())
    with CaptureQueriesContext(database) as queries:
        run = fetch(fetched)
    assert (run.requests, small.calls()) == (1, ["/v1/voucherlist"])
    writes = [q["sql"] for q in queries if q["sql"].lstrip().upper().startswith(("INSERT", "UPDATE", "DELETE"))]
    touched = [sql for sql in writes if any(name in sql for name in ("vouchers_", "seenvoucher", "voucherchange"))]
    assert touched == []
    assert list(SeenVoucher.objects.order_by("pk").values()) == seen


def test_what_was_taken_over_and_what_became_different_is_recorded(fetched: Connection, small: Lexware) -> None:
    assert changes(fetched, "N-2") == [("created", {})]
    assert VoucherChange.objects.count() == 7, "what is read of a new voucher for the first time is no change"
    small.do("change", small.id_of("N-2"), number="N-2b", remark="Gerüst", add_file="png", contact="Brandt, Ute")
    fetch(fetched)
    recorded = dict[str, list[str]]()
    for kind, fields in changes(fetched, "N-2b"):
        assert kind == "changed"
        recorded |= fields
    assert recorded["number"] == ["N-2", "N-2b"]
    assert recorded["contact_name"] == ["Sammellieferant", "Brandt, Ute"]
    assert recorded["remark"] == ["", "Gerüst"]
    old, new = recorded["files"]
    assert new == f"{old}, {new.rpartition(', ')[2]}"
    assert new.endswith(".png")


def test_another_payment_and_another_total_are_recorded(fetched: Connection, small: Lexware) -> None:
    small.do("unpay", small.id_of("N-2"))
    small.do("pay", small.id_of("N-2"), amount="2.50", date="2026-04-01", type="cashDiscount")
    small.do("pay", small.id_of("N-2"), date="2026-04-02")
    fetch(fetched)
    (kind, fields) = changes(fetched, "N-2")[-1]
    assert kind == "changed"
    assert fields["payments"] == [
        "2026-03-10 102.50 EUR partPaymentFinancialTransaction",
        "2026-04-01 2.50 EUR cashDiscount; 2026-04-02 100.00 EUR partPaymentFinancialTransaction",
    ]
    small.do("change", small.id_of("N-2"), total="205.00")
    small.do("pay", small.id_of("N-2"))
    fetch(fetched)
    assert any(fields.get("total") == ["102.50", "205.00"] for _, fields in changes(fetched, "N-2"))


def test_a_sales_document_rendered_anew_is_one_change_of_files_only_where_its_bytes_differ(
    fetched: Connection, small: Lexware
) -> None:
    voucher = Voucher.objects.get(number="N-4")
    small.do("change", voucher.external_id, remark="again")
    fetch(fetched)
    recorded = [fields for _, fields in changes(fetched, "N-4") if fields]
    assert voucher.files.count() == 1
    assert len([fields for fields in recorded if "files" in fields]) <= 1


def test_withdrawn_and_back_again_are_recorded(fetched: Connection, small: Lexware) -> None:
    small.do("unpay", small.id_of("N-2"))
    fetch(fetched)
    small.do("pay", small.id_of("N-2"))
    fetch(fetched)
    kinds = [kind for kind, _ in changes(fetched, "N-2")]
    assert kinds[:3] == ["created", "withdrawn", "returned"]
    withdrawn, returned = changes(fetched, "N-2")[1][1], changes(fetched, "N-2")[2][1]
    assert withdrawn["reason"] == ["", "overdue"]
    assert returned["reason"] == ["overdue", ""]


def test_every_call_of_a_run_is_in_the_log(joined: Connection, small: Lexware) -> None:
    small.fault("status", "/v1/payments", status=429, count=1)
    run = fetch(joined)
    assert sorted(run.calls.values_list("path", flat=True)) == sorted(small.calls())
    refused = CallEntry.objects.get(rate_limited=True)
    assert (refused.status, refused.run_id, refused.connection_id) == (429, run.pk, joined.pk)
    assert run.calls.count() == run.requests


def test_a_run_says_when_everything_was_visible_and_how_much_is_left(joined: Connection) -> None:
    left: list[tuple[str, int]] = []

    def look(phase: str, done: int, total: int) -> None:
        run = joined.runs.get()
        left.append((run.phase, run.requests_left))

    run = run_now(joined, SyncRun.Trigger.MANUAL, on_progress=look)
    assert run.listed_at is not None
    assert run.payments_at is not None
    assert run.started_at is not None
    assert run.started_at <= run.listed_at <= run.payments_at
    assert run.requests_left == 0
    # Seven payments, documents and files.
    assert max(count for _, count in left) == 21
    assert all(count <= 14 for phase, count in left if phase == "documents")
