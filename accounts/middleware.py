"""What holds for every page: the person's language, and the second factor where staff need one."""

from collections.abc import Callable

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _


class PreferredLanguageMiddleware:
    """Activates the logged-in person's language, unless the page was asked for in another one by cookie."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Switch the language for this request."""
        language = getattr(request.user, "language", "") if request.user.is_authenticated else ""
        if language and settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
            translation.activate(language)
            request.LANGUAGE_CODE = language
        return self.get_response(request)


class StaffSecondFactorMiddleware:
    """With ``STAFF_SECOND_FACTOR`` on, the admin is open to those who have added a second factor only."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Lead to the page where a second factor is added."""
        if (
            settings.STAFF_SECOND_FACTOR
            and request.user.is_authenticated
            and request.user.is_staff
            and request.path.startswith(reverse("admin:index"))
            and not is_mfa_enabled(request.user)
        ):
            messages.warning(request, _("Your firm asks for a second factor. Please add a passkey or an app first."))
            return redirect("mfa_index")
        return self.get_response(request)
