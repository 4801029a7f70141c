"""Accounts, their calendars and own transfers in a real browser: readable on a phone, for everybody."""

import os
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone

from accounts.models import Client, User
from integrations.models import AccountStatement
from matching.models import BankAccount, Transaction
from matching.services import bank_accounts, own_transfers
from matching.services.intake import account_for
from tests.browser.conftest import DESKTOP, PHONE, Visit

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SHOTS = Path(os.environ.get("KONTOR_SHOTS", "var/screenshots/banks"))
RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}
LOOKS: list[dict[str, Any]] = [
    {"size": PHONE, "language": "en"},
    {"size": PHONE, "dark": True, "language": "de"},
    {"size": DESKTOP, "language": "en"},
    {"size": DESKTOP, "dark": True, "language": "en"},
]
FIRST = date(2025, 1, 1)
IBANS = ("DE02120300000000202051", "DE02500105170137075030")


def deliver(account: BankAccount, first: date, last: date, opening: str, **values: Any) -> None:
    """A statement in which nothing moves."""
    given = {"format": "camt.053.001.08", "booked": Decimal(0), "opening": opening, "closing": opening, **values}
    AccountStatement.objects.create(account=account, from_date=first, to_date=last, **given)


@pytest.fixture
def accounts(kontor_client: Client, member: User, accountant: User) -> list[BankAccount]:
    """A full account, one with gaps and a contradiction, a private and a refused one, a request, and a transfer."""
    yesterday = timezone.localdate() - timedelta(days=1)
    full = account_for(kontor_client, iban=IBANS[0], bank="Förde Sparkasse")
    deliver(full, FIRST, yesterday, "100.00")
    holes = account_for(kontor_client, iban=IBANS[1], bank="DKB")
    deliver(holes, FIRST, date(2025, 2, 11), "0.00")
    deliver(holes, date(2025, 2, 16), date(2025, 4, 30), "7.00")
    deliver(holes, date(2025, 5, 1), date(2025, 5, 31), "7.00", closing="9.00")
    deliver(holes, date(2025, 6, 1), date(2025, 8, 20), "7.00", provisional=True)
    bank_accounts.mark_private(account_for(kontor_client, iban="DE02100500000054540402", bank="ING"), accountant)
    asked: dict[str, Any] = {"wanted_from": FIRST, "for_business": True}
    request = bank_accounts.request_account(kontor_client, member, bank="Volksbank", town="Kiel", **asked)
    refused = bank_accounts.request_account(kontor_client, member, bank="N26", **asked)
    bank_accounts.refuse(refused, accountant, "This is the account of your daughter.")
    for account, amount in ((full, "-500"), (holes, "500")):
        Transaction.objects.create(
            client=kontor_client,
            account=account,
            key="1",
            booking_date=date(2025, 3, 14),
            amount=Decimal(amount),
            counterparty="Tischlerei Ahrens",
            counterparty_iban=IBANS[1] if account == full else IBANS[0],
            purpose="Umbuchung",
        )
    own_transfers.recognise(kontor_client)
    return [full, holes, request]


def look(at: Visit, name: str, path: str, form: dict[str, Any]) -> None:
    """Open a page, keep its picture, and hold it to what holds for all pages."""
    answer = at.open(path)
    assert answer.status == 200, path
    for summary in at.page.locator("main details > summary").all():
        summary.click()
    SHOTS.mkdir(parents=True, exist_ok=True)
    shape = f"{form['size'][0]}-{'dark' if form.get('dark') else 'light'}-{form['language']}"
    at.page.screenshot(path=SHOTS / f"{name}-{shape}.png", full_page=True, animations="disabled")
    assert at.sideways() <= 0, f"{name} scrolls sideways"
    if form["language"] == "en" and path.startswith("/portal/"):
        found = Axe().run(at.page, options=RULES).response
        places = [(item["id"], [node["html"][:160] for node in item["nodes"]]) for item in found["violations"]]
        assert places == [], f"{name}: {places}"
    assert at.errors == [], name


def test_the_client_reads_what_to_upload(visit: Callable[..., Visit], member: User, accounts: list[BankAccount]):
    for form in LOOKS:
        at = visit(member, **form)
        look(at, "banks", "/portal/10001/banks/", form)
        look(at, "start", "/portal/10001/connections/", form)
        look(at, "request", "/portal/10001/banks/new/", form)


def test_the_accountant_reads_which_client_misses_what(
    visit: Callable[..., Visit], accountant: User, accounts: list[BankAccount]
):
    full, holes, request = accounts
    line = holes.transactions.get()
    for form in LOOKS:
        at = visit(accountant, **form)
        look(at, "admin-start", "/admin/", form)
        look(at, "admin-missing", "/admin/matching/bankaccount/missing/", form)
        look(at, "admin-accounts", "/admin/matching/bankaccount/", form)
        look(at, "admin-account", f"/admin/matching/bankaccount/{holes.pk}/change/", form)
        look(at, "admin-full", f"/admin/matching/bankaccount/{full.pk}/change/", form)
        look(at, "admin-request", f"/admin/matching/bankaccount/{request.pk}/change/", form)
        look(at, "admin-line", f"/admin/matching/transaction/{line.pk}/change/", form)
        look(at, "admin-transfers", "/admin/matching/owntransfer/", form)


def test_a_request_goes_from_the_phone_to_the_desk(
    visit: Callable[..., Visit], member: User, accountant: User, kontor_client: Client
):
    at = visit(member, size=PHONE, language="en")
    at.open("/portal/10001/banks/new/")
    at.page.fill("[name=bank]", "Sparkasse")
    at.page.fill("[name=town]", "Kiel")
    at.page.check("[name=for_business]")
    at.page.click("[data-testid=send-request]")
    assert "Requested" in at.page.inner_text("[data-testid=account]")
    desk = visit(accountant, language="en")
    desk.open("/admin/")
    desk.page.get_by_text("asks for an account").wait_for()
    desk.page.locator("#lacking-title ~ ul a").first.click()
    desk.page.fill("#accept-iban", IBANS[0])
    desk.page.get_by_role("button", name="Accept").click()
    desk.page.get_by_text("Nothing is here yet").wait_for()
    assert kontor_client.bank_accounts.get().state == "open"
    assert at.errors == desk.errors == []


@pytest.mark.parametrize("form", [LOOKS[1], LOOKS[2]], ids=str)
def test_a_refused_form_stands_open_at_the_field_that_is_wrong(
    visit: Callable[..., Visit], accountant: User, accounts: list[BankAccount], form: dict[str, Any]
):
    account = accounts[1]
    at = visit(accountant, **form)
    at.open(f"/admin/matching/bankaccount/{account.pk}/change/")
    act = at.page.locator('form[action$="/close/"]')
    act.locator("xpath=..").locator("summary").click()
    act.locator("[name=day]").fill("2025-03-13")
    act.locator("[name=words]").fill("moved to another bank")
    act.locator("button").click()
    wrong = at.page.locator("#close-day_error")
    wrong.wait_for()
    at.page.wait_for_function("document.activeElement.id === 'close-day'")
    assert "close-day_error" in str(at.page.locator("#close-day").get_attribute("aria-describedby"))
    assert at.page.locator("#close-words").input_value() == "moved to another bank"
    SHOTS.mkdir(parents=True, exist_ok=True)
    shape = f"{form['size'][0]}-{form['language']}"
    at.page.screenshot(path=SHOTS / f"admin-refused-{shape}.png", full_page=True, animations="disabled")
    assert at.sideways() <= 0
    at.page.locator("#close-day").fill("2025-12-31")
    act.locator("button").click()
    at.page.wait_for_url(f"**/bankaccount/{account.pk}/change/")
    account.refresh_from_db()
    assert (account.state, account.closed_on) == ("closed", date(2025, 12, 31))
    assert at.errors == []
