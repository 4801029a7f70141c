"""Whether vouchers and transactions are matched: the mark, its look, the filter."""

from typing import Any

from django.contrib import admin
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts.display import state
from matching.models import Allocation, Proposal


def with_match(queryset: QuerySet[Any], name: str) -> QuerySet[Any]:
    """Mark vouchers or transactions (``name`` of the allocation's field) that are matched or have a suggestion."""
    mine = Allocation.objects.filter(**{name: OuterRef("pk")})
    marked: QuerySet[Any] = queryset.annotate(
        is_matched=Exists(mine.filter(standing=True)),
        is_suggested=Exists(mine.filter(proposal__state=Proposal.State.SUGGESTED)),
    )
    return marked


def match_state(row: Any) -> SafeString:
    """Whether a row marked by ``with_match`` is matched."""
    if row.is_matched:
        return state("good", _("matched"))
    if row.is_suggested:
        return state("todo", _("to review"))
    return state("none", _("no match"))


class MatchFilter(admin.SimpleListFilter):
    """Matched, to review, or neither; works on what ``with_match`` marked."""

    title = _("match")
    parameter_name = "match"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """The three."""
        return [("matched", _("matched")), ("review", _("to review")), ("none", _("no match"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Limit the list."""
        match self.value():
            case "matched":
                return queryset.filter(is_matched=True)
            case "review":
                return queryset.filter(is_matched=False, is_suggested=True)
            case "none":
                return queryset.filter(is_matched=False, is_suggested=False)
        return queryset
