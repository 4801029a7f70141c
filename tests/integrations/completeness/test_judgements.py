"""Stored judgements say what judging anew says, whatever has changed since; reading them costs few queries."""

from datetime import date, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import Client, TaxYear, User
from integrations.models import AccountJudgement, AccountStatement
from integrations.services.completeness import covered, work_accounts
from integrations.services.judgements import judged, missing, store
from integrations.tasks import judge_accounts
from matching.models import BankAccount, Transaction
from matching.services import bank_accounts
from matching.services.intake import account_for
from tests.conftest import TODAY
from tests.matching.conftest import IBAN

pytestmark = pytest.mark.django_db
START = date(2025, 1, 1)


@pytest.fixture
def accounts(kontor_client: Client) -> list[BankAccount]:
    return [account_for(kontor_client, iban=IBAN), account_for(kontor_client, other_id="4711")]


def agree(today: date = TODAY) -> None:
    rows = list(work_accounts().select_related("client").order_by("pk"))
    assert [one.coverage for one in judged(rows, today)] == [one.coverage for one in covered(rows, today)]


def change(step: tuple[str, int, int], accounts: list[BankAccount], user: User) -> None:
    """One of the things that happen to accounts; ``step``: what, which account, a number of days."""
    what, which, days = step
    account, day = accounts[which], START + timedelta(days=days)
    match what:
        case "statement" | "provisional":
            AccountStatement.objects.create(
                account=account,
                format="mt940" if days % 3 else "camt.053.001.08",
                from_date=day,
                to_date=day + timedelta(days=days % 40),
                opening=Decimal(days % 3),
                closing=Decimal(days % 3 + days % 2),
                booked=Decimal(days % 2),
                provisional=what == "provisional",
            )
        case "delete":
            last = AccountStatement.objects.filter(account=account).order_by("pk").last()
            if last is not None:
                last.delete()
        case "line":
            Transaction.objects.create(
                client=account.client, account=account, key=str(uuid4()), booking_date=day, amount=Decimal(1)
            )
        case "withdraw":
            Transaction.objects.filter(account=account).update(withdrawn_at=timezone.now())
        case "wanted":
            bank_accounts.correct(account, user, wanted_from=day)
        case "take over" if account.successor_id is None and accounts[1 - which].successor_id is None:
            bank_accounts.take_over(account, user, accounts[1 - which], day)
        case "close year":
            TaxYear.objects.filter(client=account.client, year=2025).update(closed_on=day)
    for one in accounts:
        one.refresh_from_db()


KINDS = (
    *("statement", "statement", "provisional", "delete", "line", "withdraw"),
    *("wanted", "take over", "close year", "store"),
)
STEPS = st.lists(st.tuples(st.sampled_from(KINDS), st.integers(0, 1), st.integers(0, 400)), min_size=1, max_size=12)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_what_is_stored_is_what_judging_anew_says(
    steps: list[tuple[str, int, int]], accounts: list[BankAccount], accountant: User
) -> None:
    AccountStatement.objects.all().delete()
    Transaction.objects.all().delete()
    for step in steps:
        if step[0] == "store":
            store(TODAY)
            assert store(TODAY) == 0
        else:
            change(step, accounts, accountant)
        agree()
    agree(TODAY + timedelta(days=40))


def test_the_next_day_everything_is_judged_anew_and_only_then(accounts: list[BankAccount]) -> None:
    assert (store(TODAY), store(TODAY), store(TODAY + timedelta(days=1))) == (2, 0, 2)
    judge_accounts()
    assert AccountJudgement.objects.count() == 2


def test_reading_what_is_stored_writes_nothing_and_costs_the_same(
    accounts: list[BankAccount], kontor_client: Client, accountant: User
) -> None:
    def queries() -> list[str]:
        person = User.objects.get(pk=accountant.pk)
        with CaptureQueriesContext(database) as captured:
            missing(person, TODAY)
        return [query["sql"] for query in captured]

    store(TODAY)
    few = queries()
    for number in range(20):
        change(("statement", 0, number * 10), [account_for(kontor_client, other_id=str(number))], accountant)
    new = queries()
    assert len(new) <= len(few) + 1
    assert all(sql.startswith("SELECT") for sql in new)
    store(TODAY)
    assert len(queries()) == len(few) <= 8
