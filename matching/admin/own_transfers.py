"""Transfers between own accounts in the admin: recognised, to be confirmed, rejected, taken back."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from accounts.client_filter import ClientFilter
from accounts.display import day, money, state
from accounts.models import User
from accounts.period_filter import PeriodFilter
from accounts.scoped_admin import PageAdmin, person
from accounts.scoping import scoped
from matching.models import BankAccount, OwnTransfer, Transaction
from matching.own_transfer_words import reasons_in_words
from matching.services import own_transfers
from matching.services.own_transfers import UnableToDecide
from matching.tasks import enqueue_matching

State = OwnTransfer.State
TONES = {State.RECOGNISED: "good", State.CONFIRMED: "good", State.REJECTED: "none"}
SHOWN = 8
ACTS: dict[str, Callable[[OwnTransfer, User], None]] = {
    "confirm": own_transfers.confirm,
    "reject": own_transfers.reject,
    "undo": own_transfers.undo,
}


def transfer_state(pair: OwnTransfer) -> SafeString:
    """Who says so, with its sign."""
    return state(TONES[State(pair.state)], pair.get_state_display())


def _short(account: BankAccount | None) -> SafeString:
    """The bank over the last digits, each in one piece."""
    if account is None:
        return SafeString("")
    name, sign, digits = account.short.rpartition(" …")
    if not sign:
        return format_html("{}", digits)
    return format_html('{}<br><span class="k-quiet">…{}</span>', name, digits)


@admin.register(OwnTransfer)
class OwnTransferAdmin(PageAdmin):
    """Two lines that are one movement of money, why, and what a person says to it."""

    change_form_template = "admin/matching/own_transfer_page.html"
    list_display = ("booked", "amount_text", "from_account", "to_account", "status", "why", "client_number")
    list_filter = (("client", ClientFilter), "state", ("outgoing__booking_date", PeriodFilter))
    search_fields = ("outgoing__purpose", "incoming__purpose", "client__name", "client__number")
    search_help_text = _("Purpose or client")
    ordering = ("-outgoing__booking_date", "-id")
    list_select_related = ("client", "outgoing__account", "incoming__account")
    empty_words = _(
        "Kontor recognises transfers between a client's own accounts as soon as it has the bank transactions of both."
    )

    @admin.display(description=_("booked"), ordering="outgoing__booking_date")
    def booked(self, pair: OwnTransfer) -> str:
        """The day on which it left."""
        return day(pair.outgoing.booking_date)

    @admin.display(description=_("amount"), ordering="incoming__amount")
    def amount_text(self, pair: OwnTransfer) -> str:
        """How much."""
        return money(pair.incoming.amount, pair.incoming.currency)

    @admin.display(description=_("out of"))
    def from_account(self, pair: OwnTransfer) -> SafeString:
        """The account it left."""
        return _short(pair.outgoing.account)

    @admin.display(description=_("into"))
    def to_account(self, pair: OwnTransfer) -> SafeString:
        """The account it came to."""
        return _short(pair.incoming.account)

    @admin.display(description=_("state"), ordering="state")
    def status(self, pair: OwnTransfer) -> SafeString:
        """Who says so."""
        return transfer_state(pair)

    @admin.display(description=_("reasons"))
    def why(self, pair: OwnTransfer) -> str:
        """The first of what speaks for it, and how much more there is."""
        words = reasons_in_words(pair.reasons)
        return words[0] + (f" +{len(words) - 1}" if len(words) > 1 else "") if words else ""

    @admin.display(description=_("client"), ordering="client__number")
    def client_number(self, pair: OwnTransfer) -> str:
        """Whose it is."""
        return str(pair.client)

    def get_urls(self) -> list[URLPattern]:
        """The buttons, and joining two lines by hand."""
        wrap = self.admin_site.admin_view
        return [
            path("<int:pk>/do/<slug:what>/", wrap(require_POST(self.do)), name="matching_owntransfer_do"),
            path("join/<int:one>/<int:other>/", wrap(require_POST(self.join)), name="matching_owntransfer_join"),
            *super().get_urls(),
        ]

    def may_act(self, request: HttpRequest) -> bool:
        """Whether the person may press the buttons."""
        return person(request).has_perm("matching.change_owntransfer")

    def do(self, request: HttpRequest, pk: int, what: str) -> HttpResponseRedirect:
        """Confirm, reject, or take a decision back."""
        if not self.may_act(request):
            raise PermissionDenied
        pair: OwnTransfer | None = self.get_queryset(request).filter(pk=pk).first()
        act = ACTS.get(what)
        if pair is None or act is None:
            raise Http404
        try:
            act(pair, person(request))
        except UnableToDecide as problem:
            messages.error(request, str(problem))
        else:
            enqueue_matching(pair.client)
            messages.success(request, _("Noted: this transfer is %(state)s.") % {"state": pair.get_state_display()})
        return redirect("admin:matching_transaction_change", pair.outgoing_id)

    def join(self, request: HttpRequest, one: int, other: int) -> HttpResponseRedirect:
        """Say that two lines are one movement."""
        if not self.may_act(request):
            raise PermissionDenied
        mine = scoped(Transaction.objects.filter(pk__in=(one, other)), person(request)).select_related("client")
        lines = sorted(mine, key=lambda line: line.amount)
        if len(lines) != 2:
            raise Http404
        try:
            own_transfers.pair_by_hand(lines[0], lines[1], person(request))
        except UnableToDecide as problem:
            messages.error(request, str(problem))
        else:
            enqueue_matching(lines[0].client)
            messages.success(request, _("Noted: these two lines are one transfer; neither needs a voucher."))
        return redirect("admin:matching_transaction_change", one)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Both lines beside each other."""
        pair: OwnTransfer = context["original"]
        context.update(
            pair=pair,
            lines=[pair.outgoing, pair.incoming],
            title=_("Own transfer"),
            badge=transfer_state(pair),
            reasons=reasons_in_words(pair.reasons),
            may_act=self.may_act(request),
        )
        response: HttpResponse = super().render_change_form(request, context, *args, **kwargs)
        return response


def transfer_of(line: Transaction, user: User) -> dict[str, Any]:
    """What a line's page says of own transfers: its pair, or who may be its other half, or a private account."""
    pairs = OwnTransfer.objects.filter(Q(outgoing=line) | Q(incoming=line)).exclude(state=State.REJECTED)
    pair = pairs.select_related("outgoing__account", "incoming__account", "decided_by").first()
    found: dict[str, Any] = {"may_join": user.has_perm("matching.change_owntransfer")}
    if pair is not None:
        other = pair.incoming if pair.outgoing_id == line.pk else pair.outgoing
        return {
            **found,
            "own_transfer": pair,
            "other_half": other,
            "own_badge": transfer_state(pair),
            "own_reasons": reasons_in_words(pair.reasons),
        }
    private = own_transfers.private_account_of(line)
    if private is not None:
        return {**found, "private_account": private}
    possible = own_transfers.possible_partners(line)[:SHOWN]
    return {**found, "possible": [(other, reasons_in_words(pair.reasons)) for other, pair in possible]}
