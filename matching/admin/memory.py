"""What Kontor has learned in the admin: of which client, from which decisions, and whether it counts; revocable."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from unfold.admin import ModelAdmin

from accounts.client_filter import ClientFilter
from accounts.display import day, state
from accounts.models import User
from accounts.scoped_admin import PageAdmin, person
from accounts.scoping import sees_everything, visible_clients
from matching.memory_rules import FOR_ALL, HALF_LIFE_DAYS
from matching.models import LearnedFact
from matching.services.memory import UnableToLearn, is_used, revoke, share
from matching.tasks import enqueue_matching

SHOWN = 100


def fact_state(fact: LearnedFact) -> SafeString:
    """Whether it counts, and why not."""
    if is_used(fact, timezone.localdate()):
        return state("good", _("in use for all clients") if fact.client_id is None else _("in use"))
    if fact.revoked_at is not None:
        return state("none", _("revoked"), "block")
    if fact.last_confirmed is None:
        return state("none", _("never confirmed"))
    if fact.confirmations <= fact.rejections:
        return state("none", _("rejected too often"))
    return state("none", _("not confirmed for too long"), "history")


class UseFilter(admin.SimpleListFilter):
    """Own facts, those for all clients, revoked ones."""

    title = _("state")
    parameter_name = "use"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """The choices."""
        return [("open", _("not revoked")), ("revoked", _("revoked")), ("all", _("for all clients"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[LearnedFact]) -> QuerySet[LearnedFact]:
        """The rows."""
        chosen = {"open": Q(revoked_at=None), "revoked": Q(revoked_at__isnull=False), "all": Q(client=None)}
        return queryset.filter(chosen.get(self.value() or "", Q()))


@admin.register(LearnedFact)
class LearnedFactAdmin(PageAdmin):
    """What people's decisions have taught Kontor of a client's bank lines."""

    change_form_template = "admin/matching/fact_page.html"
    list_display = ("value", "kind", "contact", "status", "confirmations", "rejections", "last", "whose")
    list_filter = (("client", ClientFilter), "kind", UseFilter)
    search_fields = ("value", "contact")
    search_help_text = _("What stands in the bank line, or contact")
    ordering = ("-last_confirmed", "-id")
    list_select_related = ("client",)
    empty_words = _("Kontor learns account numbers, names and mandates from what you confirm and reject.")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Those of the person's clients, and what the firm uses for all."""
        mine = Q(client__in=visible_clients(person(request)).values("pk")) | Q(client=None)
        rows: QuerySet[Any] = ModelAdmin.get_queryset(self, request).filter(mine)
        return rows

    @admin.display(description=_("state"))
    def status(self, fact: LearnedFact) -> SafeString:
        """Whether it counts."""
        return fact_state(fact)

    @admin.display(description=_("last confirmed"), ordering="last_confirmed")
    def last(self, fact: LearnedFact) -> str:
        """The day of the last confirmation."""
        return day(timezone.localtime(fact.last_confirmed).date()) if fact.last_confirmed else ""

    @admin.display(description=_("client"), ordering="client__number")
    def whose(self, fact: LearnedFact) -> str:
        """The client it counts for."""
        return str(fact.client) if fact.client else str(_("All clients"))

    def get_urls(self) -> list[URLPattern]:
        """The buttons."""
        wrap = self.admin_site.admin_view
        return [
            path("<int:pk>/do/<slug:what>/", wrap(require_POST(self.do)), name="matching_learnedfact_do"),
            *super().get_urls(),
        ]

    def may_act(self, request: HttpRequest) -> bool:
        """Whether the person may press the buttons."""
        return person(request).has_perm("matching.change_learnedfact")

    def do(self, request: HttpRequest, pk: int, what: str) -> HttpResponseRedirect:
        """Revoke, or use for all clients."""
        if not self.may_act(request):
            raise PermissionDenied
        fact: LearnedFact | None = self.get_queryset(request).select_related("client").filter(pk=pk).first()
        act = ACTS.get(what)
        if fact is None or act is None:
            raise Http404
        try:
            messages.success(request, act(fact, person(request)))
        except UnableToLearn as problem:
            messages.error(request, str(problem))
        if fact.client is not None:
            enqueue_matching(fact.client)
        return redirect("admin:matching_learnedfact_change", fact.pk)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Where it comes from, and what may be done."""
        fact: LearnedFact = context["original"]
        sources = fact.sources.select_related("transaction", "proposal").order_by("-decided_at", "-pk")
        sources = sources.prefetch_related("proposal__decisions__actor", "proposal__allocations__voucher")
        user = person(request)
        for_all = fact.client_id is None
        context.update(
            fact=fact,
            title=str(fact),
            badge=fact_state(fact),
            sources=[(row, _decider(row)) for row in sources[:SHOWN]],
            may_revoke=self.may_act(request)
            and is_used(fact, timezone.localdate())
            and (not for_all or sees_everything(user)),
            may_share=self.may_act(request) and sees_everything(user) and not for_all and fact.kind in FOR_ALL,
            half_life=HALF_LIFE_DAYS,
        )
        response: HttpResponse = super().render_change_form(request, context, *args, **kwargs)
        return response


def _decider(source: Any) -> str:
    """Who took the decision that a source stands for."""
    made = [row for row in source.proposal.decisions.all() if row.to_state == source.proposal.state]
    last = max(made, key=lambda row: row.pk, default=None)
    return str(last.actor) if last and last.actor else "Kontor"


def _revoke(fact: LearnedFact, user: User) -> Any:
    revoke(fact, user)
    return _("Revoked: Kontor does not use this any more. Only decisions from now on can bring it back.")


def _share(fact: LearnedFact, user: User) -> Any:
    share(fact, user)
    return _("From now on this counts for every client that has this contact.")


ACTS: dict[str, Callable[[LearnedFact, User], Any]] = {"revoke": _revoke, "share": _share}
