"""Asking support: stored first, then mailed; a mail server that is down loses nothing."""

import logging
import re
import secrets
from datetime import timedelta
from smtplib import SMTPException

from cryptography.fernet import InvalidToken
from django.conf import settings
from django.core.mail import EmailMessage
from django.db import IntegrityError, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.models import Client, User
from integrations.lexware import fingerprint
from integrations.models import Connection, ConnectionEvent, SupportRequest
from integrations.services.key_check import saved_key

logger = logging.getLogger(__name__)

# Without letters and digits that are mistaken for each other on the telephone.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
REFERENCE_LENGTH = 6
LONGEST_MESSAGE = 4000
# People paste their key into a message. Nothing they have to tell us is one word of that many letters and digits.
LONG_WORD = re.compile(r"[A-Za-z0-9_\-+/=.~]{24,}")
HIDDEN = "[…]"
# Younger requests are being mailed by whoever took them.
MAIL_AGAIN_AFTER = timedelta(minutes=2)


def ask(client: Client, connection: Connection | None, author: User | None, message: str) -> SupportRequest:
    """Take a client's question: keep it with the state of the connection, and mail it to support.

    Anything in ``message`` that may be an API key is blotted out before it is stored. The answer carries the reference
    that client and support use; ``mailed_at`` is empty as long as the mail could not be sent.
    """
    text = without_keys(message.strip()[:LONGEST_MESSAGE], connection)
    with transaction.atomic():
        request = _create(client, connection, author, text)
        if connection is not None:
            ConnectionEvent.objects.create(
                connection=connection,
                kind=ConnectionEvent.Kind.SUPPORT,
                reason=connection.reason,
                actor=author,
                detail={"reference": request.reference, "message": text[:300]},
            )
    _mail(request)
    return request


def send_waiting() -> int:
    """Mail the requests that no mail server has taken yet; how many went out."""
    waiting = SupportRequest.objects.filter(mailed_at=None, created_at__lt=timezone.now() - MAIL_AGAIN_AFTER)
    return sum(_mail(request) for request in waiting.select_related("client", "author").order_by("created_at"))


def without_keys(text: str, connection: Connection | None) -> str:
    """The text without the connection's key, and without anything else that could be one."""
    if connection is not None:
        try:
            key = saved_key(connection)
        except InvalidToken:
            key = None
        # Of a key in two parts also the secret one alone.
        for part in (key, key.rpartition(":")[2]) if key else ():
            text = text.replace(part, HIDDEN)

    def blot_out(found: re.Match[str]) -> str:
        word = found.group()
        own = connection is not None and fingerprint(word) == connection.key_fingerprint
        mixed = re.search(r"\d", word) and re.search(r"[A-Za-z]", word)
        return HIDDEN if own or mixed else word

    return LONG_WORD.sub(blot_out, text)


def _create(client: Client, connection: Connection | None, author: User | None, text: str) -> SupportRequest:
    while True:
        reference = "K-" + "".join(secrets.choice(ALPHABET) for _ in range(REFERENCE_LENGTH))
        try:
            with transaction.atomic():
                return SupportRequest.objects.create(
                    client=client,
                    connection=connection,
                    author=author,
                    reference=reference,
                    status=connection.status if connection else "",
                    reason=connection.reason if connection else "",
                    message=text,
                )
        except IntegrityError:
            if not SupportRequest.objects.filter(reference=reference).exists():
                raise


def _mail(request: SupportRequest) -> bool:
    with translation.override(settings.LANGUAGE_CODE):
        sender = request.author.email if request.author else ""
        lines = [
            _("Reference: %s") % request.reference,
            _("Client: %s") % request.client,
            _("From: %s") % (sender or "–"),
            _("Connection: %s") % (request.get_status_display() or "–"),
            _("Reason: %s") % (request.get_reason_display() or "–"),
            "",
            request.message or _("(no message)"),
            "",
            f"{settings.PUBLIC_URL}/admin/integrations/supportrequest/{request.pk}/change/",
        ]
        mail = EmailMessage(
            subject=f"[{request.reference}] {request.client}".replace("\n", " ").replace("\r", " "),
            body="\n".join(str(line) for line in lines),
            to=[settings.SUPPORT_EMAIL],
            reply_to=[sender] if sender else None,
        )
    try:
        mail.send()
    except (OSError, SMTPException) as error:
        logger.warning("support request %s could not be mailed: %s", request.reference, type(error).__name__)
        return False
    request.mailed_at = timezone.now()
    SupportRequest.objects.filter(pk=request.pk, mailed_at=None).update(mailed_at=request.mailed_at)
    return True
