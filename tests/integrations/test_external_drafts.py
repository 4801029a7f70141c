"""Drafts that Kontor makes by itself: only where the accounts cannot show the payment, and once for each."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from accounts.models import Client, User
from integrations.models import AccountStatement
from integrations.services.coverage import coverage_of
from integrations.services.external_drafts import draft_external
from matching.models import BankAccount, ExternalPayment
from matching.services import external, run_matching
from tests.factories import account, booking, voucher
from vouchers.models import PaymentItem, Voucher

pytestmark = pytest.mark.django_db
DAY = date(2025, 3, 14)
State = ExternalPayment.State


def paid(client: Client, index: int, item: str, **fields: Any) -> Voucher:
    made = voucher(client, index, payments_read=True, paid_on=DAY, **fields)
    made.payments.update(type=item, date=DAY)
    return made


def statement(of: BankAccount, first: date, last: date, **fields: Any) -> AccountStatement:
    return AccountStatement.objects.create(
        account=of, format="camt.053.001.08", from_date=first, to_date=last, booked=0, **fields
    )


def drafts() -> list[tuple[str, str, Decimal]]:
    rows = ExternalPayment.objects.filter(state=State.DRAFT).order_by("pk")
    return list(rows.values_list("kind", "reason", "amount"))


def test_cash_and_set_off_need_no_statements(kontor_client: Client):
    cash = paid(kontor_client, 0, "partPaymentCashBox")
    noted = paid(kontor_client, 1, "partPaymentCreditNote", type="invoice")
    assert draft_external(kontor_client) == 2
    assert drafts() == [("cash", "cash_box", -cash.total), ("set_off", "set_off", noted.total)]
    assert draft_external(kontor_client) == 0


@pytest.mark.parametrize(
    ("item", "kind"), [("partPaymentFinancialTransaction", "other_account"), ("manualPayment", "private")]
)
def test_what_may_be_on_an_account_waits_for_its_statements(kontor_client: Client, item: str, kind: str):
    paid(kontor_client, 0, item)
    first = account(kontor_client)
    second = BankAccount.objects.create(client=kontor_client, key="KK-2")
    assert draft_external(kontor_client) == 0
    statement(first, DAY, DAY)
    assert draft_external(kontor_client) == 0, "the other account is missing"
    provisional = statement(second, DAY - timedelta(days=3), DAY, provisional=True, number=2)
    assert draft_external(kontor_client) == 0, "a provisional statement may grow"
    AccountStatement.objects.filter(pk=provisional.pk).update(provisional=False)
    assert draft_external(kontor_client) == 1
    assert drafts()[0][0] == kind


def test_private_and_closed_accounts_are_not_waited_for(kontor_client: Client):
    paid(kontor_client, 0, "partPaymentFinancialTransaction")
    statement(account(kontor_client), DAY, DAY)
    BankAccount.objects.create(client=kontor_client, key="P", is_private=True)
    BankAccount.objects.create(client=kontor_client, key="C", state="closed", closed_on=DAY - timedelta(days=1))
    assert draft_external(kontor_client) == 1


def test_what_is_matched_or_suggested_gets_none(kontor_client: Client):
    one = paid(kontor_client, 0, "partPaymentFinancialTransaction")
    booking(kontor_client, 0, f"-{one.total}", booking_date=DAY)
    statement(account(kontor_client), DAY, DAY)
    run_matching(kontor_client)
    assert not ExternalPayment.objects.exists()


def test_a_run_of_the_engine_makes_them_and_takes_them_back(kontor_client: Client):
    one = paid(kontor_client, 0, "partPaymentFinancialTransaction")
    statement(account(kontor_client), DAY, DAY)
    run_matching(kontor_client)
    draft = ExternalPayment.objects.get()
    assert (draft.state, draft.voucher, draft.reason) == (State.DRAFT, one, "no_bank_line")
    line = booking(kontor_client, 0, f"-{one.total}", booking_date=DAY)
    run_matching(kontor_client)
    draft.refresh_from_db()
    assert (draft.state, draft.gave_way_to) == (State.GAVE_WAY, line)
    run_matching(kontor_client)
    assert ExternalPayment.objects.count() == 1


def test_a_withdrawn_voucher_takes_its_draft_along(kontor_client: Client):
    one = paid(kontor_client, 0, "partPaymentCashBox")
    draft_external(kontor_client)
    Voucher.objects.filter(pk=one.pk).update(withdrawn_at="2025-04-01T00:00:00Z")
    draft_external(kontor_client)
    assert ExternalPayment.objects.get().state == State.DISCARDED
    Voucher.objects.filter(pk=one.pk).update(withdrawn_at=None)
    draft_external(kontor_client)
    assert ExternalPayment.objects.get().state == State.DRAFT


def test_what_a_person_put_aside_stays_there(kontor_client: Client, accountant: User):
    paid(kontor_client, 0, "partPaymentCashBox")
    draft_external(kontor_client)
    external.discard(ExternalPayment.objects.get(), accountant)
    assert draft_external(kontor_client) == 0
    assert ExternalPayment.objects.get().state == State.DISCARDED


def test_an_edited_one_is_not_made_again(kontor_client: Client, accountant: User):
    one = paid(kontor_client, 0, "partPaymentCashBox")
    draft_external(kontor_client)
    draft = ExternalPayment.objects.get()
    data = external.ExternalData("private", DAY - timedelta(days=1), -one.total / 2, voucher=one)
    external.edit(draft, data, accountant)
    assert draft_external(kontor_client) == 0
    external.save(draft, accountant)
    assert draft_external(kontor_client) == 0
    assert ExternalPayment.objects.count() == 1


def test_twins_of_a_day_are_one_draft(kontor_client: Client):
    one = paid(kontor_client, 0, "partPaymentCashBox")
    one.payments.update(amount=30)
    PaymentItem.objects.create(voucher=one, position=1, type="partPaymentCashBox", date=DAY, amount=30)
    draft_external(kontor_client)
    assert drafts() == [("cash", "cash_box", Decimal(-60))]


def test_successors_cover_days(kontor_client: Client):
    old, new = account(kontor_client), BankAccount.objects.create(client=kontor_client, key="N")
    BankAccount.objects.filter(pk=old.pk).update(successor=new, successor_from=DAY)
    statement(old, DAY - timedelta(days=9), DAY - timedelta(days=1))
    statement(new, DAY, DAY + timedelta(days=9), number=2)
    coverage = coverage_of(kontor_client)
    assert coverage.complete_on(DAY)
    assert coverage.complete_on(DAY - timedelta(days=1))
    assert not coverage.complete_on(DAY + timedelta(days=10))
