"""Inviting people to act for a client, with a link that works once and for seven days.

The link is in the mail and nowhere else: of it we keep the hash. Opening it changes nothing, because programs that look
for viruses open links, too; the button on its page does.
"""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import mail
from accounts.companies import choose
from accounts.models import Client, Invitation, Membership, User

LASTS = timedelta(days=7)
OPEN = Q(accepted_at=None, withdrawn_at=None)


class UnableToInvite(Exception):
    """The person cannot be invited; the text says why."""


class Gone(Exception):
    """The invitation does not work (any more)."""


def invite(client: Client, email: str, name: str, language: str, by: User | None) -> Invitation:
    """Invite a person to act for a client, and mail the link. An open invitation of the same address is sent again.

    ``UnableToInvite`` where the person acts for the client already and has logged in before.
    """
    address = email.strip().lower()
    if Membership.objects.filter(client=client, user__email__iexact=address, user__last_login__isnull=False).exists():
        raise UnableToInvite(_("%(email)s acts for this client already.") % {"email": address})
    made = None
    with transaction.atomic():
        try:
            with transaction.atomic():
                made = Invitation.objects.create(
                    client=client,
                    email=address,
                    name=name.strip(),
                    language=language,
                    token_hash=hash_of(secrets.token_urlsafe()),
                    invited_by=by,
                    expires_at=timezone.now() + LASTS,
                )
        except IntegrityError:
            made = Invitation.objects.get(OPEN, client=client, email__iexact=address)
            Invitation.objects.filter(pk=made.pk).update(name=name.strip(), language=language, invited_by=by)
        send(made)
    made.refresh_from_db()
    return made


@transaction.atomic
def send(invitation: Invitation) -> bool:
    """Mail a new link, for seven days; the former one does not work any more. False where it is not open."""
    token = secrets.token_urlsafe(32)
    former = invitation.mail_key
    if not Invitation.objects.filter(OPEN, pk=invitation.pk).update(
        token_hash=hash_of(token), expires_at=timezone.now() + LASTS, opened_at=None, mails=F("mails") + 1
    ):
        return False
    invitation.refresh_from_db()
    mail.withdraw(former)
    link = settings.PUBLIC_URL + reverse("invitation", args=[token])
    words = {"company": invitation.client.name, "firm": settings.FIRM_NAME}

    def write() -> mail.Letter:
        return mail.Letter(
            subject=_("%(firm)s: your access for %(company)s") % words,
            paragraphs=(
                _("%(firm)s invites you to its pages for %(company)s.") % words,
                _(
                    "There you connect the accounting with us in about two minutes, see how it stands, and reach us. "
                    "Open the link and choose how you want to log in."
                ),
            ),
            link=(_("Accept the invitation"), link),
            after=(
                _("The link works once, for seven days, and is meant for you only: please do not pass it on."),
                _("You did not expect this mail? Then do nothing, or ask us."),
            ),
        )

    reader = mail.Reader(invitation.email, invitation.name, invitation.language)
    mail.queue(
        "invitation", invitation.mail_key, reader, write, client=invitation.client, expires_at=invitation.expires_at
    )
    return True


@transaction.atomic
def withdraw(invitation: Invitation) -> bool:
    """Make the link worthless, and do not send a mail that still waits. False where it is not open."""
    mail.withdraw(invitation.mail_key)
    return bool(Invitation.objects.filter(OPEN, pk=invitation.pk).update(withdrawn_at=timezone.now()))


def find(token: str) -> Invitation | None:
    """The invitation of a link, whatever its state; None for a link we do not know (any more)."""
    return Invitation.objects.select_related("client").filter(token_hash=hash_of(token)).first()


def open_(invitation: Invitation) -> None:
    """Note that the person has gone on from the link's page."""
    Invitation.objects.filter(OPEN, pk=invitation.pk, opened_at=None).update(opened_at=timezone.now())


def account_of(invitation: Invitation) -> User | None:
    """The account that has to log in before it accepts; None where the person has not been here yet."""
    user = User.objects.filter(email__iexact=invitation.email).first()
    if user is None:
        return None
    known = user.is_staff or not user.is_active or user.last_login is not None or user.has_usable_password()
    return user if known else None


@transaction.atomic
def accept_new(invitation: Invitation, password: str | None, now: datetime | None = None) -> User:
    """Make the person's account and let it act for the client. Without a password the person logs in by code.

    ``Gone`` where the link was used, withdrawn or has expired in the meantime, or where an account has come to be.
    """
    if account_of(invitation) is not None:
        raise Gone
    _take(invitation, now)
    try:
        with transaction.atomic():
            user = User.objects.create_user(invitation.email, name=invitation.name, language=invitation.language)
    except IntegrityError:
        user = User.objects.select_for_update().get(email__iexact=invitation.email)
        if account_of(invitation) is not None:
            raise Gone from None
        user.name, user.language = user.name or invitation.name, user.language or invitation.language
    user.set_password(password)
    user.save()
    _join(invitation, user)
    return user


@transaction.atomic
def accept_as(invitation: Invitation, user: User, now: datetime | None = None) -> None:
    """Let an account that is logged in act for the client. ``Gone`` as above, or for somebody else's invitation."""
    if user.email.lower() != invitation.email.lower():
        raise Gone
    _take(invitation, now)
    _join(invitation, user)


def hash_of(token: str) -> str:
    """What is kept of a link. It holds 256 random bits: no salt or slow hash would make it harder to guess."""
    return hashlib.sha256(token.encode()).hexdigest()


def _take(invitation: Invitation, now: datetime | None) -> None:
    now = now or timezone.now()
    ours = Invitation.objects.filter(OPEN, pk=invitation.pk, token_hash=invitation.token_hash, expires_at__gt=now)
    if not ours.update(accepted_at=now):
        raise Gone


def _join(invitation: Invitation, user: User) -> None:
    Membership.objects.get_or_create(client=invitation.client, user=user)
    choose(user, invitation.client)
    Invitation.objects.filter(pk=invitation.pk).update(accepted_by=user)
