"""Payout reports in the admin: what was read, which bank line each payout is, and what could not be read."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.client_filter import ClientFilter
from accounts.display import day, moment, state
from accounts.period_filter import PeriodFilter
from accounts.scoped_admin import PageAdmin
from integrations.services.payouts import problem_words
from matching.models import PayoutItem, PayoutReport, Transaction
from matching.services.payouts import LABELS

COLUMNS = (("sale", _("Sales")), ("refund", _("Refunds")), ("fee", _("Fees")), ("other", _("Other")))


@dataclass(slots=True)
class Payout:
    """A payout of a report: its items added up by kind, and the bank line it is."""

    id: str
    currency: str
    last: date
    line: Transaction | None = None
    sums: dict[str, Decimal] = field(default_factory=dict)
    items: int = 0

    @property
    def total(self) -> Decimal:
        """What arrives at the bank."""
        return sum(self.sums.values(), Decimal(0))

    @property
    def columns(self) -> list[tuple[Promise, Decimal | None]]:
        """Sales, refunds, fees and the rest with their names; None where there are none."""
        return [(name, self.sums.get(kind)) for kind, name in COLUMNS]

    def add(self, item: PayoutItem) -> None:
        """Count an item."""
        self.sums[item.kind] = self.sums.get(item.kind, Decimal(0)) + item.amount
        self.items += 1
        self.last = max(self.last, item.date)
        self.line = self.line or item.transaction


@admin.register(PayoutReport)
class PayoutReportAdmin(PageAdmin):
    """The reports of payment providers, and what became of their payouts."""

    change_form_template = "admin/integrations/payout_report_page.html"
    list_display = ("imported", "provider_name", "name", "days", "items_text", "badge", "client_number")
    list_display_links = ("imported", "provider_name")
    list_filter = (("client", ClientFilter), "provider", ("to_date", PeriodFilter))
    search_fields = ("name", "client__number", "client__name")
    search_help_text = _("File or client")
    ordering = ("-imported_at", "-id")
    list_select_related = ("client",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With the numbers of items, and of those without a bank line."""
        counted: QuerySet[Any] = (
            super()
            .get_queryset(request)
            .annotate(all_items=Count("items"), open_items=Count("items", filter=Q(items__transaction=None)))
        )
        return counted

    @admin.display(description=_("imported"), ordering="imported_at")
    def imported(self, report: PayoutReport) -> str:
        """When it was imported."""
        return moment(report.imported_at)

    @admin.display(description=_("provider"), ordering="provider")
    def provider_name(self, report: PayoutReport) -> str:
        """Whose report it is."""
        return LABELS.get(report.provider, report.provider)

    @admin.display(description=_("days"), ordering="from_date")
    def days(self, report: PayoutReport) -> str:
        """The days of its items."""
        return days_of(report)

    @admin.display(description=_("items"))
    def items_text(self, report: Any) -> int:
        """How many items it has."""
        return int(report.all_items)

    @admin.display(description=_("state"))
    def badge(self, report: Any) -> SafeString:
        """Whether all of it was read and found."""
        return report_state(report)

    @admin.display(description=_("client"), ordering="client__number")
    def client_number(self, report: PayoutReport) -> str:
        """Whose report it is."""
        return str(report.client)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """The payouts, their bank lines, and what could not be read."""
        report: Any = context["original"]
        items = PayoutItem.objects.filter(report=report).select_related("transaction").order_by("date", "pk")
        context.update(
            report=report,
            title=str(report),
            provider_name=LABELS.get(report.provider, report.provider),
            badge=report_state(report),
            days=days_of(report),
            payouts=payouts_of(items.defer("details", "transaction__raw", "transaction__details")),
            problems=[problem_words(problem) for problem in report.problems],
        )
        response: HttpResponse = super().render_change_form(request, context, *args, **kwargs)
        return response


def days_of(report: PayoutReport) -> str:
    """From the first to the last day of what was read; one where it is one."""
    return " – ".join(dict.fromkeys(day(one) for one in (report.from_date, report.to_date) if one))


def report_state(report: Any) -> SafeString:
    """The state of a report: lines that could not be read first, then items whose bank line is not known."""
    items, open_items, problems = report.all_items, report.open_items, len(report.problems)
    if problems:
        words = ngettext("%(n)s line could not be read", "%(n)s lines could not be read", problems)
        return state("failed", words % {"n": problems})
    if open_items:
        words = ngettext("%(n)s item without a bank line", "%(n)s items without a bank line", open_items)
        return state("soon", words % {"n": open_items})
    if items:
        return state("good", _("all bank lines found"))
    return state("none", _("known already") if report.from_date else _("no items"))


def payouts_of(items: Iterable[PayoutItem]) -> list[Payout]:
    """The payouts in the order of their last day; the items that belong to none come last, without an id."""
    found: dict[tuple[str, str], Payout] = {}
    for item in items:
        found.setdefault((item.payout, item.currency), Payout(item.payout, item.currency, item.date)).add(item)
    return sorted(found.values(), key=lambda one: (not one.id, one.last, one.id))
