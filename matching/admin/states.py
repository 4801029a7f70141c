"""Whether vouchers and transactions are matched: the mark, its look, the filter."""

from typing import Any

from django.contrib import admin
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts.display import state
from matching.models import Allocation, OwnTransfer, Proposal, Transaction
from matching.services.matchable import matchable


def with_match(queryset: QuerySet[Any], name: str) -> QuerySet[Any]:
    """Mark vouchers or transactions (``name`` of the allocation's field) that are matched or have a suggestion."""
    mine = Allocation.objects.filter(**{name: OuterRef("pk")})
    if name == "transaction":
        own = OwnTransfer.objects.exclude(state=OwnTransfer.State.REJECTED)
        queryset = queryset.annotate(
            is_own=Exists(own.filter(outgoing=OuterRef("pk"))) | Exists(own.filter(incoming=OuterRef("pk")))
        )
    marked: QuerySet[Any] = queryset.annotate(
        is_matched=Exists(mine.filter(standing=True)),
        is_suggested=Exists(mine.filter(proposal__state=Proposal.State.SUGGESTED)),
    )
    return marked


def match_state(row: Any) -> SafeString:
    """Whether a row marked by ``with_match`` is matched; a line that does not stand any more says that first."""
    if getattr(row, "withdrawn_at", None) is not None:
        return state("none", _("does not count"), "block")
    if row.is_matched:
        return state("good", _("matched"))
    if getattr(row, "is_own", False):
        return state("good", _("own transfer"), "sync_alt")
    if row.is_suggested:
        return state("todo", _("to review"))
    return state("none", _("no match"))


class MatchFilter(admin.SimpleListFilter):
    """Matched, to review, or neither; works on what ``with_match`` marked."""

    title = _("match")
    parameter_name = "match"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """The three; of bank lines the own transfers, and those that do not stand, as well."""
        found: list[tuple[str, Any]] = [
            ("matched", _("matched")), ("review", _("to review")), ("none", _("no match"))
        ]  # fmt: skip
        more: list[tuple[str, Any]] = [("own", _("own transfer")), ("withdrawn", _("does not count"))]
        return [*found, *more] if model_admin.model is Transaction else found

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Limit the list."""
        lines = queryset.model is Transaction
        match self.value():
            case "matched":
                return queryset.filter(is_matched=True)
            case "review":
                return queryset.filter(is_matched=False, is_suggested=True)
            case "none":
                open_ones = queryset.filter(is_matched=False, is_suggested=False)
                return matchable(open_ones) if lines else open_ones
            case "own" if lines:
                return queryset.filter(is_own=True)
            case "withdrawn" if lines:
                return queryset.exclude(withdrawn_at=None)
        return queryset
