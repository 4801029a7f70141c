"""Which days the statements and feeds of a client's accounts cover."""

from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils import timezone

from accounts.models import Client
from integrations.models.feed import FeedAccount
from integrations.services.completeness import delivered
from matching.coverage import known
from matching.models import BankAccount

Days = tuple[tuple[date, date], ...]
"""Stretches of days, both ends included, in order and apart."""

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class AccountDays:
    """A business account: the days that are here, the first and the last one on which it is used, where known."""

    days: Days
    first: date | None = None
    last: date | None = None

    def uses(self, day: date) -> bool:
        """Whether something may be booked on it on that day; one that took another's place, from then on."""
        return (self.first is None or day >= self.first) and (self.last is None or day <= self.last)

    def covers(self, day: date) -> bool:
        """Whether what was booked on that day is here."""
        at = bisect_right(self.days, day, key=lambda stretch: stretch[0]) - 1
        return at >= 0 and day <= self.days[at][1]


@dataclass(frozen=True, slots=True)
class ClientCoverage:
    """All business accounts of a client, those that were only requested included."""

    accounts: tuple[AccountDays, ...]

    def complete_on(self, day: date) -> bool:
        """Whether every account that was used on that day has it. False where none was used."""
        used = [account for account in self.accounts if account.uses(day)]
        return bool(used) and all(account.covers(day) for account in used)


def coverage_of(client: Client) -> ClientCoverage:
    """What is here of a client's accounts. Three queries.

    Where balances join, the days between statements are here too: nothing moved. Days that contradict each other, and
    the last day of a provisional statement, are not.
    """
    accounts = list(BankAccount.objects.filter(client=client, is_private=False).exclude(state="refused").order_by("pk"))
    stretches: dict[int, list[tuple[date, date]]] = defaultdict(list)
    for pk, statements in delivered([account.pk for account in accounts]).items():
        stretches[pk] = [(span.first, span.last) for span in known(statements)]
    feeds = FeedAccount.objects.filter(account__in=accounts).exclude(read_from=None).exclude(read_through=None)
    for account_id, start, through in feeds.values_list("account_id", "read_from", "read_through"):
        # the day on which it was read last may have gone on
        end = timezone.localtime(through).date() - DAY if through else None
        if account_id is not None and start is not None and end is not None and start <= end:
            stretches[account_id].append((start, end))
    took_over = {account.successor_id: account.successor_from for account in accounts if account.successor_id}
    days = [
        AccountDays(joined(stretches[account.pk]), took_over.get(account.pk), _last_day(account))
        for account in accounts
    ]
    return ClientCoverage(tuple(days))


def joined(stretches: list[tuple[date, date]]) -> Days:
    """Stretches that overlap or follow each other as one.

    >>> joined([(date(2025, 1, 3), date(2025, 1, 5)), (date(2025, 1, 1), date(2025, 1, 2))])
    ((datetime.date(2025, 1, 1), datetime.date(2025, 1, 5)),)
    """
    found: list[tuple[date, date]] = []
    for first, last in sorted(stretches):
        if found and first <= found[-1][1] + DAY:
            found[-1] = found[-1][0], max(found[-1][1], last)
        else:
            found.append((first, last))
    return tuple(found)


def _last_day(account: BankAccount) -> date | None:
    """The last day on which something may be booked: it was closed, or another one took its place."""
    ends = []
    if account.closed_on is not None:
        ends.append(account.closed_on)
    if account.successor_from is not None:
        ends.append(account.successor_from - DAY)
    return min(ends) if ends else None
