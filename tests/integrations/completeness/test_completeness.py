"""From stored statements to what is missing, in words; the same number of queries for one account and for many."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from accounts.models import Client, Service, User, VatReturn
from accounts.services import add_client
from integrations.completeness_words import summary, tasks
from integrations.coverage_calendar import calendar
from integrations.models import AccountStatement
from integrations.services.completeness import covered_of
from integrations.services.judgements import missing
from matching.coverage import Kind, Look, Span
from matching.models import BankAccount, Transaction
from matching.services import bank_accounts
from matching.services.intake import account_for
from tests.conftest import TODAY
from tests.matching.conftest import IBAN

Deliver = Callable[..., AccountStatement]


def statement(account: BankAccount, first: str, last: str, **values: Any) -> AccountStatement:
    given = {"format": "camt.053.001.08", "booked": Decimal(0), **values}
    return AccountStatement.objects.create(
        account=account, from_date=date.fromisoformat(first), to_date=date.fromisoformat(last), **given
    )


@pytest.fixture
def account(kontor_client: Client) -> BankAccount:
    return account_for(kontor_client, iban=IBAN, bank="Sparkasse Kiel")


def test_an_account_is_needed_from_the_open_year_until_yesterday(kontor_client: Client, account: BankAccount):
    (one,) = covered_of(kontor_client, TODAY)
    assert one.coverage.needed == Span(date(2025, 1, 1), TODAY - timedelta(days=1))
    assert [finding.kind for finding in one.tasks] == [Kind.MISSING]


def test_an_account_is_needed_from_the_vat_period_or_from_when_it_was_asked_for(
    kontor_client: Client, account: BankAccount, accountant: User
):
    kontor_client.service = Service.BOOKKEEPING
    kontor_client.save()
    VatReturn.objects.create(
        client=kontor_client, period_start=date(2025, 7, 1), period_end=date(2025, 9, 30), filed_on=date(2025, 10, 9)
    )
    (one,) = covered_of(kontor_client, TODAY)
    assert one.coverage.needed is not None
    assert one.coverage.needed.first == date(2025, 10, 1)
    bank_accounts.correct(account, accountant, wanted_from=date(2025, 11, 5))
    (one,) = covered_of(kontor_client, TODAY)
    assert one.coverage.needed is not None
    assert one.coverage.needed.first == date(2025, 11, 5)


def test_a_closed_or_taken_over_account_is_needed_until_its_last_day(
    kontor_client: Client, account: BankAccount, accountant: User
):
    bank_accounts.take_over(account, accountant, account_for(kontor_client, other_id="4711"), date(2025, 6, 1))
    bank_accounts.close(account, accountant, date(2025, 7, 15))
    needed = {one.account: one.coverage.needed for one in covered_of(kontor_client, TODAY)}
    assert list(needed.values()) == [
        Span(date(2025, 6, 1), TODAY - timedelta(days=1)), Span(date(2025, 1, 1), date(2025, 5, 31)),
    ]  # fmt: skip


def test_the_words_say_what_is_complete_what_is_missing_and_what_to_upload(
    kontor_client: Client, account: BankAccount, accountant: User
):
    statement(account, "2025-01-01", "2025-02-11")
    statement(account, "2025-02-16", "2025-03-31")
    bank_accounts.close(account, accountant, date(2025, 3, 31))
    (one,) = covered_of(kontor_client, TODAY)
    with override("en"):
        assert summary(one.coverage) == "Here 1 January to 31 March 2025, missing 12 February to 15 February 2025."
        (task,) = tasks(one)
        assert task.what == "12 February to 15 February 2025: no statement is here."
        assert "Upload" in task.do
        march, february, january = calendar(one.coverage)
        assert (march.words, january.words) == ("complete", "complete")
        assert february.words == "missing: days 12 to 15"
    assert [(one.look, one.width) for one in february.stretches] == [
        (Look.COMPLETE, 110),
        (Look.MISSING, 40),
        (Look.COMPLETE, 130),
    ]


def test_lines_are_compared_where_statements_overlap(kontor_client: Client, account: BankAccount, accountant: User):
    Transaction.objects.create(
        client=kontor_client, account=account, key="1", booking_date=date(2025, 1, 10), amount=Decimal(5)
    )
    first = {"opening": Decimal(0), "closing": Decimal(5), "booked": Decimal(5)}
    statement(account, "2025-01-01", "2025-01-31", **first)
    bank_accounts.correct(account, accountant, wanted_from=date(2025, 1, 1))
    second = {"opening": Decimal(4), "closing": Decimal(4), "booked": Decimal(0), "format": "mt940"}
    late = statement(account, "2025-01-20", "2026-03-11", **second)
    (one,) = covered_of(kontor_client, TODAY)
    assert {finding.kind for finding in one.tasks} == {Kind.BREAK}
    late.delete()
    statement(account, "2025-01-20", "2026-03-11", **{**second, "opening": Decimal(5), "closing": Decimal(5)})
    (one,) = covered_of(kontor_client, TODAY)
    assert one.coverage.findings == ()


def test_private_and_requested_accounts_are_nobodys_work(
    kontor_client: Client, account: BankAccount, accountant: User, member: User
):
    bank_accounts.request_account(kontor_client, member, bank="DKB", wanted_from=date(2025, 1, 1), for_business=True)
    bank_accounts.mark_private(account, accountant)
    assert covered_of(kontor_client, TODAY) == []
    assert missing(accountant, TODAY) == []


def test_the_list_over_all_clients_costs_the_same_queries_and_shows_only_the_own_ones(
    kontor_client: Client, account: BankAccount, accountant: User, colleague: User
):
    def queries() -> int:
        # People are looked up anew, as with every request.
        person = User.objects.get(pk=accountant.pk)
        with CaptureQueriesContext(
            database,
        ) as captured:
            missing(person, TODAY)
        return len(captured)

    statement(account, "2025-01-01", "2025-01-31")
    few = queries()
    for number in range(4):
        client = add_client(
            name=f"Firma {number}", email="", number=f"3{number:04}", accountant=accountant, today=TODAY
        )
        for other in range(3):
            made = account_for(client, other_id=f"{number}{other}")
            statement(made, "2026-01-01", "2026-01-31")
            statement(made, "2026-01-15", "2026-02-10")
    assert queries() <= few + 1  # one for the lines of statements that overlap
    assert len(missing(accountant, TODAY)) == 13
    assert missing(colleague, TODAY) == []
