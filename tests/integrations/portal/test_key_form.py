"""From "+ Connect" to Active, and every way in which a key can be wrong."""

import logging
from html import unescape
from io import StringIO
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.test import Client as Browser
from django.test import RequestFactory
from django.utils import timezone
from django.views.debug import ExceptionReporter
from django_q.models import OrmQ

from accounts.models import Client, User
from integrations.models import Connection, ConnectionEvent, ConnectionSecret, Provider, Reason, Status, SyncRun
from integrations.portal import key_words
from integrations.portal.forms import KeyForm
from integrations.portal.key import key as view
from sandbox.server import RunningSandbox
from tests.integrations.portal.conftest import connection_in

OVERVIEW = "/portal/10001/connections/"
BEGIN = f"{OVERVIEW}lexware/begin/"
KEY = f"{OVERVIEW}lexware/key/"
WRONG = "wrongwrongwrongwrongwrongwrong123456"


def state(client: Client) -> tuple[str, str]:
    connection = Connection.objects.get(client=client)
    return connection.status, connection.reason


def paste(browser: Browser, key: str) -> str:
    answer = browser.post(KEY, {"api_key": key})
    assert answer.status_code == 200
    page = answer.content.decode()
    assert key.strip() not in page
    assert 'aria-invalid="true"' in page
    assert 'role="alert"' in page
    return page


class TestConnecting:
    def test_connect_key_done(self, browser: Browser, kontor_client: Client, lexware: RunningSandbox):
        organization = lexware.organizations[0]
        assert browser.post(BEGIN).url == KEY
        assert state(kontor_client) == (Status.ACTIVATE, "")
        assert browser.post(BEGIN).url == KEY, "a second click does no harm"
        answer = browser.post(KEY, {"api_key": organization["key"]}, follow=True)
        assert answer.redirect_chain == [(OVERVIEW, 302)]
        page = answer.content.decode()
        assert state(kontor_client) == (Status.ACTIVE, "")
        assert 'data-testid="success-banner"' in page
        assert 'data-testid="progress"' in page
        assert organization["name"].replace("&", "&amp;") in page
        assert organization["key"] not in page
        assert ConnectionSecret.objects.get().api_key == organization["key"]

    def test_who_never_connected_has_nothing_to_renew(
        self, browser: Browser, kontor_client: Client, lexware: RunningSandbox
    ):
        assert "Renew the key for" not in paste(browser, WRONG)
        assert state(kontor_client) == (Status.FAILED, Reason.KEY_REJECTED)
        assert "Connect Lexware Office" in browser.get(KEY).content.decode()
        browser.post(KEY, {"api_key": lexware.organizations[0]["key"]})
        assert "Renew the key for" in browser.get(KEY).content.decode()

    @pytest.mark.parametrize("dirt", ["  {}\n", "{}\r\n\r\n", "Bearer {}", "„{}“", "\ufeff{}\u200b"])
    def test_what_sticks_to_a_copied_key(
        self, browser: Browser, kontor_client: Client, lexware: RunningSandbox, dirt: str
    ):
        assert browser.post(KEY, {"api_key": dirt.format(lexware.organizations[0]["key"])}).url == OVERVIEW
        assert ConnectionSecret.objects.get().api_key == lexware.organizations[0]["key"]

    def test_a_key_broken_into_lines(self, browser: Browser, kontor_client: Client, lexware: RunningSandbox):
        key = lexware.organizations[0]["key"]
        assert browser.post(KEY, {"api_key": f"{key[:12]}\n {key[12:]}"}).url == OVERVIEW

    def test_looking_at_the_form_begins_nothing(self, browser: Browser):
        page = browser.get(KEY).content.decode()
        assert "https://app.lexware.de/addons/public-api" in page
        assert 'autocomplete="off"' in page
        assert not Connection.objects.exists()

    def test_a_new_key_for_an_active_connection(self, browser: Browser, kontor_client: Client, lexware: RunningSandbox):
        key = lexware.organizations[0]["key"]
        browser.post(KEY, {"api_key": key})
        browser.get(OVERVIEW)
        page = browser.post(KEY, {"api_key": key}, follow=True).content.decode()
        assert "The new API key works" in page
        assert 'data-testid="success-banner"' not in page


@pytest.mark.django_db
class TestBadKeys:
    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ("", key_words.EMPTY),
            ("   \n ", key_words.EMPTY),
            ("abc123", key_words.TOO_SHORT),
            ("x" * 201, key_words.TOO_LONG),
            ("x" * 5000, key_words.TOO_LONG),
            ("https://app.lexware.de/addons/public-api", key_words.ADDRESS),
            ("ahrens@tischlerei.example", key_words.ADDRESS),
            ("schlüssel-schlüssel-schlüssel", key_words.NOT_A_KEY),
            ("der#key#der#mir#gezeigt#wurde", key_words.NOT_A_KEY),
            ("“”“”", key_words.NOT_A_KEY),
        ],
    )
    def test_what_is_no_key_is_said_at_once(self, text: str, words: object):
        form = KeyForm({"api_key": text}, today=timezone.localdate())
        assert form.errors["api_key"] == [str(words)]
        assert text.strip() not in str(form) or not text.strip()

    @pytest.mark.parametrize(
        ("special", "reason"),
        [
            ("expired", Reason.KEY_REJECTED),
            ("plan_without_api", Reason.PLAN_WITHOUT_API),
            ("permission_missing", Reason.PERMISSION_MISSING),
        ],
    )
    def test_each_refusal_has_its_words(
        self, browser: Browser, kontor_client: Client, lexware: RunningSandbox, special: str, reason: str
    ):
        page = paste(browser, lexware.special_keys[special])
        assert state(kontor_client) == (Status.FAILED, reason)
        assert str(key_words.problem(reason)) in page
        assert not ConnectionSecret.objects.exists()
        if reason == Reason.PERMISSION_MISSING:
            assert "What is missing: payments." in page

    def test_a_wrong_key(self, browser: Browser, kontor_client: Client, lexware: RunningSandbox):
        page = paste(browser, WRONG)
        assert str(key_words.LEXWARE_PROBLEMS[Reason.KEY_REJECTED]) in page
        assert state(kontor_client) == (Status.FAILED, Reason.KEY_REJECTED)
        assert 'data-testid="failure-banner"' in browser.get("/portal/10001/support/").content.decode()

    def test_a_wrong_key_does_not_break_what_works(
        self, browser: Browser, kontor_client: Client, lexware: RunningSandbox
    ):
        browser.post(KEY, {"api_key": lexware.organizations[0]["key"]})
        page = paste(browser, WRONG)
        assert str(key_words.OLD_KEY_KEPT) in page
        assert state(kontor_client) == (Status.ACTIVE, "")

    def test_the_key_of_another_company(self, browser: Browser, kontor_client: Client, lexware: RunningSandbox):
        from tests.integrations.portal.test_states import voucher

        connection_in(kontor_client, Status.FAILED, Reason.KEY_EXPIRED)
        voucher(kontor_client, 1)
        other = lexware.organizations[1]
        page = unescape(paste(browser, other["key"]))
        assert f"This key belongs to “{other['name']}”. Connected here is “Ahrens Möbel”." in page
        assert state(kontor_client) == (Status.FAILED, Reason.ORGANIZATION_CHANGED)

    def test_nobody_answers(self, browser: Browser, kontor_client: Client, settings):
        settings.LEXWARE_API_URL = "http://127.0.0.1:9"
        settings.LEXWARE_TIME_SCALE = 100_000
        browser.post(BEGIN)
        assert str(key_words.later(Provider.LEXWARE)) in paste(browser, WRONG)
        assert state(kontor_client) == (Status.ACTIVATE, "")

    def test_nobody_answers_while_failed(self, browser: Browser, kontor_client: Client, settings):
        settings.LEXWARE_API_URL = "http://127.0.0.1:9"
        settings.LEXWARE_TIME_SCALE = 100_000
        connection_in(kontor_client, Status.FAILED, Reason.KEY_REJECTED)
        page = paste(browser, WRONG)
        assert str(key_words.later(Provider.LEXWARE)) in page
        assert str(key_words.LEXWARE_PROBLEMS[Reason.KEY_REJECTED]) not in page


class TestSecrecy:
    @pytest.mark.parametrize("good", [True, False])
    def test_the_key_is_nowhere_but_in_its_field(
        self, browser: Browser, kontor_client: Client, lexware: RunningSandbox, good: bool
    ):
        key = lexware.organizations[0]["key"] if good else WRONG
        written = StringIO()
        handler = logging.StreamHandler(written)
        root = logging.getLogger()
        level = root.level
        root.addHandler(handler)
        root.setLevel(logging.DEBUG)
        try:
            answer = browser.post(KEY, {"api_key": key}, follow=True)
        finally:
            root.removeHandler(handler)
            root.setLevel(level)
        assert key not in answer.content.decode()
        assert key not in written.getvalue()
        assert not any(key in str(session.get_decoded()) for session in Session.objects.all())
        assert not any(key in str(task.task()) for task in OrmQ.objects.all())
        assert not any(key in str(vars(row)) for row in [*ConnectionEvent.objects.all(), *Connection.objects.all()])
        assert not any(key in str(vars(row)) for row in SyncRun.objects.all())

    def test_a_key_in_the_address_is_not_read(self, browser: Browser, lexware: RunningSandbox):
        key = lexware.organizations[0]["key"]
        assert f'value="{key}"' not in browser.get(f"{KEY}?api_key={key}").content.decode()
        assert not Connection.objects.exists()

    def test_an_error_report_hides_it(self, member: User, rf: RequestFactory, settings: Any):
        """Whatever breaks while a key is being checked, the report that Django writes does not contain it."""
        request = rf.post(KEY, {"api_key": WRONG})
        request.user = member
        settings.LEXWARE_API_URL = None
        with pytest.raises(Exception) as caught:  # noqa: PT011 - which one does not matter
            view(request, number="10001", provider="lexware")
        report = ExceptionReporter(request, caught.type, caught.value, caught.tb).get_traceback_text()
        assert "api_key" in report
        assert WRONG not in report
