"""Reading a table as a stream of records, in constant memory."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal

from integrations.statements.problems import Code, Severity
from integrations.statements.shapes import (
    Balance,
    Direction,
    Entry,
    Opened,
    Place,
    ReadError,
    Record,
    Statement,
    StatementHeader,
)
from integrations.statements.source import (
    MAX_FILE,
    MEGABYTE,
    EntryTooLargeError,
    FileTooLargeError,
    Source,
    open_source,
)
from integrations.statements.tables.balances import Chain
from integrations.statements.tables.banks.wise import WISE, is_list_of_transfers
from integrations.statements.tables.columns import Found, find_columns, normal_name
from integrations.statements.tables.dates import is_date
from integrations.statements.tables.entries import RowReader, Taken, UnreadableRow, date_problem
from integrations.statements.tables.evidence import (
    DAYS,
    Forms,
    examine,
    header_names,
    is_footer,
    is_header,
    rows_below,
)
from integrations.statements.tables.fitting import MONEY, fitted
from integrations.statements.tables.locate import Located, day_as_number, locate
from integrations.statements.tables.mapping import Mapping
from integrations.statements.tables.numbers import is_number
from integrations.statements.tables.owner import Owner, owners
from integrations.statements.tables.preamble import Preamble, amount_or_none, days_in, read_preamble
from integrations.statements.tables.profile import Kind, Profile
from integrations.statements.tables.sections import sections
from integrations.statements.tables.text import LineTooLongError, Row, Text
from integrations.statements.values import currency_or_empty

UNKNOWN = "csv"
_BOOKED = Kind.BOOKED.value
# in a row without a day: the sums of the table (as normal names)
_SUMS = frozenset({"summe", "summen", "gesamt", "gesamtsumme", "gesamtbetrag", "total", "totals", "sum"})


def read_table(source: Source, mapping: Mapping | None = None) -> Iterator[Record]:
    """Read a table as a stream of records, see `shapes`: a statement for each account and currency in it.

    ``mapping`` says how a table is read that no profile knows, or that can be read in two ways; without it such a
    file gives `Opened` and a `ReadError` that shows both readings, and nothing of it. Rows that are no bookings
    (messages of the bank, refused payments, holds) are counted and named, and give no entry. Raises OSError if a path
    cannot be opened, and MappingError for a mapping without the columns it needs.
    """
    text: Text | None = None
    opened = False
    try:
        with open_source(source) as stream:
            text = Text(stream)
        located = locate(text, mapping)
        if located is None:
            yield Opened(UNKNOWN)
            yield _no_table(text) if mapping is None else ReadError(Place(), Code.MAPPING_FITS_NOT)
        elif located.profile is None and is_list_of_transfers(located.header):
            yield Opened(UNKNOWN)
            yield ReadError(Place(line=located.first_line - 1), Code.TRANSFERS, {"bank": WISE.bank})
        elif located.profile is None:
            yield Opened(UNKNOWN)
            params = {"columns": ", ".join(located.header)[:300]}
            yield ReadError(Place(line=located.first_line), Code.UNKNOWN_TABLE, params)
        else:
            profile = located.profile
            opened = True
            yield Opened(profile.format if profile.name else UNKNOWN)
            yield from _tables(text, located, profile)
    except (FileTooLargeError, EntryTooLargeError):
        if text is None:
            yield Opened(UNKNOWN)
        yield ReadError(Place(), Code.TOO_LARGE, {"limit": str(MAX_FILE // MEGABYTE)})
    except LineTooLongError:
        if not opened:
            yield Opened(UNKNOWN)
        yield ReadError(Place(), Code.ENTRY_TOO_LARGE)
    finally:
        if text is not None:
            text.close()


def _no_table(text: Text) -> ReadError:
    found = day_as_number(text)
    if found is None:
        return ReadError(Place(), Code.NO_TABLE)
    line, value = found
    return ReadError(Place(line=line), Code.DATE_NUMBER, {"value": value})


def _tables(text: Text, located: Located, profile: Profile) -> Iterator[Record]:
    """The statements of each table in the file; as a rule there is one."""
    forms, problems = examine(text, located, profile, find_columns(profile.columns, located.header))
    if not forms.more_tables:
        yield from _statements(text, located, profile, forms, problems, 0)
        return
    statements = 0
    for section in sections(text, located, profile):
        table = section.table
        if table is None or table.profile is None:
            yield ReadError(Place(line=section.line), Code.OTHER_TABLE, {"columns": section.title})
            continue
        forms, problems = examine(text, table, table.profile, find_columns(table.profile.columns, table.header))
        for record in _statements(text, table, table.profile, forms, problems, statements):
            if isinstance(record, Statement):
                statements = record.header.number
            yield record


def _statements(
    text: Text, located: Located, profile: Profile, forms: Forms, problems: list[ReadError], before: int
) -> Iterator[Record]:
    """The statements of a table, behind ``before`` others of its file."""
    found = find_columns(profile.columns, located.header)
    if problems:
        yield from problems
        return
    above = read_preamble(located.above, profile.decimal)
    if next(rows_below(text, located), None) is None:
        yield ReadError(Place(line=located.first_line - 1), Code.NO_ROWS, {}, Severity.WARNING)
        if not (above.iban or profile.account):
            return
    accounts, odd = owners(forms, profile, above.iban)
    if odd:
        yield ReadError(Place(), Code.OWN_ACCOUNT, {"value": odd}, Severity.WARNING)
    if len(accounts) > 1:
        # they are of one account, and do not say which
        above = replace(above, opening=None, balance=None)
    for number, owner in enumerate(accounts, start=before + 1):
        yield from _Statement(text, located, profile, found, forms, above, owner, number).records(
            alone=len(accounts) == 1, first=number == before + 1
        )


class _Statement:
    """One account and currency of a table, while it is read."""

    def __init__(
        self,
        text: Text,
        located: Located,
        profile: Profile,
        found: Found,
        forms: Forms,
        above: Preamble,
        owner: Owner,
        number: int,
    ) -> None:
        self._text, self._located, self._profile, self._found = text, located, profile, found
        self._owner, self._number, self._above = owner, number, above
        self._reader = RowReader(profile, found, forms)
        self._currency = owner.currency or profile.currency
        self._chain = Chain(self._currency)
        self._row = self._pending = self._unreadable = 0
        self._sums = {Direction.CREDIT: Decimal(0), Direction.DEBIT: Decimal(0)}
        self._booked = Decimal(0)
        self._below: dict[str, tuple[Decimal, date | None]] = {}
        self._header = self._header_above()
        self._alone = True

    def records(self, *, alone: bool, first: bool) -> Iterator[Record]:
        """Header, entries with the problems among them, and the sums at the end.

        ``alone``: no other account is in the table; else ``first`` tells of the lines that are of no account.
        """
        self._alone = alone
        yield self._header
        for row in rows_below(self._text, self._located):
            cells, moved = fitted(row.cells, self._found)
            footer = is_footer(row, self._profile)
            if cells is None or footer or not self._has_day(cells):
                problem = self._note(row, cells, footer=footer) if first else None
                if problem is not None:
                    yield problem
                continue
            if not alone and not self._owner.owns(cells, self._found):
                continue
            self._row += 1
            place = Place(self._number, self._row, row.line)
            if moved:
                yield ReadError(place, Code.ROW_MOVED, {}, Severity.WARNING)
            yield from self._take(cells, place)
        yield from self._chain.problems()
        yield self._finish()

    def _take(self, cells: tuple[str, ...], place: Place) -> Iterator[Record]:
        if not currency_or_empty(self._currency):
            self._unreadable += 1
            yield ReadError(place, Code.NO_CURRENCY)
            return
        try:
            taken, warnings = self._reader.take(cells, place, self._currency)
        except UnreadableRow as error:
            self._unreadable += 1
            yield error.problem
            return
        yield from warnings
        if taken.kind in (Kind.OPENING, Kind.CLOSING):
            self._row -= 1
            self._state(taken, cells)
            return
        entry = taken.entry
        self._chain.see(
            taken.moved if taken.kind is not Kind.PENDING else Decimal(0),
            taken.balance,
            entry.booking_date if entry else None,
            place,
        )
        if entry is None:
            self._pending += taken.kind is Kind.REFUSED
            shown = " ".join(cell for cell in cells if cell)[:120]
            yield ReadError(place, Code.NO_BOOKING, {"text": shown}, Severity.WARNING)
            return
        self._count(entry)
        yield entry

    def _state(self, taken: Taken, cells: tuple[str, ...]) -> None:
        """Note the balance of a row that is one; nothing where the table holds several accounts."""
        if self._alone and taken.balance is not None:
            label = "alterkontostand" if taken.kind is Kind.OPENING else "neuerkontostand"
            self._below[label] = taken.balance, next(iter(days_in(" ".join(cells))), None)

    def _count(self, entry: Entry) -> None:
        self._sums[entry.direction] += entry.amount
        if entry.status == _BOOKED:
            self._booked += entry.signed
        else:
            self._pending += 1

    def _has_day(self, cells: tuple[str, ...]) -> bool:
        """Whether this is a row of the table; without a day, if it is one that is not booked yet."""
        at = self._found.at
        if any(is_date(cells[at[role]]) for role in DAYS if role in at):
            return True
        money = any(is_number(cells[at[role]]) for role in MONEY if role in at)
        status = normal_name(cells[at["status"]]) if "status" in at else ""
        return money and bool(status) and status.startswith(self._profile.pending or ("\0",))

    def _note(self, row: Row, cells: tuple[str, ...] | None, *, footer: bool) -> ReadError | None:
        """A line that is no row: a sum below the table, the names again, or something that should have been a row."""
        place = Place(self._number, line=row.line)
        if footer:
            text = next((cell for cell in reversed(row.cells) if is_number(cell) and not is_date(cell)), "")
            amount = amount_or_none(text, self._profile.decimal)
            if amount is not None and self._alone:
                self._below[normal_name(row.cells[0])] = amount, next(iter(days_in(" ".join(row.cells))), None)
            return None
        if is_header(row, header_names(self._located)):
            return None  # the same header again, where exports were put behind one another
        at = self._found.at
        if cells is None and any(map(is_date, row.cells)):
            self._row += 1
            self._unreadable += 1
            return ReadError(replace(place, entry=self._row), Code.ROW_WIDTH, {"count": str(len(row.cells))})
        money = cells is not None and any(is_number(cells[at[role]]) for role in MONEY if role in at)
        if cells is not None and money and not _SUMS.intersection(map(normal_name, row.cells)):
            self._row += 1
            self._unreadable += 1
            value = cells[at["booking_date"]] if "booking_date" in at else ""
            code = date_problem(value)
            return ReadError(replace(place, entry=self._row), code, {"value": value[:40]})
        return ReadError(place, Code.NO_BOOKING, {"text": " ".join(filter(None, row.cells))[:120]}, Severity.WARNING)

    def _header_above(self) -> StatementHeader:
        above = self._above
        opening = closing = None
        if above.opening is not None:
            opening = Balance("OPBD", above.opening, self._currency, None)
        if above.balance is not None:
            closing = Balance("CLBD", above.balance, self._currency, above.balance_on)
        return StatementHeader(
            number=self._number,
            message="csv",
            format=self._profile.format if self._profile.name else UNKNOWN,
            message_id="",
            statement_id="",
            sequence_number="",
            page="",
            last_page=None,
            created=above.created,
            period_from=above.period_from,
            period_to=above.period_to,
            iban=self._owner.iban,
            other_id=self._owner.other_id,
            currency=self._currency,
            owner=above.owner,
            bank_bic="",
            bank_name=self._profile.bank,
            opening=opening,
            closing=closing,
        )

    def _finish(self) -> Statement:
        opening, closing = self._chain.balances()
        for label, (amount, on) in self._below.items():
            balance = Balance("OPBD" if label.startswith("alter") else "CLBD", amount, self._currency, on)
            if balance.code == "OPBD":
                opening = opening or balance
            else:
                closing = closing or balance
        # The balances above are those of the moment of the export, the rows know better.
        header = replace(self._header, opening=opening or self._header.opening, closing=closing or self._header.closing)
        return Statement(
            header=header,
            entries=self._row,
            transactions=self._row,
            not_booked=self._pending,
            unreadable=self._unreadable,
            credit_total=self._sums[Direction.CREDIT],
            debit_total=self._sums[Direction.DEBIT],
            booked=self._booked,
            complete=True,
        )
