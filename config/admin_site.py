"""The admin site of the firm."""

from typing import Any

from csp.decorators import csp_replace
from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from unfold.sites import UnfoldAdminSite


class KontorAdminSite(UnfoldAdminSite):  # type: ignore[misc]
    """Unfold's site with our login page and the policy its scripts need."""

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Send people to the one login page of the house; staff come back here."""
        if request.user.is_authenticated and not self.has_permission(request):
            # Somebody from outside who is logged in: there is nothing here for them.
            from django.http import Http404

            raise Http404
        return redirect_to_login(request.GET.get("next") or reverse("admin:index"))

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """Wrap every admin page with the relaxed script policy."""
        return super().admin_view(csp_replace(settings.ADMIN_CONTENT_SECURITY_POLICY)(view), cacheable)
