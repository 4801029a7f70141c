"""The firm's start page: what waits, what is missing, which connections need somebody, last night, automatic share."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import TruncMonth
from django.http import HttpRequest
from django.utils import timezone
from django.utils.safestring import SafeString

from accounts.models import User
from accounts.scoped_admin import person
from accounts.scoping import scoped
from integrations.admin.key_calendar import ending_soon
from integrations.admin.states import Case, case, connection_state
from integrations.completeness_words import summary
from integrations.models import ClientQuestion, Connection, Provider, Status, SupportRequest, SyncRun
from integrations.services.judgements import missing
from matching.models import AccountState, Allocation, BankAccount, Proposal
from matching.review.queue import Filters, open_cases
from vouchers.models import Voucher

SHOWN = 12
MONTHS = 12
KEY_ENDS_SOON = timedelta(days=30)
NEVER_FINISHED = timedelta(days=3)
NIGHT = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A client's open cases: how many, and since when the oldest waits."""

    client: int
    name: str
    cases: int
    oldest: datetime

    @property
    def days(self) -> int:
        """Whole days the oldest case has waited."""
        return (timezone.now() - self.oldest).days


@dataclass(frozen=True, slots=True)
class Trouble:
    """A connection that needs somebody."""

    connection: Connection
    badge: SafeString
    case: Case
    ends: date | None


@dataclass(frozen=True, slots=True)
class Night:
    """The fetches of the last day. ``created`` and ``changed`` count vouchers, ``lines`` new bank transactions."""

    connections: int
    created: int
    lines: int
    changed: int
    failed: int
    running: int
    matched: float | None


@dataclass(frozen=True, slots=True)
class Bar:
    """One month of vouchers: how many, how many of them matched without a person; the plot's own measures."""

    month: date
    vouchers: int
    automatic: int
    left: int

    @property
    def share(self) -> int | None:
        """The automatic share in per cent, rounded down; ``None`` in a month without vouchers."""
        return self.automatic * 100 // self.vouchers if self.vouchers else None

    @property
    def last(self) -> date:
        """The last day of the month."""
        return date(self.month.year + self.month.month // 12, self.month.month % 12 + 1, 1) - timedelta(days=1)

    @property
    def top(self) -> int:
        """Where the bar begins, in the plot's units (100 high)."""
        return 100 - (self.share or 0)

    @property
    def middle(self) -> int:
        """Where the month's label stands."""
        return self.left + 22


def start_page(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """What the start page shows; the same number of queries whatever there is."""
    user = person(request)
    may = user.has_perm
    if may("matching.view_proposal"):
        waiting, total = waiting_cases(user)
        context.update(may_review=True, waiting=waiting, waiting_cases=total, bars=automatic_share(user))
    context.update(may_see_lines=may("matching.view_transaction"))
    if may("matching.view_bankaccount"):
        today = timezone.localdate()
        lacking = missing(user, today)
        context.update(
            may_accounts=True,
            lacking=[(one.account, summary(one.coverage)) for one in lacking[:SHOWN]],
            lacking_accounts=len(lacking),
            lacking_clients=len({one.account.client_id for one in lacking}),
            account_requests=list(requested_accounts(user)),
        )
    if may("integrations.view_connection"):
        context.update(
            may_connections=True, troubles=troubles(user), night=last_night(user), keys_ending=ending_soon(user)
        )
    if may("integrations.view_clientquestion"):
        answered = scoped(ClientQuestion.objects.filter(state=ClientQuestion.State.ANSWERED), user)
        context.update(answers=list(answered.select_related("client").order_by("answered_at")[:SHOWN]))
    if may("integrations.view_supportrequest"):
        open_requests = scoped(SupportRequest.objects.filter(state=SupportRequest.State.OPEN), user)
        context.update(
            may_support=True, requests=list(open_requests.select_related("client").order_by("created_at")[:SHOWN])
        )
    return context


def requested_accounts(user: User) -> QuerySet[BankAccount]:
    """The accounts that clients have asked for and nobody has decided, the oldest first. One query."""
    rows = scoped(BankAccount.objects.filter(state=AccountState.REQUESTED, is_private=False), user)
    return rows.select_related("client").order_by("created_at")[:SHOWN]


def waiting_cases(user: User) -> tuple[list[Waiting], int]:
    """The clients whose oldest case has waited longest, and the number of all cases. One query."""
    rows = (
        open_cases(user, Filters())
        .order_by()
        .values("client", "client__number", "client__name")
        .annotate(cases=Count("pk"), oldest=Min("created_at"))
        .order_by("oldest")
    )
    found = [
        Waiting(row["client"], f"{row['client__number']} {row['client__name']}", row["cases"], row["oldest"])
        for row in rows
    ]
    return found[:SHOWN], sum(row.cases for row in found)


def troubles(user: User) -> list[Trouble]:
    """Connections that failed, whose key ends soon, or that were begun and never finished. One query."""
    today, now = timezone.localdate(), timezone.now()
    ends_soon = Q(status=Status.ACTIVE, key_expires_on__lte=today + KEY_ENDS_SOON)
    never_finished = Q(status=Status.ACTIVATE, status_since__lte=now - NEVER_FINISHED)
    rows = scoped(Connection.objects.filter(Q(status=Status.FAILED) | ends_soon | never_finished), user)
    return [
        Trouble(row, connection_state(row), case(row), row.key_expires_on if row.status == Status.ACTIVE else None)
        for row in rows.select_related("client").order_by("status_since")[:SHOWN]
    ]


def last_night(user: User) -> Night | None:
    """The fetches of the last 24 hours in numbers; ``None`` where there were none. Two queries."""
    since = timezone.now() - NIGHT
    of_documents = Q(connection__provider__in=[one for one in Provider if not one.is_bank])
    runs = scoped(SyncRun.objects.filter(queued_at__gte=since), user, "connection__client").aggregate(
        connections=Count("connection", distinct=True),
        lines=Sum("created", default=0, filter=~of_documents),
        created=Sum("created", default=0, filter=of_documents),
        changed=Sum("changed", default=0, filter=of_documents),
        failed=Count("pk", filter=Q(state=SyncRun.State.FAILED)),
        running=Count("pk", filter=Q(state__in=[SyncRun.State.QUEUED, SyncRun.State.RUNNING])),
    )
    new = scoped(Voucher.objects.filter(created_at__gte=since), user)
    standing = Allocation.objects.filter(voucher=OuterRef("pk"), standing=True)
    share = new.aggregate(all=Count("pk"), matched=Count("pk", filter=Q(Exists(standing))))
    if not runs["connections"]:
        return None
    return Night(**runs, matched=share["matched"] / share["all"] if share["all"] else None)


def automatic_share(user: User) -> list[Bar]:
    """The last twelve months with vouchers, by their date. One query."""
    today = timezone.localdate()
    by_itself = Allocation.objects.filter(
        voucher=OuterRef("pk"), standing=True, proposal__state=Proposal.State.AUTOMATIC
    )
    rows = (
        scoped(Voucher.objects.filter(withdrawn_at=None, date__gte=date(today.year - 1, today.month, 1)), user)
        .annotate(by_itself=Exists(by_itself), month=TruncMonth("date"))
        .values("month")
        .annotate(vouchers=Count("pk"), automatic=Count("pk", filter=Q(by_itself=True)))
        .order_by("month")
    )
    latest = list(rows)[-MONTHS:]
    return [Bar(row["month"], row["vouchers"], row["automatic"], 56 * place) for place, row in enumerate(latest)]
