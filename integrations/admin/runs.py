"""Fetches of vouchers in the admin."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts.client_filter import ClientFilter
from accounts.display import moment
from accounts.scoped_admin import PageAdmin
from integrations.admin.states import run_state
from integrations.models import SyncRun
from integrations.portal.cards import progress_of
from integrations.words import fetch_problem, left_out


@admin.register(SyncRun)
class SyncRunAdmin(PageAdmin):
    """What each fetch found and what it cost; skipped vouchers with their reasons."""

    client_path = "connection__client"
    change_form_template = "admin/integrations/run_page.html"
    list_display = ("queued", "client_name", "status", "trigger", "created", "changed", "files", "requests", "cause")
    list_display_links = ("queued", "client_name")
    list_filter = (("connection__client", ClientFilter), "state", "trigger")
    search_fields = ("connection__client__number", "connection__client__name")
    search_help_text = _("Client")
    ordering = ("-queued_at", "-id")
    list_select_related = ("connection__client",)

    @admin.display(description=_("queued"), ordering="queued_at")
    def queued(self, run: SyncRun) -> str:
        """When it was asked for."""
        return moment(run.queued_at)

    @admin.display(description=_("client"))
    def client_name(self, run: SyncRun) -> str:
        """Whose vouchers."""
        return str(run.connection.client)

    @admin.display(description=_("state"), ordering="state")
    def status(self, run: SyncRun) -> SafeString:
        """Where it stands."""
        return run_state(run)

    @admin.display(description=_("error"))
    def cause(self, run: SyncRun) -> str:
        """Why it failed."""
        return str(fetch_problem(run.error).title) if run.error else ""

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Add the badge and the skipped vouchers."""
        run: SyncRun = context["original"]
        ended = run.finished_at or run.alive_at
        context.update(
            run=run,
            title=str(run),
            badge=run_state(run),
            progress=progress_of(run),
            seconds=round((ended - run.started_at).total_seconds(), 1) if ended and run.started_at else None,
            problem=fetch_problem(run.error) if run.error else None,
            skipped=[(row, left_out(row.reason)) for row in run.skipped.order_by("number", "id")[:500]],
        )
        response: HttpResponse = super().render_change_form(request, context, *args, **kwargs)
        return response
