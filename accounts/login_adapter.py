"""How the login library works here: our words, our mails, six digits, nobody signs up, secrets encrypted."""

import base64
import secrets
import uuid
from datetime import timedelta
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import mail
from accounts.models import User

TOO_OFTEN = gettext_lazy("That was tried too often. Please wait a few minutes, or log in another way.")
WRONG_PASSWORD = gettext_lazy("E-mail address and password do not go together. Capital and small letters count.")
WRONG_CODE = gettext_lazy("This code is wrong or too old. Take the one of the newest mail, or ask for a new one.")


class LoginAdapter(DefaultAccountAdapter):
    """Logging in by password, by code and by passkey."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": gettext_lazy(
            "E-mail address and password do not go together. Capital and small letters count."
        ),
        "invalid_login": gettext_lazy(
            "E-mail address and password do not go together. Capital and small letters count."
        ),
        "too_many_login_attempts": TOO_OFTEN,
        "rate_limited": TOO_OFTEN,
        "incorrect_code": WRONG_CODE,
        "incorrect_password": gettext_lazy("This is not your password. Capital and small letters count."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """The firm adds people; nobody else does."""
        return False

    def generate_login_code(self) -> str:
        """Six digits: short enough to be typed from another device, and five attempts do not find them."""
        return f"{secrets.randbelow(10**6):06}"

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Queue the one mail that the library sends here; it goes to the address as we have it, not as it was typed."""
        if template_prefix != "account/email/login_code":
            raise NotImplementedError(template_prefix)
        user = User.objects.get(email__iexact=email.strip())
        queue_code(mail.reader_of(user), context["code"])

    def add_message(
        self,
        request: HttpRequest,
        level: int,
        message_template: str | None = None,
        message_context: dict[str, Any] | None = None,
        extra_tags: str = "",
        message: str | None = None,
    ) -> None:
        """Pass on what went wrong; our pages say by themselves what went well."""
        if message:
            super().add_message(request, level, extra_tags=extra_tags, message=message)

    def get_login_stages(self) -> list[str]:
        """A code that was asked for, then the second factor of those who have one."""
        return ["allauth.account.stages.LoginByCodeStage", "accounts.login_stages.SecondFactorStage"]

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """The ways to show again who one is, in our words."""
        words = {
            "reauthenticate": _("Use the password"),
            "mfa_reauthenticate": _("Use the authenticator app or a recovery code"),
            "mfa_reauthenticate:webauthn": _("Use a passkey"),
        }
        ways: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        return [{**way, "description": words[way["id"]]} for way in ways]


class SecondFactorAdapter(DefaultMFAAdapter):
    """Passkeys, authenticator apps and recovery codes."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": gettext_lazy("This did not work. Please try again."),
    }

    def encrypt(self, text: str) -> str:
        """Encrypt a secret with the newest of ``FERNET_KEYS``."""
        return _box().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Read a secret that was encrypted with any of ``FERNET_KEYS``; ``InvalidToken`` where none fits."""
        return _box().decrypt(encrypted_text.encode()).decode()

    def generate_authenticator_name(self, user: Any, type: Authenticator.Type) -> str:
        """What a new passkey is called until the person finds a better name."""
        number = Authenticator.objects.filter(user=user, type=type).count() + 1
        return _("Passkey %(number)d") % {"number": number}

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """The firm, as the device shows it."""
        return {**super().get_public_key_credential_rp_entity(), "name": settings.FIRM_NAME}


def queue_code(reader: mail.Reader, code: str, *, known: bool = True) -> None:
    """Mail a login code. ``known=False`` goes through the same motions for an address that nobody has."""
    minutes = settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT // 60

    def write() -> mail.Letter:
        return mail.Letter(
            subject=_("Your login code for %(firm)s") % {"firm": settings.FIRM_NAME},
            paragraphs=(_("this is the code with which you log in:"),),
            code=code,
            after=(
                _("It works once, and for %(minutes)d minutes. Nobody of us will ever ask you for it.")
                % {"minutes": minutes},
                _("You did not want to log in? Then do nothing: without the code nobody gets in."),
            ),
        )

    expires = timezone.now() + timedelta(minutes=minutes)
    mail.queue("login_code", f"login_code:{uuid.uuid4()}", reader, write, expires_at=expires, known=known)


def _box() -> MultiFernet:
    """The keys of secrets of the login: made of ``FERNET_KEYS``, but others than those of the API keys."""
    derived = [
        HKDF(algorithm=SHA256(), length=32, salt=None, info=b"kontor second factor").derive(key.encode())
        for key in settings.FERNET_KEYS
    ]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in derived])
