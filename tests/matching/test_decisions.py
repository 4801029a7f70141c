"""People confirm, reject and undo; nothing is used twice, and nobody overrules somebody unnoticed."""

from datetime import UTC, datetime

import pytest
from django.utils import translation

from accounts.models import Client, User
from matching.models import Decision, Proposal
from matching.services import UnableToDecide, confirm, reject, reopen_for_voucher, undo
from tests.matching.conftest import MakeBooking, MakeProposal, MakeVoucher
from vouchers.services import reinstate, withdraw

pytestmark = pytest.mark.django_db
State = Proposal.State


def state(row: Proposal) -> str:
    row.refresh_from_db()
    assert set(row.allocations.values_list("standing", flat=True)) == {row.state in Proposal.STANDING}
    return row.state


def test_a_confirmed_proposal_stands_and_is_logged(
    voucher: MakeVoucher, booking: MakeBooking, proposal: MakeProposal, accountant: User
) -> None:
    row = proposal((voucher("R1", "100"), booking("-100"), "100"))
    decision = confirm(row, accountant, "seen the paper")
    assert state(row) == State.CONFIRMED
    assert (decision.kind, decision.from_state, decision.to_state) == ("confirm", "suggested", "confirmed")
    assert (decision.actor, decision.reason) == (accountant, "seen the paper")


def test_the_second_person_gets_words(
    voucher: MakeVoucher, booking: MakeBooking, proposal: MakeProposal, accountant: User, colleague: User
) -> None:
    row = proposal((voucher("R1", "100"), booking("-100"), "100"))
    seen_by_both = Proposal.objects.get(pk=row.pk)
    confirm(row, accountant)
    with translation.override("en"):
        with pytest.raises(UnableToDecide, match="Anna Albers has confirmed this already"):
            confirm(seen_by_both, colleague)
        with pytest.raises(UnableToDecide, match="Anna Albers has confirmed this already"):
            reject(seen_by_both, colleague)
    assert Decision.objects.count() == 1


def test_competing_proposals_are_replaced_and_come_back(
    voucher: MakeVoucher, booking: MakeBooking, proposal: MakeProposal, accountant: User
) -> None:
    bill, other_bill, payment = voucher("R1", "100"), voucher("R2", "100"), booking("-100")
    chosen = proposal((bill, payment, "100"))
    same_payment = proposal((other_bill, payment, "100"))
    same_bill = proposal((bill, booking("-100"), "100"))
    untouched = proposal((voucher("R3", "5"), booking("-5"), "5"))
    decision = confirm(chosen, accountant)
    assert [state(row) for row in (same_payment, same_bill, untouched)] == ["superseded", "superseded", "suggested"]
    assert set(decision.consequences.values_list("proposal", flat=True)) == {same_payment.pk, same_bill.pk}

    undo(decision, accountant)
    assert [state(row) for row in (chosen, same_payment, same_bill)] == ["suggested"] * 3
    confirm(same_payment, accountant)
    assert [state(row) for row in (chosen, same_bill)] == ["superseded", "suggested"]


def test_a_replaced_proposal_stays_away_while_something_else_is_in_its_way(
    voucher: MakeVoucher, booking: MakeBooking, proposal: MakeProposal, accountant: User
) -> None:
    bill, other_bill, payment, other_payment = (
        voucher("R1", "100"),
        voucher("R2", "100"),
        booking("-100"),
        booking("-100"),
    )
    first = proposal((bill, payment, "100"))
    beaten = proposal((other_bill, payment, "100"))
    second = proposal((other_bill, other_payment, "100"))
    confirm(first, accountant)
    confirm(second, accountant)
    undo(first, accountant)
    assert state(beaten) == State.SUPERSEDED


def test_parts_of_a_payment_add_up_to_it_and_no_further(
    voucher: MakeVoucher, booking: MakeBooking, proposal: MakeProposal, accountant: User
) -> None:
    payment = booking("-100", "collective")
    parts = [proposal((voucher(f"R{n}", amount), payment, amount)) for n, amount in enumerate(("60", "40", "0.01"))]
    confirm(parts[0], accountant)
    assert state(parts[2]) == State.SUGGESTED
    confirm(parts[1], accountant)
    assert state(parts[2]) == State.SUPERSEDED
    Proposal.objects.filter(pk=parts[2].pk).update(state=State.SUGGESTED)
    with translation.override("en"), pytest.raises(UnableToDecide, match="already used by another match"):
        confirm(parts[2], accountant)


def test_instalments_add_up_to_the_voucher(
    voucher: MakeVoucher, booking: MakeBooking, proposal: MakeProposal, accountant: User
) -> None:
    bill = voucher("R1", "100")
    parts = [proposal((bill, booking(f"-{amount}"), amount)) for amount in ("50", "50", "1")]
    for part in parts[:2]:
        confirm(part, accountant)
    assert state(parts[2]) == State.SUPERSEDED


def test_a_single_overpayment_may_stand_but_nothing_beside_it(
    voucher: MakeVoucher, booking: MakeBooking, proposal: MakeProposal, accountant: User
) -> None:
    bill = voucher("R1", "100")
    overpaid = proposal((bill, booking("-120"), "120"))
    small = proposal((bill, booking("-1"), "1"))
    confirm(overpaid, accountant)
    assert state(small) == State.SUPERSEDED


def test_a_credit_note_is_netted_against_the_invoices(
    voucher: MakeVoucher, booking: MakeBooking, proposal: MakeProposal, accountant: User
) -> None:
    payment = booking("80")
    invoice = voucher("R1", "100", type="salesinvoice")
    credit = voucher("G1", "20", type="salescreditnote")
    alone = proposal((credit, payment, "20"))
    with translation.override("en"), pytest.raises(UnableToDecide, match="other direction"):
        confirm(alone, accountant)
    netted = proposal((invoice, payment, "100"), (credit, payment, "20"))
    confirm(netted, accountant)
    assert state(netted) == State.CONFIRMED


def test_undo_goes_back_one_step_at_a_time(
    voucher: MakeVoucher, booking: MakeBooking, proposal: MakeProposal, accountant: User
) -> None:
    row = proposal((voucher("R1", "100"), booking("-100"), "100"))
    Decision.objects.create(proposal=row, kind="automatic", from_state="suggested", to_state="automatic")
    Proposal.objects.filter(pk=row.pk).update(state="automatic")
    row.allocations.update(standing=True)
    confirmed = confirm(row, accountant)
    undo(row, accountant)
    assert state(row) == State.AUTOMATIC
    with translation.override("en"), pytest.raises(UnableToDecide, match="Kontor has matched this already"):
        undo(confirmed, accountant)
    undo(row, accountant)
    assert state(row) == State.SUGGESTED
    with translation.override("en"), pytest.raises(UnableToDecide, match="nothing to undo"):
        undo(row, accountant)
    reject(row, accountant)
    undo(row, accountant)
    assert state(row) == State.SUGGESTED


def test_a_rejection_cannot_be_undone_into_a_used_payment(
    voucher: MakeVoucher, booking: MakeBooking, proposal: MakeProposal, accountant: User
) -> None:
    payment = booking("-100")
    wrong = proposal((voucher("R1", "100"), payment, "100"))
    right = proposal((voucher("R2", "100"), payment, "100"))
    reject(wrong, accountant)
    confirm(right, accountant)
    with translation.override("en"), pytest.raises(UnableToDecide, match="already used by another match"):
        undo(wrong, accountant)


def test_rejecting_an_automatic_match_frees_its_payment(
    voucher: MakeVoucher, booking: MakeBooking, proposal: MakeProposal, accountant: User
) -> None:
    payment = booking("-100")
    wrong = proposal((voucher("R1", "100"), payment, "100"))
    right = proposal((voucher("R2", "100"), payment, "100"))
    confirm(wrong, accountant)
    undo(wrong, accountant)
    Decision.objects.create(proposal=wrong, kind="automatic", from_state="suggested", to_state="automatic")
    Proposal.objects.filter(pk=wrong.pk).update(state="automatic")
    wrong.allocations.update(standing=True)
    reject(wrong, accountant)
    assert (state(wrong), state(right)) == (State.REJECTED, State.SUGGESTED)
    confirm(right, accountant)
    assert state(right) == State.CONFIRMED


def test_a_withdrawn_voucher_sends_its_match_back_with_a_note(
    voucher: MakeVoucher, booking: MakeBooking, proposal: MakeProposal, accountant: User
) -> None:
    bill, payment = voucher("R1", "100"), booking("-100")
    stands = proposal((bill, payment, "100"))
    confirm(stands, accountant)
    only_open = proposal((bill, booking("-99"), "99"))
    withdraw(bill, "voided")
    bill.refresh_from_db()
    assert reopen_for_voucher(bill, "voided at the provider") == 1
    assert reopen_for_voucher(bill, "voided at the provider") == 0
    assert (state(stands), state(only_open)) == (State.SUGGESTED, State.SUPERSEDED)
    note = stands.decisions.latest("pk")
    assert (note.kind, note.actor, note.reason) == ("reopen", None, "voided at the provider")
    with translation.override("en"), pytest.raises(UnableToDecide, match="was withdrawn"):
        confirm(stands, accountant)
    reinstate(bill)
    confirm(stands, accountant)
    assert state(stands) == State.CONFIRMED


def test_times_are_said_in_the_readers_form(
    voucher: MakeVoucher, booking: MakeBooking, proposal: MakeProposal, accountant: User, kontor_client: Client
) -> None:
    row = proposal((voucher("R1", "100"), booking("-100"), "100"))
    decision = confirm(row, accountant)
    Decision.objects.filter(pk=decision.pk).update(decided_at=datetime(2026, 3, 12, 6, 5, tzinfo=UTC))
    with translation.override("de"), pytest.raises(UnableToDecide, match=r"12\.03\.2026, 07:05"):
        confirm(row, accountant)
