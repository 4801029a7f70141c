"""Fetches of vouchers in the admin."""

from typing import Any

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.views import ChangeList

from accounts.client_filter import ClientFilter
from accounts.display import moment
from accounts.scoped_admin import PageAdmin, person
from integrations.admin.run_inside import inside
from integrations.admin.states import run_state
from integrations.models import SyncRun
from integrations.services.progress_now import progress_of, progress_of_all
from integrations.words import fetch_problem

ON_PAGE = 200


class RunList(ChangeList):
    """The list of fetches; how far those are that wait or work is read for all of them at once."""

    def get_results(self, request: HttpRequest) -> None:
        """Add the progress."""
        super().get_results(request)
        told = progress_of_all(self.result_list)
        for run in self.result_list:
            run.progress = told.get(run.pk)


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

    @admin.display(description=_("progress or error"))
    def cause(self, run: Any) -> str:
        """How far it is, or why it failed."""
        if run.error:
            return str(fetch_problem(run.error, run.connection.provider).title)
        progress = getattr(run, "progress", None)
        if progress is None:
            return ""
        figures = f"{progress.done}/{progress.total}" if progress.total else ""
        return ", ".join(filter(None, (figures, progress.left, progress.doing)))

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        """The list with the progress of what waits or works."""
        return RunList

    def get_urls(self) -> list[URLPattern]:
        """Two pieces of pages: the progress of a fetch, and what is inside it."""
        wrap = self.admin_site.admin_view
        return [
            path("<int:pk>/progress/", wrap(self.progress_piece), name="integrations_syncrun_progress"),
            path("<int:pk>/inside/", wrap(self.inside_piece), name="integrations_syncrun_inside"),
            *super().get_urls(),
        ]

    def progress_piece(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The progress as it stands; 204 when the fetch has ended."""
        progress = progress_of(self._visible(request, pk))
        if progress is None:
            return HttpResponse(status=204)
        return render(request, "admin/parts/progress.html", {"progress": progress})

    def inside_piece(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What the fetch changed, left out and called."""
        run = self._visible(request, pk)
        may_list = person(request).has_perm("integrations.view_callentry")
        return render(request, "admin/parts/inside.html", {"run": run, "inside": inside(run), "may_list": may_list})

    def _visible(self, request: HttpRequest, pk: int) -> SyncRun:
        if not self.has_view_permission(request):
            raise Http404
        run: SyncRun | None = self.get_queryset(request).select_related("connection").filter(pk=pk).first()
        if run is None:
            raise Http404
        return run

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
            problem=fetch_problem(run.error, run.connection.provider) if run.error else None,
            inside=inside(run, ON_PAGE),
            may_list=person(request).has_perm("integrations.view_callentry"),
        )
        response: HttpResponse = super().render_change_form(request, context, *args, **kwargs)
        return response
