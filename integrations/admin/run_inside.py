"""What is inside a fetch: the vouchers it changed, those it had to leave out, the calls it made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from integrations.finding.words import Difference, differences
from integrations.models import CallEntry, SkippedRecord, SyncRun, VoucherChange
from integrations.words import Words, left_out

SHOWN = 50


@dataclass(frozen=True, slots=True)
class Inside:
    """The first of each, and whether there are more; ``taken``: what is new, ``calls``: newest first."""

    taken: tuple[VoucherChange, ...]
    taken_more: bool
    changes: tuple[tuple[VoucherChange, list[Difference]], ...]
    changes_more: bool
    skipped: tuple[tuple[SkippedRecord, Words], ...]
    skipped_more: bool
    calls: tuple[CallEntry, ...]
    calls_more: bool
    troubled: tuple[CallEntry, ...]


def inside(run: SyncRun, shown: int = SHOWN) -> Inside:
    """Read it: five queries, whatever there is."""
    new = VoucherChange.Kind.CREATED
    taken, taken_more = _first(run.changes.filter(kind=new).order_by("number", "pk"), shown)
    changes, changes_more = _first(run.changes.exclude(kind=new).order_by("kind", "-at", "-pk"), shown)
    skipped, skipped_more = _first(run.skipped.order_by("number", "pk"), shown)
    calls, calls_more = _first(run.calls.order_by("-at", "-pk"), shown)
    bad = Q(status__gte=400) | Q(status=None) | Q(rate_limited=True)
    troubled = run.calls.filter(bad).order_by("-at", "-pk")[:shown] if calls_more else []
    return Inside(
        tuple(taken),
        taken_more,
        tuple((change, differences(change)) for change in changes),
        changes_more,
        tuple((record, left_out(record.reason, run.connection.provider)) for record in skipped),
        skipped_more,
        tuple(calls),
        calls_more,
        tuple(troubled),
    )


def _first(rows: QuerySet[Any], shown: int) -> tuple[list[Any], bool]:
    found = list(rows[: shown + 1])
    return found[:shown], len(found) > shown
