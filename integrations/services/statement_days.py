"""Which days of an account a delivery covers, with its balances: what completeness is judged by."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from django.db import transaction
from django.db.models import Max

from integrations.models import AccountStatement, StatementFile
from integrations.statements.shapes import Statement
from integrations.statements.transactions import PROVISIONAL
from matching.models import BankAccount

LARGEST: Final = Decimal("1e16")


@dataclass(frozen=True, slots=True)
class Covered:
    """A statement that was taken over: the account, what the file says of it, and the days of its booked lines.

    ``repeats``: its format had told some of its lines before. ``since``: `newest_days` as it was taken over.
    """

    account: BankAccount
    number: int
    statement: Statement
    days: frozenset[date]
    repeats: bool = False
    since: int = 0

    @property
    def span(self) -> tuple[date, date] | None:
        """First and last day: as the file says, else by balances and lines; None where nothing tells."""
        header = self.statement.header
        told = {header.period_from, header.period_to, header.closing.on if header.closing else None, *self.days}
        if header.opening and header.opening.code == "OPBD":
            told.add(header.opening.on)
        days = sorted(day for day in told if day is not None)
        if not days:
            return None
        # a line before the period is a line of an earlier day that was booked late: the period stands
        first = header.period_from or days[0]
        last = header.period_to or days[-1]
        return (first, last) if first <= last else (last, first)


def through(statement: Statement, days: Iterable[date]) -> date | None:
    """The last day that a statement tells of."""
    header = statement.header
    told = (header.period_to, header.closing.on if header.closing else None, *days)
    return max((day for day in told if day is not None), default=None)


def newest_days(account: BankAccount) -> int:
    """The number of the row that was kept last for an account; 0 if there is none."""
    return AccountStatement.objects.filter(account=account).aggregate(newest=Max("pk"))["newest"] or 0


@transaction.atomic
def keep_days(file: StatementFile, statements: Sequence[Covered]) -> None:
    """Write what the statements of a file cover; the same file again changes nothing.

    Under the lock of the accounts, so that the rows of an account are numbered in the order in which they can be seen.
    """
    accounts = sorted({covered.account.pk for covered in statements})
    list(BankAccount.objects.select_for_update(no_key=True).filter(pk__in=accounts).order_by("pk").values_list("pk"))
    rows = []
    for covered in statements:
        span, statement = covered.span, covered.statement
        if span is None or not statement.complete:
            continue
        header = statement.header
        rows.append(
            AccountStatement(
                account=covered.account,
                file=file,
                format=header.format[:40],
                number=covered.number,
                statement_id=header.statement_id[:80],
                sequence=(header.sequence_number or header.legal_number)[:40],
                from_date=span[0],
                to_date=span[1],
                opening=_amount(header.opening.amount if header.opening else None),
                closing=_amount(header.closing.amount if header.closing else None),
                booked=_amount(statement.booked) or Decimal(0),
                lines=statement.entries - statement.not_booked,
                currency=header.currency[:3] or covered.account.currency,
                provisional=header.message in PROVISIONAL,
            )
        )
    AccountStatement.objects.bulk_create(rows, ignore_conflicts=True)


def _amount(value: Decimal | None) -> Decimal | None:
    return None if value is None or abs(value) >= LARGEST else round(value, 2)
