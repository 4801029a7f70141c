"""Bank accounts in the admin: requests are decided, life goes on, and what is missing stands in a list."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Client, User
from integrations.models import AccountStatement
from matching.models import AccountState, BankAccount, Transaction
from matching.services import bank_accounts
from matching.services.intake import account_for
from tests.admin.conftest import Login
from tests.matching.conftest import IBAN


@pytest.fixture
def request_(kontor_client: Client, member: User) -> BankAccount:
    return bank_accounts.request_account(
        kontor_client, member, bank="Sparkasse", town="Kiel", wanted_from=date(2025, 4, 1), for_business=True
    )


def page(account: BankAccount) -> str:
    return reverse("admin:matching_bankaccount_change", args=[account.pk])


def do(account: BankAccount, what: str) -> str:
    return reverse("admin:matching_bankaccount_do", args=[account.pk, what])


def test_a_request_is_accepted_on_its_page(request_: BankAccount, accountant: User, login: Login):
    browser = login(accountant)
    text = browser.get(page(request_)).content.decode()
    assert "It is our turn" in text
    answer = browser.post(do(request_, "accept"), {"iban": ""}, follow=True).content.decode()
    assert "The IBAN is missing" in answer
    for what in ("accept", "correct"):
        slip = browser.post(do(request_, what), {"iban": f"{IBAN[:-1]}{9 - int(IBAN[-1])}"}, follow=True)
        assert "There is a slip in this IBAN" in slip.content.decode()
    browser.post(do(request_, "accept"), {"iban": IBAN})
    request_.refresh_from_db()
    assert request_.state == AccountState.OPEN
    text = browser.get(page(request_)).content.decode()
    assert "Nothing is here yet" in text
    assert "coverage-missing" in text


def test_the_life_of_an_account_is_led_from_its_page(kontor_client: Client, accountant: User, login: Login):
    account, other = account_for(kontor_client, iban=IBAN), account_for(kontor_client, other_id="4711")
    browser = login(accountant)
    browser.post(do(account, "correct"), {"bank": "DKB", "wanted_from": "2025-02-01"})
    browser.post(do(account, "take-over"), {"successor": str(other.pk), "day": "2025-06-01"})
    browser.post(do(account, "keep-on"))
    browser.post(do(account, "close"), {"day": "2025-07-31"})
    browser.post(do(account, "reopen"))
    browser.post(do(account, "private"))
    account.refresh_from_db()
    assert (account.bank, account.wanted_from, account.is_private) == ("DKB", date(2025, 2, 1), True)
    assert "neither matched nor shown" in browser.get(page(account)).content.decode()
    assert account.events.count() == 6
    wrong = browser.post(do(account, "take-over"), {"successor": "x"}, follow=True).content.decode()
    assert "Please choose" in wrong
    assert browser.post(do(account, "explode")).status_code == 404


def test_a_refused_form_keeps_what_was_typed(request_: BankAccount, accountant: User, login: Login):
    browser = login(accountant)
    slip = browser.post(do(request_, "accept"), {"iban": "DE02 1203", "other_id": ""}).content.decode()
    assert 'value="DE02 1203"' in slip
    assert 'id="accept-iban_error"' in slip
    silent = browser.post(do(request_, "refuse"), {"words": ""}).content.decode()
    assert 'id="refuse-words_error"' in silent
    typed = {"bank": "Sparkasse", "town": "Eckernförde", "iban": "no", "wanted_from": "0225-01-01", "note": "Call her"}
    corrected = browser.post(do(request_, "correct"), typed).content.decode()
    assert 'value="Eckernförde"' in corrected
    assert "Call her</textarea>" in corrected
    assert "too far away" in corrected
    request_.refresh_from_db()
    assert (request_.state, request_.town) == (AccountState.REQUESTED, "Kiel")
    reloaded = browser.get(do(request_, "correct"))
    assert (reloaded.status_code, reloaded["Location"]) == (302, page(request_))


def test_a_closing_day_before_the_last_payment_is_shown_at_the_day(
    kontor_client: Client, accountant: User, login: Login
):
    account = account_for(kontor_client, iban=IBAN)
    Transaction.objects.create(
        client=kontor_client, account=account, key="1", booking_date=date(2025, 5, 9), amount=Decimal(5)
    )
    browser = login(accountant)
    text = browser.post(do(account, "close"), {"day": "2025-05-08", "words": "moved to the DKB"}).content.decode()
    assert 'id="close-day_error"' in text
    assert 'value="2025-05-08"' in text
    assert 'value="moved to the DKB"' in text
    bank_accounts.close(account, accountant, date(2025, 5, 9))
    late = browser.post(do(account, "close"), {"day": "2025-05-09"}).content.decode()
    assert "Somebody was faster" in late


def test_an_account_without_iban_is_accepted_by_its_number(request_: BankAccount, accountant: User, login: Login):
    login(accountant).post(do(request_, "accept"), {"iban": "", "other_id": "pay@tischlerei.example"})
    request_.refresh_from_db()
    assert (request_.state, request_.key) == (AccountState.OPEN, "PAY@TISCHLEREI.EXAMPLE")


def test_the_history_speaks_in_words(kontor_client: Client, accountant: User, login: Login):
    account, other = account_for(kontor_client, iban=IBAN), account_for(kontor_client, other_id="4711")
    browser = login(accountant)
    browser.post(do(account, "correct"), {"bank": "DKB", "wanted_from": "2025-02-01"})
    browser.post(do(account, "take-over"), {"successor": str(other.pk), "day": "2025-06-01"})
    text = browser.get(page(account)).content.decode()
    for words in (
        "Statements needed from: nothing → 1 Feb 2025",
        "Taken over by: nothing → 4711",
        "from: nothing → 1 Jun",
    ):
        assert words in text
    assert "wanted_from:" not in text
    assert "successor_id" not in text


def test_outsiders_find_nothing_and_support_changes_nothing(
    request_: BankAccount, colleague: User, support: User, login: Login
):
    assert login(colleague).get(page(request_)).status_code == 404
    assert login(colleague).post(do(request_, "accept"), {"iban": IBAN}).status_code == 404
    assert login(support).post(do(request_, "accept"), {"iban": IBAN}).status_code == 403


def test_the_lists_say_what_is_missing_with_the_same_number_of_queries(
    kontor_client: Client, accountant: User, colleague: User, login: Login
):
    def queries(address: str) -> int:
        browser = login(User.objects.get(pk=accountant.pk))
        browser.get(address)
        with CaptureQueriesContext(database) as captured:
            assert browser.get(address).status_code == 200
        return len(captured)

    def deliver(account: BankAccount) -> None:
        for month in (1, 2):
            AccountStatement.objects.create(
                account=account,
                format="csv:dkb",
                from_date=date(2025, month, 1),
                to_date=date(2025, month, 25),
                booked=Decimal(0),
            )

    deliver(account_for(kontor_client, iban=IBAN))
    lists = [reverse("admin:matching_bankaccount_missing"), reverse("admin:matching_bankaccount_changelist")]
    before = [queries(address) for address in lists]
    for number in range(10):
        deliver(account_for(kontor_client, other_id=str(number)))
    assert [queries(address) for address in lists] == before
    text = login(accountant).get(lists[0]).content.decode()
    assert "26 January to 31 January 2025: no statement is here." in text
    assert IBAN in login(accountant).get(lists[1]).content.decode()
    assert "Nothing is missing" in login(colleague).get(lists[0]).content.decode()
