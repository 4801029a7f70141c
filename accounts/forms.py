"""Logging in, and setting a password by mail."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.conf import settings
from django.contrib.auth.forms import AuthenticationForm, PasswordResetForm, SetPasswordForm
from django.utils.translation import gettext_lazy as _

from accounts.models import User


class EmailLoginForm(AuthenticationForm):
    """Logs in with e-mail address and password."""

    error_messages = {
        "invalid_login": _("E-mail address and password do not go together. Capital and small letters count."),
        "inactive": _("This account may not log in any more."),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = _("E-mail address")
        self.fields["username"].widget = forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True})


class PasswordMailForm(PasswordResetForm):
    """Mails a link for setting a password.

    People without a password get one too: that is how somebody who was just added logs in for the first time.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = _("E-mail address")

    def get_users(self, email: str) -> Iterable[User]:
        """The people who may log in with this address, whatever its case."""
        return User.objects.filter(email__iexact=email.strip(), is_active=True)

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Send the mails. The link names the public address, never what a stranger wrote into the Host header."""
        public = urlsplit(settings.PUBLIC_URL)
        kwargs |= {"domain_override": public.netloc, "use_https": public.scheme == "https"}
        kwargs["extra_email_context"] = {"firm_name": settings.FIRM_NAME}
        super().save(*args, **kwargs)


class PasswordChoiceForm(SetPasswordForm):  # type: ignore[type-arg]  # generic for mypy alone
    """Sets a password, with its rules in one sentence; what a rule refuses is explained beside the field."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        first, second = self.fields["new_password1"], self.fields["new_password2"]
        first.help_text = _("At least 10 characters, and not what everybody would try. Three or four words are good.")
        second.label, second.help_text = _("New password again"), ""
