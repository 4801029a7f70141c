"""What changes on the other side arrives, and what stops being paid is withdrawn."""

from datetime import date

import pytest

from integrations.models import Connection, SyncRun
from matching.models import Proposal
from tests.factories import booking, proposal
from tests.integrations.sync.conftest import Lexware, fetch, stored
from vouchers.models import RawAnswer, Voucher

pytestmark = pytest.mark.django_db
START = date(2025, 1, 1)


def by_number(number: str) -> Voucher:
    return Voucher.objects.get(number=number)


def agree(connection: Connection, lexware: Lexware) -> bool:
    return stored(connection.client) == lexware.paid(START)


@pytest.fixture
def fetched(joined: Connection, small: Lexware) -> Connection:
    fetch(joined)
    assert agree(joined, small)
    small.calls()
    return joined


def test_a_new_payment_brings_the_voucher(fetched: Connection, small: Lexware) -> None:
    small.do("pay", small.id_of("OPEN"))
    run = fetch(fetched)
    assert (run.created, run.changed, run.withdrawn) == (1, 0, 0)
    assert agree(fetched, small)
    # The list, and for the one voucher its payments, its document and its file.
    assert len(small.calls()) == 4


def test_a_partly_paid_voucher_waits_until_it_is_paid(fetched: Connection, small: Lexware) -> None:
    small.do("pay", small.id_of("OPEN"), amount="20.00")
    assert fetch(fetched).created == 0
    small.do("pay", small.id_of("OPEN"))
    assert fetch(fetched).created == 1
    assert [item.amount for item in by_number("OPEN").payments.order_by("position")] == [20, 35]


@pytest.mark.parametrize(
    ("verb", "number", "reason"),
    [("unpay", "N-2", "overdue"), ("void", "N-2", "voided"), ("draft", "N-4", "draft"), ("draft", "N-2", "unchecked")],
)
def test_what_is_not_paid_any_more_is_withdrawn(
    fetched: Connection, small: Lexware, verb: str, number: str, reason: str
) -> None:
    before = by_number(number)
    small.do(verb, before.external_id)
    run = fetch(fetched)
    assert (run.created, run.changed, run.withdrawn) == (0, 0, 1)
    voucher = by_number(number)
    assert voucher.withdrawn_at is not None
    assert voucher.withdrawn_reason == voucher.status == reason
    assert voucher.payments.count() == before.payments.count() == 1
    assert agree(fetched, small)
    assert fetch(fetched).withdrawn == 0


def test_paid_again_it_is_back_with_its_new_payment(fetched: Connection, small: Lexware) -> None:
    voucher = by_number("N-2")
    Voucher.objects.filter(pk=voucher.pk).update(note="ask the client")
    small.do("unpay", voucher.external_id)
    fetch(fetched)
    small.do("pay", voucher.external_id, date="2026-09-09")
    run = fetch(fetched)
    assert (run.created, run.changed) == (0, 1)
    again = by_number("N-2")
    assert (again.pk, again.withdrawn_at, again.withdrawn_reason) == (voucher.pk, None, "")
    assert again.paid_on is not None
    assert again.note == "ask the client"
    assert agree(fetched, small)


def test_changed_fields_and_a_second_file_arrive(fetched: Connection, small: Lexware) -> None:
    voucher_id = small.id_of("N-2")
    small.do("change", voucher_id, number="N-2b", remark="Gerüst", add_file="png")
    small.calls()
    run = fetch(fetched)
    assert run.changed == 1
    assert agree(fetched, small)
    # The list, payments, document and the new file; the old file is not fetched again.
    assert len(small.calls()) == 4
    assert by_number("N-2b").remark == "Gerüst"
    assert RawAnswer.objects.filter(kind="document", external_id=voucher_id).count() == 2


def test_a_deleted_voucher_is_found_by_a_full_comparison(fetched: Connection, small: Lexware) -> None:
    small.do("delete", small.id_of("N-3"))
    assert fetch(fetched).withdrawn == 0
    run = fetch(fetched, full=True)
    assert (run.full, run.withdrawn, run.created, run.changed) == (True, 1, 0, 0)
    assert by_number("N-3").withdrawn_reason == "deleted"
    assert agree(fetched, small)


def test_a_full_comparison_names_the_state_that_a_voucher_has_now(fetched: Connection, small: Lexware) -> None:
    small.do("void", small.id_of("N-4"))
    small.do("change", small.id_of("N-1"), date="2024-12-31")
    fetch(fetched, full=True)
    assert by_number("N-4").withdrawn_reason == "voided"
    assert by_number("N-1").withdrawn_reason == "dated_earlier"
    assert agree(fetched, small)


def test_a_full_comparison_of_the_same_writes_nothing(fetched: Connection) -> None:
    before = list(Voucher.objects.order_by("pk").values())
    run = fetch(fetched, full=True)
    assert (run.created, run.changed, run.withdrawn, run.requests) == (0, 0, 0, 2)
    assert list(Voucher.objects.order_by("pk").values()) == before


def test_a_match_of_a_voucher_whose_amount_changed_goes_back_to_review(fetched: Connection, small: Lexware) -> None:
    voucher = by_number("N-2")
    line = booking(fetched.client, 1, "-102.50")
    match = proposal(voucher, line, amount="102.50", state=Proposal.State.AUTOMATIC)
    small.do("change", voucher.external_id, remark="Gerüst")
    fetch(fetched)
    match.refresh_from_db()
    assert match.state == Proposal.State.AUTOMATIC
    small.do("change", voucher.external_id, total="205.00")
    small.do("pay", voucher.external_id)
    fetch(fetched)
    match.refresh_from_db()
    assert by_number("N-2").total == 205
    assert match.state == Proposal.State.SUGGESTED
    assert not match.allocations.get().standing
    note = match.decisions.get()
    assert (note.kind, note.actor) == ("reopen", None)
    assert "102,50" in note.reason
    assert "205,00" in note.reason


def test_a_document_rendered_anew_replaces_the_old_file(fetched: Connection, small: Lexware) -> None:
    before = by_number("N-4").files.get()
    small.do("draft", before.voucher.external_id)
    fetch(fetched)
    small.organization.vouchers[str(before.voucher.external_id)].state = ""
    small.do("change", before.voucher.external_id, total="999.00")
    small.do("pay", before.voucher.external_id)
    fetch(fetched)
    after = by_number("N-4").files.get()
    assert after.external_id != before.external_id
    assert by_number("N-4").total == 999
    assert agree(fetched, small)


def test_counts_of_a_run_are_written_down(fetched: Connection, small: Lexware) -> None:
    small.do("pay", small.id_of("OPEN"))
    run = fetch(fetched)
    assert run.state == SyncRun.State.DONE
    assert (run.created, run.unchanged, run.files) == (1, 7, 1)
    assert run.requests == len(small.calls())
