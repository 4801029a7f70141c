"""Equal lines without an id in several statements of an account: as many payments as the statements prove.

The intake takes a line that its format told before for the same payment. Where two statements share a day and cannot
overlap, that is wrong: then each of them tells of payments of its own (`integrations.statements.overlap`). The number
depends on what was ever imported and not on its order, since the earlier files are read again where it matters; also
not on two files being imported in the same moment (`_met`).
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal
from typing import Final

from django.db import transaction

from integrations.models import AccountStatement, StatementFile
from integrations.services.statement_days import Covered
from integrations.statements.overlap import Line, Telling, apart, number_of
from integrations.statements.shapes import Statement
from integrations.statements.transactions import page_number
from matching.models import BankAccount, Sighting
from matching.services.intake import TransactionData, import_transactions
from vouchers.storage import open_stored

MARGIN: Final = timedelta(days=7)
"""How long before its statement begins a line may have been booked, by its date."""

Read = Callable[[bytes, BankAccount], Iterator[tuple[Statement, list[TransactionData]]]]


@dataclass(slots=True)
class _Files:
    """The statements of earlier files, read again when they are asked for, each file once."""

    read: Read
    content: dict[int, bytes]
    _read: dict[int, dict[int, tuple[Statement, Counter[Line]]]] = field(default_factory=dict)

    def telling(self, row: AccountStatement) -> Telling | None:
        """What a statement said; None if it cannot be read any more as it was."""
        if row.file is None:
            return None
        if row.file.pk not in self._read:
            self._read[row.file.pk] = {
                number: (statement, Counter((line.booking_date, _base(line.key), line.amount) for line in lines))
                for number, statement, lines in self.statements(row.file, row.account)
            }
        if row.number not in self._read[row.file.pk]:
            return None
        statement, lines = self._read[row.file.pk][row.number]
        header, page = statement.header, page_number(statement.header)
        opening, closing = header.opening, header.closing
        told = Telling(
            first=row.from_date,
            last=row.to_date,
            opening=opening.amount if opening else None,
            closing=closing.amount if closing else None,
            # by the lines themselves: an intraday report announces those of its own day only
            sound=statement.difference is not None and statement.difference + statement.booked == _total(lines),
            lines=lines,
            page=(f"{header.statement_id} {header.sequence_number}", str(page) if page else ""),
            exported=header.message == "csv",
        )
        return told if (told.opening, told.closing) == (row.opening, row.closing) else None

    def lines(self, row: AccountStatement) -> dict[str, TransactionData]:
        """The booked lines of a statement, one of each kind, by their keys without numbers."""
        found = {number: lines for number, _, lines in self.statements(row.file, row.account)} if row.file else {}
        return {_base(line.key): line for line in found.get(row.number, ())}

    def statements(
        self, file: StatementFile, account: BankAccount
    ) -> Iterator[tuple[int, Statement, list[TransactionData]]]:
        """The statements of a file with their position and their booked lines."""
        content = self.content.get(file.pk)
        if content is None:
            with open_stored(file.stored) as stream:
                content = stream.read()
        for number, (statement, lines) in enumerate(self.read(content, account), start=1):
            yield number, statement, [line for line in lines if not line.pending]


def complete_twins(file: StatementFile, content: bytes, covered: Sequence[Covered], read: Read) -> int:
    """Add the payments that lines of this file prove although lines like them were known; answers how many.

    To be called when the file and the days that it covers are kept. ``read``: a file as statements with their lines.
    Safe to repeat.
    """
    files = _Files(read, {file.pk: content})
    met = _met(file, covered)
    added = 0
    for one in covered:
        if not (one.repeats or one.account.pk in met):
            continue
        row = (
            AccountStatement.objects.filter(file=file, number=one.number, account=one.account)
            .select_related("file__stored", "account")
            .first()
        )
        if row is not None:
            added += _complete(row, files, file.name[:80])
    return added


def _met(file: StatementFile, covered: Sequence[Covered]) -> set[int]:
    """The accounts of which somebody else kept days while this file was taken over.

    That import may have looked for this one before it was kept. The one that keeps its days last sees both.
    """
    since = {one.account.pk: one.since for one in covered}
    others = AccountStatement.objects.exclude(file=file)
    return {account for account, newest in since.items() if others.filter(account=account, pk__gt=newest).exists()}


def _complete(row: AccountStatement, files: _Files, delivery: str) -> int:
    neighbours = _neighbours(row)
    if not neighbours:
        return 0
    own = files.telling(row)
    others = [told for told in map(files.telling, neighbours) if told is not None]
    if own is None:
        return 0
    numbers: dict[Line, int] = {}
    for line in own.lines:
        alike = [told for told in others if line in told.lines]
        if any(apart(own, told) for told in alike):
            numbers[line] = number_of(line, [own, *alike])
    return _bring_up(row, numbers, files, delivery) if numbers else 0


def _neighbours(row: AccountStatement) -> list[AccountStatement]:
    """The statements of the same format that share a day with this one at most: others overlap it for certain."""
    near = (
        AccountStatement.objects.filter(
            account=row.account_id,
            format=row.format,
            from_date__lte=row.to_date + MARGIN,
            to_date__gte=row.from_date - MARGIN,
        )
        .exclude(pk=row.pk)
        .select_related("file__stored", "account")
        .order_by("from_date", "pk")
    )
    return [other for other in near if other.from_date >= row.to_date or other.to_date <= row.from_date]


@transaction.atomic
def _bring_up(row: AccountStatement, numbers: dict[Line, int], files: _Files, delivery: str) -> int:
    account = BankAccount.objects.select_for_update(no_key=True).get(pk=row.account_id)
    samples = files.lines(row)
    missing = []
    for (_, key, _), number in numbers.items():
        told = Sighting.objects.filter(account=account, family=row.format, key__startswith=f"{key}-")
        known = [_number(name) for name in told.values_list("key", flat=True)]
        first = max(known, default=0) + 1
        missing += [replace(samples[key], key=f"{key}-{first + n}") for n in range(number - len(known))]
    return import_transactions(account, missing, family=row.format, delivery=delivery).new if missing else 0


def _total(lines: Counter[Line]) -> Decimal:
    return sum((amount * count for (*_, amount), count in lines.items()), Decimal(0))


def _base(key: str) -> str:
    return key.rpartition("-")[0]


def _number(key: str) -> int:
    number = key.rpartition("-")[2]
    return int(number) if number.isdigit() else 0
