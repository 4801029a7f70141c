"""What would change at all clients: asked for, watched, looked at as a sum, applied in one step."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST
from unfold.admin import ModelAdmin

from accounts.display import moment
from accounts.scoped_admin import ScopedAdmin, person
from accounts.scoping import sees_everything
from matching.comparison_words import about_words, comparison_state
from matching.firm_comparison_rows import rows_of
from matching.models import Comparison, FirmComparison
from matching.policy_words import value_lines
from matching.services.firm_comparing import FirmStanding, ask_for_firm, ask_to_apply_firm, standing_of

State = Comparison.State


@admin.register(FirmComparison)
class FirmComparisonAdmin(ScopedAdmin):
    """Comparisons of everything that stands with what would stand; for those who see the whole firm."""

    change_form_template = "admin/matching/firm_comparison_page.html"
    list_display = ("asked", "badge", "about", "clients_text", "by")
    ordering = ("-asked_at", "-id")
    list_select_related = ("asked_by",)
    empty_words = _(
        "Here you see what another rule or a newer version would change at all clients, before anything is changed."
    )
    fields = ()

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """All, or nothing for who does not see all clients; with how far each is."""
        rows: QuerySet[Any] = ModelAdmin.get_queryset(self, request)
        if not sees_everything(person(request)):
            return rows.none()
        live = Count("parts", filter=Q(parts__state__in=Comparison.LIVE))
        counted: QuerySet[Any] = rows.annotate(clients=Count("parts"), live=live)
        return counted

    def get_fieldsets(self, request: HttpRequest, obj: FirmComparison | None = None) -> list[Any]:
        """There is nothing to fill in: what is compared is everything."""
        return []

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Who sees the whole firm may ask."""
        may: bool = super().has_add_permission(request)
        return may and sees_everything(person(request))

    def has_change_permission(self, request: HttpRequest, obj: FirmComparison | None = None) -> bool:
        """Answers are not edited."""
        return False

    def has_view_permission(self, request: HttpRequest, obj: FirmComparison | None = None) -> bool:
        """Whether the person's groups let them read."""
        return person(request).has_perm("matching.view_firmcomparison")

    def save_model(self, request: HttpRequest, obj: FirmComparison, form: Any, change: bool) -> None:
        """Ask for the rules in force and today's version."""
        obj.pk = ask_for_firm(None, person(request)).pk

    def response_add(self, request: HttpRequest, obj: FirmComparison, post_url_continue: str | None = None) -> Any:
        """The page that waits for the answer."""
        return redirect("admin:matching_firmcomparison_change", obj.pk)

    @admin.display(description=_("asked"), ordering="asked_at")
    def asked(self, row: FirmComparison) -> str:
        """When."""
        return moment(row.asked_at)

    @admin.display(description=_("state"))
    def badge(self, row: FirmComparison) -> SafeString:
        """Where it stands."""
        return comparison_state(_counted(row).state)

    @admin.display(description=_("under"))
    def about(self, row: FirmComparison) -> str:
        """Which rule."""
        return about_words(row.policy)

    @admin.display(description=_("clients"))
    def clients_text(self, row: FirmComparison) -> str:
        """How many."""
        return str(_counted(row).clients)

    @admin.display(description=_("by"), ordering="asked_by")
    def by(self, row: FirmComparison) -> str:
        """Who asked."""
        return str(row.asked_by or "Kontor")

    def get_urls(self) -> list[URLPattern]:
        """The live piece, and the button."""
        wrap = self.admin_site.admin_view
        return [
            path("<int:pk>/live/", wrap(require_GET(self.live)), name="matching_firmcomparison_live"),
            path("<int:pk>/apply/", wrap(require_POST(self.apply)), name="matching_firmcomparison_apply"),
            *super().get_urls(),
        ]

    def live(self, request: HttpRequest, pk: int) -> HttpResponse:
        """How far it is; 204 when there is something else to show."""
        row = self._mine(request, pk)
        if not self.has_view_permission(request):
            raise Http404
        standing = standing_of(row)
        if standing.state not in Comparison.LIVE:
            return HttpResponse(status=204)
        return render(request, "admin/matching/firm_comparison_live.html", {"standing": standing})

    def apply(self, request: HttpRequest, pk: int) -> HttpResponseRedirect:
        """Set the rule and apply what is shown to all clients."""
        if not person(request).has_perm("matching.change_firmcomparison"):
            raise PermissionDenied
        if not ask_to_apply_firm(self._mine(request, pk), person(request)):
            messages.warning(request, _("This was applied already, or clients are still being compared."))
        return redirect("admin:matching_firmcomparison_change", pk)

    def _mine(self, request: HttpRequest, pk: int) -> FirmComparison:
        row: FirmComparison | None = self.get_queryset(request).filter(pk=pk).first()
        if row is None:
            raise Http404
        return row

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """What was asked, how far it is, and what came of it at which client."""
        row: FirmComparison | None = context.get("original")
        if row is not None:
            standing = standing_of(row)
            live = standing.state in Comparison.LIVE
            context.update(
                row=row,
                title=_("The whole firm"),
                standing=standing,
                badge=comparison_state(standing.state),
                live=live,
                rule=value_lines(row.policy) if row.policy is not None else [],
                new_rule=row.policy is not None,
                found=rows_of(row) if not live else None,
                may_apply=standing.state == State.DONE and person(request).has_perm("matching.change_firmcomparison"),
            )
        response: HttpResponse = super().render_change_form(request, context, *args, **kwargs)
        return response


def _counted(row: Any) -> FirmStanding:
    """Where a row of the list stands, from what the list has counted."""
    asked = row.applied_at is not None
    return FirmStanding(row.clients, {State.RUNNING: row.live}, row.prepared_at is not None, asked)
