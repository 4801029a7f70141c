"""The start page: what waits, what is broken, what the night brought."""

import re
from datetime import date, timedelta

import pytest
import time_machine
from django.urls import reverse

from accounts.models import Client, User
from integrations.models import Connection, Status, SyncRun
from matching.models import Proposal
from matching.services import confirm
from tests.admin.conftest import Login
from tests.factories import MOMENT, connection, world
from vouchers.models import Voucher


def _text(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.split('id="content"')[1])).replace(" ,", ",")


@time_machine.travel(MOMENT + timedelta(hours=3), tick=False)
def test_it_says_what_waits_and_what_the_night_brought(
    kontor_client: Client, member: User, accountant: User, login: Login
) -> None:
    made = world(kontor_client, member, count=4, failed=True)
    confirm(made.cases[0], accountant)
    page = login(accountant).get(reverse("admin:index")).content.decode()
    text = _text(page)
    assert "In the last 24 hours: 1 connection fetched 4 new vouchers 25.0 % of them matched none failed" in text
    assert "3 cases" in text
    assert "10001 Tischlerei Ahrens GmbH 3 today" in text
    assert "API key rejected. The client has to act." in text
    assert "<title> Start | Kontor</title>" in re.sub(r"\s+", " ", page)


@time_machine.travel(MOMENT + timedelta(hours=3), tick=False)
def test_bank_transactions_are_no_vouchers(kontor_client: Client, member: User, accountant: User, login: Login) -> None:
    world(kontor_client, member, count=4)
    bank = Connection.objects.create(client=kontor_client, provider="qonto", status=Status.ACTIVE)
    SyncRun.objects.create(connection=bank, state=SyncRun.State.DONE, created=252, changed=7)
    text = _text(login(accountant).get(reverse("admin:index")).content.decode())
    assert "2 connections fetched 4 new vouchers" in text
    assert "252 new bank transactions" in text


@time_machine.travel(MOMENT, tick=False)
def test_keys_that_end_and_connections_never_finished_are_named(
    kontor_client: Client, accountant: User, login: Login
) -> None:
    linked = connection(kontor_client)
    browser = login(accountant)
    assert "None: all of them work." in browser.get(reverse("admin:index")).content.decode()
    Connection.objects.update(key_expires_on=MOMENT.date() + timedelta(days=20))
    assert "key ends on" in browser.get(reverse("admin:index")).content.decode()
    Connection.objects.update(
        key_expires_on=None, status=Status.ACTIVATE, status_since=MOMENT - timedelta(days=4), reason=""
    )
    page = browser.get(reverse("admin:index")).content.decode()
    assert "Activate connection" in page
    assert reverse("admin:integrations_connection_change", args=[linked.pk]) in page


def test_an_empty_firm_is_told_that_all_is_well(accountant: User, login: Login) -> None:
    text = _text(login(accountant).get(reverse("admin:index")).content.decode())
    for words in ("Everything is reviewed.", "None: all of them work.", "There are no vouchers yet."):
        assert words in text
    assert "Nothing was fetched in the last 24 hours." in text


def test_support_sees_requests_and_no_money(kontor_client: Client, member: User, support: User, login: Login) -> None:
    world(kontor_client, member, failed=True)
    page = login(support).get(reverse("admin:index")).content.decode()
    text = _text(page)
    assert "Der Schlüssel wird nicht angenommen." in text
    assert "Waits for a decision" not in text
    assert "of them matched" not in text
    assert reverse("admin:matching_transaction_changelist") not in page


@time_machine.travel(MOMENT, tick=False)
@pytest.mark.parametrize("language", ["de", "en"])
def test_a_month_in_the_plot_leads_to_its_vouchers(
    language: str, kontor_client: Client, member: User, accountant: User, login: Login
) -> None:
    made = world(kontor_client, member, count=3)
    ids = [case.allocations.get().voucher_id for case in made.cases]
    Voucher.objects.filter(client=kontor_client).update(date=date(2025, 4, 1))
    Voucher.objects.filter(pk__in=ids[:2]).update(date=date(2025, 3, 31))
    made.cases[0].allocations.update(standing=True)
    Proposal.objects.filter(pk=made.cases[0].pk).update(state=Proposal.State.AUTOMATIC)
    browser = login(accountant)
    browser.cookies["django_language"] = language
    page = browser.get(reverse("admin:index")).content.decode()
    (link, title) = re.search(r'href="([^"]*date_from=2025-03-01[^"]*)">\s*<title>([^<]*)</title>', page).groups()
    assert re.search(r"1 \w+ 2$", title), "one of the two without a person"
    answer = browser.get(link.replace("&amp;", "&"))
    assert {row.pk for row in answer.context["cl"].result_list} == set(ids[:2])
