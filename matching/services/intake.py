"""Taking over bank transactions: never one twice, never one swallowed, never an amount or a day changed.

A line whose family has told of it before changes nothing. Any other is brought together with what is stored for its
account, day, amount and currency (`identity`); it is another source of a transaction, or a new one. What one source
books as a total and another in its payments is the same money (`batches`). See docs/bank-identity.md.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from itertools import chain

from django.db import transaction
from django.utils import timezone

from matching.models import BankAccount, Sighting, Transaction
from matching.services.account_keys import AccountOfAnotherClient, account_for
from matching.services.batch_rules import REASONS
from matching.services.batches import arrange_batches
from matching.services.bulk import portions, present
from matching.services.columns import columns_of
from matching.services.identity import Seen, settle
from matching.services.lines import LEGACY, ImportOutcome, TransactionData, is_money, rank_of
from matching.services.pending import replace_pending
from matching.services.rows import Row, Source, Told, load_rows, write_lines, write_rows
from matching.services.twins import as_told_before

__all__ = ["AccountOfAnotherClient", "ImportOutcome", "TransactionData", "account_for", "import_transactions"]

Bucket = tuple[date, Decimal, str]


@transaction.atomic
def import_transactions(
    account: BankAccount,
    lines: Iterable[TransactionData],
    *,
    source: str = Transaction.Source.STATEMENT,
    family: str = "",
    delivery: str = "",
    through: date | None = None,
) -> ImportOutcome:
    """Take over the lines of one delivery of an account, all or none.

    ``family``: the exact format that numbers the keys, such as ``camt.053.001.08``, ``csv:dkb``, ``feed:qonto``;
    without one they count as what came before sources were kept, or as ``feed``. ``delivery``: where they come from,
    such as a file's name. ``through``: the last day that the delivery covers; what was announced up to then is
    replaced by what it announces. Safe to repeat, and to run twice at the same time.
    """
    family = family or (LEGACY if source == Transaction.Source.STATEMENT else source)
    BankAccount.objects.select_for_update(no_key=True).get(pk=account.pk)
    booked: dict[str, TransactionData] = {}
    announced: dict[str, TransactionData] = {}
    count = 0
    for line in lines:
        count += not line.pending
        (announced if line.pending else booked).setdefault(line.key, line)
    known = _known(account, family, list(booked))
    booked = as_told_before(account, family, booked, known)
    fresh = [line for key, line in booked.items() if key not in known]
    intake = _Intake(account, source, family, delivery[:80])
    new = intake.take(fresh)
    pending = replace_pending(account, family, announced.values(), through=through, booked=booked.values())
    return ImportOutcome(new=new, duplicate=count - new, sightings=len(fresh) - new, pending=pending)


@dataclass(slots=True)
class _Intake:
    """One delivery on its way into the tables."""

    account: BankAccount
    source: str
    family: str
    delivery: str
    rank: int = field(init=False)
    now: datetime = field(default_factory=timezone.now)

    def __post_init__(self) -> None:
        self.rank = rank_of(self.family)

    def take(self, fresh: list[TransactionData]) -> int:
        """Place the lines that this family has not told of; the number of new transactions."""
        if not fresh:
            return 0
        days = sorted({line.booking_date for line in fresh})
        stored, has_batches = self._stored(days)
        here: dict[Bucket, list[TransactionData]] = defaultdict(list)
        for line in fresh:
            here[line.booking_date, line.amount, line.currency].append(line)
        plain = [line for line in fresh if (line.booking_date, line.amount, line.currency) not in stored]
        if plain:
            write_lines(self.account, self.source, plain, self._source(plain[0]))
        new = len(plain) + sum(
            self._place(some, here, stored) for some in portions([*filter(stored.__contains__, here)])
        )
        if has_batches or not is_money(self.family) or any(line.parts > 1 for line in fresh):
            arrange_batches(self.account, days)
        return new

    def _place(
        self, buckets: Sequence[Bucket], here: Mapping[Bucket, list[TransactionData]], stored: dict[Bucket, list[int]]
    ) -> int:
        """Bring lines together with what is stored of the same day, amount and currency."""
        rows = load_rows([pk for bucket in buckets for pk in stored[bucket]])
        result: list[Row] = []
        for bucket in buckets:
            told = [Told(self._source(line), columns_of(line), line) for line in here[bucket]]
            result += self._settle([rows[pk] for pk in stored[bucket]], told)
        new = sum(row.id is None for row in result)
        write_rows(result)
        return new

    def _stored(self, days: list[date]) -> tuple[dict[Bucket, list[int]], bool]:
        """What the account has on these days, and whether it has payments of batches there."""
        buckets: dict[Bucket, list[int]] = {}
        has_batches = False
        mine = Transaction.objects.filter(account=self.account)
        for some in portions(days):
            for pk, day, amount, currency, part, parts, withdrawn in mine.filter(booking_date__in=some).values_list(
                "pk", "booking_date", "amount", "currency", "part", "parts", "withdrawn_reason"
            ):
                buckets.setdefault((day, amount, currency), []).append(pk)
                has_batches = has_batches or part != 1 or parts != 1 or withdrawn in REASONS
        return buckets, has_batches

    def _settle(self, rows: list[Row], fresh: list[Told]) -> list[Row]:
        """The rows of a bucket that are new, or have other sources now."""
        by_pk = {row.id: row for row in rows if row.id is not None}
        pool = {told.name: told for told in chain(fresh, *(row.told for row in rows))}
        result = []
        for payment in settle({pk: [told.seen for told in row.told] for pk, row in by_pk.items()}, _seen(fresh)):
            told = [pool[one.family, one.key] for one in payment.said]
            row = (
                by_pk[payment.row]
                if payment.row is not None
                else Row.begin(self.account, self.source, told[0], rows[0])
            )
            if payment.row is None or {one.name for one in told} != {one.name for one in row.told}:
                row.tell(told)
                result.append(row)
        return result

    def _source(self, line: TransactionData) -> Source:
        return Source(
            self.account.pk, self.family, self.rank, line.key, self.delivery, line.place[:80], seen_at=self.now
        )


def _seen(told: list[Told]) -> list[Seen]:
    return [one.seen for one in told]


def _known(account: BankAccount, family: str, keys: list[str]) -> set[str]:
    """Which of the keys this family has told of before."""
    return present(Sighting, {"account_id": account.pk, "family": family}, "key", keys) if keys else set()
