"""Which days a feed covers, month by month, with the balances that the bank gives beside each line.

Qonto sends no statements. The balance after each line makes them: what was there before the first line of a month, and
after the last one. If a line were missing, the sum of the lines would not lead from one to the other.
"""

from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import simplejson

from integrations.models import AccountStatement
from integrations.providers.qonto.reading import line as read_line
from integrations.providers.qonto.types import Line
from integrations.services.qonto_lines import FAMILY
from matching.models import BankAccount, Sighting

NEVER = datetime.min.replace(tzinfo=UTC)


def cover(account: BankAccount, first: date, last: date, changed: Collection[date]) -> None:
    """Say that the days from ``first`` to ``last`` are complete; months with new lines or days are written anew."""
    written = {
        statement.statement_id: statement
        for statement in AccountStatement.objects.filter(account=account, file=None, format=FAMILY)
    }
    touched = {f"{day:%Y-%m}" for day in changed}
    for beginning, end in months(first, last):
        name = f"{beginning:%Y-%m}"
        known = written.get(name)
        if known and name not in touched and (known.from_date, known.to_date) == (beginning, end):
            continue
        AccountStatement.objects.update_or_create(
            account=account,
            file=None,
            format=FAMILY,
            statement_id=name,
            defaults={"from_date": beginning, "to_date": end, **_figures(account, beginning, end)},
        )


def months(first: date, last: date) -> Iterator[tuple[date, date]]:
    """The calendar months of a stretch of days, the first and the last one cut off; none where it is empty."""
    while first <= last:
        following = (first.replace(day=1) + timedelta(days=32)).replace(day=1)
        yield first, min(last, following - timedelta(days=1))
        first = following


def edges(lines: Sequence[Line]) -> tuple[Decimal | None, Decimal | None]:
    """The balance before the first and after the last of these lines, by the moment they were settled.

    Of several in the same moment the first is the one whose balance before is no other's balance after, and so on.
    None where the bank gave no balance.
    """
    ordered = sorted(lines, key=lambda line: line.settled_at or NEVER)
    first = [line for line in ordered if line.settled_at == ordered[0].settled_at]
    last = [line for line in ordered if line.settled_at == ordered[-1].settled_at]
    befores = [line.balance - line.amount for line in first if line.balance is not None]
    afters = [line.balance for line in last if line.balance is not None]
    opening = _only(befores, [line.balance for line in first if line.balance is not None])
    closing = _only(afters, [line.balance - line.amount for line in last if line.balance is not None])
    return opening, closing


def _only(candidates: list[Decimal], others: list[Decimal]) -> Decimal | None:
    left = list(candidates)
    for other in others:
        if other in left and len(left) > 1:
            left.remove(other)
    return left[0] if len(left) == 1 else None


def _figures(account: BankAccount, first: date, last: date) -> dict[str, object]:
    lines = _lines(account, first, last)
    opening, closing = edges(lines) if lines else (None, None)
    return {
        "opening": opening,
        "closing": closing,
        "booked": sum((line.amount for line in lines), Decimal(0)),
        "lines": len(lines),
        "currency": account.currency,
    }


def _lines(account: BankAccount, first: date, last: date) -> list[Line]:
    """The lines as Qonto said them; the words of an only source lie with the transaction itself."""
    days = Sighting.objects.filter(account=account, family=FAMILY, transaction__booking_date__range=(first, last))
    raws = days.values_list("raw", "transaction__raw")
    read = (read_line(simplejson.loads(own or shared, use_decimal=True)) for own, shared in raws)
    return [line for line in read if isinstance(line, Line)]
