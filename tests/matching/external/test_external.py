"""External transactions through their service: made, saved, changed, put aside, taken back."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from accounts.models import Client, User
from matching.models import Allocation, ExternalPayment, Proposal, Transaction
from matching.services import external, run_matching
from matching.services.external import ExternalData, UnableToDecide
from tests.matching.conftest import MakeBooking, MakeVoucher
from vouchers.services import set_payments
from vouchers.shapes import PaymentItemData

pytestmark = pytest.mark.django_db
State = ExternalPayment.State
DAY = date(2025, 3, 14)
CASH = ExternalData("cash", DAY, Decimal("-45.00"), name="Baumarkt Nord", purpose="Schrauben")


def standing(payment: ExternalPayment) -> list[Decimal]:
    """What is matched with the payment's voucher."""
    return list(Allocation.objects.filter(voucher=payment.voucher, standing=True).values_list("amount", flat=True))


def test_from_a_voucher_in_one_step(voucher: MakeVoucher, accountant: User):
    paid = voucher("RE-7", "119.00")
    (payment,) = external.from_voucher(paid, accountant)
    assert (payment.kind, payment.state, payment.amount, payment.date) == ("other_account", "saved", Decimal(-119), DAY)
    assert payment.name == "Druckhaus Seeblick GmbH"
    assert payment.transaction is not None
    assert (payment.transaction.source, payment.transaction.account) == ("external", None)
    match = Proposal.objects.get()
    assert (match.state, match.decisions.get().actor) == (Proposal.State.CONFIRMED, accountant)
    assert external.from_voucher(paid, accountant) == [payment]
    assert Transaction.objects.count() == 1


def test_part_payments_are_one_each_and_never_more_than_the_voucher(voucher: MakeVoucher, accountant: User):
    paid = voucher("RE-8", "1000.00", type="salesinvoice")
    items = [
        PaymentItemData("partPaymentFinancialTransaction", DAY, Decimal(700), "EUR"),
        PaymentItemData("partPaymentCashBox", DAY, Decimal(400), "EUR"),
        PaymentItemData("cashDiscount", DAY, Decimal(20), "EUR"),
    ]
    set_payments(paid, items, DAY, Decimal(0))
    made = external.from_voucher(paid, accountant)
    assert [(one.kind, one.amount) for one in made] == [("cash", Decimal(400)), ("other_account", Decimal(600))]
    assert sum(standing(made[0])) == paid.total


def test_the_part_that_the_bank_paid_is_left_out(
    voucher: MakeVoucher, booking: MakeBooking, kontor_client: Client, accountant: User
):
    paid = voucher("RE-2048", "1000.00")
    items = [
        PaymentItemData("partPaymentFinancialTransaction", DAY, Decimal(600), "EUR"),
        PaymentItemData("manualPayment", DAY, Decimal(400), "EUR"),
    ]
    set_payments(paid, items, DAY, Decimal(0))
    line = booking("-600.00", "RE-2048 Teilzahlung")
    Allocation.objects.create(
        proposal=Proposal.objects.create(
            client=kontor_client, state="confirmed", permission="suggest", probability=1, fingerprint="f"
        ),
        voucher=paid, transaction=line, amount=Decimal(600), standing=True,
    )  # fmt: skip
    assert [(one.kind, one.amount) for one in external.prefilled(paid)] == [("private", Decimal(-400))]


def test_a_draft_is_no_transaction_until_it_is_saved(kontor_client: Client, accountant: User):
    payment = external.create(kontor_client, CASH, accountant)
    assert (payment.state, Transaction.objects.count()) == (State.DRAFT, 0)
    external.save(payment, accountant)
    external.save(payment, accountant)
    assert Transaction.objects.get().counterparty == "Baumarkt Nord"


def test_the_same_attempt_makes_one(kontor_client: Client, accountant: User):
    made = {external.create(kontor_client, CASH, accountant, once="form-1").pk for _ in range(3)}
    assert len(made) == 1
    assert external.create(kontor_client, CASH, accountant, once="form-2").pk not in made


@pytest.mark.parametrize("amount", ["0", "45.001", "1e15"])
def test_impossible_amounts_are_refused(kontor_client: Client, accountant: User, amount: str):
    with pytest.raises(UnableToDecide, match=r"Betrag|amount"):
        external.create(kontor_client, replace(CASH, amount=Decimal(amount)), accountant)


def test_money_goes_the_way_of_the_voucher(voucher: MakeVoucher, kontor_client: Client, accountant: User):
    paid = voucher("RE-9", "45.00")
    with pytest.raises(UnableToDecide):
        external.create(kontor_client, replace(CASH, amount=Decimal(45), voucher=paid), accountant, save_it=True)
    assert not ExternalPayment.objects.exists()


def test_a_matched_voucher_takes_no_more(
    voucher: MakeVoucher, booking: MakeBooking, kontor_client: Client, accountant: User
):
    paid = voucher("RE-2049", "45.00")
    booking("-45.00", "RE-2049")
    run_matching(kontor_client)
    assert Proposal.objects.get().state == Proposal.State.AUTOMATIC
    with pytest.raises(UnableToDecide):
        external.from_voucher(paid, accountant)
    with pytest.raises(UnableToDecide):
        external.create(kontor_client, replace(CASH, voucher=paid), accountant, save_it=True)
    assert not ExternalPayment.objects.exists()
    assert Transaction.objects.filter(source="external").count() == 0


class TestUndo:
    def test_of_saving(self, voucher: MakeVoucher, kontor_client: Client, accountant: User):
        paid = voucher("RE-10", "45.00")
        payment = external.create(kontor_client, replace(CASH, voucher=paid), accountant, save_it=True)
        back = external.undo(payment, accountant)
        assert (back.state, back.transaction, standing(back)) == (State.DRAFT, None, [])
        assert Transaction.objects.filter(withdrawn_at=None).count() == 0
        again = external.save(back, accountant)
        assert standing(again) == [Decimal(45)]

    def test_of_discarding(self, voucher: MakeVoucher, kontor_client: Client, accountant: User):
        paid = voucher("RE-11", "45.00")
        payment = external.create(kontor_client, replace(CASH, voucher=paid), accountant, save_it=True)
        gone = external.discard(payment, accountant)
        assert (gone.state, standing(gone)) == (State.DISCARDED, [])
        back = external.undo(gone, accountant)
        assert (back.state, standing(back)) == (State.SAVED, [Decimal(45)])
        assert back.transaction is not None
        assert back.transaction.withdrawn_at is None

    def test_of_a_change_of_money(self, voucher: MakeVoucher, kontor_client: Client, accountant: User):
        paid = voucher("RE-12", "45.00")
        payment = external.create(kontor_client, replace(CASH, voucher=paid), accountant, save_it=True)
        edited = external.edit(payment, replace(CASH, voucher=paid, amount=Decimal(-40)), accountant)
        assert standing(edited) == [Decimal(40)]
        assert [row.amount for row in Transaction.objects.filter(withdrawn_at=None)] == [Decimal(-40)]
        back = external.undo(edited, accountant)
        assert (back.amount, standing(back)) == (Decimal(-45), [Decimal(45)])

    def test_of_a_change_of_words(self, kontor_client: Client, accountant: User):
        payment = external.create(kontor_client, CASH, accountant, save_it=True)
        edited = external.edit(payment, replace(CASH, name="Baumarkt Süd"), accountant)
        assert Transaction.objects.get().counterparty == "Baumarkt Süd"
        assert external.undo(edited, accountant).name == "Baumarkt Nord"
        assert Transaction.objects.get().counterparty == "Baumarkt Nord"

    def test_step_by_step_to_the_beginning(self, kontor_client: Client, accountant: User):
        payment = external.create(kontor_client, CASH, accountant, save_it=True)
        external.discard(payment, accountant)
        assert external.undo(payment, accountant).state == State.SAVED
        assert external.undo(payment, accountant).state == State.DRAFT
        with pytest.raises(UnableToDecide):
            external.undo(payment, accountant)
        actions = [row.detail["action"] for row in payment.changes.order_by("pk")]
        assert actions == ["created", "saved", "discarded", "undone", "undone"]
