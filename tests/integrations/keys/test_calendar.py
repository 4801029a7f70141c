"""The calendar of keys: every key a person may see, by month, at the same cost for few and many."""

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection as database
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Client, User
from accounts.services import add_client
from integrations.models import Connection, KeyReminder, Status
from tests.conftest import TODAY
from tests.integrations.portal.conftest import connection_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
CALENDAR = "admin:integrations_connection_keys"


@pytest.fixture
def today() -> Any:
    with time_machine.travel(TODAY, tick=False):
        yield


@pytest.fixture
def desk(client: Browser) -> Browser:
    client.cookies["django_language"] = "en"
    return client


def ending(number: str, day: date | None, accountant: User | None = None) -> Connection:
    made = add_client(name=f"Firma {number}", email="", number=number, accountant=accountant, today=TODAY)
    return connection_in(made, Status.ACTIVE, key_expires_on=day)


def page(desk: Browser, query: str = "") -> str:
    answer = desk.get(reverse(CALENDAR) + query)
    assert answer.status_code == 200
    return answer.content.decode().split('id="content"')[-1]


def test_by_month_with_days_left_reminder_and_link(desk: Browser, accountant: User) -> None:
    soon = ending("30001", TODAY + timedelta(days=6), accountant)
    late = ending("30002", TODAY + timedelta(days=300), accountant)
    past = ending("30003", TODAY - timedelta(days=3), accountant)
    ending("30004", None, accountant)
    KeyReminder.objects.create(connection=soon, ends_on=TODAY + timedelta(days=6), days=7, sent_at="2026-03-11T09:00Z")
    KeyReminder.objects.create(connection=late, ends_on=TODAY, days=7, sent_at="2026-01-05T09:00Z")
    desk.force_login(accountant)
    text = page(desk)
    places = [text.index(f">{item.client}<") for item in (past, soon, late)]
    assert places == sorted(places)
    for words in ("expires in 6 days", "expires in 9 months", "should have expired", "March 2026", "January 2027"):
        assert words in text
    assert "11 Mar 2026" in text
    assert "5 Jan 2026" not in text, "a reminder of an earlier key"
    assert "The end of 1 key is not known." in text
    assert reverse("admin:integrations_connection_change", args=[soon.pk]) in text
    only = page(desk, "?month=2027-01")
    assert "Firma 30002" in only
    assert "Firma 30001" not in only
    assert "Firma 30001" in page(desk, "?month=nonsense")


def test_only_what_the_person_may_see(
    desk: Browser, accountant: User, colleague: User, partner: User, kontor_client: Client, member: User
) -> None:
    ending("30001", TODAY + timedelta(days=6), accountant)
    for user, sees in ((accountant, True), (partner, True), (colleague, False)):
        desk.force_login(user)
        assert ("Firma 30001" in page(desk)) == sees
        assert ("1 key ends soon" in desk.get(reverse("admin:index")).content.decode()) == sees
    desk.force_login(member)
    assert desk.get(reverse(CALENDAR)).status_code == 404
    desk.logout()
    assert desk.get(reverse(CALENDAR)).status_code == 302


def test_without_keys_it_says_so(desk: Browser, accountant: User) -> None:
    desk.force_login(accountant)
    assert "No key with a known end is connected yet." in page(desk)
    assert "No key ends soon" in desk.get(reverse("admin:index")).content.decode()
    assert reverse(CALENDAR) in desk.get(reverse("admin:integrations_connection_changelist")).content.decode()


def test_few_keys_cost_as_much_as_many(desk: Browser, partner: User) -> None:
    desk.force_login(partner)
    page(desk)
    costs = []
    for count in (3, 40):
        for index in range(count):
            ending(f"4{count:02}{index:02}", TODAY + timedelta(days=7 * index))
        with CaptureQueriesContext(database) as captured:
            page(desk)
        costs.append(len(captured))
    assert costs[0] == costs[1]
    assert costs[0] <= 8


def test_more_than_a_page_leads_to_the_months(desk: Browser, partner: User) -> None:
    clients = Client.objects.bulk_create(Client(number=f"5{index:04}", name=f"F {index}") for index in range(320))
    Connection.objects.bulk_create(
        Connection(client=owner, status="active", key_fingerprint="f", key_expires_on=TODAY + timedelta(days=index))
        for index, owner in enumerate(clients)
    )
    desk.force_login(partner)
    assert "There are more: choose a month above." in page(desk)
    assert "There are more" not in page(desk, "?month=2026-04")
