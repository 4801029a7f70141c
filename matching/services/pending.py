"""What a bank has announced and not booked: shown, never matched, gone when it is booked or announced no more."""

from collections import Counter
from collections.abc import Collection
from datetime import date

from django.db.models import Q

from matching.models import BankAccount, PendingLine, Transaction
from matching.services.bulk import portions
from matching.services.columns import columns_of
from matching.services.lines import TransactionData


def replace_pending(
    account: BankAccount,
    family: str,
    announced: Collection[TransactionData],
    *,
    through: date | None,
    booked: Collection[TransactionData],
) -> int:
    """Keep what a delivery announces instead of what was announced up to its last day; the number of lines kept.

    Each delivery of a family replaces what that family said before, and of the others what is not later than the last
    day it covers: an old statement says nothing about next week. To be called under the lock of the account.
    """
    if through is None and not announced:
        return 0  # a part of a feed, which says nothing about what it announced before
    days = [line.booking_date for line in (*booked, *announced)]
    last = max([*days, *([through] if through else [])])
    first = min(days, default=last)
    outdated = Q(day__lte=last) | Q(day=None) | Q(family=family, day__gte=first)
    PendingLine.objects.filter(outdated, account=account).delete()
    waiting = _not_booked(account, announced)
    rows = []
    for line in waiting:
        columns = columns_of(line)
        rows.append(
            PendingLine(
                account=account,
                family=family,
                key=line.key,
                day=line.booking_date,
                amount=line.amount,
                currency=line.currency,
                counterparty=columns["counterparty"],
                purpose=columns["purpose"],
                status=line.status[:20],
            )
        )
    PendingLine.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def _not_booked(account: BankAccount, announced: Collection[TransactionData]) -> list[TransactionData]:
    """Without those that another delivery has booked meanwhile: as many of a day and amount as there are."""
    days = sorted({line.booking_date for line in announced})
    there: Counter[tuple[object, ...]] = Counter()
    for some in portions(days):
        rows = Transaction.objects.filter(account=account, booking_date__in=some)
        there.update(rows.values_list("booking_date", "amount", "currency"))
    waiting = []
    for line in announced:
        bucket = (line.booking_date, line.amount, line.currency)
        if there[bucket]:
            there[bucket] -= 1
        else:
            waiting.append(line)
    return waiting
