"""External transactions in the admin: the list, and the page of one with its history."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts.client_filter import ClientFilter
from accounts.display import day, money, state
from accounts.period_filter import PeriodFilter
from accounts.scoped_admin import PageAdmin, person
from matching.external_words import action_words, reason_words
from matching.models import Allocation, ExternalPayment
from matching.services.external_history import last_change

LOOKS = {
    ExternalPayment.State.DRAFT: "todo",
    ExternalPayment.State.SAVED: "good",
    ExternalPayment.State.GAVE_WAY: "none",
    ExternalPayment.State.DISCARDED: "none",
}


def payment_state(payment: ExternalPayment) -> SafeString:
    """Where it stands, as icon and word."""
    return state(LOOKS[ExternalPayment.State(payment.state)], payment.get_state_display())


@admin.register(ExternalPayment)
class ExternalPaymentAdmin(PageAdmin):
    """Payments that passed no connected account."""

    change_form_template = "admin/matching/external_page.html"
    list_display = ("when", "badge", "kind", "amount_text", "name", "voucher_number", "made_by", "client_number")
    list_display_links = ("when", "amount_text")
    list_filter = (("client", ClientFilter), "state", "kind", ("date", PeriodFilter))
    search_fields = ("name", "purpose", "voucher__number")
    search_help_text = _("Name, purpose or number of the voucher")
    ordering = ("-date", "-id")
    list_select_related = ("client", "voucher", "created_by")

    @admin.display(description=_("date"), ordering="date")
    def when(self, payment: ExternalPayment) -> str:
        """The day of the payment."""
        return day(payment.date)

    @admin.display(description=_("state"), ordering="state")
    def badge(self, payment: ExternalPayment) -> SafeString:
        """Where it stands."""
        return payment_state(payment)

    @admin.display(description=_("amount"), ordering="amount")
    def amount_text(self, payment: ExternalPayment) -> str:
        """The signed amount."""
        return money(payment.amount, payment.currency)

    @admin.display(description=_("voucher"), ordering="voucher__number")
    def voucher_number(self, payment: ExternalPayment) -> str:
        """Which voucher it paid; whose it is stands beside it."""
        return payment.voucher.number if payment.voucher else ""

    @admin.display(description=_("by"), ordering="created_by")
    def made_by(self, payment: ExternalPayment) -> str:
        """Who made it."""
        return str(payment.created_by) if payment.created_by else "Kontor"

    @admin.display(description=_("client"), ordering="client__number")
    def client_number(self, payment: ExternalPayment) -> str:
        """Whose payment it is."""
        return payment.client.number

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Who may make one."""
        return person(request).has_perm("matching.add_externalpayment")

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The house's own form."""
        return redirect("admin:external_choose")

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """The payment, why it was drafted, what it is matched with, what may be done, and its history."""
        payment: ExternalPayment = context["original"]
        matches = Allocation.objects.filter(transaction=payment.transaction_id, standing=True)
        open_ = payment.state in (ExternalPayment.State.DRAFT, ExternalPayment.State.SAVED)
        context.update(
            payment=payment,
            title=str(payment),
            badge=payment_state(payment),
            why=reason_words(payment),
            matches=list(matches.select_related("voucher", "proposal")) if payment.transaction_id else [],
            history=[(row, action_words(row)) for row in payment.changes.select_related("actor").order_by("-pk")],
            may_change=person(request).has_perm("matching.change_externalpayment"),
            can_change=open_,
            can_save=payment.state == ExternalPayment.State.DRAFT,
            can_undo=last_change(payment) is not None,
        )
        response: HttpResponse = super().render_change_form(request, context, *args, **kwargs)
        return response
