"""Whatever people do in whatever order: no voucher is paid twice, nothing drafted twice, everything can be undone."""

from collections import defaultdict
from contextlib import suppress
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from django.db import transaction
from django.db.models import Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import Client, User
from matching import services
from matching.models import Allocation, Decision, ExternalPayment, Proposal
from matching.services import external
from matching.services.external_drafts import draft_missing
from tests.matching.conftest import MakeBooking, MakeProposal, MakeVoucher
from tests.matching.test_at_the_same_time import together
from vouchers.models import Voucher
from vouchers.services import set_payments
from vouchers.shapes import PaymentItemData

State = ExternalPayment.State
DAY = date(2025, 3, 14)


class AllHere:
    """Accounts that are complete on every day."""

    def complete_on(self, day: date) -> bool:
        return True


def check() -> None:
    for voucher in Voucher.objects.all():
        settled = Allocation.objects.filter(voucher=voucher, standing=True).aggregate(sum=Sum("amount"))["sum"] or 0
        assert settled <= voucher.total
    for payment in ExternalPayment.objects.select_related("transaction"):
        standing = Allocation.objects.filter(transaction=payment.transaction_id, standing=True).count()
        if payment.state == State.SAVED:
            assert payment.transaction is not None
            assert payment.transaction.withdrawn_at is None
            assert standing == (payment.voucher_id is not None)
        elif payment.transaction is not None:
            assert payment.transaction.withdrawn_at is not None
            assert standing == 0
        before = ""
        for change in payment.changes.order_by("pk"):
            assert change.from_state == before
            before = change.to_state
        assert before == payment.state
    drafted = ExternalPayment.objects.exclude(reason="").values_list("reason_detail__voucher", "reason_detail__amount")
    assert len(drafted) == len(set(drafted))
    replayed: dict[int, str] = defaultdict(lambda: "suggested")
    for decision in Decision.objects.order_by("pk"):
        assert decision.from_state == replayed[decision.proposal_id]
        replayed[decision.proposal_id] = decision.to_state


gestures = st.lists(
    st.tuples(
        st.sampled_from(
            ["one step", "by hand", "save", "edit", "discard", "undo", "line", "confirm", "take back", "draft"]
        ),
        st.integers(0, 5),
    ),
    min_size=3,
    max_size=14,
)


@pytest.mark.django_db
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=gestures)
def test_any_order(
    voucher: MakeVoucher,
    booking: MakeBooking,
    proposal: MakeProposal,
    kontor_client: Client,
    accountant: User,
    steps: list[tuple[str, int]],
) -> None:
    with transaction.atomic():
        bills = [voucher("R1", "100"), voucher("R2", "60", type="salesinvoice")]
        items = [
            PaymentItemData("partPaymentCashBox", DAY, Decimal(40)),
            PaymentItemData("manualPayment", DAY, Decimal(60)),
        ]
        set_payments(bills[0], items, DAY, Decimal(0))
        lines: list[Proposal] = []
        for gesture, number in steps:
            bill = bills[number % 2]
            amount = Decimal(20 * (number + 1))
            data = external.ExternalData("cash", DAY, amount * bill.direction, voucher=bill)
            payments = list(ExternalPayment.objects.order_by("pk"))
            payment = payments[number % len(payments)] if payments else None
            line = lines[number % len(lines)] if lines else None
            with suppress(services.UnableToDecide):
                match gesture:
                    case "one step":
                        external.from_voucher(bill, accountant)
                    case "by hand":
                        external.create(kontor_client, data, accountant, save_it=number > 2)
                    case "line":
                        booked = booking(str(amount * bill.direction))
                        lines.append(proposal((bill, booked, str(min(amount, bill.total)))))
                    case "draft":
                        draft_missing(kontor_client, AllHere())
                    case "confirm" if line:
                        services.confirm(line, accountant)
                    case "take back" if line:
                        services.undo(line, accountant)
                    case "save" if payment:
                        external.save(payment, accountant)
                    case "edit" if payment:
                        changed = replace(external.data_of(payment), amount=data.amount, voucher=bill)
                        external.edit(payment, changed, accountant)
                    case "discard" if payment:
                        external.discard(payment, accountant)
                    case "undo" if payment:
                        external.undo(payment, accountant)
            check()
        transaction.set_rollback(True)


def picture() -> object:
    """Everything that people see of external payments and matches."""
    payments = ExternalPayment.objects.order_by("pk").values_list("state", "amount", "gave_way_to", "transaction")
    standing = Allocation.objects.filter(standing=True).order_by("pk").values_list("pk", "amount")
    waiting = Proposal.objects.filter(state="suggested").order_by("pk").values_list("pk", flat=True)
    return list(payments), list(standing), list(waiting)


@pytest.mark.django_db
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(parts=st.lists(st.tuples(st.integers(1, 99), st.booleans()), min_size=1, max_size=4), bank=st.integers(1, 100))
def test_giving_way_and_back_is_where_it_was(
    voucher: MakeVoucher,
    booking: MakeBooking,
    proposal: MakeProposal,
    kontor_client: Client,
    accountant: User,
    parts: list[tuple[int, bool]],
    bank: int,
) -> None:
    with transaction.atomic():
        bill = voucher("R1", "100")
        for amount, saved in parts:
            data = external.ExternalData("cash", DAY, Decimal(-amount), voucher=bill)
            with suppress(services.UnableToDecide):
                external.create(kontor_client, data, accountant, save_it=saved)
        line = proposal((bill, booking(f"-{bank}"), str(bank)))
        # drafts that find no room any more give way for good: look at what had room
        drafts = ExternalPayment.objects.filter(state=State.DRAFT).aggregate(sum=Sum("amount"))["sum"] or 0
        settled = Allocation.objects.filter(standing=True).aggregate(sum=Sum("amount"))["sum"] or 0
        if settled - drafts <= bill.total:
            before = picture()
            services.confirm(line, accountant)
            check()
            services.undo(line, accountant)
            assert picture() == before
        transaction.set_rollback(True)


@pytest.mark.django_db(transaction=True)
def test_at_the_same_time(voucher: MakeVoucher, kontor_client: Client, accountant: User, colleague: User) -> None:
    bill = voucher("R1", "100")
    answers = together(
        lambda: external.from_voucher(bill, accountant),
        lambda: external.from_voucher(bill, colleague),
        lambda: draft_missing(kontor_client, AllHere()),
        lambda: draft_missing(kontor_client, AllHere()),
    )
    assert not [answer for answer in answers if isinstance(answer, Exception)]
    assert ExternalPayment.objects.filter(state=State.SAVED).count() == 1
    assert Allocation.objects.get(standing=True).amount == 100
    check()
