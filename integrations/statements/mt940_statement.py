"""One MT940 or MT942 message while it is read: its header, its balances, its sums."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from integrations.statements.mt940_account import currency_of, iban_of
from integrations.statements.mt940_entry import EntryReading
from integrations.statements.mt940_fields import Field, decode
from integrations.statements.mt940_values import read_amount, read_balance, read_moment
from integrations.statements.problems import Code, Severity
from integrations.statements.shapes import Balance, Direction, Entry, Place, ReadError, Statement, StatementHeader
from integrations.statements.values import decimal_text

MAX_HELD: Final = 2000  # entries that wait for the closing balance; real statements have a few
# Interim balances stand at the end and the beginning of the inner pages of a statement (ISO 20022: ITBD).
_BALANCES: Final = {"60F": "PRCD", "60M": "ITBD", "62F": "CLBD", "62M": "ITBD"}
_TOTAL: Final = re.compile(r"([0-9]{1,5})([A-Z]{3})([0-9]{1,18}(?:,[0-9]{0,5})?)")
_FLOOR: Final = re.compile(r"([A-Z]{3})[CD]?([0-9]{1,18}(?:,[0-9]{0,5})?)")
_GERMAN: Final = re.compile(r"DE[0-9]{20}|[0-9]{8}/[0-9]{1,10}(?:[A-Z]{3})?")
_BIC: Final = re.compile(r"([A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?)/")


class OpenStatement:
    """A message from its ``:20:`` on."""

    def __init__(self, number: int, line: int, message: str) -> None:
        self.number = number
        self.line = line
        self.message = message
        self.texts: dict[str, str] = {}
        self.opening: Balance | None = None
        self.closing: Balance | None = None
        self.closing_tag = ""
        self.ended = False
        self.pending: Field | None = None
        self.details: list[bytes] = []
        # entries and their details, until the file has said a currency
        self.waiting: list[tuple[Field, list[bytes]]] = []
        self.given: StatementHeader | None = None
        self.german = False
        self.entries = self.unreadable = self.not_booked = 0
        self._sums = {Direction.CREDIT: Decimal(0), Direction.DEBIT: Decimal(0)}
        self._counts = {Direction.CREDIT: 0, Direction.DEBIT: 0}
        self._booked = Decimal(0)
        self._on_opening_day = False
        self._held: list[Entry] = []
        self._totals: dict[Direction, tuple[int, Decimal, str]] = {}
        self._floor = False
        self._more: dict[str, str] = {}

    @property
    def closed(self) -> bool:
        """Whether a field of a header would begin the next message."""
        return self.ended or self.closing_tag != ""

    @property
    def begun(self) -> bool:
        """Whether the header is over."""
        return self.entries > 0 or self.pending is not None or bool(self.waiting)

    @property
    def currency(self) -> str:
        """By the balances, else as appended to the account, else by the floor limit; or empty."""
        balance = self.opening or self.closing
        return balance.currency if balance else currency_of(self.texts.get("25", "")) or self.texts.get("34F", "")

    def give(self) -> StatementHeader:
        """The header as it stands before the first entry. ``german`` is known from here on."""
        account = "".join(self.texts.get("25", "").upper().split())
        self.german = _GERMAN.fullmatch(iban_of(account) or account) is not None
        self.given = self.header()
        return self.given

    def place(self, line: int = 0) -> Place:
        """The place of a field, or of the entry in hand."""
        return Place(self.number, self.entries, line)

    def take(self, field: Field) -> Iterator[ReadError]:
        """Take a field of the header or of the end."""
        tag = {"25P": "25", "28": "28C", "13D": "13"}.get(field.tag, field.tag)
        first, rest = field.lines[0], [line for line in field.lines[1:] if line.strip()]
        text = decode(first).strip()
        if tag == "86":
            words = "\n".join(filter(None, (decode(line).strip() for line in field.lines)))
            self._more["86"] = "\n".join(filter(None, (self._more.get("86", ""), words)))[:4000]
            return
        if rest:
            yield self._problem(field, Code.STRAY, severity=Severity.WARNING, value=decode(rest[0])[:80])
        if tag in ("60F", "60M", "62F", "62M"):
            yield from self._balance(field, text)
        elif tag in ("90C", "90D"):
            yield from self._total(field, text)
        elif tag in ("64", "65"):
            self._more[tag] = text
        elif tag == "34F":
            yield from self._limit(field, text)
        elif tag in self.texts or self.begun:
            yield self._problem(field, Code.MISPLACED, tag=field.tag, value=text[:80])
        else:
            self.texts[tag] = text

    def _balance(self, field: Field, text: str) -> Iterator[ReadError]:
        opening = field.tag[:2] == "60"
        if (self.opening is not None or self.begun) if opening else self.closing_tag:
            yield self._problem(field, Code.MISPLACED, tag=field.tag, value=text[:80])
            return
        if not opening:
            self.closing_tag = field.tag
        try:
            amount, currency, day, exists = read_balance(text)
        except ValueError:
            yield self._problem(field, Code.BALANCE, code=field.tag, value=text[:80])
            return
        if not exists:
            params = {"value": text[1:7], "date": day.isoformat()}
            yield self._problem(field, Code.NO_SUCH_DAY, severity=Severity.WARNING, **params)
        balance = Balance(_BALANCES[field.tag], amount, currency, day)
        if opening:
            self.opening = balance
        elif self.currency and currency != self.currency:
            yield self._problem(field, Code.BALANCE, code=field.tag, value=text[:80])
        else:
            self.closing = balance

    def _total(self, field: Field, text: str) -> Iterator[ReadError]:
        found = _TOTAL.fullmatch(text)
        if not found:
            yield self._problem(field, Code.BALANCE, code=field.tag, value=text[:80])
            return
        direction = Direction.CREDIT if field.tag == "90C" else Direction.DEBIT
        self._totals[direction] = (int(found[1]), read_amount(found[3]), text)
        self._more[field.tag] = text

    def _limit(self, field: Field, text: str) -> Iterator[ReadError]:
        found = _FLOOR.fullmatch(text)
        if not found:
            yield self._problem(field, Code.BALANCE, code=field.tag, value=text[:80])
            return
        self.texts["34F"] = found[1]
        self._floor = self._floor or bool(read_amount(found[2]))

    def count(self, reading: EntryReading) -> Entry | None:
        """Add an entry to the sums. Gives it back unless it was left out or waits for the closing balance."""
        if reading.amount is not None and reading.direction is not None:
            self._sums[reading.direction] += reading.amount
            self._counts[reading.direction] += 1
            if self.message == "mt940" and (reading.entry is None or reading.entry.status == "BOOK"):
                self._booked += reading.direction.sign(reading.amount)
        entry = reading.entry
        if entry is None:
            self.unreadable += 1
            return None
        self.not_booked += entry.status != "BOOK"
        self._on_opening_day |= self.opening is not None and entry.booking_date == self.opening.on
        if entry.reversal and self.opening is not None and len(self._held) < MAX_HELD:
            self._held.append(entry)
            return None
        return entry

    def header(self) -> StatementHeader:
        """What is known of the header."""
        account = self.texts.get("25", "")
        sequence, _, page = self.texts.get("28C", "").partition("/")
        bic = _BIC.match(account)
        created = read_moment(self.texts.get("13", ""))
        first, last = self._period(created)
        return StatementHeader(
            number=self.number,
            message=self.message,
            format=self.message,
            message_id="",
            statement_id=self.texts.get("20", ""),
            sequence_number=sequence.strip(),
            page=page.strip(),
            last_page={"62F": True, "62M": False}.get(self.closing_tag),
            created=created,
            period_from=first,
            period_to=last,
            iban=iban_of(account),
            other_id=account,
            currency=self.currency,
            owner="",
            bank_bic=bic[1] if bic else "",
            bank_name="",
            opening=self.opening,
            closing=self.closing,
            more={**self._more, **({"21": self.texts["21"]} if self.texts.get("21") else {})},
        )

    def _period(self, created: str) -> tuple[date | None, date | None]:
        """The days it covers. The opening balance is that of the day before, unless entries are of its day."""
        if self.message == "mt942":
            return None, date.fromisoformat(created[:10]) if created else None
        first = self.opening.on if self.opening else None
        last = self.closing.on if self.closing else None
        if first is None or last is None or first > last:
            return None, None
        return (first if self._on_opening_day or first == last else first + timedelta(days=1)), last

    def finish(self, *, complete: bool) -> Iterator[ReadError | Entry | Statement]:
        """The cancelled entries, what is wrong with the whole, and the whole."""
        place = Place(statement=self.number, line=self.line)
        header = self.header()
        if complete:
            yield from self._missing(place)
        statement = Statement(
            header=header,
            entries=self.entries,
            transactions=self.entries,
            not_booked=self.not_booked,
            unreadable=self.unreadable,
            credit_total=self._sums[Direction.CREDIT],
            debit_total=self._sums[Direction.DEBIT],
            booked=self._booked,
            complete=complete and (self.closing is not None or self.message == "mt942"),
        )
        held = sum((entry.signed for entry in self._held), Decimal(0))
        difference = statement.difference
        if self._held and difference and difference + 2 * held == 0:
            statement = replace(statement, unreadable=self.unreadable + len(self._held))
            params = {"count": str(len(self._held)), "total": decimal_text(abs(held))}
            yield ReadError(self._held[0].place, Code.TURNED_MARKS, params)
        else:
            yield from self._held
        yield statement

    def _missing(self, place: Place) -> Iterator[ReadError]:
        if self.message == "mt940":
            if self.opening is None:
                yield ReadError(place, Code.NO_OPENING, {}, Severity.WARNING)
            if not self.closing_tag:
                yield ReadError(place, Code.NO_CLOSING, {}, Severity.WARNING)
            return
        if not self._totals and not self.ended:
            yield ReadError(place, Code.NO_CLOSING, {}, Severity.WARNING)
        # entries below the floor limit are counted, but not listed
        for direction, (count, amount, text) in self._totals.items():
            found = (self._counts[direction], self._sums[direction])
            if not self._floor and found != (count, amount):
                params = {"announced": text, "found": f"{found[0]}: {decimal_text(found[1])}"}
                yield ReadError(place, Code.TOTALS, params, Severity.WARNING)

    def _problem(self, field: Field, code: Code, /, *, severity: Severity = Severity.ERROR, **params: str) -> ReadError:
        return ReadError(Place(self.number, 0, field.line), code, params, severity)
