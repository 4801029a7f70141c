"""The page "Banks": asking for an account, and what to upload."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection as database
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Client, User
from integrations.models import AccountStatement, Connection, FeedAccount
from matching.models import AccountState, BankAccount
from matching.services import bank_accounts
from matching.services.intake import account_for
from tests.matching.conftest import IBAN

GIVEN = {"bank": "Sparkasse", "town": "Kiel", "wanted_from": "2025-04-01", "for_business": "on"}


def banks(client: Client) -> str:
    return reverse("portal:banks", args=[client.number])


def ask(client: Client) -> str:
    return reverse("portal:bank_request", args=[client.number])


def test_an_account_is_asked_for_and_its_fate_is_read(browser: Browser, kontor_client: Client, accountant: User):
    assert "We know none of your accounts yet" in browser.get(banks(kontor_client)).content.decode()
    text = browser.post(ask(kontor_client), GIVEN, follow=True).content.decode()
    assert "We have your request" in text
    account = BankAccount.objects.get()
    assert (account.state, account.bank, account.town, account.wanted_from) == (
        AccountState.REQUESTED, "Sparkasse", "Kiel", date(2025, 4, 1),
    )  # fmt: skip
    assert account.requested_by is not None
    bank_accounts.refuse(account, accountant, "That is the account of your daughter.")
    assert "That is the account of your daughter." in browser.get(banks(kontor_client)).content.decode()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"bank": ""}, "name of the bank"),
        ({"town": ""}, "many banks of this name"),
        ({"iban": "DE02120300000000202052"}, "a slip in this IBAN"),
        ({"wanted_from": "2199-01-01"}, "between 2000 and today"),
        ({"for_business": ""}, "no private accounts"),
    ],
)
def test_the_form_says_what_is_wrong(browser: Browser, kontor_client: Client, change: dict[str, Any], words: str):
    text = browser.post(ask(kontor_client), {**GIVEN, **change}).content.decode()
    assert words in text
    assert not BankAccount.objects.exists()


def test_with_the_iban_no_town_is_needed_and_twice_is_once(browser: Browser, kontor_client: Client):
    for _ in range(2):
        browser.post(ask(kontor_client), {**GIVEN, "town": "", "iban": "de02 1203 0000 0000 2020 51"})
    assert BankAccount.objects.get().iban == IBAN


def test_the_pages_say_what_to_upload_with_the_same_number_of_queries(browser: Browser, kontor_client: Client):
    def queries(address: str) -> int:
        browser.get(address)
        with CaptureQueriesContext(database) as captured:
            assert browser.get(address).status_code == 200
        return len(captured)

    def deliver(account: BankAccount) -> None:
        for first, last in ((date(2025, 1, 1), date(2025, 2, 11)), (date(2025, 2, 16), date(2025, 3, 31))):
            AccountStatement.objects.create(
                account=account, format="csv:dkb", from_date=first, to_date=last, booked=Decimal(0)
            )

    start = reverse("portal:company", args=[kontor_client.number])
    deliver(account_for(kontor_client, iban=IBAN, bank="DKB"))
    before = [queries(address) for address in (banks(kontor_client), start)]
    for number in range(8):
        deliver(account_for(kontor_client, other_id=str(number)))
    assert [queries(address) for address in (banks(kontor_client), start)] == before
    text = browser.get(banks(kontor_client)).content.decode()
    assert "Here 1 January to 31 March 2025, missing 12 February to 15 February 2025." in text
    assert "missing: days 12 to 15" in text
    assert "DKB …2051" in text
    assert "What to upload: 18 things" in browser.get(start).content.decode()


def test_a_private_account_is_named_and_left_alone(browser: Browser, kontor_client: Client, accountant: User):
    bank_accounts.mark_private(account_for(kontor_client, iban=IBAN), accountant)
    text = browser.get(banks(kontor_client)).content.decode()
    assert "We neither fetch nor look at this account." in text
    assert "Calendar" not in text


def test_another_company_finds_nothing(client: Browser, kontor_client: Client, outsider: User):
    client.force_login(outsider)
    assert client.get(banks(kontor_client)).status_code == 404
    assert client.post(ask(kontor_client), GIVEN).status_code == 404


def test_an_account_that_comes_by_itself_asks_for_nothing(browser: Browser, kontor_client: Client):
    account = account_for(kontor_client, iban=IBAN, bank="Qonto")
    connection = Connection.objects.create(client=kontor_client, provider="qonto", status="active")
    FeedAccount.objects.create(connection=connection, external_id="1", account=account)
    page = browser.get(banks(kontor_client)).content.decode()
    assert "Comes from Qonto by itself." in page
    Connection.objects.update(status="failed", reason="key_rejected")
    page = browser.get(banks(kontor_client)).content.decode()
    assert "by itself" not in page
