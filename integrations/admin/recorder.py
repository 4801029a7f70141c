"""The flight recorder's lists: calls, changes of vouchers, seen documents, webhook deliveries. To read only."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.functional import cached_property
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts.client_filter import ClientFilter
from accounts.display import day, moment, money, state
from accounts.period_filter import PeriodFilter
from accounts.scoped_admin import ReadOnlyAdmin
from integrations.admin.timeline_words import outcome_words
from integrations.finding.words import differences
from integrations.models import CallEntry, SeenVoucher, VoucherChange, WebhookDelivery
from vouchers.words import STATUS_WORDS

COUNTED = 10_000


class CappedPaginator(Paginator[Any]):
    """Counts no further than anybody turns pages: these tables hold a row for each call."""

    @cached_property
    def count(self) -> int:
        """How many rows there are, at most ``COUNTED``."""
        rows: QuerySet[Any] = self.object_list.order_by()  # type: ignore[attr-defined]
        return rows.values("pk")[:COUNTED].count()


class RecorderAdmin(ReadOnlyAdmin):
    """Rows that somebody reaches from a connection or a fetch; newest first, along the index that fits."""

    client_path = "connection__client"
    paginator = CappedPaginator
    list_select_related = ("connection__client",)
    moment_field: ClassVar[str] = "at"

    def get_ordering(self, request: HttpRequest) -> list[str]:
        """One connection's rows by their moment; among all connections the key says nearly the same, and is fast."""
        narrow = "connection__id__exact" in request.GET
        return [f"-{self.moment_field}", "-id"] if narrow else ["-id"]

    def lookup_allowed(self, lookup: str, value: Any, request: Any = None) -> bool:
        """The links of connections and fetches lead here."""
        known = ("connection__id__exact", "run__id__exact", "connection__client__id__exact")
        return lookup in known or super().lookup_allowed(lookup, value, request)

    @admin.display(description=_("client"))
    def client_name(self, row: Any) -> str:
        """Whose connection it is."""
        return str(row.connection.client)

    @admin.display(description=_("when"))
    def when(self, row: Any) -> str:
        """The moment."""
        return moment(getattr(row, self.moment_field))


@admin.register(CallEntry)
class CallEntryAdmin(RecorderAdmin):
    """Every attempt of every call: path, answer, milliseconds, request id."""

    list_display = ("when", "client_name", "call", "answer", "milliseconds", "request_id")
    list_display_links = ("when", "call")
    list_filter = (("connection__client", ClientFilter), ("at", PeriodFilter), "status", "rate_limited")
    search_fields = ("=request_id",)
    search_help_text = _("Request id")
    fields = ("connection", "run", "at", "method", "path", "status", "milliseconds", "request_id", "rate_limited")

    @admin.display(description=_("call"))
    def call(self, entry: CallEntry) -> str:
        """What was asked."""
        return f"{entry.method} {entry.path}"

    @admin.display(description=_("answer"), ordering="status")
    def answer(self, entry: CallEntry) -> SafeString:
        """What was answered."""
        if entry.rate_limited:
            return state("soon", str(entry.status or "–"), "speed")
        if entry.status is None:
            return state("failed", _("no answer"))
        return state("failed" if entry.status >= 400 else "none", str(entry.status))


@admin.register(VoucherChange)
class VoucherChangeAdmin(RecorderAdmin):
    """What fetches and webhooks made different about vouchers."""

    list_display = ("when", "client_name", "number", "what", "told")
    list_display_links = ("when", "number")
    list_filter = (("connection__client", ClientFilter), ("at", PeriodFilter), "kind")
    search_fields = ("=number",)
    search_help_text = _("Number")
    fields = ("connection", "run", "at", "number", "external_id", "kind", "told")
    readonly_fields = ("told",)

    @admin.display(description=_("what"), ordering="kind")
    def what(self, change: VoucherChange) -> str:
        """What became of it."""
        return change.get_kind_display()

    @admin.display(description=_("from and to"))
    def told(self, change: VoucherChange) -> str:
        """The fields."""
        return "; ".join(f"{item.name}: {item.told}" for item in differences(change))


@admin.register(SeenVoucher)
class SeenVoucherAdmin(RecorderAdmin):
    """Every document that a list has shown, and what was decided about it."""

    moment_field = "changed_at"
    list_display = ("date_text", "number", "contact_name", "total_text", "verdict", "status_text", "client_name")
    list_display_links = ("date_text", "number")
    list_filter = (("connection__client", ClientFilter), ("date", PeriodFilter), "verdict")
    search_fields = ("=number",)
    search_help_text = _("Number")

    def get_ordering(self, request: HttpRequest) -> list[str]:
        """In the order in which they were seen."""
        return ["-id"]

    @admin.display(description=_("date"), ordering="date")
    def date_text(self, row: SeenVoucher) -> str:
        """The date on the document."""
        return day(row.date) or "–"

    @admin.display(description=_("status"), ordering="status")
    def status_text(self, row: SeenVoucher) -> str:
        """The state in Lexware Office; its own word where it is new."""
        return str(STATUS_WORDS.get(row.status, row.status)) or "–"

    @admin.display(description=_("total"), ordering="total")
    def total_text(self, row: SeenVoucher) -> str:
        """The total."""
        return money(row.total)


@admin.register(WebhookDelivery)
class WebhookDeliveryAdmin(RecorderAdmin):
    """What we were told, and what came of it."""

    moment_field = "received_at"
    heavy_fields = ("body",)
    list_display = ("when", "client_name", "event_type", "resource_id", "where", "outcome_text", "attempts")
    list_display_links = ("when", "event_type")
    list_filter = (("connection__client", ClientFilter), ("received_at", PeriodFilter), "state", "event_type")
    search_fields = ("=resource_id",)
    search_help_text = _("Id of what it is about")

    @admin.display(description=_("outcome"), ordering="outcome")
    def outcome_text(self, delivery: WebhookDelivery) -> str:
        """What came of it."""
        return outcome_words(delivery.outcome)

    @admin.display(description=_("state"), ordering="state")
    def where(self, delivery: WebhookDelivery) -> SafeString:
        """Where its reading stands."""
        known = WebhookDelivery.State(delivery.state)
        tones = {
            WebhookDelivery.State.DONE: ("good", "check_circle"),
            WebhookDelivery.State.GAVE_UP: ("failed", "error"),
        }
        tone, icon = tones.get(known, ("todo", "hourglass_empty"))
        return state(tone, known.label, icon)
