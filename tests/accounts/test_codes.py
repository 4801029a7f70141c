"""Logging in with a code by mail: a few attempts, a short life, and strangers learn nothing."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from accounts.mail import send_waiting
from accounts.models import Mail, User

pytestmark = pytest.mark.django_db
ENTER = "/login/code/enter/"


def ask(browser: Browser, address: str) -> str:
    """Ask for a code; the one that was mailed, or nothing."""
    answer = browser.post("/login/code/", {"username": address})
    assert answer.status_code == 302, answer.content.decode()
    assert answer.url.startswith(ENTER)
    mail.outbox.clear()
    send_waiting()
    return re.findall(r"^ {4}(\d{6})$", str(mail.outbox[0].body), re.M)[0] if mail.outbox else ""


def logged_in(browser: Browser) -> bool:
    return "_auth_user_id" in browser.session


def test_in_without_a_password(client: Browser, member: User):
    member.set_unusable_password()
    member.save()
    code = ask(client, "Ahrens@Tischlerei.EXAMPLE")
    assert mail.outbox[0].to == [member.email]
    assert client.post(ENTER, {"code": code}).status_code == 302
    assert client.get("/").url == "/portal/"


def test_the_way_that_was_asked_for_is_kept(client: Browser, member: User):
    answer = client.post("/login/code/", {"username": member.email, "next": "/portal/10001/banks/"})
    send_waiting()
    [code] = re.findall(r"^ {4}(\d{6})$", str(mail.outbox[0].body), re.M)
    assert client.post(answer.url, {"code": code, "next": "/portal/10001/banks/"}).url == "/portal/10001/banks/"


def test_a_way_to_somewhere_else_is_not_taken(client: Browser, member: User):
    code = ask(client, member.email)
    assert client.post(ENTER, {"code": code, "next": "https://evil.example/"}).url == "/"


def test_a_code_works_once(client: Browser, member: User):
    code = ask(client, member.email)
    client.post(ENTER, {"code": code})
    client.post("/logout/")
    client.post(ENTER, {"code": code})
    assert not logged_in(client)


def test_a_code_is_for_the_browser_that_asked(client: Browser, member: User):
    code = ask(client, member.email)
    other = Browser()
    other.post(ENTER, {"code": code})
    assert not logged_in(other)


def test_after_ten_minutes_it_is_too_late(client: Browser, member: User):
    code = ask(client, member.email)
    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        client.post(ENTER, {"code": code})
    assert not logged_in(client)


def test_five_wrong_codes_end_it(client: Browser, member: User):
    code = ask(client, member.email)
    wrong = f"{(int(code) + 1) % 10**6:06}"
    for _ in range(5):
        client.post(ENTER, {"code": wrong})
    client.post(ENTER, {"code": code})
    assert not logged_in(client)


def test_guesses_are_counted_over_many_codes_and_browsers(member: User):
    refused = 0
    for attempt in range(4):
        browser = Browser()
        code = ask(browser, member.email)
        wrong = f"{(int(code) + 1) % 10**6:06}"
        for _ in range(4):
            refused += browser.post(ENTER, {"code": wrong}, REMOTE_ADDR=f"10.0.{attempt}.1").status_code == 429
    assert refused == 1, "the sixteenth"


def test_a_sixth_request_in_a_quarter_of_an_hour_is_refused(client: Browser, member: User):
    for _ in range(5):
        ask(client, member.email)
    answer = client.post("/login/code/", {"username": member.email})
    assert "too often" in answer.content.decode() or "zu oft" in answer.content.decode()
    assert Mail.objects.filter(kind="login_code").count() == 5


@pytest.mark.parametrize("path", ["/login/code/", "/password/"])
def test_an_unknown_address_looks_and_costs_the_same(client: Browser, member: User, path: str):
    field = "username" if path == "/login/code/" else "email"
    pages, queries = [], []
    for address in (member.email, "nobody@nowhere.example"):
        browser = Browser()
        browser.get(path)
        with CaptureQueriesContext(connection) as captured:
            answer = browser.post(path, {field: address})
        queries.append(sum(query["sql"].startswith(("INSERT", "UPDATE")) for query in captured))
        page = browser.get(answer.url)
        pages.append((answer.status_code, answer.url, page.content.decode().replace(address, "…")))
    known, unknown = (re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page[2]) for page in pages)
    assert known == unknown
    assert pages[0][:2] == pages[1][:2]
    assert queries[0] == queries[1]
    send_waiting()
    assert [sent.to for sent in mail.outbox] == [[member.email]]
    assert Mail.objects.get(recipient="nobody@nowhere.example").state == Mail.State.UNKNOWN


def test_somebody_who_may_not_log_in_gets_no_code(client: Browser, member: User):
    User.objects.filter(pk=member.pk).update(is_active=False)
    assert ask(client, member.email) == ""


@pytest.mark.parametrize("known", [True, False])
def test_six_wrong_passwords_stop_the_account_and_not_its_code(client: Browser, member: User, known: bool):
    address = member.email if known else "nobody@nowhere.example"
    for number in range(6):
        page = client.post("/login/", {"username": address, "password": "wrong"}, REMOTE_ADDR=f"10.0.0.{number}")
    right = client.post("/login/", {"username": address, "password": "correct horse battery"})
    assert right.status_code == page.status_code == 200
    assert not logged_in(client)
    assert bool(ask(client, address)) == known


def test_limits_hold_over_processes(client: Browser, member: User, settings: Any):
    """They are rows of the database: another process reads the same ones."""
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache"}}
    call_command("createcachetable", verbosity=0)
    cache.clear()
    for _ in range(6):
        client.post("/login/", {"username": member.email, "password": "wrong"})
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM cache WHERE cache_key LIKE %s", ["%login_failed%"])
        assert cursor.fetchone()[0] >= 1
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache"}}
    client.post("/login/", {"username": member.email, "password": "correct horse battery"})
    assert not logged_in(client)
    cache.clear()


def test_nobody_signs_up():
    with pytest.raises(NoReverseMatch):
        reverse("account_signup")


def test_starting_anew_from_the_code_page(client: Browser, member: User):
    ask(client, member.email)
    assert client.get("/login/").status_code == 200
    client.post("/login/", {"username": member.email, "password": "correct horse battery"})
    assert logged_in(client)


def test_no_code_is_kept_in_clear(client: Browser, member: User):
    client.post("/login/code/", {"username": member.email})
    with connection.cursor() as cursor:
        cursor.execute("SELECT text, subject FROM accounts_mail")
        [(text, subject)] = cursor.fetchall()
    code = re.findall(r"^ {4}(\d{6})$", Mail.objects.get().text, re.M)[0]
    assert code not in bytes(text).decode()
    assert code not in subject
