"""Bank transactions: to read."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts.client_filter import ClientFilter
from accounts.display import day, money
from accounts.period_filter import PeriodFilter
from accounts.scoped_admin import PageAdmin, person
from matching.admin.line_search import search
from matching.admin.line_words import sources_of
from matching.admin.own_transfers import transfer_of
from matching.admin.payouts import payout_of
from matching.admin.states import MatchFilter, match_state, with_match
from matching.models import Allocation, Transaction
from matching.services.unmatched import why_no_voucher


@admin.register(Transaction)
class TransactionAdmin(PageAdmin):
    """The lines of the accounts, with what they paid."""

    change_form_template = "admin/matching/transaction_page.html"
    list_display = ("day", "amount_text", "counterparty", "purpose_short", "match", "account_name", "client_number")
    list_display_links = ("day", "amount_text")
    list_filter = (
        ("client", ClientFilter),
        ("booking_date", PeriodFilter),
        "source",
        MatchFilter,
    )
    heavy_fields = ("raw", "details")
    # The search of its own looks into more than these.
    search_fields = ("counterparty", "purpose")
    search_help_text = _("Name, purpose, IBAN, references, mandate, or an amount")
    ordering = ("-booking_date", "-id")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With the mark of a match."""
        return with_match(super().get_queryset(request).select_related("client", "account"), "transaction")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """By all texts, amounts and account numbers; see ``line_search``."""
        return search(queryset, search_term) if search_term.strip() else queryset, False

    @admin.display(description=_("booked"), ordering="booking_date")
    def day(self, line: Transaction) -> str:
        """The day of booking."""
        return day(line.booking_date)

    @admin.display(description=_("amount"), ordering="amount")
    def amount_text(self, line: Transaction) -> str:
        """The signed amount."""
        return money(line.amount, line.currency)

    @admin.display(description=_("purpose"))
    def purpose_short(self, line: Transaction) -> str:
        """The beginning of the bank text."""
        text = " ".join(line.purpose.split())
        return text if len(text) <= 70 else f"{text[:69]}…"

    @admin.display(description=_("match"))
    def match(self, line: Transaction) -> SafeString:
        """Whether it is matched."""
        return match_state(line)

    @admin.display(description=_("account"), ordering="account__key")
    def account_name(self, line: Transaction) -> str:
        """The account, by its last digits."""
        return f"…{(line.account.iban or line.account.key)[-4:]}" if line.account else str(_("none"))

    @admin.display(description=_("client"), ordering="client__number")
    def client_number(self, line: Transaction) -> str:
        """Whose line it is."""
        return line.client.number

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Add what the line paid."""
        line: Transaction = context["original"]
        may = person(request).has_perm("matching.view_proposal")
        rows = Allocation.objects.filter(transaction=line).select_related("proposal", "voucher")
        transfer = transfer_of(line, person(request))
        needs_one = may and "own_transfer" not in transfer and "private_account" not in transfer
        context.update(
            line=line,
            title=str(line),
            files=line.files.select_related("stored").order_by("pk"),
            matches=list(rows.order_by("-standing", "proposal__rank", "-proposal__id")[:50]) if may else [],
            why=why_no_voucher(line) if needs_one else [],
            **transfer,
            **payout_of(line, person(request)),
            **sources_of(line),
        )
        response: HttpResponse = super().render_change_form(request, context, *args, **kwargs)
        return response
