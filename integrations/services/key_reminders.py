"""Reminding people by mail that a key is about to end.

Planned first, then sent: a reminder is a row before it is a mail, so that nobody is told twice, and a mail server that
is down loses nothing. Of several that are due, because days were missed, only the most urgent one is sent.
"""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from smtplib import SMTPException, SMTPRecipientsRefused

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts import mail
from accounts.models import User
from integrations.key_end_words import countdown
from integrations.models import Connection, ConnectionEvent, KeyReminder, Reason, Status
from integrations.services.sync_times import BERLIN

logger = logging.getLogger(__name__)

DAYS = (60, 30, 14, 7, 1)
# Nobody wants to read of it in the middle of the night.
FIRST_HOUR, LAST_HOUR = 7, 21
# A reminder that is being mailed is left to whoever mails it; after this time nobody does any more.
MAIL_AGAIN_AFTER = timedelta(minutes=10)
# A key that is refused already needs another kind of words, and has them.
REMINDED = Q(status=Status.ACTIVE) | Q(status=Status.FAILED, reason=Reason.UNREACHABLE)


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who is reminded."""

    address: str
    name: str
    language: str
    staff: bool


def remind(now: datetime | None = None) -> int:
    """Plan what is due and mail what is planned; how many reminders are sent completely. Safe to repeat.

    A mail server that is down, or a worker that dies, only puts off what was not sent yet.
    """
    now = now or timezone.now()
    if not FIRST_HOUR <= timezone.localtime(now).hour <= LAST_HOUR:
        return 0
    today = timezone.localdate(now)
    plan(today)
    sent = 0
    for reminder in waiting(today, now):
        try:
            sent += _send(reminder, today, now)
        except (OSError, SMTPException) as error:
            # The others would fare no better, and each would wait for the server.
            logger.warning("reminder %s could not be mailed: %s", reminder.pk, type(error).__name__)
            break
    return sent


def due(ends_on: date, today: date) -> int | None:
    """The most urgent reminder of a key's end that is due on this day, by its days before; None where none is."""
    left = (ends_on - today).days
    return min((days for days in DAYS if left <= days), default=None) if left >= 1 else None


def plan(today: date) -> int:
    """Make the reminders that are due and were not made yet; how many that were."""
    ending = Connection.objects.filter(
        REMINDED, key_expires_on__gt=today, key_expires_on__lte=today + timedelta(days=max(DAYS))
    ).exclude(key_fingerprint="")
    made: dict[tuple[int, date], int] = {}
    for connection_id, ends_on, days in KeyReminder.objects.filter(connection__in=ending).values_list(
        "connection_id", "ends_on", "days"
    ):
        made[connection_id, ends_on] = min(days, made.get((connection_id, ends_on), days))
    rows = []
    for connection_id, end in ending.values_list("pk", "key_expires_on"):
        urgent = due(end, today) if end else None
        if end is None or urgent is None or made.get((connection_id, end), urgent + 1) <= urgent:
            continue
        morning = datetime.combine(end - timedelta(days=urgent), time(FIRST_HOUR), BERLIN)
        rows.append(KeyReminder(connection_id=connection_id, ends_on=end, days=urgent, planned_at=morning))
    KeyReminder.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def waiting(today: date, now: datetime) -> list[KeyReminder]:
    """The planned reminders that still make sense: of the key that is there now, and the most urgent of each."""
    unsent = KeyReminder.objects.filter(
        sent_at=None, ends_on__gt=today, planned_at__lt=now - MAIL_AGAIN_AFTER, connection__key_expires_on__isnull=False
    ).select_related("connection__client__accountant")
    found = [
        reminder
        for reminder in unsent.order_by("connection", "days")
        if reminder.ends_on == reminder.connection.key_expires_on
        and reminder.days == due(reminder.ends_on, today)
        and (reminder.connection.status == Status.ACTIVE or reminder.connection.reason == Reason.UNREACHABLE)
    ]
    return found


def readers(connection: Connection) -> list[Reader]:
    """The client's people, then the accountant in charge (without one: support); each address once."""
    firm = connection.client.accountant
    people: Iterable[User] = (
        User.objects.filter(memberships__client=connection.client, is_active=True, is_staff=False)
        .exclude(email="")
        .order_by("pk")
    )
    found = {user.email.lower(): _reader(user, staff=False) for user in people}
    if firm is not None and firm.is_active and firm.email:
        found.setdefault(firm.email.lower(), _reader(firm, staff=True))
    else:
        support = settings.SUPPORT_EMAIL
        found.setdefault(support.lower(), Reader(support, "", settings.LANGUAGE_CODE, staff=True))
    return list(found.values())


def _reader(user: User, *, staff: bool) -> Reader:
    return Reader(user.email, user.name, user.language or settings.LANGUAGE_CODE, staff)


def _send(reminder: KeyReminder, today: date, now: datetime) -> bool:
    """Mail one reminder to everybody who was not written to yet; whether it is sent completely.

    Raises what the mail server says; whoever was not reached is written to the next time.
    """
    ours = KeyReminder.objects.filter(pk=reminder.pk, sent_at=None, planned_at=reminder.planned_at)
    if not ours.update(planned_at=now):
        return False
    mailer = get_connection()
    for reader in readers(reminder.connection):
        if reader.address in reminder.told:
            continue
        # Noted before it is sent: whoever dies in between has told somebody once at most.
        _note(reminder, [*reminder.told, reader.address])
        written = _mail(reminder, today, reader)
        written.connection = mailer
        try:
            written.send()
        except SMTPRecipientsRefused:
            logger.warning("reminder %s: an address was refused", reminder.pk)
        except (OSError, SMTPException):
            _note(reminder, [address for address in reminder.told if address != reader.address])
            raise
    with transaction.atomic():
        if not KeyReminder.objects.filter(pk=reminder.pk, sent_at=None).update(sent_at=timezone.now()):
            return False
        ConnectionEvent.objects.create(
            connection=reminder.connection,
            kind=ConnectionEvent.Kind.KEY_END,
            detail={"days": reminder.days, "reminded_of": reminder.ends_on.isoformat(), "people": len(reminder.told)},
        )
    return True


def _note(reminder: KeyReminder, told: list[str]) -> None:
    reminder.told = told
    KeyReminder.objects.filter(pk=reminder.pk, sent_at=None).update(told=told)


def _mail(reminder: KeyReminder, today: date, reader: Reader) -> EmailMultiAlternatives:
    """The mail in the reader's language; it never holds anything of the key."""
    connection, client = reminder.connection, reminder.connection.client
    if reader.staff:
        path = reverse("admin:integrations_connection_change", args=[connection.pk])
    else:
        path = reverse("portal:key", args=[client.number, connection.provider])
    with translation.override(reader.language):
        words = {
            "client": str(client),
            "company": client.name,
            "provider": connection.get_provider_display(),
            "countdown": countdown(reminder.ends_on, today),
            "day": date_format(reminder.ends_on),
        }
        letter = _to_firm(words, path) if reader.staff else _to_client(words, path)
    return mail.message(mail.Reader(reader.address, reader.name, reader.language), letter)


def _to_firm(words: dict[str, str], path: str) -> mail.Letter:
    return mail.Letter(
        subject=_("%(client)s: the key for %(provider)s %(countdown)s") % words,
        paragraphs=(
            _(
                "the API key with which %(client)s is connected to %(provider)s %(countdown)s: its last day "
                "is %(day)s. The client was told, too."
            )
            % words,
            _(
                "It is the client's turn: only the client can create a new key. Nothing is lost, but without a new key "
                "nothing is fetched after that day."
            ),
        ),
        link=(_("Open the connection"), settings.PUBLIC_URL + path),
    )


def _to_client(words: dict[str, str], path: str) -> mail.Letter:
    return mail.Letter(
        subject=_("Your key for %(provider)s %(countdown)s") % words,
        paragraphs=(
            _(
                "the API key with which we fetch the documents of %(company)s from %(provider)s %(countdown)s: its "
                "last day is %(day)s. After that day nothing arrives here any more."
            )
            % words,
            _(
                "It is your turn: create a new API key in Lexware Office and enter it here. It takes about two "
                "minutes; everything that was fetched stays."
            ),
        ),
        link=(_("Renew the key"), settings.PUBLIC_URL + path),
    )
