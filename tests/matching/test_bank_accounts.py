"""The life of a bank account: asked for, accepted or refused, taken over, closed, opened again, private."""

from datetime import date
from typing import Any

import pytest

from accounts.models import Client, User
from accounts.services import add_client
from matching.models import AccountState, BankAccount
from matching.services import bank_accounts as life
from matching.services.bank_accounts import UnableToChange
from matching.services.intake import account_for
from matching.services.matchable import matchable
from tests.conftest import TODAY
from tests.matching.conftest import IBAN, MakeBooking, MakeProposal, MakeVoucher

pytestmark = pytest.mark.usefixtures("english")

START = date(2025, 4, 1)


def ask(client: Client, member: User, **values: Any) -> BankAccount:
    given = {"bank": "Sparkasse", "town": "Kiel", "wanted_from": START, "for_business": True, **values}
    return life.request_account(client, member, **given)


def kinds(account: BankAccount) -> list[str]:
    return list(account.events.order_by("pk").values_list("kind", flat=True))


def test_a_request_is_corrected_and_accepted_with_its_history(kontor_client: Client, member: User, accountant: User):
    account = ask(kontor_client, member)
    assert ask(kontor_client, member) == account
    with pytest.raises(UnableToChange, match="IBAN"):
        life.accept(account, accountant)
    assert life.correct(account, accountant, bank="Förde Sparkasse ", iban="de02 1203 0000 0000 2020 51")
    assert not life.correct(account, accountant, bank="Förde Sparkasse")
    life.accept(account, accountant)
    account.refresh_from_db()
    assert (account.state, account.key, account.bank) == (AccountState.OPEN, IBAN, "Förde Sparkasse")
    assert kinds(account) == ["requested", "corrected", "accepted"]
    with pytest.raises(UnableToChange, match="connected"):
        life.accept(account, accountant)
    with pytest.raises(UnableToChange, match="IBAN"):
        life.correct(account, accountant, iban="DE75512108001245126199")


def test_a_request_stands_in_nobodys_way(kontor_client: Client, member: User, accountant: User):
    """Somebody who types the number of another client's account keeps nobody from importing it."""
    other = add_client(name="Ohlsen", email="", number="10003", today=TODAY)
    account = ask(kontor_client, member, iban=IBAN)
    account_for(other, iban=IBAN)
    with pytest.raises(UnableToChange, match="Another client"):
        life.accept(account, accountant)


def test_a_request_is_taken_over_by_the_account_that_statements_made_meanwhile(
    kontor_client: Client, member: User, accountant: User
):
    request = ask(kontor_client, member, iban=IBAN)
    made = account_for(kontor_client, iban=IBAN)
    assert life.accept(request, accountant) == made
    made.refresh_from_db()
    assert (made.bank, made.town, made.wanted_from) == ("Sparkasse", "Kiel", START)
    assert kinds(made) == ["requested", "accepted"]
    assert BankAccount.objects.count() == 1
    with pytest.raises(UnableToChange, match="connected already"):
        ask(kontor_client, member, iban=IBAN)


def test_a_request_is_refused_with_words_and_may_wait_again(kontor_client: Client, member: User, accountant: User):
    account = ask(kontor_client, member)
    with pytest.raises(UnableToChange, match="sentence"):
        life.refuse(account, accountant, "  ")
    life.refuse(account, accountant, "That is your daughter's account.")
    assert account.events.get(kind="refused").words == "That is your daughter's account."
    with pytest.raises(UnableToChange, match="refused"):
        life.accept(account, accountant, iban=IBAN)
    life.reopen(account, accountant)
    account.refresh_from_db()
    assert account.state == AccountState.REQUESTED


def test_only_accounts_of_the_business_are_taken(kontor_client: Client, member: User):
    with pytest.raises(UnableToChange, match="business"):
        ask(kontor_client, member, for_business=False)


def test_an_account_is_closed_on_its_last_day_and_opened_again(
    kontor_client: Client, accountant: User, booking: MakeBooking
):
    account = booking("-5.00", on=date(2025, 3, 14)).account
    assert account is not None
    with pytest.raises(UnableToChange, match=r"2025|14"):
        life.close(account, accountant, date(2025, 3, 13))
    life.close(account, accountant, date(2025, 3, 14), "moved to another bank")
    life.reopen(account, accountant)
    account.refresh_from_db()
    assert (account.state, account.closed_on) == (AccountState.OPEN, None)
    assert kinds(account) == ["closed", "reopened"]


def test_accounts_take_each_other_over_but_not_in_a_circle(kontor_client: Client, accountant: User):
    first = account_for(kontor_client, iban=IBAN)
    second = account_for(kontor_client, other_id="4711")
    stranger = account_for(add_client(name="Ohlsen", email="", number="10003", today=TODAY), other_id="4711")
    life.take_over(first, accountant, second, START)
    for successor in (first, stranger):
        with pytest.raises(UnableToChange):
            life.take_over(second, accountant, successor, START)
    life.keep_on(first, accountant)
    first.refresh_from_db()
    assert (first.successor, first.successor_from) == (None, None)


def test_what_is_private_is_no_work(
    kontor_client: Client,
    accountant: User,
    booking: MakeBooking,
    voucher: MakeVoucher,
    proposal: MakeProposal,
):
    line = booking("-119.00")
    account = line.account
    assert account is not None
    match = proposal((voucher("RE-1", "119.00"), line, "119.00"))
    match.allocations.update(standing=True)
    with pytest.raises(UnableToChange, match="matched"):
        life.mark_private(account, accountant)
    match.allocations.update(standing=False)
    life.mark_private(account, accountant)
    rows = type(line).objects.all()
    assert not matchable(rows).exists()
    life.mark_business(account, accountant)
    assert matchable(rows).get() == line
    assert kinds(account) == ["private", "business"]
