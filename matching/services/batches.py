"""Writing which of a batch's total and its payments stand; the thinking is in `batch_rules`."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from matching.models import Allocation, BankAccount, Proposal, Sighting, Transaction
from matching.services.batch_rules import REASONS, Line, Verdict, verdicts
from matching.services.bulk import portions
from matching.services.columns import NOTIFICATION
from matching.services.identity import fold
from matching.services.lines import is_money
from vouchers.locks import lock

CONFIRMED = Exists(
    Allocation.objects.filter(transaction=OuterRef("pk"), standing=True, proposal__state=Proposal.State.CONFIRMED)
)


def arrange_batches(account: BankAccount, days: Sequence[date]) -> None:
    """Let each batch of these days count once: by its payments, or by its total where a person has matched that.

    What does not count is withdrawn with its reason and stays; it counts again when the reason is gone. To be called
    under the lock of the account.
    """
    lock(account.client_id)  # nobody confirms a match in between
    for some in portions(days):
        rows = list(
            Transaction.objects.filter(Q(withdrawn_at=None) | Q(withdrawn_reason__in=REASONS))
            .filter(account=account, booking_date__in=some)
            .annotate(matched=CONFIRMED)
            .defer("raw", "purpose")
            .order_by("pk")
        )
        lines = _lines(rows)
        _write(rows, verdicts(lines))


def _lines(rows: Sequence[Transaction]) -> list[Line]:
    families: dict[int, set[str]] = defaultdict(set)
    keys: dict[int, set[str]] = defaultdict(set)
    for some in portions([row.pk for row in rows]):
        told = Sighting.objects.filter(transaction__in=some).values_list("transaction_id", "family", "key")
        for pk, family, key in told:
            families[pk].add(family)
            keys[pk].add(key.rsplit("-", 1)[0])
    return [
        Line(
            pk=row.pk,
            day=row.booking_date,
            amount=row.amount,
            currency=row.currency,
            entry_key=row.entry_key,
            part=row.part,
            parts=row.parts,
            families=frozenset(families[row.pk]),
            # a transaction without sources came before they were kept: then it was booked
            booked_by=frozenset(filter(is_money, families[row.pk] or {row.source})),
            keys=frozenset(keys[row.pk]),
            reference=fold(row.bank_reference),
            notification=fold(row.details.get(NOTIFICATION, "")),
            matched=row.matched,  # type: ignore[attr-defined]
        )
        for row in rows
    ]


def _write(rows: Sequence[Transaction], found: dict[int, Verdict]) -> None:
    """Write what is different now."""
    now = timezone.now()
    changes: dict[tuple[str, tuple[str, int], bool], list[int]] = defaultdict(list)
    for row in rows:
        verdict = found[row.pk]
        entry, parts = verdict.total_of
        was_total = row.part == 0
        if row.withdrawn_reason != verdict.reason or (bool(entry) or was_total) != (
            was_total and (row.entry_key, row.parts) == (entry, parts)
        ):
            changes[verdict.reason, verdict.total_of, was_total].append(row.pk)
    for (reason, (entry, parts), was_total), ids in changes.items():
        values: dict[str, object] = {"withdrawn_reason": reason, "withdrawn_at": now if reason else None}
        if entry:
            values |= {"entry_key": entry, "part": 0, "parts": parts}
        elif was_total:
            values |= {"entry_key": "", "part": 1, "parts": 1}
        for some in portions(ids):
            Transaction.objects.filter(pk__in=some).update(**values)
