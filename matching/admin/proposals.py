"""Proposals and decisions: to read; they are decided on the review page."""

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.client_filter import ClientFilter
from accounts.display import moment, money, percent
from accounts.period_filter import PeriodFilter
from accounts.scoped_admin import ReadOnlyAdmin
from matching.decision_words import decision_words
from matching.evidence_text import reasons
from matching.models import Allocation, Decision, Proposal
from matching.proposal_state import KIND_WORDS, PERMISSION_WORDS, proposal_state


@admin.register(Proposal)
class ProposalAdmin(ReadOnlyAdmin):
    """What the engine thinks, with its reasons, and what became of it."""

    change_form_template = "admin/matching/proposal_page.html"
    list_display = ("name", "status", "vouchers_text", "lines_text", "amount_text", "sure", "client_number")
    list_filter = (("client", ClientFilter), "state", ("created_at", PeriodFilter))
    heavy_fields = ("evidence", "runner_up")
    search_fields = ("allocations__voucher__number", "allocations__voucher__contact_name")
    search_help_text = _("Number of the voucher or contact")
    ordering = ("-id",)
    list_select_related = ("client",)
    empty_words = _("Proposals appear as soon as a client has vouchers and bank transactions.")
    fields = ("client", "engine_version", "allowed", "shape", "rank", "created_at", "updated_at", "fingerprint")

    readonly_fields = ("allowed", "shape")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Proposals whose vouchers fit every word; looked up first, because joining makes every row double."""
        for word in search_term.split():
            fits = Q(voucher__number__icontains=word) | Q(voucher__contact_name__icontains=word)
            queryset = queryset.filter(pk__in=Allocation.objects.filter(fits).values("proposal"))
        return queryset, False

    @admin.display(description=pgettext_lazy("permission", "may"))
    def allowed(self, proposal: Proposal) -> str:
        """What the engine may do with it."""
        return str(PERMISSION_WORDS.get(proposal.permission, proposal.permission))

    @admin.display(description=_("kind"))
    def shape(self, proposal: Proposal) -> str:
        """How many vouchers and payments it joins."""
        return str(KIND_WORDS.get(proposal.kind, proposal.kind))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With the vouchers and lines."""
        return super().get_queryset(request).prefetch_related("allocations__voucher", "allocations__transaction")

    @admin.display(description=_("proposal"), ordering="id")
    def name(self, proposal: Proposal) -> str:
        """Its number."""
        return f"#{proposal.pk}"

    @admin.display(description=_("state"), ordering="state")
    def status(self, proposal: Proposal) -> SafeString:
        """Where it stands."""
        return proposal_state(proposal.state)

    @admin.display(description=_("voucher"))
    def vouchers_text(self, proposal: Proposal) -> str:
        """Its vouchers."""
        return short([str(row.voucher) for row in proposal.allocations.all()])

    @admin.display(description=_("bank transaction"))
    def lines_text(self, proposal: Proposal) -> str:
        """Its bank lines."""
        return short([row.transaction.counterparty or str(_("without name")) for row in proposal.allocations.all()])

    @admin.display(description=_("amount"))
    def amount_text(self, proposal: Proposal) -> str:
        """What it settles altogether."""
        rows = list(proposal.allocations.all())
        return (
            money(sum((row.amount for row in rows[1:]), rows[0].amount), rows[0].transaction.currency) if rows else ""
        )

    @admin.display(description=_("probability"), ordering="probability")
    def sure(self, proposal: Proposal) -> str:
        """How sure the engine was."""
        return percent(proposal.probability)

    @admin.display(description=_("client"), ordering="client__number")
    def client_number(self, proposal: Proposal) -> str:
        """Whose it is."""
        return str(proposal.client)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Add allocations, reasons and decisions."""
        proposal: Proposal = context["original"]
        context.update(
            proposal=proposal,
            title=str(proposal),
            status=proposal_state(proposal.state),
            allocations=list(proposal.allocations.all()),
            reasons=reasons(proposal),
            decisions=list(proposal.decisions.select_related("actor").order_by("-decided_at", "-id")),
        )
        response: HttpResponse = super().render_change_form(request, context, *args, **kwargs)
        return response


@admin.register(Decision)
class DecisionAdmin(ReadOnlyAdmin):
    """Who decided what, when and why."""

    client_path = "proposal__client"
    list_display = ("decided", "kind", "by", "proposal_name", "client_number", "why")
    list_filter = (("proposal__client", ClientFilter), "kind", ("decided_at", PeriodFilter))
    search_fields = ("=proposal__id", "reason")
    ordering = ("-decided_at", "-id")
    list_select_related = ("proposal__client", "actor")
    empty_words = _("Nothing has been decided yet.")
    fields = ("proposal", "kind", "from_state", "to_state", "actor", "why", "undoes", "decided_at")

    @admin.display(description=_("when"), ordering="decided_at")
    def decided(self, decision: Decision) -> str:
        """When it was decided."""
        return moment(decision.decided_at)

    @admin.display(description=_("by"), ordering="actor")
    def by(self, decision: Decision) -> str:
        """The person, or Kontor itself."""
        return str(decision.actor) if decision.actor else "Kontor"

    @admin.display(description=_("reason"), ordering="reason")
    def why(self, decision: Decision) -> str:
        """What the person wrote; of Kontor's own decisions, what became of the voucher."""
        return decision_words(decision)

    @admin.display(description=_("proposal"), ordering="proposal")
    def proposal_name(self, decision: Decision) -> str:
        """The proposal's number."""
        return f"#{decision.proposal_id}"

    @admin.display(description=_("client"))
    def client_number(self, decision: Decision) -> str:
        """Whose proposal it was."""
        return str(decision.proposal.client)


def short(names: list[str]) -> str:
    """The first of several names and how many more there are."""
    unique = list(dict.fromkeys(names))
    return unique[0] + (f" +{len(unique) - 1}" if len(unique) > 1 else "") if unique else ""
