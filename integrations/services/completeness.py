"""Which days of the clients' accounts are complete: from rows to ``matching.coverage``, for one account or many."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

from django.db.models import Q, QuerySet, Sum, prefetch_related_objects

from accounts.models import Client
from accounts.tax import sync_start
from integrations.models import AccountStatement
from matching.coverage import Coverage, Delivered, Finding, Kind, Span, coverage
from matching.models import AccountState, BankAccount, Transaction

DAY = timedelta(days=1)
COLUMNS = (
    "account_id", "pk", "from_date", "to_date", "booked", "opening", "closing", "sequence", "format", "provisional",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Covered:
    """An account and what is known of its days."""

    account: BankAccount
    coverage: Coverage

    @property
    def tasks(self) -> tuple[Finding, ...]:
        """What somebody has to do something about; what the bank changed later is told, and the newer figure counts."""
        return tuple(finding for finding in self.coverage.findings if finding.kind is not Kind.CHANGED)

    def due(self, today: date) -> tuple[Finding, ...]:
        """The tasks that cannot wait: those that reach into a month that has ended."""
        this_month = today.replace(day=1)
        return tuple(finding for finding in self.tasks if finding.span.first < this_month)


@dataclass(frozen=True, slots=True)
class Need:
    """An account, the days of it that are needed (None: none yet), and its last day where it is known."""

    account: BankAccount
    span: Span | None
    ended: date | None


def work_accounts() -> QuerySet[BankAccount]:
    """The accounts whose statements somebody needs: connected or closed, and used for the business."""
    return BankAccount.objects.filter(state__in=[AccountState.OPEN, AccountState.CLOSED], is_private=False)


def covered(accounts: Iterable[BankAccount], today: date) -> list[Covered]:
    """What is known of each account, judged now. The same six queries for one account and for a thousand."""
    rows = list(accounts)
    if not rows:
        return []
    statements = delivered([row.pk for row in rows])
    firsts = {pk: min(one.span.first for one in given) for pk, given in statements.items()}
    wanted = needs(rows, firsts, today)
    found = judge(wanted, statements)
    return [found[one.account.pk] for one in wanted]


def needs(accounts: Sequence[BankAccount], firsts: Mapping[int, date], today: date) -> list[Need]:
    """The days of each account of which statements are needed; ``firsts``: its first statement's. Three queries.

    An account is needed from the first day of the client's oldest open year (or VAT period), or from the day that was
    asked for if that is later, until yesterday, the day it was closed, or the day before another one took its place.
    One that has taken another's place is needed from then on, or from its first statement if that is earlier.
    """
    prefetch_related_objects(accounts, "client__tax_years", "client__vat_returns", "predecessors")
    starts = {
        client.pk: sync_start(client, today) for client in {row.client_id: row.client for row in accounts}.values()
    }
    return [
        Need(row, needed(row, _first(row, starts[row.client_id], firsts.get(row.pk)), today), last_day(row))
        for row in accounts
    ]


def judge(wanted: Sequence[Need], statements: Mapping[int, list[Delivered]] | None = None) -> dict[int, Covered]:
    """Judge accounts, by account. Two queries, one where the statements are given, none where there are no accounts."""
    if not wanted:
        return {}
    given = delivered([one.account.pk for one in wanted]) if statements is None else statements
    lines = _lines([pk for pk, some in given.items() if overlap(some)])
    return {
        one.account.pk: Covered(
            one.account,
            coverage(given.get(one.account.pk, []), one.span, lines=lines.get(one.account.pk), ended=one.ended),
        )
        for one in wanted
    }


def delivered(accounts: Sequence[int]) -> dict[int, list[Delivered]]:
    """The statements of some accounts by account. One query."""
    statements: dict[int, list[Delivered]] = defaultdict(list)
    rows = AccountStatement.objects.filter(account__in=accounts).order_by("account", "pk")
    for account, number, first, last, *figures in rows.values_list(*COLUMNS):
        statements[account].append(Delivered(number, Span(first, last), *figures))
    return statements


def covered_of(client: Client, today: date) -> list[Covered]:
    """What is known of each account of a client, those in use first."""
    rows = work_accounts().filter(client=client).select_related("client")
    return covered(rows.order_by("-state", "bank", "key"), today)


def needed(account: BankAccount, start: date, today: date) -> Span | None:
    """The days of an account of which statements are needed, from ``start`` on."""
    last = min(today - DAY, last_day(account) or date.max)
    return Span(start, last) if start <= last else None


def last_day(account: BankAccount) -> date | None:
    """The last day on which an account could be used; None while it is."""
    ends = [account.closed_on, account.successor_from - DAY if account.successor_from else None]
    return min((day for day in ends if day is not None), default=None)


def _first(account: BankAccount, start: date, given: date | None) -> date:
    if account.wanted_from is not None:
        return max(start, account.wanted_from)
    took_over = [row.successor_from for row in account.predecessors.all() if row.successor_from is not None]
    if not took_over:
        return start
    return max(start, min([*took_over, *([given] if given else [])]))


def overlap(given: Sequence[Delivered]) -> bool:
    """Whether some statements share days without being the same: then their lines are compared day by day."""
    spans = sorted({one.span for one in given})
    return any(later.first <= before.last for before, later in pairwise(spans))


def _lines(accounts: Sequence[int]) -> dict[int, dict[date, Decimal]]:
    """The sum of the stored lines by account and day."""
    sums: dict[int, dict[date, Decimal]] = {pk: {} for pk in accounts}
    rows = (
        Transaction.objects.filter(Q(account__in=accounts), withdrawn_at=None)
        .order_by()
        .values_list("account_id", "booking_date")
        .annotate(moved=Sum("amount"))
    )
    for account, day, moved in rows:
        if account is not None:
            sums[account][day] = moved
    return sums
