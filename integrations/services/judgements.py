"""The completeness of many accounts, from what was found out before.

Judging reads every statement; a firm with hundreds of clients has a hundred thousand of them. So the judgement of each
account is stored with a stamp of everything it was made from: the rules, the days that are needed, how many statements
there are and the sums of their figures, and the sums of the lines where those count. A stored judgement is used only
where its stamp is still right; every other account is judged anew at that moment. Nobody therefore has to tell when
something changes, a page never shows what is out of date, and reading writes nothing: ``store`` does, by the clock.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from hashlib import sha256
from typing import Any, Final

from django.db.models import Count, Max, Min, Q, Sum
from django.utils import timezone

from accounts.models import User
from accounts.scoping import scoped
from integrations.models import AccountJudgement, AccountStatement
from integrations.services.completeness import Covered, Need, delivered, judge, needs, overlap, work_accounts
from matching.coverage import Coverage, Finding, Kind, Span
from matching.models import BankAccount, Transaction

RULES: Final = 1
"""To be raised whenever ``matching.coverage`` judges differently: then everything is judged anew."""

Figures = dict[str, Any]
"""Sums of the rows of one account."""

BATCH: Final = 200
"""Accounts whose statements are in memory at the same time."""


@dataclass(frozen=True, slots=True)
class _Known:
    """What is stored of an account, the figures of its statements, and the stamp of what there is to judge now."""

    need: Need
    figures: Figures | None
    stamp: str
    stored: AccountJudgement | None

    @property
    def holds(self) -> bool:
        return self.stored is not None and self.stored.stamp == self.stamp


def judged(accounts: Iterable[BankAccount], today: date) -> list[Covered]:
    """What is known of each account, as ``completeness.covered`` says it. Seven queries, and two where some are new."""
    known = _known(list(accounts), today)
    fresh = judge([one.need for one in known if not one.holds])
    return [
        Covered(one.need.account, _from_json(one.stored.coverage))
        if one.stored is not None and one.holds
        else fresh[one.need.account.pk]
        for one in known
    ]


def missing(user: User, today: date) -> list[Covered]:
    """The accounts of a person's clients of which something is due, by client."""
    rows = scoped(work_accounts(), user).select_related("client").order_by("client__number", "bank", "key")
    return [one for one in judged(rows, today) if one.due(today)]


def store(today: date) -> int:
    """Store the judgements that do not hold any more; how many. Safe to repeat, and to run twice at the same time."""
    stale = [one for one in _known(list(work_accounts().select_related("client")), today) if not one.holds]
    for start in range(0, len(stale), BATCH):
        some = sorted(stale[start : start + BATCH], key=lambda one: one.need.account.pk)
        # What arrives while this is judged changes the stamp, so that this judgement does not hold from the beginning.
        statements = delivered([one.need.account.pk for one in some])
        overlapping = {pk for pk, given in statements.items() if overlap(given)}
        lines = _line_figures(sorted(overlapping))
        found = judge([one.need for one in some], statements)
        AccountJudgement.objects.bulk_create(
            [
                AccountJudgement(
                    account=one.need.account,
                    stamp=_stamp(one.need, one.figures, lines.get(one.need.account.pk)),
                    overlaps=one.need.account.pk in overlapping,
                    coverage=_to_json(found[one.need.account.pk].coverage),
                    judged_at=timezone.now(),
                )
                for one in some
            ],
            update_conflicts=True,
            unique_fields=["account"],
            update_fields=["stamp", "overlaps", "coverage", "judged_at"],
        )
    return len(stale)


def _known(accounts: Sequence[BankAccount], today: date) -> list[_Known]:
    if not accounts:
        return []
    keys = [account.pk for account in accounts]
    # One that is judged with its lines and one whose lines do not count are told apart by what was found out last.
    stored = {row.account_id: row for row in AccountJudgement.objects.filter(account__in=keys)}
    figures = _statement_figures(keys)
    lines = _line_figures([pk for pk, row in stored.items() if row.overlaps])
    firsts = {pk: row["first"] for pk, row in figures.items()}
    return [
        _Known(
            need,
            figures.get(need.account.pk),
            _stamp(need, figures.get(need.account.pk), lines.get(need.account.pk)),
            stored.get(need.account.pk),
        )
        for need in needs(accounts, firsts, today)
    ]


def _statement_figures(keys: Sequence[int]) -> dict[int, Figures]:
    rows = AccountStatement.objects.filter(account__in=keys).order_by().values("account")
    found = rows.annotate(
        count=Count("pk"),
        numbers=Sum("pk"),
        first=Min("from_date"),
        last=Max("to_date"),
        begun=Sum("opening"),
        ended=Sum("closing"),
        moved=Sum("booked"),
        provisionals=Count("pk", filter=Q(provisional=True)),
    )
    return {row["account"]: dict(row) for row in found}


def _line_figures(keys: Sequence[int]) -> dict[int, Figures]:
    rows = Transaction.objects.filter(Q(account__in=keys), withdrawn_at=None).order_by().values("account")
    found = rows.annotate(count=Count("pk"), numbers=Sum("pk"), moved=Sum("amount"))
    return {row["account"]: dict(row) for row in found if row["account"] is not None}


def _stamp(need: Need, statements: Figures | None, lines: Figures | None) -> str:
    facts = (RULES, need.span, need.ended, sorted((statements or {}).items()), sorted((lines or {}).items()))
    return sha256(repr(facts).encode()).hexdigest()


def _to_json(coverage: Coverage) -> dict[str, Any]:
    return {
        "needed": _span_to_json(coverage.needed),
        "complete": [_span_to_json(span) for span in coverage.complete],
        "findings": [
            {
                "kind": one.kind.value,
                "span": _span_to_json(one.span),
                "statements": list(one.statements),
                "expected": None if one.expected is None else str(one.expected),
                "found": None if one.found is None else str(one.found),
            }
            for one in coverage.findings
        ],
        "ended": None if coverage.ended is None else coverage.ended.isoformat(),
    }


def _from_json(stored: dict[str, Any]) -> Coverage:
    return Coverage(
        _span_from_json(stored["needed"]) if stored["needed"] else None,
        tuple(_span_from_json(span) for span in stored["complete"]),
        tuple(
            Finding(
                Kind(one["kind"]),
                _span_from_json(one["span"]),
                tuple(one["statements"]),
                None if one["expected"] is None else Decimal(one["expected"]),
                None if one["found"] is None else Decimal(one["found"]),
            )
            for one in stored["findings"]
        ),
        date.fromisoformat(stored["ended"]) if stored["ended"] else None,
    )


def _span_to_json(span: Span | None) -> list[str] | None:
    return None if span is None else [span.first.isoformat(), span.last.isoformat()]


def _span_from_json(days: list[str]) -> Span:
    return Span(date.fromisoformat(days[0]), date.fromisoformat(days[1]))
