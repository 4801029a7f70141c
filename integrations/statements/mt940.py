"""Reading MT940 (booked entries of a day) and MT942 (entries of today, provisional) as a stream, in constant memory.

One ``:20:`` is one statement, also where the bank cuts it into pages (60M, 62M). What cannot be read costs a field or
an entry, never the rest of the file. The details of an entry: `mt940_details`; the traps: reference, bank feeds 3.
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from integrations.statements.detect import detect
from integrations.statements.mt940_entry import read_entry
from integrations.statements.mt940_fields import HEADER_TAGS, Field, decode, fields
from integrations.statements.mt940_statement import MAX_HELD, OpenStatement
from integrations.statements.problems import Code, Severity
from integrations.statements.shapes import Opened, Place, ReadError, Record
from integrations.statements.source import (
    MAX_FILE,
    MEGABYTE,
    EntryTooLargeError,
    FileTooLargeError,
    GuardedStream,
    Source,
    open_source,
)
from integrations.statements.values import decimal_text

FORMATS: Final = ("mt940", "mt942")
# After the end of a message these begin another one, even where its :20: is missing or damaged.
_BEGINNERS: Final = HEADER_TAGS | {"34F", "60F", "60M"}


def read_mt940(source: Source) -> Iterator[Record]:
    """Read a file as a stream of records, see `shapes`.

    `Opened` comes first. Each message gives its `StatementHeader`, its `Entry` records (cancelled ones at the end,
    when the balances have shown that they are), and a `Statement` with the final header, counts and sums. A
    `ReadError` stands where the problem was met; the rest goes on. Raises OSError if a path cannot be opened.
    """
    try:
        with open_source(source) as stream:
            format_name = detect(stream.head())
            yield Opened(format_name)
            if format_name in FORMATS:
                yield from _Reader(stream, format_name).records()
            else:
                yield ReadError(Place(), Code.EMPTY if format_name == "empty" else Code.UNKNOWN)
    except FileTooLargeError:
        yield ReadError(Place(), Code.TOO_LARGE, {"limit": str(MAX_FILE // MEGABYTE)})


class _Reader:
    """Reads one file."""

    def __init__(self, stream: GuardedStream, format_name: str) -> None:
        self._stream = stream
        self._format = format_name
        self._now: OpenStatement | None = None
        self._statements = 0
        # account and closing balance of an inner page
        self._page: tuple[str, str, Decimal] | None = None

    def records(self) -> Iterator[Record]:
        """Everything in the file, and at the end what broke it off, if anything did."""
        problem: ReadError | None = None
        try:
            for field in fields(self._stream):
                yield from self._field(field)
        except EntryTooLargeError:
            problem = ReadError(self._place(), Code.ENTRY_TOO_LARGE)
        except FileTooLargeError:
            problem = ReadError(self._place(), Code.TOO_LARGE, {"limit": str(MAX_FILE // MEGABYTE)})
        yield from self._finish(complete=problem is None)
        if problem is not None:
            yield problem
        elif not self._statements:
            yield ReadError(Place(), Code.NO_STATEMENT)

    def _field(self, field: Field) -> Iterator[Record]:
        tag, now = field.tag, self._now
        if tag == "61":
            now = now or self._begin(field)
            yield from self._flush()
            now.pending, now.details = field, []
        elif tag == "86" and now is not None and now.pending is not None:
            now.details += field.lines
        elif tag == "?":
            value = decode(field.lines[0])[:80]
            yield ReadError(self._place(field.line), Code.ENTRY_IN_TEXT, {"value": value})
        elif tag in ("", "{"):
            yield from self._flush()
            if now is not None:
                now.ended = True
        else:
            if tag == "20" or (now is not None and now.closed and tag in _BEGINNERS):
                yield from self._finish(complete=True)
                now = None
            yield from self._flush()
            now = now or self._begin(field)
            yield from now.take(field)
            yield from self._look_at_page(now, field)

    def _begin(self, field: Field) -> OpenStatement:
        self._statements += 1
        self._now = OpenStatement(self._statements, field.line, self._format)
        return self._now

    def _look_at_page(self, now: OpenStatement, field: Field) -> Iterator[ReadError]:
        """Which message it is, and whether its first balance is the last one of the page before."""
        if field.tag in ("60F", "60M", "62F", "62M"):
            now.message = "mt940"
        elif field.tag in ("34F", "90C", "90D") and now.opening is None and now.given is None:
            now.message = "mt942"
        if field.tag != "60M" or now.opening is None or self._page is None:
            return
        account, sequence, closing = self._page
        same = now.texts.get("25") == account and now.header().sequence_number == sequence
        if same and now.opening.amount != closing:
            params = {"opening": decimal_text(now.opening.amount), "closing": decimal_text(closing)}
            yield ReadError(Place(now.number, 0, field.line), Code.PAGE_GAP, params, Severity.WARNING)

    def _flush(self, *, all_of_them: bool = False) -> Iterator[Record]:
        """Give the entry in hand; without a currency yet only what came before it would be known, so it waits."""
        now = self._now
        if now is None:
            return
        if now.pending is not None:
            now.waiting.append((now.pending, now.details))
            now.pending, now.details = None, []
        if not (now.currency or all_of_them or len(now.waiting) > MAX_HELD):
            return
        waiting, now.waiting = now.waiting, []
        for pending, details in waiting:
            header = now.given
            if header is None:
                header = now.give()
                yield header
            now.entries += 1
            place, booked = now.place(pending.line), now.message == "mt940"
            reading = read_entry(pending.lines, details, header.currency, place, german=now.german, booked=booked)
            yield from reading.problems
            entry = now.count(reading)
            if entry is not None:
                yield entry

    def _finish(self, *, complete: bool) -> Iterator[Record]:
        now = self._now
        if now is None:
            return
        yield from self._flush(all_of_them=True)
        if now.given is None:
            yield now.header()
        yield from now.finish(complete=complete)
        inner = now.closing if now.closing_tag == "62M" else None
        self._page = (now.texts.get("25", ""), now.header().sequence_number, inner.amount) if inner else None
        self._now = None

    def _place(self, line: int = 0) -> Place:
        return self._now.place(line) if self._now is not None else Place(line=line)
