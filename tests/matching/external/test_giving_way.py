"""The real bank line turns up: the external transaction gives way, and comes back when that is taken back."""

from datetime import date
from decimal import Decimal

import pytest

from accounts.models import Client, User
from matching import services
from matching.models import Allocation, ExternalPayment, Proposal, Transaction
from matching.services import external, run_matching
from tests.matching.conftest import MakeBooking, MakeProposal, MakeVoucher
from vouchers.models import Voucher

pytestmark = pytest.mark.django_db
State = ExternalPayment.State


def payers(voucher: Voucher) -> list[tuple[str, Decimal]]:
    """Which kinds of transactions settle the voucher, and how much."""
    rows = Allocation.objects.filter(voucher=voucher, standing=True).order_by("transaction")
    return list(rows.values_list("transaction__source", "amount"))


def test_a_certain_find_takes_its_place(
    voucher: MakeVoucher, booking: MakeBooking, kontor_client: Client, accountant: User
):
    paid = voucher("RE-2048", "119.00")
    (payment,) = external.from_voucher(paid, accountant)
    run_matching(kontor_client)
    assert payers(paid) == [("external", Decimal(119))]
    line = booking("-119.00", "RE-2048")
    run_matching(kontor_client)
    payment.refresh_from_db()
    assert payers(paid) == [("statement", Decimal(119))]
    assert (payment.state, payment.gave_way_to) == (State.GAVE_WAY, line)
    assert payment.transaction is not None
    assert payment.transaction.withdrawn_reason == "external_gave_way"
    assert payment.changes.order_by("-pk")[0].detail["action"] == "gave_way"
    run_matching(kontor_client)
    assert payers(paid) == [("statement", Decimal(119))]

    back = external.undo(payment, accountant)
    assert (back.state, back.gave_way_to) == (State.SAVED, None)
    assert payers(paid) == [("external", Decimal(119))]
    assert Transaction.objects.get(source="external").withdrawn_at is None
    run_matching(kontor_client)
    assert payers(paid) == [("external", Decimal(119))]


def test_a_line_that_was_there_before_changes_nothing(
    voucher: MakeVoucher, booking: MakeBooking, kontor_client: Client, accountant: User
):
    paid = voucher("RE-2048", "119.00")
    booking("-119.00", "RE-2048")
    (payment,) = external.from_voucher(paid, accountant)
    run_matching(kontor_client)
    payment.refresh_from_db()
    assert (payment.state, payers(paid)) == (State.SAVED, [("external", Decimal(119))])
    assert not Proposal.objects.filter(state=Proposal.State.SUGGESTED).exists()


def test_an_accountant_confirms_the_line(
    voucher: MakeVoucher, booking: MakeBooking, proposal: MakeProposal, kontor_client: Client, accountant: User
):
    paid = voucher("RE-2048", "119.00")
    (payment,) = external.from_voucher(paid, accountant)
    suggested = proposal((paid, booking("-119.00", "Miete"), "119.00"))
    services.confirm(suggested, accountant)
    payment.refresh_from_db()
    assert (payment.state, payers(paid)) == (State.GAVE_WAY, [("statement", Decimal(119))])
    services.undo(suggested, accountant)
    payment.refresh_from_db()
    assert (payment.state, payers(paid)) == (State.SAVED, [("external", Decimal(119))])
    assert [row.detail["action"] for row in payment.changes.order_by("pk")][-2:] == ["gave_way", "came_back"]
    services.confirm(suggested, accountant)
    assert external.undo(payment, accountant).state == State.SAVED


def test_a_part_beside_the_bank_stays(
    voucher: MakeVoucher, booking: MakeBooking, proposal: MakeProposal, kontor_client: Client, accountant: User
):
    paid = voucher("RE-2048", "1000.00")
    data = external.ExternalData("cash", date(2025, 3, 14), Decimal(-400), voucher=paid)
    cash = external.create(kontor_client, data, accountant, save_it=True)
    rest = proposal((paid, booking("-600.00", "Rest"), "600.00"))
    services.confirm(rest, accountant)
    cash.refresh_from_db()
    assert (cash.state, sum(amount for _, amount in payers(paid))) == (State.SAVED, Decimal(1000))


def test_a_draft_gives_way_and_comes_back(
    voucher: MakeVoucher, booking: MakeBooking, proposal: MakeProposal, kontor_client: Client, accountant: User
):
    paid = voucher("RE-2048", "119.00")
    data = external.prefilled(paid)[0]
    draft = external.create(kontor_client, data, accountant)
    match = proposal((paid, booking("-119.00", "Rest"), "119.00"))
    services.confirm(match, accountant)
    draft.refresh_from_db()
    assert draft.state == State.GAVE_WAY
    services.undo(match, accountant)
    draft.refresh_from_db()
    assert draft.state == State.DRAFT
