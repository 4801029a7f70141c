"""Exchange rates in the admin: what is stored, and how their fetching went. They belong to no client."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.formats import number_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin

from accounts.display import day, moment, state
from accounts.period_filter import PeriodFilter
from accounts.scoped_admin import ReadOnlyAdmin
from integrations.exchange_words import problem_words
from matching.models import RateFetch, ReferenceRate

# As many as the European Central Bank gives for most currencies.
DECIMALS = 4


class _OfNobody(ReadOnlyAdmin):
    """Rows that belong to no client: whoever may see them sees all."""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """All rows."""
        rows: QuerySet[Any] = ModelAdmin.get_queryset(self, request)
        return rows


@admin.register(ReferenceRate)
class ReferenceRateAdmin(_OfNobody):
    """What a currency was worth on a day."""

    list_display = ("published", "currency", "worth")
    list_filter = (("day", PeriodFilter),)
    search_fields = ("=currency",)
    search_help_text = _("Currency, for example USD")
    empty_words = _("Rates are fetched once a day from the European Central Bank.")
    ordering = ("-day", "currency")
    fields = ("day", "currency", "worth")
    readonly_fields = ("worth",)

    @admin.display(description=_("day"), ordering="day")
    def published(self, rate: ReferenceRate) -> str:
        """Its day."""
        return day(rate.day)

    @admin.display(description=_("units for one euro"), ordering="units")
    def worth(self, rate: ReferenceRate) -> str:
        """How many units are one euro, with so many decimals that they stand under each other."""
        exponent = rate.units.normalize().as_tuple().exponent
        decimals = max(DECIMALS, -exponent) if isinstance(exponent, int) else DECIMALS
        return number_format(rate.units, decimal_pos=decimals, use_l10n=True, force_grouping=True)


@admin.register(RateFetch)
class RateFetchAdmin(_OfNobody):
    """How fetching went."""

    list_display = ("fetched", "file", "outcome", "added", "refused")
    ordering = ("-at", "-id")
    fields = ("at", "file", "outcome", "added", "refused", "detail")
    readonly_fields = ("outcome",)

    @admin.display(description=_("when"), ordering="at")
    def fetched(self, row: RateFetch) -> str:
        """When it was tried."""
        return moment(row.at)

    @admin.display(description=_("outcome"), ordering="problem")
    def outcome(self, row: RateFetch) -> SafeString:
        """What came of it."""
        if row.problem:
            return state("failed", problem_words(row.problem, row.detail))
        return state("good", _("fetched"))
