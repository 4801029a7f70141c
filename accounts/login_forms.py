"""The forms of logging in. The address is called ``username`` in all of them, as password managers expect."""

from typing import Any

from allauth.account.forms import ConfirmLoginCodeForm, LoginForm, ReauthenticateForm, RequestLoginCodeForm
from allauth.mfa.base import forms as second_factor
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm
from django import forms
from django.utils.translation import gettext_lazy as _

DIGITS = {"autocomplete": "one-time-code", "inputmode": "numeric", "maxlength": 12, "class": "code"}


def _address() -> forms.EmailField:
    widget = forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True})
    return forms.EmailField(label=_("E-mail address"), widget=widget)


def _code(label: Any) -> forms.CharField:
    return forms.CharField(label=label, widget=forms.TextInput(attrs={**DIGITS, "autofocus": True}))


class EmailLoginForm(LoginForm):  # type: ignore[misc, unused-ignore]
    """E-mail address and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        widget = forms.PasswordInput(attrs={"autocomplete": "current-password"})
        self.fields = {
            "login": _address(),
            "password": forms.CharField(label=_("Password"), strip=False, widget=widget),
        }

    def add_prefix(self, field_name: str) -> str:
        """The address under its usual name."""
        return "username" if field_name == "login" else str(super().add_prefix(field_name))


class CodeRequestForm(RequestLoginCodeForm):  # type: ignore[misc, unused-ignore]
    """The address that a code is mailed to."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"] = _address()

    def add_prefix(self, field_name: str) -> str:
        """The address under its usual name, so that the login form's second button can send it."""
        return "username" if field_name == "email" else str(super().add_prefix(field_name))


class CodeForm(ConfirmLoginCodeForm):  # type: ignore[misc, unused-ignore]
    """The code from the mail."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"] = _code(_("Code from the mail"))


class PasswordAgainForm(ReauthenticateForm):  # type: ignore[misc, unused-ignore]
    """The password once more, before something of weight."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        widget = forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True})
        self.fields["password"] = forms.CharField(label=_("Password"), strip=False, widget=widget)


class PasskeyForm(AddWebAuthnForm):  # type: ignore[misc, unused-ignore]
    """A new passkey: its name, and what the device answers. It always logs in without a password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"] = forms.CharField(
            label=_("Name"), required=False, max_length=100, help_text=_("For example the device it is on.")
        )
        del self.fields["passwordless"]

    def clean(self) -> dict[str, Any]:
        """Take only passkeys that asked for finger, face or PIN."""
        self.cleaned_data["passwordless"] = True
        cleaned: dict[str, Any] = super().clean()
        return cleaned


class SecondFactorForm(second_factor.AuthenticateForm):  # type: ignore[misc, unused-ignore]
    """The code of an authenticator app, or a recovery code."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"] = _code(_("Code of the app, or a recovery code"))


class SecondFactorAgainForm(second_factor.ReauthenticateForm):  # type: ignore[misc, unused-ignore]
    """The same before something of weight."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"] = _code(_("Code of the app, or a recovery code"))


class AuthenticatorAppForm(ActivateTOTPForm):  # type: ignore[misc, unused-ignore]
    """The first code of a new authenticator app."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"] = _code(_("Code that the app shows"))
