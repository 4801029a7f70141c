"""Support requests in the admin."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from accounts.client_filter import ClientFilter
from accounts.display import moment
from accounts.scoped_admin import PageAdmin, person
from integrations.admin.states import connection_state, request_state
from integrations.models import SupportRequest
from integrations.words import failure


@admin.register(SupportRequest)
class SupportRequestAdmin(PageAdmin):
    """What clients asked, with the state of the connection at that moment; closed when answered."""

    change_form_template = "admin/integrations/support_page.html"
    list_display = ("reference", "badge", "client_name", "written", "cause", "asked")
    list_display_links = ("reference",)
    list_filter = (("client", ClientFilter), "state")
    search_fields = ("reference", "client__number", "client__name", "message")
    search_help_text = _("Reference, client or words")
    ordering = ("-state", "-created_at")
    list_select_related = ("client", "author", "connection")

    @admin.display(description=_("state"), ordering="state")
    def badge(self, request: SupportRequest) -> SafeString:
        """Whose turn it is."""
        return request_state(request)

    @admin.display(description=_("client"), ordering="client__number")
    def client_name(self, request: SupportRequest) -> str:
        """Who asks."""
        return str(request.client)

    @admin.display(description=_("asked"), ordering="created_at")
    def asked(self, request: SupportRequest) -> str:
        """When it was asked."""
        return moment(request.created_at)

    @admin.display(description=_("message"))
    def written(self, request: SupportRequest) -> str:
        """The beginning of the message."""
        text = " ".join(request.message.split())
        return text if len(text) <= 80 else f"{text[:79]}…"

    @admin.display(description=_("reason"))
    def cause(self, request: SupportRequest) -> str:
        """What the connection said then."""
        return request.get_reason_display() or request.get_status_display()

    def get_urls(self) -> list[URLPattern]:
        """One button."""
        close = self.admin_site.admin_view(require_POST(self.close))
        return [path("<int:pk>/close/", close, name="integrations_supportrequest_close"), *super().get_urls()]

    def close(self, request: HttpRequest, pk: int) -> HttpResponseRedirect:
        """Close a request that was answered; closing twice changes nothing."""
        if not person(request).has_perm("integrations.change_supportrequest"):
            raise PermissionDenied
        visible = self.get_queryset(request).filter(pk=pk)
        if not visible.exists():
            raise Http404
        closed = visible.filter(state=SupportRequest.State.OPEN).update(state=SupportRequest.State.CLOSED)
        messages.success(request, _("Marked as answered.") if closed else _("It was marked as answered already."))
        return redirect("admin:integrations_supportrequest_changelist")

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """The case on one page."""
        asked: SupportRequest = context["original"]
        context.update(
            asked=asked,
            title=str(asked),
            badge=request_state(asked),
            now=connection_state(asked.connection) if asked.connection else "",
            told=failure(asked.reason, asked.connection.provider if asked.connection else "").what
            if asked.reason
            else "",
            may_close=person(request).has_perm("integrations.change_supportrequest")
            and asked.state == SupportRequest.State.OPEN,
        )
        response: HttpResponse = super().render_change_form(request, context, *args, **kwargs)
        return response
