"""What would change: asked for, watched, looked at, applied."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.db.models.fields.json import KT
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from accounts.client_filter import ClientFilter
from accounts.display import moment
from accounts.scoped_admin import ScopedAdmin, person
from matching.comparison_rows import SORTS, sections
from matching.comparison_words import about_words, comparison_state
from matching.models import Comparison
from matching.policy_words import value_lines
from matching.services.comparing import ask, ask_to_apply

State = Comparison.State


@admin.register(Comparison)
class ComparisonAdmin(ScopedAdmin):
    """Comparisons of what stands with what would stand."""

    change_form_template = "admin/matching/comparison_page.html"
    list_display = ("asked", "client_name", "badge", "about", "becomes", "no_longer", "changed", "by")
    list_filter = (("client", ClientFilter), "state")
    search_fields = ("client__name", "client__number")
    search_help_text = _("Client")
    ordering = ("-asked_at", "-id")
    list_select_related = ("client", "asked_by")
    fields = ("client",)
    empty_words = _("Here you see what another rule or a newer version would change, before anything is changed.")
    # The list shows the numbers only.
    heavy_fields = ("result",)
    list_before_template = "admin/matching/comparisons_before.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Those of the whole firm are listed on its page."""
        rows: QuerySet[Any] = super().get_queryset(request)
        place = request.resolver_match.url_name if request.resolver_match else ""
        if place != "matching_comparison_changelist":
            return rows
        numbers: dict[str, Any] = {f"of_{sort}": KT(f"result__counts__{sort}") for sort in SORTS}
        alone: QuerySet[Any] = rows.filter(firm=None).annotate(**numbers)
        return alone

    def get_fieldsets(self, request: HttpRequest, obj: Comparison | None = None) -> list[Any]:
        """A client to ask for; the page of an answer has no form."""
        return [(None, {"fields": self.fields})] if obj is None else []

    def has_change_permission(self, request: HttpRequest, obj: Comparison | None = None) -> bool:
        """Answers are not edited."""
        return False

    def has_view_permission(self, request: HttpRequest, obj: Comparison | None = None) -> bool:
        """Whether the person's groups let them read."""
        return person(request).has_perm("matching.view_comparison")

    def save_model(self, request: HttpRequest, obj: Comparison, form: Any, change: bool) -> None:
        """Ask for the rule in force and today's version."""
        obj.pk = ask(obj.client, None, person(request)).pk

    def response_add(self, request: HttpRequest, obj: Comparison, post_url_continue: str | None = None) -> Any:
        """The page that waits for the answer."""
        return redirect("admin:matching_comparison_change", obj.pk)

    @admin.display(description=_("asked"), ordering="asked_at")
    def asked(self, row: Comparison) -> str:
        """When."""
        return moment(row.asked_at)

    @admin.display(description=_("client"), ordering="client__number")
    def client_name(self, row: Comparison) -> str:
        """Whose matches."""
        return str(row.client)

    @admin.display(description=_("state"), ordering="state")
    def badge(self, row: Comparison) -> SafeString:
        """Where it stands."""
        return comparison_state(row.state)

    @admin.display(description=_("under"))
    def about(self, row: Comparison) -> str:
        """Which rule."""
        return about_words(row.policy)

    @admin.display(description=_("becomes automatic"))
    def becomes(self, row: Comparison) -> str:
        """How many."""
        return _count(row, "becomes")

    @admin.display(description=_("no longer automatic"))
    def no_longer(self, row: Comparison) -> str:
        """How many."""
        return _count(row, "no_longer")

    @admin.display(description=_("becomes different"))
    def changed(self, row: Comparison) -> str:
        """How many."""
        return _count(row, "changed")

    @admin.display(description=_("by"), ordering="asked_by")
    def by(self, row: Comparison) -> str:
        """Who asked."""
        return str(row.asked_by or "Kontor")

    def get_urls(self) -> list[URLPattern]:
        """The live piece, and the button."""
        wrap = self.admin_site.admin_view
        return [
            path("<int:pk>/live/", wrap(require_GET(self.live)), name="matching_comparison_live"),
            path("<int:pk>/apply/", wrap(require_POST(self.apply)), name="matching_comparison_apply"),
            *super().get_urls(),
        ]

    def live(self, request: HttpRequest, pk: int) -> HttpResponse:
        """How far it is; 204 when there is something else to show."""
        row: Comparison | None = self.get_queryset(request).filter(pk=pk).first()
        if row is None or not self.has_view_permission(request):
            raise Http404
        if row.state not in Comparison.LIVE:
            return HttpResponse(status=204)
        return render(request, "admin/matching/comparison_live.html", {"row": row})

    def apply(self, request: HttpRequest, pk: int) -> HttpResponseRedirect:
        """Apply what is shown."""
        user = person(request)
        if not user.has_perm("matching.change_comparison"):
            raise PermissionDenied
        row: Comparison | None = self.get_queryset(request).filter(pk=pk).first()
        if row is None:
            raise Http404
        if not ask_to_apply(row, user):
            messages.warning(request, _("This was applied already, or it is outdated. Look at it once more."))
        return redirect("admin:matching_comparison_change", pk)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """What was asked, how far it is, and what came of it."""
        row: Comparison | None = context.get("original")
        if row is not None:
            context.update(
                row=row,
                title=str(row.client),
                badge=comparison_state(row.state),
                live=row.state in Comparison.LIVE,
                new_rule=row.policy is not None,
                rule=value_lines(row.policy) if row.policy is not None else [],
                sections=sections(row),
                may_apply=row.state == State.DONE
                and person(request).has_perm("matching.change_comparison")
                and (row.firm_id is None or row.policy is None),
            )
        response: HttpResponse = super().render_change_form(request, context, *args, **kwargs)
        return response


def _count(row: Any, sort: str) -> str:
    counted = getattr(row, f"of_{sort}")
    return "–" if counted is None else str(counted)
