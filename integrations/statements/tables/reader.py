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
from integrations.statements.tables.banks import PROFILES
from integrations.statements.tables.columns import Found, find_columns, normal_name
from integrations.statements.tables.dates import is_date
from integrations.statements.tables.entries import RowReader, Taken, UnreadableRow
from integrations.statements.tables.evidence import DAYS, Forms, examine, known_names, rows_below
from integrations.statements.tables.fitting import MONEY, fitted
from integrations.statements.tables.locate import Located, locate
from integrations.statements.tables.mapping import Mapping
from integrations.statements.tables.numbers import is_number
from integrations.statements.tables.owner import Owner, owners
from integrations.statements.tables.preamble import Preamble, amount_or_none, days_in, read_preamble
from integrations.statements.tables.profile import Kind, Profile
from integrations.statements.tables.text import LineTooLongError, Row, Text
from integrations.statements.values import currency_or_empty

UNKNOWN = "csv"
_BOOKED = Kind.BOOKED.value
_LONGEST_FOOTER = 4  # its words, a day, an amount, the currency: what holds more was a row
_KNOWN_NAMES = known_names(PROFILES)


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
            yield ReadError(Place(), Code.NO_TABLE if mapping is None else Code.MAPPING_FITS_NOT)
        elif located.profile is None:
            yield Opened(UNKNOWN)
            params = {"columns": ", ".join(located.header)[:300]}
            yield ReadError(Place(line=located.first_line), Code.UNKNOWN_TABLE, params)
        else:
            profile = located.profile
            opened = True
            yield Opened(profile.format if profile.name else UNKNOWN)
            yield from _statements(text, located, profile)
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


def _statements(text: Text, located: Located, profile: Profile) -> Iterator[Record]:
    found = find_columns(profile.columns, located.header)
    forms, problems = examine(text, located, profile, found)
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
    for number, owner in enumerate(accounts, start=1):
        yield from _Statement(text, located, profile, found, forms, above, owner, number).records(
            alone=len(accounts) == 1
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

    def records(self, *, alone: bool) -> Iterator[Record]:
        """Header, entries with the problems among them, and the sums at the end."""
        self._alone = alone
        yield self._header
        for row in rows_below(self._text, self._located):
            cells, moved = fitted(row.cells, self._found)
            if cells is None or not self._has_day(cells):
                if not alone and self._number > 1:
                    continue
                end, problem = self._note(row, cells)
                if problem is not None:
                    yield problem
                if end:
                    break
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

    def _note(self, row: Row, cells: tuple[str, ...] | None) -> tuple[bool, ReadError | None]:
        """A line that is no row: a sum below the table, another table, or something that should have been a row."""
        names = [normal_name(cell) for cell in row.cells if cell]
        place = Place(self._number, line=row.line)
        label = names[0] if names else ""
        if self._profile.footer and label.startswith(self._profile.footer) and len(names) <= _LONGEST_FOOTER:
            text = next((cell for cell in reversed(row.cells) if is_number(cell) and not is_date(cell)), "")
            amount = amount_or_none(text, self._profile.decimal)
            if amount is not None and self._alone:
                self._below[label] = amount, next(iter(days_in(" ".join(row.cells))), None)
            return False, None
        if names == [normal_name(cell) for cell in self._located.header if cell]:
            return False, None  # the same header again, where exports were put behind one another
        if len(set(names) & _KNOWN_NAMES) > 2:
            return True, ReadError(place, Code.OTHER_TABLE, {"columns": ", ".join(row.cells)[:200]})
        at = self._found.at
        if cells is None and any(map(is_date, row.cells)):
            self._row += 1
            self._unreadable += 1
            return False, ReadError(replace(place, entry=self._row), Code.ROW_WIDTH, {"count": str(len(row.cells))})
        if cells is not None and any(is_number(cells[at[role]]) for role in MONEY if role in at):
            self._row += 1
            self._unreadable += 1
            value = cells[at["booking_date"]] if "booking_date" in at else ""
            code = Code.DATE if value else Code.NO_DATE
            return False, ReadError(replace(place, entry=self._row), code, {"value": value[:40]})
        return False, ReadError(
            place, Code.NO_BOOKING, {"text": " ".join(filter(None, row.cells))[:120]}, Severity.WARNING
        )

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
