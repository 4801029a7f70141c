"""The admin site of the firm."""

from collections.abc import Callable, Iterable
from functools import update_wrapper
from typing import Any

from csp.decorators import csp_replace
from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.urls import URLPattern, path, reverse
from unfold.sites import UnfoldAdminSite

# The queue's own pages would let a person run any function of the program, and those of the login library change
# somebody's second factor, so they are not shown at all.
HIDDEN_APPS = frozenset({"django_q", "account", "mfa"})


class KontorAdminSite(UnfoldAdminSite):
    """Unfold's site with our login page, our pages for files and review, and the policy its scripts need."""

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Register models, except those of the queue and of the login library."""
        models: Iterable[type[Model]] = (
            [model_or_iterable] if isinstance(model_or_iterable, type) else list(model_or_iterable)
        )
        shown = [model for model in models if model._meta.app_label not in HIDDEN_APPS]
        if shown:
            super().register(shown, admin_class, **options)

    def extra_urls(self) -> list[URLPattern]:
        """The pages that belong to no single model."""
        from integrations.admin.finding import find_ask, find_page
        from integrations.admin.system import system_page
        from matching.admin.payouts import payout_choose
        from matching.external_pages.urls import external_pages
        from matching.file_views import transaction_file
        from matching.review.urls import review_pages
        from vouchers.file_views import voucher_file, voucher_file_page

        def page(route: str, view: Callable[..., HttpResponseBase], name: str) -> URLPattern:
            address: URLPattern = path(route, self.admin_view(view), name=name)
            return address

        return [
            page("files/<int:pk>/", voucher_file, "voucher_file"),
            page("files/<int:pk>/page/<int:page>.png", voucher_file_page, "voucher_file_page"),
            page("transaction-files/<int:pk>/", transaction_file, "transaction_file"),
            page("find/", find_page, "find"),
            page("find/ask/", find_ask, "find_ask"),
            page("system/", system_page, "system"),
            *(page(*entry) for entry in review_pages),
            *(page(*entry) for entry in external_pages),
            page("payouts/<int:pk>/choose/", payout_choose, "payout_choose"),
        ]

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Send people to the one login page of the house; staff come back here."""
        if request.user.is_authenticated and not self.has_permission(request):
            # Somebody from outside who is logged in: there is nothing here for them.
            raise Http404
        return redirect_to_login(request.GET.get("next") or reverse("admin:index"))

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """Wrap every admin page with the relaxed script policy; who does not belong to the firm finds nothing."""
        wrapped = super().admin_view(csp_replace(settings.ADMIN_CONTENT_SECURITY_POLICY)(view), cacheable)

        def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.user.is_authenticated and not self.has_permission(request):
                raise Http404
            response: HttpResponseBase = wrapped(request, *args, **kwargs)
            return response

        return update_wrapper(inner, wrapped)
