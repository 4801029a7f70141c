"""Mails to people: one layout, the reader's language, stored first and sent by the workers.

``queue`` stores a mail under a key that names its occasion; the same key again stores nothing, so that whoever queues
may repeat itself. A worker sends it within seconds, or whenever the mail server works again. A mail is claimed before
it is sent: where a worker dies in between nobody knows whether it went out, and it is not sent again.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import make_msgid
from smtplib import SMTPException, SMTPRecipientsRefused, SMTPResponseException
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.message import BadHeaderError
from django.db import transaction
from django.db.models import F, QuerySet
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django_q.tasks import async_task

from accounts.mail_models import Mail
from accounts.models import Client, User

logger = logging.getLogger(__name__)

State = Mail.State
TASK = "accounts.tasks.send_mails"
# After so many minutes it is tried again; the last one for ever after.
PAUSES = (1, 5, 15, 60)
# Longer than a mail server may take to answer. Whoever has not finished by then is dead.
LONGEST_SENDING = timedelta(minutes=10)
# What nobody could send for so long is not news any more.
LONGEST_WAITING = timedelta(days=5)
REMEMBERED = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Reader:
    """Whom a mail is for. ``language``: ``de`` or ``en``."""

    address: str
    name: str
    language: str


@dataclass(frozen=True, slots=True)
class Letter:
    """What a mail says, in the reader's language: short paragraphs, and at most one thing to do.

    ``link``: its words and its whole address. ``code``: something to type, shown large. ``after``: what stands
    below both.
    """

    subject: str
    paragraphs: tuple[str, ...]
    link: tuple[str, str] | None = None
    code: str = ""
    after: tuple[str, ...] = ()


def reader_of(user: User) -> Reader:
    """A person as the reader of a mail; the firm's language where the person has chosen none."""
    return Reader(user.email, user.name, user.language or settings.LANGUAGE_CODE)


def message(reader: Reader, letter: Letter) -> EmailMultiAlternatives:
    """A letter as a mail of text and HTML, without anything that would be fetched. Answers go to support."""
    with translation.override(reader.language):
        words = {"reader": reader, "letter": letter, "language": reader.language, "firm_name": settings.FIRM_NAME}
        mail = EmailMultiAlternatives(
            subject=" ".join(letter.subject.split()),
            body=render_to_string("mail/layout.txt", words),
            to=[reader.address],
            reply_to=[settings.SUPPORT_EMAIL],
        )
        mail.attach_alternative(render_to_string("mail/layout.html", words), "text/html")
    return mail


def queue(
    kind: str,
    key: str,
    reader: Reader,
    write: Callable[[], Letter],
    *,
    client: Client | None = None,
    expires_at: datetime | None = None,
    known: bool = True,
) -> Mail:
    """Store a mail for the workers to send, once for each ``key``; the row that is there already otherwise.

    ``write`` is called in the reader's language. After ``expires_at`` it is not sent any more. ``known=False`` stores a
    mail that nobody gets: a stranger's address costs the same time as a known one and leaves the same traces.
    """
    with translation.override(reader.language):
        letter = write()
    mail = message(reader, letter)
    [html] = [str(content) for content, _mimetype in mail.alternatives]
    row, made = Mail.objects.get_or_create(
        key=key,
        defaults={
            "kind": kind,
            "client": client,
            "recipient": reader.address,
            "language": reader.language,
            "subject": mail.subject[:300],
            "text": str(mail.body) if known else "",
            "html": html if known else "",
            "message_id": make_msgid(domain=urlsplit(settings.PUBLIC_URL).hostname),
            "state": State.WAITING if known else State.UNKNOWN,
            "expires_at": expires_at,
        },
    )
    if made:
        transaction.on_commit(lambda: async_task(TASK), robust=True)
    return row


def withdraw(key: str) -> bool:
    """Do not send a mail that still waits; whether it did."""
    return bool(_forget(Mail.objects.filter(key=key, state=State.WAITING), State.EXPIRED))


def send_waiting(now: datetime | None = None) -> int:
    """Send every mail whose time has come; how many the mail server has taken. Safe to repeat and to run twice at once.

    Where the server does not answer the others wait with it: they would fare no better.
    """
    now = now or timezone.now()
    _settle(now)
    sent = 0
    server = get_connection()
    for mail in Mail.objects.filter(state=State.WAITING, next_at__lte=now).order_by("created_at", "pk"):
        claimed = Mail.objects.filter(pk=mail.pk, state=State.WAITING, attempts=mail.attempts)
        if not claimed.update(state=State.SENDING, attempts=F("attempts") + 1, next_at=now):
            continue
        mail.attempts += 1
        try:
            _deliver(mail, server)
        except SMTPRecipientsRefused as error:
            _refused_or_later(mail, now, [code for code, _words in error.recipients.values()], error)
        except SMTPResponseException as error:
            _refused_or_later(mail, now, [error.smtp_code], error)
        except (BadHeaderError, UnicodeError) as error:
            _refused_or_later(mail, now, [550], error)
        except (OSError, SMTPException) as error:
            _later(mail, now, error)
            break
        else:
            done = Mail.objects.filter(pk=mail.pk, state=State.SENDING)
            sent += bool(_forget(done, State.SENT, sent_at=timezone.now(), error=""))
    return sent


def forget_old(now: datetime | None = None) -> int:
    """Remove mails of long ago; how many that were."""
    limit = (now or timezone.now()) - REMEMBERED
    return Mail.objects.filter(created_at__lt=limit).exclude(state__in=(State.WAITING, State.SENDING)).delete()[0]


def _settle(now: datetime) -> None:
    """Say what has become of mails that are too late, or whose worker died."""
    waiting = Mail.objects.filter(state=State.WAITING)
    _forget(waiting.filter(expires_at__lte=now), State.EXPIRED)
    _forget(waiting.filter(created_at__lt=now - LONGEST_WAITING), State.EXPIRED)
    lost = Mail.objects.filter(state=State.SENDING, next_at__lt=now - LONGEST_SENDING)
    if number := _forget(lost, State.UNCERTAIN):
        logger.error("%d mails may have been sent or not: their worker died", number)


def _deliver(mail: Mail, server: BaseEmailBackend) -> None:
    made = EmailMultiAlternatives(
        subject=mail.subject,
        body=mail.text,
        to=[mail.recipient],
        reply_to=[settings.SUPPORT_EMAIL],
        headers={"Message-ID": mail.message_id, "Auto-Submitted": "auto-generated"},
        connection=server,
    )
    made.attach_alternative(mail.html, "text/html")
    made.send()


def _refused_or_later(mail: Mail, now: datetime, codes: list[int], error: Exception) -> None:
    """A server that says 5xx has decided (RFC 5321, 4.2.1); anything else may be otherwise in a while."""
    if all(code >= 500 for code in codes):
        logger.warning("mail %s was refused: %s", mail.pk, type(error).__name__)
        _forget(Mail.objects.filter(pk=mail.pk, state=State.SENDING), State.REFUSED, error=_short(error))
    else:
        _later(mail, now, error)


def _later(mail: Mail, now: datetime, error: Exception) -> None:
    logger.warning("mail %s could not be sent yet: %s", mail.pk, type(error).__name__)
    pause = timedelta(minutes=PAUSES[min(mail.attempts, len(PAUSES)) - 1])
    Mail.objects.filter(pk=mail.pk, state=State.SENDING).update(
        state=State.WAITING, next_at=now + pause, error=_short(error)
    )


def _short(error: Exception) -> str:
    """The kind of an error; its words may hold the address or a password."""
    code = getattr(error, "smtp_code", "")
    return f"{type(error).__name__} {code}".strip()


def _forget(mails: QuerySet[Mail], state: str, **fields: object) -> int:
    """Bring mails into a state in which their text is not needed any more, and wipe it."""
    return mails.update(state=state, text="", html="", **fields)
