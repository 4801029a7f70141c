"""Logging out, and choosing a password by mail: also how somebody who was just added gets in."""

import re

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core import mail
from django.template.loader import render_to_string
from django.test import Client as Browser

from accounts.mail import send_waiting
from accounts.models import Client, User

NEW = "tidewater lantern 9"


def ask(browser: Browser, address: str, host: str = "testserver") -> str:
    answer = browser.post("/password/", {"email": address}, headers={"host": host})
    assert answer.url == "/password/sent/"
    send_waiting()
    return str(mail.outbox[-1].body) if mail.outbox else ""


@pytest.mark.django_db
class TestPasswordByMail:
    def test_somebody_who_never_had_a_password_gets_in(self, client: Browser, kontor_client: Client):
        body = ask(client, "Ahrens@Tischlerei.example")
        [link] = re.findall(r"http://localhost:8000(/password/\S+)", body)
        form = client.get(link, follow=True)
        assert 'autocomplete="new-password"' in form.content.decode()
        path = form.redirect_chain[-1][0]
        assert client.post(path, {"new_password1": NEW, "new_password2": NEW}).url == "/password/set/"
        client.post("/login/", {"username": "ahrens@tischlerei.example", "password": NEW})
        assert client.get("/").url == "/portal/"

    def test_the_link_works_once(self, client: Browser, member: User):
        [link] = re.findall(r"http://localhost:8000(/password/\S+)", ask(client, member.email))
        path = client.get(link, follow=True).redirect_chain[-1][0]
        client.post(path, {"new_password1": NEW, "new_password2": NEW})
        used = Browser().get(link, follow=True).content.decode()
        assert 'type="password"' not in used
        assert 'href="/password/"' in used

    def test_a_weak_password_is_explained(self, client: Browser, member: User):
        [link] = re.findall(r"http://localhost:8000(/password/\S+)", ask(client, member.email))
        path = client.get(link, follow=True).redirect_chain[-1][0]
        page = client.post(path, {"new_password1": "12345", "new_password2": "12345"}).content.decode()
        assert 'role="alert"' in page
        member.refresh_from_db()
        assert member.check_password("correct horse battery")

    def test_an_unknown_address_gets_the_same_answer_and_no_mail(self, client: Browser, db: None):
        assert ask(client, "nobody@nowhere.example") == ""

    def test_somebody_who_may_not_log_in_gets_no_mail(self, client: Browser, member: User):
        User.objects.filter(pk=member.pk).update(is_active=False)
        assert ask(client, member.email) == ""

    def test_the_link_does_not_follow_the_host_header(self, client: Browser, member: User, settings):
        settings.ALLOWED_HOSTS = ["*"]
        assert "evil" not in ask(client, member.email, host="evil.example")


class TestLogout:
    def test_says_goodbye(self, client: Browser, member: User):
        client.force_login(member)
        answer = client.post("/logout/", follow=True)
        assert answer.redirect_chain[-1][0] == "/logged-out/"
        assert isinstance(answer.wsgi_request.user, AnonymousUser)

    def test_not_by_a_link(self, client: Browser, member: User):
        client.force_login(member)
        assert client.get("/logout/").status_code == 405
        assert not isinstance(client.get("/portal/").wsgi_request.user, AnonymousUser)


def test_the_page_for_our_own_failures_needs_nothing_that_may_have_failed():
    assert 'href="/"' in render_to_string("500.html")
