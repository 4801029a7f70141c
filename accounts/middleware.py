"""What holds for every page: the person's language, the second factor, and who is only looking."""

from collections.abc import Callable
from typing import Any

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from accounts import viewing


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


class PortalVisitMiddleware:
    """Lets a member of staff look at a client's portal, and change nothing there; the last one before the page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Nothing before it is known which page it is."""
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponseBase], args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        """Show a page of the portal with the client's eyes; refuse what would act for the client."""
        match = request.resolver_match
        if match is None or match.namespace != "portal" or (visit := viewing.visit_of(request)) is None:
            return None
        request.portal_visit = visit  # type: ignore[attr-defined]
        request.user.viewed_client = visit.client  # type: ignore[union-attr]
        if request.method not in ("GET", "HEAD"):
            return render(request, "accounts/read_only.html", status=403)
        with connection.execute_wrapper(viewing.refuse_writes):
            return view(request, *args, **kwargs)
