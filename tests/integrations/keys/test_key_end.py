"""The end of a key: asked when connecting, corrected later by client and firm, never beyond 24 months."""

import re
from datetime import date, timedelta

import pytest
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import Client, User
from integrations.key_end_words import countdown, tone
from integrations.models import Connection, ConnectionEvent, Reason, Status
from integrations.services import connections
from integrations.services.key_end import WrongEnd, latest_end, possible_end
from tests.integrations.portal.conftest import connection_in
from tests.integrations.sync.conftest import Lexware

KEY = "/portal/10001/connections/lexware/key/"
KEY_END = "/portal/10001/connections/lexware/key-end/"
DAYS = st.dates(date(2020, 1, 1), date(2040, 12, 31))


@given(DAYS)
def test_24_months_is_the_longest_and_is_what_we_propose(today: date) -> None:
    latest = latest_end(today)
    assert (latest.year, latest.month) == (today.year + 2, today.month)
    assert 729 <= (latest - today).days <= 731
    assert possible_end(latest, today) == latest
    assert " 24 " in countdown(latest, today) or today.day == 29
    assert possible_end(today, today) == today
    for wrong in (latest + timedelta(days=1), today - timedelta(days=1)):
        with pytest.raises(WrongEnd):
            possible_end(wrong, today)


@given(DAYS, st.integers(-1000, 731))
def test_the_countdown_has_words_for_every_day(today: date, days: int) -> None:
    words = countdown(today + timedelta(days=days), today)
    assert "%" not in words
    if days > 60:
        months = int(re.findall(r"\d+", words)[0])
        assert months * 28 <= days < (months + 1) * 31
    assert tone(days) == ("failed" if days <= 7 else "soon" if days <= 30 else "none")


@pytest.mark.django_db
class TestForm:
    def test_a_native_field_with_the_proposal_and_the_reason_why(self, browser: Browser) -> None:
        page = browser.get(KEY).content.decode()
        latest = latest_end(timezone.localdate())
        field = re.search(r'<input type="date"[^>]*name="key_expires_on"[^>]*>', page)
        assert field
        for attribute in (
            f'value="{latest.isoformat()}"', f'max="{latest.isoformat()}"', f'min="{timezone.localdate().isoformat()}"'
        ):  # fmt: skip
            assert attribute in field.group()
        assert "We ask so that we can remind you in time" in page

    @pytest.mark.parametrize("written", ["%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y"])
    def test_the_day_is_kept_however_a_browser_writes_it(
        self, browser: Browser, kontor_client: Client, small: Lexware, written: str
    ) -> None:
        day = timezone.localdate() + timedelta(days=400)
        assert browser.post(KEY, {"api_key": small.key, "key_expires_on": day.strftime(written)}).status_code == 302
        assert Connection.objects.get().key_expires_on == day

    def test_without_a_day_the_proposal_holds(self, browser: Browser, kontor_client: Client, small: Lexware) -> None:
        browser.post(KEY, {"api_key": small.key, "key_expires_on": ""})
        assert Connection.objects.get().key_expires_on == latest_end(timezone.localdate())

    def test_the_same_key_again_does_not_live_longer(
        self, browser: Browser, kontor_client: Client, small: Lexware
    ) -> None:
        day = timezone.localdate() + timedelta(days=100)
        browser.post(KEY, {"api_key": small.key, "key_expires_on": day.isoformat()})
        proposed = latest_end(timezone.localdate()).isoformat()
        browser.post(KEY, {"api_key": small.key, "key_expires_on": proposed})
        assert Connection.objects.get().key_expires_on == day
        small.control(f"/organizations/{small.id}/key/new")
        browser.post(KEY, {"api_key": small.key, "key_expires_on": proposed})
        assert Connection.objects.get().key_expires_on == latest_end(timezone.localdate())

    @pytest.mark.parametrize(
        ("day", "words"),
        [("2019-12-31", "That day is over"), ("2999-01-01", "24 months at most"), ("soon", "Please enter a day")],
    )
    def test_a_day_that_cannot_be_is_refused_before_anybody_is_asked(
        self, browser: Browser, kontor_client: Client, small: Lexware, day: str, words: str
    ) -> None:
        page = browser.post(KEY, {"api_key": small.key, "key_expires_on": day}).content.decode()
        assert words in page
        assert small.key not in page
        assert small.calls() == []
        assert not Connection.objects.exists()


@pytest.mark.django_db
class TestLater:
    def test_the_client_corrects_it_and_the_timeline_says_so(
        self, browser: Browser, kontor_client: Client, member: User
    ) -> None:
        connection = connection_in(kontor_client, Status.ACTIVE)
        day = timezone.localdate() + timedelta(days=200)
        assert KEY_END in browser.get("/portal/10001/connections/").content.decode()
        assert browser.post(KEY_END, {"key_expires_on": day.isoformat()}).status_code == 302
        before = connection.key_expires_on
        connection.refresh_from_db()
        assert connection.key_expires_on == day
        event = connection.events.get(kind=ConnectionEvent.Kind.KEY_END)
        assert (event.actor, event.detail) == (
            member,
            {"before": before.isoformat() if before else "", "ends_on": day.isoformat()},
        )
        browser.post(KEY_END, {"key_expires_on": day.isoformat()})
        assert connection.events.filter(kind=ConnectionEvent.Kind.KEY_END).count() == 1
        assert browser.get("/portal/10001/connections/lexware/history/").status_code == 200

    @pytest.mark.parametrize("day", ["", "2999-01-01", "2001-01-01", "x"])
    def test_nonsense_changes_nothing(self, browser: Browser, kontor_client: Client, day: str) -> None:
        connection = connection_in(kontor_client, Status.ACTIVE)
        page = browser.post(KEY_END, {"key_expires_on": day})
        assert page.status_code == 200
        assert 'role="alert"' in page.content.decode()
        before = connection.key_expires_on
        connection.refresh_from_db()
        assert connection.key_expires_on == before

    @pytest.mark.parametrize("status", [Status.NONE, Status.ACTIVATE])
    def test_without_a_key_there_is_no_such_page(self, browser: Browser, kontor_client: Client, status: str) -> None:
        connection_in(kontor_client, status)
        assert browser.get(KEY_END).status_code == 404

    def test_another_client_s_person_finds_nothing(
        self, client: Browser, kontor_client: Client, outsider: User
    ) -> None:
        connection_in(kontor_client, Status.ACTIVE)
        client.force_login(outsider)
        assert client.get(KEY_END).status_code == 404
        assert client.post(KEY_END, {"key_expires_on": "2027-01-01"}).status_code == 404

    def test_the_firm_corrects_it_too_for_its_own_clients(
        self, client: Browser, kontor_client: Client, accountant: User, colleague: User
    ) -> None:
        connection = connection_in(kontor_client, Status.FAILED, Reason.KEY_REJECTED)
        address = reverse("admin:integrations_connection_key_end", args=[connection.pk])
        day = timezone.localdate() + timedelta(days=77)
        client.force_login(colleague)
        assert client.post(address, {"day": day.isoformat()}).status_code == 404
        client.force_login(accountant)
        assert client.get(address).status_code == 405
        for wrong in ("", "2999-01-01", "x"):
            client.post(address, {"day": wrong})
        client.post(address, {"day": day.isoformat()})
        connection.refresh_from_db()
        assert connection.key_expires_on == day
        assert connection.events.get(kind=ConnectionEvent.Kind.KEY_END).actor == accountant
        page = client.get(reverse("admin:integrations_connection_change", args=[connection.pk])).content.decode()
        assert f'value="{day.isoformat()}"' in page

    def test_who_disconnects_meanwhile_is_not_overruled(self, kontor_client: Client) -> None:
        connection = connection_in(kontor_client, Status.ACTIVE)
        connections.disconnect(Connection.objects.get(pk=connection.pk))
        with pytest.raises(connections.StateMoved):
            connections.set_key_end(connection, timezone.localdate() + timedelta(days=9))
        connection.refresh_from_db()
        assert connection.key_expires_on is None
