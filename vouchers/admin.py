"""Vouchers and raw answers in the admin: to read; only the note is the accountant's."""

from typing import Any

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts.client_filter import ClientFilter
from accounts.display import day, moment, money, preformatted, state
from accounts.period_filter import PeriodFilter
from accounts.scoped_admin import ReadOnlyAdmin, ScopedAdmin, person
from vouchers.models import RawAnswer, Voucher
from vouchers.raw_display import raw_choice, readable
from vouchers.rows import documents
from vouchers.words import STATUS_WORDS


class Standing(admin.SimpleListFilter):
    """Vouchers that count, or those the provider took back."""

    title = _("state")
    parameter_name = "standing"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """The two."""
        return [("counts", _("counts")), ("withdrawn", _("withdrawn")), ("incomplete", _("not complete"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Limit the list."""
        match self.value():
            case "counts":
                return queryset.filter(withdrawn_at__isnull=True)
            case "withdrawn":
                return queryset.filter(withdrawn_at__isnull=False)
            case "incomplete":
                return queryset.filter(complete=False, withdrawn_at__isnull=True)
        return queryset


class VoucherAdmin(ScopedAdmin):
    """Vouchers: a dense list, and a page with fields, payments, files, the raw answer. Only the note can be changed."""

    change_form_template = "admin/vouchers/voucher_page.html"
    list_display = ("day", "reference", "contact_name", "type", "total_text", "standing", "client_number")
    list_display_links = ("day", "reference")
    list_filter = (
        ("client", ClientFilter),
        ("date", PeriodFilter),
        "type",
        Standing,
    )
    search_fields = ("number", "contact_name")
    search_help_text = _("Number or contact")
    ordering = ("-date", "-id")
    list_select_related = ("client",)
    fields = ("note",)

    @admin.display(description=_("date"), ordering="date")
    def day(self, voucher: Voucher) -> str:
        """The date on the document."""
        return day(voucher.date)

    @admin.display(description=_("number"), ordering="number")
    def reference(self, voucher: Voucher) -> str:
        """The number on the document."""
        return voucher.number or str(_("without number"))

    @admin.display(description=_("total"), ordering="total")
    def total_text(self, voucher: Voucher) -> str:
        """The total in its currency."""
        return money(voucher.total, voucher.currency)

    @admin.display(description=_("state"))
    def standing(self, voucher: Voucher) -> SafeString:
        """Where the voucher stands at the provider."""
        return standing(voucher)

    @admin.display(description=_("client"), ordering="client__number")
    def client_number(self, voucher: Voucher) -> str:
        """Whose voucher it is."""
        return str(voucher.client)

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Vouchers come from the provider."""
        return False

    def save_model(self, request: HttpRequest, obj: Voucher, form: Any, change: bool) -> None:
        """Write the note alone: a sync may have changed the rest since the page was opened."""
        Voucher.objects.filter(pk=obj.pk).update(note=obj.note)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Put everything about the voucher on its page."""
        voucher: Voucher = context["original"]
        context.update(
            voucher=voucher,
            title=str(voucher),
            standing=standing(voucher),
            payments=list(voucher.payments.order_by("position")),
            documents=documents(voucher) if person(request).has_perm("vouchers.view_voucherfile") else [],
            raw=raw_choice(voucher, request.GET.get("raw", "")),
            show_save_and_add_another=False,
            show_save_and_continue=False,
        )
        response: HttpResponse = super().render_change_form(request, context, *args, **kwargs)
        return response


def standing(voucher: Voucher) -> SafeString:
    """The state of a voucher in a word, an icon and a colour."""
    if voucher.withdrawn_at is not None:
        return state("soon", _("withdrawn"), "undo")
    if not voucher.complete:
        return state("todo", _("not complete"), "hourglass_empty")
    return state("good", STATUS_WORDS.get(voucher.status, voucher.status))


class RawAnswerAdmin(ReadOnlyAdmin):
    """Every version of what the provider said."""

    list_display = ("fetched", "kind", "external_id", "version", "client_number")
    list_filter = (("client", ClientFilter),)
    heavy_fields = ("body",)
    search_fields = ("external_id",)
    search_help_text = _("The provider's id")
    ordering = ("-id",)
    list_select_related = ("client",)
    fields = ("client", "provider", "kind", "external_id", "version", "fetched_at", "sha256", "answer")

    @admin.display(description=_("fetched"), ordering="fetched_at")
    def fetched(self, answer: RawAnswer) -> str:
        """When it was fetched."""
        return moment(answer.fetched_at)

    @admin.display(description=_("client"))
    def client_number(self, answer: RawAnswer) -> str:
        """Whose answer it is."""
        return str(answer.client)

    @admin.display(description=_("answer"))
    def answer(self, answer: RawAnswer) -> SafeString:
        """The answer, readable."""
        return preformatted(readable(answer.body))


admin.site.register(Voucher, VoucherAdmin)
admin.site.register(RawAnswer, RawAnswerAdmin)
