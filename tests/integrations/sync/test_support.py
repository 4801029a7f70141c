"""Asking support: kept, mailed, repeated, without any key."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from accounts.models import Client, User
from integrations.models import Connection, ConnectionEvent, SupportRequest
from integrations.services import support
from integrations.tasks import send_waiting_support_mails
from tests.integrations.sync.conftest import Lexware

pytestmark = pytest.mark.django_db


def test_a_question_is_kept_and_mailed(joined: Connection, kontor_client: Client, member: User) -> None:
    request = support.ask(kontor_client, joined, member, "  Where do I find the key?  ")
    assert request.reference.startswith("K-")
    assert (request.message, request.status) == ("Where do I find the key?", "active")
    assert request.mailed_at is not None
    [message] = mail.outbox
    assert request.reference in message.subject
    assert message.to == ["support@kanzlei.example"]
    assert message.reply_to == [member.email]
    assert "Where do I find the key?" in message.body
    event = joined.events.get(kind=ConnectionEvent.Kind.SUPPORT)
    assert (event.detail["reference"], event.actor) == (request.reference, member)


def test_a_key_in_the_message_is_blotted_out(
    joined: Connection, small: Lexware, kontor_client: Client, member: User
) -> None:
    other = small.other(0).key
    request = support.ask(kontor_client, joined, member, f"My key is {small.key}, or perhaps {other}!")
    everything = request.message + mail.outbox[0].body + str(joined.events.order_by("-id")[0].detail)
    assert small.key not in everything
    assert other not in everything
    assert request.message == "My key is […], or perhaps […]!"


def test_words_of_people_stay(kontor_client: Client, member: User) -> None:
    text = "Rechnung RE-2025-0042 über 1.190,00 € fehlt, siehe Donaudampfschifffahrtsgesellschaft."
    assert support.ask(kontor_client, None, member, text).message == text


def test_a_mail_server_that_is_down_loses_nothing(kontor_client: Client, member: User, settings: object) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    request = support.ask(kontor_client, None, member, "Help")
    assert request.mailed_at is None
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    send_waiting_support_mails()
    assert not mail.outbox, "whoever took the question may still be mailing it"
    SupportRequest.objects.update(created_at=timezone.now() - timedelta(minutes=5))
    send_waiting_support_mails()
    send_waiting_support_mails()
    assert len(mail.outbox) == 1
    request.refresh_from_db()
    assert request.mailed_at is not None


def test_a_name_with_line_breaks_does_not_break_the_mail(kontor_client: Client, member: User) -> None:
    kontor_client.name = "Ahrens\nBcc: somebody@example.com"
    kontor_client.save()
    assert support.ask(kontor_client, None, member, "Help").mailed_at is not None
    assert mail.outbox[0].recipients() == ["support@kanzlei.example"]
