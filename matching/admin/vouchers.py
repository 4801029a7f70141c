"""Matches on the pages of vouchers: this app hangs them there, since vouchers know nothing of matching."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts.scoped_admin import person
from matching.admin.external import payment_state
from matching.admin.states import MatchFilter, match_state, with_match
from matching.external_words import reason_words
from matching.models import Allocation, ExternalPayment
from matching.services.unmatched import why_no_payment
from vouchers.admin import VoucherAdmin
from vouchers.models import Voucher

admin.site.unregister(Voucher)


@admin.register(Voucher)
class MatchedVoucherAdmin(VoucherAdmin):
    """Vouchers with the bank lines that paid them, for those who may see bank lines."""

    def may_see(self, request: HttpRequest) -> bool:
        """Whether the person may see matches."""
        return person(request).has_perm("matching.view_proposal")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With the mark of a match."""
        return with_match(super().get_queryset(request), "voucher")

    def get_list_display(self, request: HttpRequest) -> list[str]:
        """One more column."""
        columns = list(super().get_list_display(request))
        if self.may_see(request):
            columns.insert(columns.index("standing") + 1, "match")
        return columns

    def get_list_filter(self, request: HttpRequest) -> list[Any]:
        """One more filter."""
        filters = list(super().get_list_filter(request))
        return [*filters, MatchFilter] if self.may_see(request) else filters

    @admin.display(description=_("match"))
    def match(self, voucher: Voucher) -> SafeString:
        """Whether it is matched."""
        return match_state(voucher)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Add what paid the voucher."""
        if self.may_see(request):
            rows = Allocation.objects.filter(voucher=context["original"])
            context.update(
                may_see_matches=True,
                why=why_no_payment(context["original"]),
                externals=[
                    (payment, payment_state(payment), reason_words(payment))
                    for payment in context["original"].external_payments.order_by("-pk")
                ],
                external_kinds=ExternalPayment.Kind.choices,
                may_add_external=person(request).has_perm("matching.add_externalpayment")
                and context["original"].withdrawn_at is None,
                matches=list(
                    rows.select_related("proposal", "transaction__account").order_by(
                        "-standing", "proposal__rank", "-proposal__id"
                    )[:50]
                ),
            )
        return super().render_change_form(request, context, *args, **kwargs)
