"""Setting a password by mail."""

import uuid
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.forms import PasswordResetForm, SetPasswordForm
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import mail
from accounts.models import User


class PasswordMailForm(PasswordResetForm):
    """Mails a link for setting a password.

    People without a password get one too: that is how somebody who was just added logs in for the first time.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = gettext_lazy("E-mail address")

    def get_users(self, email: str) -> Iterable[User]:
        """The people who may log in with this address, whatever its case."""
        return User.objects.filter(email__iexact=email.strip(), is_active=True)

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Queue the mails; an address that nobody has costs the same work."""
        address = self.cleaned_data["email"]
        if not any(True for _user in self.get_users(address)):
            _queue(mail.Reader(address, "", settings.LANGUAGE_CODE), settings.PUBLIC_URL, known=False)
        super().save(*args, **kwargs)

    def send_mail(
        self,
        subject_template_name: str,
        email_template_name: str,
        context: dict[str, Any],
        from_email: str | None,
        to_email: str,
        html_email_template_name: str | None = None,
    ) -> None:
        """Queue one. The link names the public address, never what a stranger wrote into the Host header."""
        path = reverse("password_reset_confirm", kwargs={"uidb64": context["uid"], "token": context["token"]})
        _queue(mail.reader_of(context["user"]), settings.PUBLIC_URL + path)


def _queue(reader: mail.Reader, link: str, *, known: bool = True) -> None:
    def write() -> mail.Letter:
        return mail.Letter(
            subject=_("Your access to %(firm_name)s") % {"firm_name": settings.FIRM_NAME},
            paragraphs=(
                _("somebody asked for a link to set the password for %(email)s. If that was you, open it here:")
                % {"email": reader.address},
            ),
            link=(_("Choose a password"), link),
            after=(_("The link works once. If it was not you, do nothing: your password stays as it is."),),
        )

    expires = timezone.now() + timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT)
    mail.queue("password", f"password:{uuid.uuid4()}", reader, write, expires_at=expires, known=known)


class PasswordChoiceForm(SetPasswordForm):  # type: ignore[type-arg]  # generic for mypy alone
    """Sets a password, with its rules in one sentence; what a rule refuses is explained beside the field."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        first, second = self.fields["new_password1"], self.fields["new_password2"]
        first.help_text = gettext_lazy(
            "At least 10 characters, and not what everybody would try. Three or four words are good."
        )
        second.label, second.help_text = gettext_lazy("New password again"), ""
