"""Entries of a statement as flat bank lines with keys, ready to be imported."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Final

from integrations.statements.keys import bank_reference, entry_key, part_key
from integrations.statements.problems import Code, Severity
from integrations.statements.shapes import (
    Advice,
    BankCode,
    BankLine,
    Direction,
    Entry,
    EntryDetail,
    LineRecord,
    Place,
    ReadError,
    Record,
    Statement,
    StatementHeader,
)
from integrations.statements.tables.purpose import sepa_fields
from integrations.statements.values import decimal_text

ADVICE: Final = "camt.054"
PROVISIONAL: Final = frozenset({"camt.052", "mt942"})
_FIELD: Final = re.compile(r"[A-Z]{3,4}[+:]")
MAX_ALIKE: Final = 100  # nobody reads more; a hostile file may hold millions
# What an entry says beside its payments is repeated with each of them: a kilobyte at real banks, and never megabytes.
MAX_SHARED_RAW: Final = 20_000


def bank_lines(records: Iterable[Record]) -> Iterator[LineRecord]:
    """Replace the entries among ``records`` (of `read_statements`, one file) by bank lines; the rest passes through.

    Entries that are not booked, and in a provisional delivery (camt.052, MT942) those of its own last day, become
    lines with ``pending``. An entry with several payments becomes a line for each of them if they add up to it,
    otherwise one line with a warning. An entry of a camt.054 becomes an `Advice`, never a line. A statement that is
    in the file twice is read once; twins are numbered within a statement and its pages. Of each kind of problem the
    first `MAX_ALIKE` come at their place, the others are counted at the end.
    """
    return _first_of_each_kind(_all_lines(records))


def _all_lines(records: Iterable[Record]) -> Iterator[LineRecord]:
    lines = _Lines()
    for record in records:
        if isinstance(record, Entry):
            yield from lines.of(record)
        else:
            if isinstance(record, StatementHeader):
                yield from lines.begin(record)
            yield record


def _first_of_each_kind(records: Iterable[LineRecord]) -> Iterator[LineRecord]:
    counts: Counter[Code] = Counter()
    last: dict[Code, ReadError] = {}
    for record in records:
        if isinstance(record, ReadError):
            counts[record.code] += 1
            if counts[record.code] > MAX_ALIKE:
                last[record.code] = record
                continue
        yield record
    for code, problem in last.items():
        params = {"count": str(counts[code] - MAX_ALIKE), "example": problem.message}
        yield ReadError(problem.place, Code.MORE, params, problem.severity)


class _Lines:
    """The state of one delivery: the current statement, and how often each key has come in it."""

    def __init__(self) -> None:
        self._seen: Counter[bytes] = Counter()
        self._page: tuple[tuple[str, ...], int] = ((), 0)
        self._headers: set[tuple[object, ...]] = set()
        self._header: StatementHeader | None = None

    def begin(self, header: StatementHeader) -> Iterator[ReadError]:
        """Start a statement; if none of it can be imported, say why and skip its entries."""
        place = Place(statement=header.number, member=header.member)
        identity = (
            (header.account, header.message, header.statement_id, header.sequence_number, header.page),
            (header.created, header.period_from, header.period_to, header.opening, header.closing),
        )
        self._header = None
        # Two statements may hold the same entries, the pages of one do not (see `overlap` for what is done then).
        page = (header.account, header.message, header.statement_id, header.sequence_number), page_number(header)
        if not (page[0] == self._page[0] and page[1] > self._page[1] > 0):
            self._seen.clear()
        self._page = page
        # An id may be that of every statement (STARTUMS), and so may a moment be of all in a file: both balances must
        # agree. Where they are not known yet, the statement is read; its lines have the same keys as before.
        if header.message == ADVICE:
            yield ReadError(place, Code.DETAILS_ONLY, {"format": header.format}, Severity.WARNING)
        if not header.account:
            yield ReadError(place, Code.NO_ACCOUNT)
        elif header.statement_id and header.opening and header.closing and identity in self._headers:
            yield ReadError(place, Code.REPEATED, {}, Severity.WARNING)
        else:
            self._header = header
            self._headers.add(identity)

    def of(self, entry: Entry) -> Iterator[LineRecord]:
        """The lines of an entry, and what a person should know about them."""
        header = self._header
        if header is None:
            return
        booked_on = entry.booking_date or entry.value_date or header.single_day
        if booked_on is None:
            yield ReadError(entry.place, Code.NO_DATE)
            return
        if not entry.currency:
            yield ReadError(entry.place, Code.NO_CURRENCY)
            return
        if entry.booking_date is None:
            yield _warning(entry, Code.DATE_DERIVED, date=booked_on.isoformat())
        if entry.currency != header.currency:
            yield _warning(entry, Code.CURRENCY_DIFFERS, entry=entry.currency, account=header.currency)
        key = entry_key(header.account, booked_on, entry)
        if not _adds_up(entry):
            yield from _disagreement(entry)
        if header.message == ADVICE:
            yield self._advice(header, entry, booked_on, key)
        else:
            yield from self._lines(header, entry, booked_on, key)

    def _advice(self, header: StatementHeader, entry: Entry, booked_on: date, key: str) -> Advice:
        return Advice(
            account=header.account,
            message_id=header.message_id,
            bank_reference=entry.bank_reference,
            booking_date=booked_on,
            amount=entry.signed,
            currency=entry.currency,
            lines=tuple(self._lines(header, entry, booked_on, key)),
            place=entry.place,
        )

    def _lines(self, header: StatementHeader, entry: Entry, booked_on: date, key: str) -> Iterator[BankLine]:
        if _adds_up(entry):
            for part, detail in enumerate(entry.details, start=1):
                raw = f"{entry.raw[:MAX_SHARED_RAW]}\n{detail.raw}"
                yield self._line(header, entry, detail, booked_on, (key, part_key(key, detail)), part, raw)
            return
        raw = "\n".join((entry.raw, *(detail.raw for detail in entry.details if detail.raw)))
        detail = entry.details[0] if len(entry.details) == 1 else _merged(entry)
        yield self._line(header, entry, detail, booked_on, (key, key), 0, raw)

    def _line(
        self,
        header: StatementHeader,
        entry: Entry,
        detail: EntryDetail,
        booked_on: date,
        keys: tuple[str, str],
        part: int,
        raw: str,
    ) -> BankLine:
        sepa = detail.sepa or (_sepa_fields(detail.purpose_lines) if header.message.startswith("camt") else {})
        digest = bytes.fromhex(keys[1])
        self._seen[digest] += 1
        code = detail.code if str(detail.code) else entry.code
        own_reference = detail.turnover_id or detail.bank_reference
        amount = detail.direction.sign(detail.amount) if part and detail.amount is not None else entry.signed
        return BankLine(
            account=header.account,
            booking_date=booked_on,
            value_date=entry.value_date,
            amount=amount,
            currency=entry.currency,
            counterparty=detail.counterparty,
            counterparty_iban=detail.counterparty_iban,
            ultimate_party=detail.ultimate_party or _ultimate(sepa, entry),
            purpose=detail.purpose,
            purpose_lines=detail.purpose_lines,
            booking_text=entry.additional_info or detail.additional_info,
            end_to_end_id=detail.end_to_end_id or sepa.get("EREF", ""),
            mandate_id=detail.mandate_id or sepa.get("MREF", ""),
            creditor_id=detail.creditor_id or sepa.get("CRED", ""),
            structured_reference=detail.structured_reference,
            code=str(code),
            gvc=detail.code.gvc or entry.code.gvc,
            return_reason=detail.return_reason,
            charges=detail.charges,
            charges_currency=detail.charges_currency,
            instructed_amount=detail.instructed_amount,
            instructed_currency=detail.instructed_currency,
            bank_reference=own_reference if part and own_reference else bank_reference(entry),
            reversal=entry.reversal,
            key=keys[1],
            entry_key=keys[0],
            ordinal=self._seen[digest],
            part=max(part, 1),
            parts=len(entry.details) if part else 1,
            place=entry.place,
            raw=raw,
            family=header.format,
            pending=_is_pending(header, entry, booked_on),
            status=entry.status,
            counterparty_bic=detail.counterparty_bic,
            counterparty_bank=detail.counterparty_bank,
            ultimate_debtor=detail.ultimate_debtor,
            ultimate_creditor=detail.ultimate_creditor,
            exchange_rate=detail.exchange_rate,
            exchange_currencies=detail.exchange_currencies,
            return_info=detail.return_info,
            additional_info=detail.additional_info,
            purpose_code=detail.purpose_code,
            proprietary_code=detail.code.proprietary or entry.code.proprietary,
            entry_total=entry.signed,
            notification_id=entry.notification_id,
            batch=entry.batch,
            sepa=sepa,
            more={**entry.more, **detail.more} if entry.more else detail.more,
        )


def balance_problem(statement: Statement) -> ReadError | None:
    """A problem if opening balance plus booked entries is not the closing balance (ISO 20022 camt.053).

    A warning as a rule: balances of pages, of anonymised or foreign files are often careless. Where the statement's
    own totals prove that its entries are all there, the balance itself is wrong, and that is an error.
    """
    opening, closing, difference = statement.header.opening, statement.header.closing, statement.difference
    if not difference or opening is None or closing is None:
        return None
    params = {
        "opening": decimal_text(opening.amount),
        "credits": decimal_text(statement.credit_total),
        "debits": decimal_text(statement.debit_total),
        "expected": decimal_text(closing.amount - difference),
        "closing": decimal_text(closing.amount),
    }
    place = Place(statement=statement.header.number, member=statement.header.member)
    if statement.confirmed:
        return ReadError(place, Code.BALANCE_WRONG, params)
    return ReadError(place, Code.BALANCE_EQUATION, params, Severity.WARNING)


def page_number(header: StatementHeader) -> int:
    """Which page of a statement it is, from 1; 0 where that is not said."""
    text = header.page.strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 5 else 0


def _is_pending(header: StatementHeader, entry: Entry, booked_on: date) -> bool:
    """Whether a line may still change or vanish (reference: bank feeds 1.4, 2).

    A missing status means booked in a statement. Intraday deliveries hold the day on which they were made only in
    part, so its entries are provisional, and all where the delivery does not say when it was made.
    """
    if header.message not in PROVISIONAL:
        return entry.status not in ("BOOK", "")
    return entry.status != "BOOK" or header.made_on is None or booked_on >= header.made_on


def _sepa_fields(lines: tuple[str, ...]) -> Mapping[str, str]:
    """The fields that some banks write into the text; a line that begins with one does not continue the line before."""
    text = "".join(f"\n{line}" if _FIELD.match(line) else line for line in lines)
    return sepa_fields(text) if "+" in text or ":" in text else {}


def _ultimate(sepa: Mapping[str, str], entry: Entry) -> str:
    """The ultimate party on the other side: the debtor (ABWA) of money in, the creditor (ABWE) of money out."""
    return sepa.get("ABWA" if entry.direction is Direction.CREDIT else "ABWE", "")


def _warning(where: Entry, code: Code, /, **params: str) -> ReadError:
    return ReadError(where.place, code, params, Severity.WARNING)


def _adds_up(entry: Entry) -> bool:
    """Whether an entry has several payments in its own currency whose signed sum is the entry's amount."""
    if len(entry.details) < 2:
        return False
    total = Decimal(0)
    for detail in entry.details:
        if detail.amount is None or detail.currency != entry.currency:
            return False
        total += detail.direction.sign(detail.amount)
    return total == entry.signed


def _disagreement(entry: Entry) -> Iterator[ReadError]:
    if len(entry.details) > 1:
        count, text = str(len(entry.details)), decimal_text(entry.amount)
        yield _warning(entry, Code.DETAILS_SUM, count=count, entry=text)
    elif len(entry.details) == 1:
        detail = entry.details[0]
        if detail.amount not in (None, entry.amount) and detail.currency == entry.currency:
            said = decimal_text(detail.amount or Decimal(0))
            yield _warning(entry, Code.DETAIL_DIFFERS, detail=said, entry=decimal_text(entry.amount))


def _merged(entry: Entry) -> EntryDetail:
    """What the payments of an unsplit entry say together: the texts of all, no single party."""
    details = entry.details
    codes = {detail.code for detail in details}
    return EntryDetail(
        direction=entry.direction,
        amount=None,
        currency=entry.currency,
        counterparty="",
        counterparty_iban="",
        ultimate_party="",
        purpose_lines=tuple(f"{line} " for detail in details for line in detail.purpose_lines),
        end_to_end_id="",
        mandate_id="",
        creditor_id="",
        bank_reference="",
        turnover_id="",
        code=codes.pop() if len(codes) == 1 else BankCode(),
        structured_reference="",
        return_reason="",
        return_info="",
        charges=None,
        charges_currency="",
        instructed_amount=None,
        instructed_currency="",
        additional_info="",
        raw="",
    )
