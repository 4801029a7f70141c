"""A run writes what is new, respects what people decided, and writes nothing the second time."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone
from django_q.models import OrmQ

from accounts.models import Client, User
from matching.models import Allocation, Decision, MatchingRequest, Proposal, Transaction
from matching.services import confirm, reject, reopen_for_voucher, run_matching, undo
from matching.services.drafts import stored_probability
from matching.tasks import LOST_AFTER, MATCH_CLIENT, enqueue_matching, match_client, send_lost_requests
from tests.matching.conftest import MakeBooking, MakeProposal, MakeVoucher
from vouchers.models import Voucher
from vouchers.services import set_payments, withdraw
from vouchers.shapes import PaymentItemData

pytestmark = pytest.mark.django_db
State = Proposal.State


@pytest.fixture
def plain(voucher: MakeVoucher, booking: MakeBooking) -> Voucher:
    """A voucher that was clearly paid by one booking, among other payments."""
    bill = voucher("RE-2025-2041", "1190.00")
    booking("-1190.00", "Rechnung RE-2025-2041 vielen Dank")
    booking("-870.00", "Miete 03/2025", counterparty="Grundbesitz Uhl", on=date(2025, 3, 3))
    booking("412.30", "Gutschrift Lohn", counterparty="Stadtkasse", on=date(2025, 3, 5))
    return bill


def snapshot() -> tuple[list[tuple[object, ...]], int]:
    rows = Proposal.objects.order_by("pk").values_list("pk", "state", "rank", "updated_at")
    return list(rows), Decision.objects.count()


def test_a_clear_payment_is_matched_with_its_evidence(kontor_client: Client, plain: Voucher) -> None:
    result = run_matching(kontor_client)
    row = Proposal.objects.get()
    assert row.state == State.AUTOMATIC
    assert (result.automatic, result.suggested, result.unmatched_vouchers, result.unmatched_transactions) == (
        1,
        0,
        0,
        2,
    )
    part = row.allocations.get()
    assert (part.voucher, part.amount, part.standing) == (plain, Decimal("1190.00"), True)
    decision = row.decisions.get()
    assert (decision.kind, decision.from_state, decision.actor) == ("automatic", "suggested", None)
    assert {item["code"] for item in row.evidence} >= {"number_in_text", "amount_equal"}
    assert all(set(item) == {"code", "supports", "weight", "params"} for item in row.evidence)
    assert row.probability < 1 or row.probability == Decimal("1.0000")


def test_a_second_run_writes_nothing(kontor_client: Client, plain: Voucher, voucher: MakeVoucher) -> None:
    voucher("RE-2025-2042", "870.00", contact="Uhl Grundbesitz")
    run_matching(kontor_client)
    before = snapshot()
    again = run_matching(kontor_client)
    assert snapshot() == before
    assert again.automatic == sum(row[1] == State.AUTOMATIC for row in before[0])


def test_a_voucher_without_its_payments_waits(
    kontor_client: Client, voucher: MakeVoucher, booking: MakeBooking
) -> None:
    bill = voucher("RE-2025-2041", "1190.00", read=False)
    booking("-1190.00", "Rechnung RE-2025-2041")
    assert run_matching(kontor_client).unmatched_vouchers == 1
    assert not Proposal.objects.exists()
    item = PaymentItemData("manualPayment", date(2025, 3, 14), Decimal("1190.00"))
    set_payments(bill, [item], date(2025, 3, 14), Decimal(0))
    assert run_matching(kontor_client).unmatched_vouchers == 0


def test_a_rejected_match_does_not_come_back(kontor_client: Client, plain: Voucher, accountant: User) -> None:
    run_matching(kontor_client)
    wrong = Proposal.objects.get()
    reject(wrong, accountant)
    run_matching(kontor_client)
    run_matching(kontor_client)
    assert not Proposal.objects.filter(fingerprint=wrong.fingerprint).exclude(pk=wrong.pk).exists()


def test_what_a_person_took_back_is_not_matched_automatically_again(
    kontor_client: Client, plain: Voucher, accountant: User
) -> None:
    run_matching(kontor_client)
    undo(Proposal.objects.get(), accountant)
    run_matching(kontor_client)
    waiting = Proposal.objects.get(state=State.SUGGESTED)
    assert not Proposal.objects.filter(state=State.AUTOMATIC).exists()
    confirm(waiting, accountant)
    before = snapshot()
    run_matching(kontor_client)
    assert snapshot() == before


def test_a_run_never_touches_what_stands(
    kontor_client: Client,
    plain: Voucher,
    voucher: MakeVoucher,
    booking: MakeBooking,
    accountant: User,
    proposal: MakeProposal,
) -> None:
    payment = plain.client.transactions.get(amount="-1190.00")
    odd = voucher("RE-1", "1190.00", contact="Somebody Else GmbH")
    mine = proposal((odd, payment, "1190.00"))
    confirm(mine, accountant)
    run_matching(kontor_client)
    mine.refresh_from_db()
    assert mine.state == State.CONFIRMED
    assert list(Allocation.objects.filter(transaction=payment, standing=True)) == [mine.allocations.get()]


def test_a_suggestion_that_is_not_proposed_any_more_is_replaced(
    kontor_client: Client, voucher: MakeVoucher, booking: MakeBooking, proposal: MakeProposal
) -> None:
    nonsense = proposal((voucher("RE-77", "55.00"), booking("-812.00", "Miete"), "55.00"))
    run_matching(kontor_client)
    nonsense.refresh_from_db()
    assert nonsense.state == State.SUPERSEDED
    decision = nonsense.decisions.get()
    assert (decision.kind, decision.cause) == ("supersede", None)


def test_a_match_of_a_withdrawn_voucher_waits_for_a_person(kontor_client: Client, plain: Voucher) -> None:
    run_matching(kontor_client)
    withdraw(plain, "voided")
    reopen_for_voucher(plain, "voided at the provider")
    before = snapshot()
    run_matching(kontor_client)
    assert snapshot() == before
    assert Proposal.objects.get().state == State.SUGGESTED


def test_a_run_sends_back_what_nobody_sent_back_when_it_was_withdrawn(kontor_client: Client, plain: Voucher) -> None:
    run_matching(kontor_client)
    withdraw(plain, "voided")
    run_matching(kontor_client)
    note = Proposal.objects.get(state=State.SUGGESTED).decisions.latest("pk")
    assert (note.kind, note.reason) == ("reopen", "voided")


def test_an_open_suggestion_about_a_withdrawn_voucher_is_replaced(
    kontor_client: Client, voucher: MakeVoucher, booking: MakeBooking, proposal: MakeProposal
) -> None:
    bill = voucher("RE-2025-2041", "1190.00")
    waiting = proposal((bill, booking("-1190.00", "RE-2025-2041"), "1190.00"))
    withdraw(bill, "voided")
    run_matching(kontor_client)
    waiting.refresh_from_db()
    assert waiting.state == State.SUPERSEDED


def test_what_the_engine_says_of_a_voucher_that_changed_meanwhile_is_not_written(
    kontor_client: Client, plain: Voucher, voucher: MakeVoucher
) -> None:
    moments: list[int] = []

    def change(done: int, of: int) -> None:
        if not moments:
            voucher("RE-2025-2041", "2380.00")
        moments.append(done)

    run_matching(kontor_client, progress=change)
    assert moments
    assert not Proposal.objects.exists()


def test_a_payment_that_the_bank_took_back_is_never_matched_without_a_person(
    kontor_client: Client, plain: Voucher, booking: MakeBooking
) -> None:
    back = booking("1190.00", "RE-2025-2041", on=date(2025, 3, 17))
    Transaction.objects.filter(pk=back.pk).update(is_reversal=True)
    assert run_matching(kontor_client).automatic == 0


def test_clients_are_not_mixed(
    kontor_client: Client, outsider: User, plain: Voucher, voucher: MakeVoucher, booking: MakeBooking
) -> None:
    other = Client.objects.exclude(pk=kontor_client.pk).get()
    booking("-250.00", "RE-900", client=other, iban="DE75512108001245126199")
    voucher("RE-900", "250.00")
    run_matching(kontor_client)
    run_matching(other)
    pairs = Allocation.objects.values_list("voucher__client", "transaction__client")
    assert set(pairs) == {(kontor_client.pk, kontor_client.pk)}


@pytest.mark.parametrize(
    ("said", "stored"), [(0.99996, "0.9999"), (1.0, "1.0000"), (1.2, "1.0000"), (-0.1, "0.0000"), (1e-9, "0.0000")]
)
def test_probabilities_are_rounded_down(said: float, stored: str) -> None:
    assert str(stored_probability(said)) == stored


def test_at_most_one_run_waits_for_a_client(
    kontor_client: Client, outsider: User, django_capture_on_commit_callbacks: Any
) -> None:
    other = Client.objects.exclude(pk=kontor_client.pk).get()
    with django_capture_on_commit_callbacks(execute=True):
        enqueue_matching(kontor_client)
        enqueue_matching(kontor_client)
        enqueue_matching(other)
    waiting = [(task.func(), task.args()) for task in OrmQ.objects.order_by("pk")]
    assert waiting == [(MATCH_CLIENT, (kontor_client.pk,)), (MATCH_CLIENT, (other.pk,))]


def test_a_run_that_has_begun_is_not_enough(kontor_client: Client, django_capture_on_commit_callbacks: Any) -> None:
    for _ in range(2):
        with django_capture_on_commit_callbacks(execute=True):
            enqueue_matching(kontor_client)
        match_client(kontor_client.pk)
    assert [task.func() for task in OrmQ.objects.all()] == [MATCH_CLIENT, MATCH_CLIENT]


def test_a_lost_task_is_sent_again_once(kontor_client: Client, django_capture_on_commit_callbacks: Any) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        enqueue_matching(kontor_client)
    OrmQ.objects.all().delete()
    send_lost_requests()
    assert not OrmQ.objects.exists()
    MatchingRequest.objects.update(sent_at=timezone.now() - LOST_AFTER - timedelta(seconds=1))
    send_lost_requests()
    send_lost_requests()
    assert [task.args() for task in OrmQ.objects.all()] == [(kontor_client.pk,)]


def test_the_task_runs_the_matching_and_forgives_a_client_that_is_gone(kontor_client: Client, plain: Voucher) -> None:
    match_client(kontor_client.pk)
    assert Proposal.objects.count() == 1
    match_client(0)
