"""One voucher read because of a hint: the same result as a fetch, with few requests, also beside a fetch."""

from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from django.utils import timezone

from integrations.models import Connection, SyncRun, VoucherChange
from integrations.providers.errors import Unavailable
from integrations.services.sync import run_now
from integrations.services.sync_one import OneOutcome, fetch_one
from matching.models import Proposal
from tests.factories import booking, proposal
from tests.integrations.sync.conftest import BOOKKEEPING, SALES, Lexware, fetch, tasks
from tests.integrations.sync.truth import differences
from vouchers.models import Voucher
from vouchers.services import Outcome, set_document, set_payments

pytestmark = pytest.mark.django_db


def different(connection: Connection, lexware: Lexware) -> list[str]:
    return differences(connection.client, lexware.running.control_url, lexware.id)


def hint(connection: Connection, external_id: object, *, deleted: bool = False) -> OneOutcome:
    return fetch_one(connection, UUID(str(external_id)), event_day=timezone.localdate(), deleted=deleted)


@pytest.fixture
def fetched(joined: Connection, small: Lexware) -> Connection:
    fetch(joined)
    small.calls()
    return joined


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("kind", [*BOOKKEEPING, *SALES])
def test_a_new_payment_brings_the_voucher_in_four_requests(fetched: Connection, small: Lexware, kind: str) -> None:
    calls = fetched.calls.filter(run=None)
    before = calls.count()
    voucher_id = small.add(type=kind, number="NEW", total="9.00", date="2026-02-02")
    assert hint(fetched, voucher_id) is OneOutcome.NOT_OURS
    assert small.calls() == ["/v1/voucherlist"]
    small.do("pay", voucher_id)
    assert hint(fetched, voucher_id) is OneOutcome.CREATED
    assert len(small.calls()) == 4
    assert different(fetched, small) == []
    assert VoucherChange.objects.get(number="NEW").run is None
    assert fetched.seen.get(number="NEW").verdict == "taken"
    assert calls.count() == before + 5
    assert tasks("matching.tasks.match_client") == [(fetched.client_id,)]


@pytest.mark.parametrize(("verb", "reason"), [("unpay", "overdue"), ("void", "voided"), ("draft", "unchecked")])
def test_what_is_not_paid_any_more_is_withdrawn_at_once(
    fetched: Connection, small: Lexware, verb: str, reason: str
) -> None:
    voucher = Voucher.objects.get(number="N-2")
    match = proposal(voucher, booking(fetched.client, 1, "-102.50"), amount="102.50", state=Proposal.State.AUTOMATIC)
    small.do(verb, voucher.external_id)
    assert hint(fetched, voucher.external_id) is OneOutcome.WITHDRAWN
    voucher.refresh_from_db()
    match.refresh_from_db()
    assert (voucher.withdrawn_reason, match.state) == (reason, Proposal.State.SUGGESTED)
    assert hint(fetched, voucher.external_id) is OneOutcome.NOT_OURS


def test_deleted_it_is_withdrawn_after_looking(fetched: Connection, small: Lexware) -> None:
    voucher = Voucher.objects.get(number="N-2")
    assert hint(fetched, voucher.external_id, deleted=True) is OneOutcome.UNCHANGED, "a lie, or a mistake"
    small.do("delete", voucher.external_id)
    assert hint(fetched, voucher.external_id, deleted=True) is OneOutcome.WITHDRAWN
    voucher.refresh_from_db()
    assert voucher.withdrawn_reason == "deleted"
    assert fetched.seen.get(number="N-2").verdict == "deleted"
    assert hint(fetched, voucher.external_id, deleted=True) is OneOutcome.GONE
    assert hint(fetched, uuid4(), deleted=True) is OneOutcome.GONE
    assert different(fetched, small) == []


def test_a_deletion_that_nobody_named_is_found_by_asking(fetched: Connection, small: Lexware) -> None:
    voucher = Voucher.objects.get(number="N-2")
    small.do("delete", voucher.external_id)
    assert hint(fetched, voucher.external_id) is OneOutcome.WITHDRAWN


def test_back_again_it_is_back(fetched: Connection, small: Lexware) -> None:
    voucher = Voucher.objects.get(number="N-2")
    small.do("unpay", voucher.external_id)
    hint(fetched, voucher.external_id)
    small.do("pay", voucher.external_id)
    assert hint(fetched, voucher.external_id) is OneOutcome.CHANGED
    assert different(fetched, small) == []


def test_a_hint_about_nothing_new_costs_one_request(fetched: Connection, small: Lexware) -> None:
    voucher = Voucher.objects.get(number="N-2")
    assert hint(fetched, voucher.external_id) is OneOutcome.UNCHANGED
    assert small.calls() == ["/v1/voucherlist"]


@pytest.mark.parametrize("stored", [True, False])
def test_an_old_hint_is_followed_by_the_documents_own_number(fetched: Connection, small: Lexware, stored: bool) -> None:
    """The day's list does not show it (it was read with a delay, or too much happened since): it is found anyway."""
    number = "N-2" if stored else "OLD & <new>"
    if not stored:
        small.add(type="purchaseinvoice", number=number, total="9.00", date="2026-02-02", paid_on="2026-02-03")
    voucher_id = small.id_of(number)
    small.do("change", voucher_id, remark="x")
    outcome = fetch_one(fetched, UUID(voucher_id), event_day=timezone.localdate() + timedelta(days=5))
    assert outcome is (OneOutcome.CHANGED if stored else OneOutcome.CREATED)
    assert different(fetched, small) == []


def test_an_outage_is_for_whoever_followed_the_hint_and_the_second_look_reads_the_rest(
    fetched: Connection, small: Lexware
) -> None:
    small.do("pay", small.id_of("OPEN"))
    with small.running.sandbox.lock:
        small.organization.vouchers[small.id_of("OPEN")].updated -= timedelta(seconds=30)
    small.fault("status", "/v1/vouchers", status=503, count=4)
    with pytest.raises(Unavailable):
        hint(fetched, small.id_of("OPEN"))
    assert Voucher.objects.get(number="OPEN").payments.count() == 1
    small.calls()
    hint(fetched, small.id_of("OPEN"))
    assert len(small.calls()) == 3, "the list, the document, its file"
    assert different(fetched, small) == []


def test_quotations_are_not_ours(fetched: Connection, small: Lexware) -> None:
    voucher_id = small.add(type="salesinvoice", number="OFFER", total="9.00", date="2026-02-02")
    small.organization.vouchers[voucher_id].type = "quotation"
    assert hint(fetched, voucher_id) is OneOutcome.NOT_OURS
    assert fetched.seen.get(number="OFFER").verdict == "other_type"


def test_a_hint_while_a_fetch_is_under_way_is_not_undone_by_it(joined: Connection, small: Lexware) -> None:
    """The fetch has listed the voucher and is about to read it; the hint reads what it is by now."""
    outcomes: list[OneOutcome] = []

    def disturb(phase: str, done: int, total: int) -> None:
        if phase == "payments" and done == 2:
            small.do("unpay", small.id_of("N-0"))
            small.do("pay", small.id_of("N-0"), date="2026-09-09", type="manualPayment")
            small.do("unpay", small.id_of("N-1"))
            outcomes.extend(hint(joined, small.id_of(number)) for number in ("N-0", "N-1"))

    run = run_now(joined, SyncRun.Trigger.MANUAL, on_progress=disturb)
    assert run.state == SyncRun.State.DONE
    assert outcomes == [OneOutcome.CHANGED, OneOutcome.WITHDRAWN]
    assert different(joined, small) == []
    assert Voucher.objects.get(number="N-0").payments.get().type == "manualPayment"


def test_an_answer_of_an_older_state_is_dropped(fetched: Connection, small: Lexware) -> None:
    """The answer was under way while somebody else took over a newer state."""
    stale = Voucher.objects.get(number="N-2")
    small.do("unpay", stale.external_id)
    small.do("pay", stale.external_id, date="2026-09-09")
    hint(fetched, stale.external_id)
    assert set_payments(stale, [], None, stale.open_amount) is Outcome.UNCHANGED
    assert set_document(stale, "old", []) is Outcome.UNCHANGED
    assert different(fetched, small) == []


def test_from_before_the_start_it_is_noted_and_not_ours(fetched: Connection, small: Lexware) -> None:
    voucher_id = small.add(number="EARLY", total="9.00", date="2024-12-31", paid_on=str(date(2025, 1, 3)))
    assert hint(fetched, voucher_id) is OneOutcome.NOT_OURS
    assert fetched.seen.get(number="EARLY").verdict == "too_early"
