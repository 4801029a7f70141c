"""The pages of logging in: the login library's steps with our templates."""

from typing import Any

from allauth.account import views
from allauth.account.internal.stagekit import clear_login
from allauth.core import ratelimit
from allauth.mfa.base.views import AuthenticateView, IndexView
from allauth.mfa.base.views import ReauthenticateView as SecondFactorAgain
from allauth.mfa.recovery_codes.views import GenerateRecoveryCodesView, ViewRecoveryCodesView
from allauth.mfa.totp.views import ActivateTOTPView, DeactivateTOTPView
from allauth.mfa.webauthn.views import (
    AddWebAuthnView,
    LoginWebAuthnView,
    ReauthenticateWebAuthnView,
    RemoveWebAuthnView,
)
from django.conf import settings
from django.contrib.auth.views import PasswordResetView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse, reverse_lazy
from django.utils.decorators import method_decorator
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache

from accounts.forms import PasswordMailForm
from accounts.login_adapter import queue_code
from accounts.mail import Reader


class _Anew:
    """Pages where a login begins: a step that was left open is given up, so that another way can be taken."""

    def _redirect_to_pending_stage(self, request: HttpRequest, stage: Any) -> None:
        clear_login(request)


class Login(_Anew, views.LoginView):  # type: ignore[misc, unused-ignore]
    """Address and password; a code or a passkey instead."""

    template_name = "accounts/login.html"


class CodeRequest(_Anew, views.RequestLoginCodeView):  # type: ignore[misc, unused-ignore]
    """Mails a code. The same page, and the same work, for an address that nobody has."""

    template_name = "accounts/code_request.html"

    def form_valid(self, form: Any) -> HttpResponse:
        """Begin, and store a mail to nobody where somebody would get one."""
        if form._user is None:
            queue_code(Reader(form.cleaned_data["email"], "", _language()), "000000", known=False)
        response: HttpResponse = super().form_valid(form)
        return response


class Code(views.ConfirmLoginCodeView):  # type: ignore[misc, unused-ignore]
    """Takes the code. Guesses are counted for each address, whatever number of codes they are spread over."""

    template_name = "accounts/code.html"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Count, then look."""
        address = str(self._process.state.get("email", "")).lower()
        if self._action == "verify" and not ratelimit.consume(request, action="login_code_guess", key=address):
            return too_often(request)
        response: HttpResponse = super().post(request, *args, **kwargs)
        return response


class SecondFactor(AuthenticateView):  # type: ignore[misc, unused-ignore]
    """The second factor."""

    template_name = "accounts/second_factor.html"


class PasswordAgain(views.ReauthenticateView):  # type: ignore[misc, unused-ignore]
    """The password once more."""

    template_name = "accounts/again.html"


class CodeAgain(SecondFactorAgain):  # type: ignore[misc, unused-ignore]
    """The authenticator app once more."""

    template_name = "accounts/again.html"


class PasskeyAgain(ReauthenticateWebAuthnView):  # type: ignore[misc, unused-ignore]
    """The passkey once more."""

    template_name = "accounts/again_passkey.html"


class PasskeyLogin(_Anew, LoginWebAuthnView):  # type: ignore[misc, unused-ignore]
    """Gives the browser a challenge, and takes its answer."""


@method_decorator(never_cache, name="dispatch")
class Account(IndexView):  # type: ignore[misc, unused-ignore]
    """How a person logs in."""

    template_name = "accounts/account.html"


class PasskeyAdd(AddWebAuthnView):  # type: ignore[misc, unused-ignore]
    """Adds a passkey."""

    template_name = "accounts/passkey_add.html"

    def get_success_url(self) -> str:
        """Staff see their recovery codes: for them it is a second factor, too."""
        if self.request.user.is_staff and self.did_generate_recovery_codes:
            return reverse("mfa_view_recovery_codes")
        return reverse("mfa_index")


class PasskeyRemove(RemoveWebAuthnView):  # type: ignore[misc, unused-ignore]
    """Removes a passkey after a yes."""

    template_name = "accounts/passkey_remove.html"
    success_url = reverse_lazy("mfa_index")


class AppAdd(ActivateTOTPView):  # type: ignore[misc, unused-ignore]
    """Adds an authenticator app."""

    template_name = "accounts/app_add.html"


class AppRemove(DeactivateTOTPView):  # type: ignore[misc, unused-ignore]
    """Removes the authenticator app after a yes."""

    template_name = "accounts/app_remove.html"


class RecoveryCodes(ViewRecoveryCodesView):  # type: ignore[misc, unused-ignore]
    """Shows the recovery codes that are left."""

    template_name = "accounts/recovery_codes.html"


class RecoveryCodesNew(GenerateRecoveryCodesView):  # type: ignore[misc, unused-ignore]
    """Makes new recovery codes after a yes."""

    template_name = "accounts/recovery_codes_new.html"


class PasswordMail(PasswordResetView):
    """Mails a link for setting a password, a few times for each address and each sender."""

    template_name = "accounts/password_reset.html"
    form_class = PasswordMailForm

    def form_valid(self, form: Any) -> HttpResponse:
        """Count, then send."""
        if not ratelimit.consume(self.request, action="reset_password", key=form.cleaned_data["email"].lower()):
            return too_often(self.request)
        return super().form_valid(form)


def too_often(request: HttpRequest) -> HttpResponse:
    """Say that somebody has to wait: 429."""
    return render(request, "429.html", status=429)


def _language() -> str:
    found = get_language() or ""
    return found if found in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
