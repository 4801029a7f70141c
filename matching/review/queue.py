"""The queue of open cases: which ones a person has, in which order, and what comes before and after one of them."""

import re
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import QueryDict

from accounts.models import Client, User
from accounts.scoping import scoped
from matching.models import Allocation, Proposal, Transaction
from matching.services.matchable import matchable
from vouchers.models import Voucher

PERIOD = re.compile(r"(?P<year>20\d\d)(?:-(?P<month>0[1-9]|1[0-2]))?")


@dataclass(frozen=True, slots=True)
class Filters:
    """What the person looks at: one client or all, a year or month of booking (``2025``, ``2025-03``) or all."""

    client: int | None = None
    period: str = ""

    @classmethod
    def of(cls, query: QueryDict) -> "Filters":
        """Read them from an address or a form; what makes no sense is left out."""
        client, period = query.get("client", ""), query.get("period", "")
        known = client.isascii() and client.isdigit() and len(client) < 10
        return cls(int(client) if known else None, period if PERIOD.fullmatch(period) else "")

    @property
    def query(self) -> str:
        """The part of an address behind the question mark, or nothing."""
        values = {"client": self.client, "period": self.period}
        return urlencode({key: value for key, value in values.items() if value})

    @property
    def days(self) -> tuple[date, date] | None:
        """The first day of the period and the first day after it."""
        match = PERIOD.fullmatch(self.period)
        if match is None:
            return None
        year, month = int(match["year"]), int(match["month"] or 0)
        if not month:
            return date(year, 1, 1), date(year + 1, 1, 1)
        return date(year, month, 1), date(year + month // 12, month % 12 + 1, 1)


def open_cases(user: User, filters: Filters) -> QuerySet[Proposal]:
    """The best open proposal of each voucher, for the person's clients; surest first, so that work flows.

    Once the first was rejected, the next best one is the voucher's case.
    """
    better = Allocation.objects.filter(
        voucher__allocations__proposal=OuterRef("pk"),
        proposal__state=Proposal.State.SUGGESTED,
        proposal__rank__lt=OuterRef("rank"),
    )
    cases = scoped(Proposal.objects.filter(Q(rank=1) | ~Exists(better), state=Proposal.State.SUGGESTED), user)
    if filters.client is not None:
        cases = cases.filter(client_id=filters.client)
    if filters.days is not None:
        first, after = filters.days
        inside = Allocation.objects.filter(transaction__booking_date__gte=first, transaction__booking_date__lt=after)
        cases = cases.filter(pk__in=inside.values("proposal"))
    return cases.order_by("-probability", "id")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a case stands in the queue: ``number`` of ``total``, and its neighbours' ids."""

    number: int
    total: int
    previous: int | None
    next: int | None


def place(cases: QuerySet[Proposal], proposal: Proposal) -> Place:
    """The place of a proposal among open cases, also of one that has just left them. Four queries."""
    before = cases.filter(
        Q(probability__gt=proposal.probability) | Q(probability=proposal.probability, pk__lt=proposal.pk)
    )
    after = cases.filter(
        Q(probability__lt=proposal.probability) | Q(probability=proposal.probability, pk__gt=proposal.pk)
    )
    return Place(
        before.count() + 1,
        cases.count(),
        before.order_by("probability", "-id").values_list("pk", flat=True).first(),
        after.values_list("pk", flat=True).first(),
    )


@dataclass(frozen=True, slots=True)
class Counts:
    """How many there are in each state, within the person's clients."""

    review: int
    no_payment: int
    no_voucher: int
    automatic: int
    confirmed: int
    withdrawn: int


def counts(user: User, filters: Filters) -> Counts:
    """The numbers above the queue. Six queries, plus those of scoping."""
    proposals = scoped(Proposal.objects.all(), user)
    vouchers = scoped(Voucher.objects.all(), user)
    transactions = scoped(matchable(Transaction.objects.all()), user)
    if filters.client is not None:
        proposals = proposals.filter(client_id=filters.client)
        vouchers = vouchers.filter(client_id=filters.client)
        transactions = transactions.filter(client_id=filters.client)
    live = Allocation.objects.filter(Q(standing=True) | Q(proposal__state=Proposal.State.SUGGESTED))
    return Counts(
        review=open_cases(user, Filters(filters.client)).count(),
        no_payment=vouchers.filter(withdrawn_at__isnull=True).exclude(pk__in=live.values("voucher")).count(),
        no_voucher=transactions.exclude(pk__in=live.values("transaction")).count(),
        automatic=proposals.filter(state=Proposal.State.AUTOMATIC).count(),
        confirmed=proposals.filter(state=Proposal.State.CONFIRMED).count(),
        withdrawn=vouchers.filter(withdrawn_at__isnull=False).count(),
    )


def clients_with_cases(user: User) -> QuerySet[Client]:
    """The clients who have open cases, for the filter."""
    return Client.objects.filter(pk__in=open_cases(user, Filters()).values("client")).order_by("number")


def months_with_cases(user: User, filters: Filters) -> list[date]:
    """The months of booking that have open cases, newest first, for the filter."""
    cases = open_cases(user, Filters(filters.client)).order_by()
    dates = Allocation.objects.filter(proposal__in=cases).dates("transaction__booking_date", "month", order="DESC")
    return list(dates)
