"""Mails: stored, sent once, sent later where the server fails, wiped when they are done."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail as outgoing
from django.db import connection
from django.utils import timezone
from django.utils.translation import get_language
from hypothesis import given
from hypothesis import strategies as st

from accounts import mail
from accounts.mail import Letter, Reader
from accounts.models import Mail
from tests.accounts.smtp_server import MailServer, running_mail_server

pytestmark = pytest.mark.django_db
READER = Reader("ingo@tischlerei.example", "Ingo <Ahrens>", "en")
SECRET = "https://kanzlei.example/invitation/secret-token/"


def letter() -> Letter:
    return Letter(f"Come in ({get_language()})", ("please & thanks",), ("Open", SECRET), "123456", ("Bye.",))


def queue(key: str = "one", **more: Any) -> Mail:
    return mail.queue("test", key, READER, letter, **more)


@pytest.fixture
def server(settings: Any) -> Iterator[MailServer]:
    with running_mail_server() as running:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", running.port
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
        yield running


def raw(row: Mail) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT text, html FROM accounts_mail WHERE id = %s", [row.pk])
        return "".join(bytes(value).decode() for value in cursor.fetchone())


def test_stored_encrypted_sent_once_and_wiped() -> None:
    row = queue()
    assert "secret-token" in row.text
    assert "secret-token" not in raw(row)
    assert "123456" not in raw(row)
    assert [mail.send_waiting(), mail.send_waiting()] == [1, 0]
    row.refresh_from_db()
    assert (row.state, row.text, row.html, row.attempts) == (Mail.State.SENT, "", "", 1)
    [sent] = outgoing.outbox
    assert (sent.subject, sent.to) == ("Come in (en)", [READER.address])


def test_text_and_html_say_the_same_and_fetch_nothing() -> None:
    queue()
    mail.send_waiting()
    [sent] = outgoing.outbox
    html = sent.alternatives[0].content
    for words in ("123456", SECRET, "Bye.", "Hello "):
        assert words in sent.body
        assert words in html
    assert "please & thanks" in sent.body
    assert "Ingo &lt;Ahrens&gt;" in html
    assert "please &amp; thanks" in html
    for fetched in ("src=", "url(", "@import", "<link", "<script"):
        assert fetched not in html


def test_the_same_occasion_twice_is_one_mail() -> None:
    assert queue().pk == queue().pk
    assert mail.send_waiting() == 1
    assert queue().state == Mail.State.SENT
    assert mail.send_waiting() == 0
    assert len(outgoing.outbox) == 1


def test_a_server_that_is_down_delays_and_loses_nothing(settings: Any) -> None:
    row = queue()
    backend = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    now = timezone.now()
    assert mail.send_waiting(now) == 0
    row.refresh_from_db()
    assert (row.state, row.attempts, row.error) == (Mail.State.WAITING, 1, "ConnectionRefusedError")
    assert "secret-token" in row.text
    settings.EMAIL_BACKEND = backend
    assert mail.send_waiting(now + timedelta(seconds=30)) == 0, "not before the pause is over"
    assert mail.send_waiting(now + timedelta(minutes=2)) == 1
    assert len(outgoing.outbox) == 1


def test_a_refused_address_is_not_tried_again_and_the_next_one_is_sent(server: MailServer) -> None:
    row = queue()
    server.answer = "550 no such mailbox"
    assert mail.send_waiting() == 0
    row.refresh_from_db()
    assert (row.state, row.text) == (Mail.State.REFUSED, "")
    server.answer = "250 ok"
    queue("two")
    assert mail.send_waiting() == 1
    assert len(server.taken) == 1
    assert mail.send_waiting(timezone.now() + timedelta(days=1)) == 0


def test_a_server_that_asks_for_patience_gets_it(server: MailServer) -> None:
    row = queue()
    server.answer = "451 later"
    now = timezone.now()
    assert mail.send_waiting(now) == 0
    row.refresh_from_db()
    assert row.state == Mail.State.WAITING
    server.answer = "250 ok"
    assert mail.send_waiting(now + timedelta(minutes=2)) == 1
    [taken] = server.taken
    assert row.message_id in taken


def test_what_is_too_late_is_not_sent() -> None:
    row = queue(expires_at=timezone.now() + timedelta(minutes=10))
    assert mail.send_waiting(timezone.now() + timedelta(minutes=11)) == 0
    row.refresh_from_db()
    assert (row.state, row.text) == (Mail.State.EXPIRED, "")


def test_a_worker_that_died_while_sending_is_not_repeated() -> None:
    row = queue()
    now = timezone.now()
    Mail.objects.filter(pk=row.pk).update(state=Mail.State.SENDING, next_at=now)
    assert mail.send_waiting(now + timedelta(minutes=5)) == 0
    assert mail.send_waiting(now + timedelta(minutes=15)) == 0
    row.refresh_from_db()
    assert (row.state, row.text) == (Mail.State.UNCERTAIN, "")
    assert outgoing.outbox == []


def test_an_address_nobody_has_leaves_a_row_and_no_mail() -> None:
    row = queue(known=False)
    assert (row.state, row.text) == (Mail.State.UNKNOWN, "")
    assert mail.send_waiting() == 0


def test_a_mail_that_waits_can_be_withdrawn_and_one_that_was_sent_cannot() -> None:
    queue("first")
    assert mail.withdraw("first")
    queue("second")
    assert mail.send_waiting() == 1
    assert not mail.withdraw("second")


@given(st.text(max_size=400))
def test_whatever_a_subject_holds_it_stays_one_line(subject: str) -> None:
    made = mail.message(READER, Letter(f"a{subject}", ("b",)))
    assert len(made.subject.splitlines()) == 1


def test_old_mails_are_forgotten_and_waiting_ones_are_not() -> None:
    queue("old")
    mail.send_waiting()
    queue("waits")
    Mail.objects.update(created_at=timezone.now() - timedelta(days=100))
    assert mail.forget_old() == 1
    assert Mail.objects.get().key == "waits"
