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
from accounts.models import Mail
from accounts.scoped_admin import PageAdmin, person
from integrations.admin.connections import timeline_of
from integrations.admin.states import connection_state, request_state
from integrations.models import Provider, SupportMessage, SupportRequest
from integrations.services import support_answers as answers
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
        """Two buttons."""
        wrap = self.admin_site.admin_view
        return [
            path("<int:pk>/close/", wrap(require_POST(self.close)), name="integrations_supportrequest_close"),
            path("<int:pk>/answer/", wrap(require_POST(self.answer)), name="integrations_supportrequest_answer"),
            *super().get_urls(),
        ]

    def close(self, request: HttpRequest, pk: int) -> HttpResponseRedirect:
        """Close a request that was answered; closing twice changes nothing."""
        closed = answers.close(self._for_action(request, pk))
        messages.success(request, _("Marked as settled.") if closed else _("It was settled already."))
        return redirect("admin:integrations_supportrequest_changelist")

    def answer(self, request: HttpRequest, pk: int) -> HttpResponseRedirect:
        """Send an answer; it goes out by mail, and stands in the portal at once."""
        asked = self._for_action(request, pk)
        if answers.answer(asked, request.POST.get("text", ""), person(request)) is None:
            messages.error(request, _("Please write an answer."))
        else:
            messages.success(request, _("The client reads the answer in the portal, and gets it by mail."))
        return redirect("admin:integrations_supportrequest_change", pk)

    def _for_action(self, request: HttpRequest, pk: int) -> SupportRequest:
        if not person(request).has_perm("integrations.change_supportrequest"):
            raise PermissionDenied
        found: SupportRequest | None = self.get_queryset(request).filter(pk=pk).first()
        if found is None:
            raise Http404
        return found

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
            words=failure(asked.reason, asked.connection.provider if asked.connection else Provider.LEXWARE)
            if asked.reason
            else None,
            thread=_thread(asked),
            may_answer=person(request).has_perm("integrations.change_supportrequest"),
            may_close=asked.state != SupportRequest.State.CLOSED,
            connection=asked.connection,
            **(timeline_of(request, asked.connection) if asked.connection else {}),
            may_list=person(request).has_perm("integrations.view_callentry"),
        )
        response: HttpResponse = super().render_change_form(request, context, *args, **kwargs)
        return response


def _thread(asked: SupportRequest) -> list[SupportMessage]:
    """What was written, with what has become of the mail about it; two queries."""
    messages_of = list(asked.messages.select_related("author").order_by("written_at", "pk"))
    states = {
        mail.key.split(":")[1]: mail.get_state_display()
        for mail in Mail.objects.filter(client=asked.client_id, kind__in=("support_answer", "support_again"))
    }
    for message in messages_of:
        message.mail = states.get(str(message.pk), "")  # type: ignore[attr-defined]
    return messages_of
