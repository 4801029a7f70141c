"""Reading camt.053, camt.052 and camt.054 as a stream, in constant memory.

Elements are found by their local names, so every version and even a missing namespace reads alike. A file with a
DOCTYPE is refused; depth, file size and the size of one entry are limited.
"""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Final, TypeGuard, cast

from lxml import etree

from integrations.statements.camt_entry import EntryReading, read_entry
from integrations.statements.camt_header import HeaderDraft
from integrations.statements.detect import ARCHIVES, MESSAGES, SPREADSHEETS, detect, has_doctype
from integrations.statements.documents import Document, Documents
from integrations.statements.leaves import TooDeepError
from integrations.statements.problems import Code, Severity
from integrations.statements.shapes import (
    Direction,
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
    GuardedStream,
    Source,
    open_source,
)
from integrations.statements.xmltree import Node, copy_element, local_name

GROUPS: Final = frozenset({"Stmt", "Rpt", "Ntfctn"})
_EVENTS: Final = tuple(f"{{*}}{name}" for name in ("Ntry", *sorted(GROUPS)))


class _DoctypeError(Exception):
    """A document type declaration turned up behind the first bytes."""


def read_camt(source: Source) -> Iterator[Record]:
    """Read a file as a stream of records.

    `Opened` comes first. Each statement gives its `StatementHeader`, its `Entry` records, and at its end a
    `Statement` with the final header, counts and sums. A `ReadError` stands where the problem was met; the rest
    goes on, unless the file itself cannot be read any further. Raises OSError if a path cannot be opened.
    """
    try:
        with open_source(source) as stream:
            head = stream.head()
            format_name = detect(head)
            yield Opened(format_name)
            refusal = _refusal(format_name, head)
            if refusal is not None:
                yield refusal
            else:
                yield from _documents(stream)
    except FileTooLargeError:
        yield ReadError(Place(), Code.TOO_LARGE, {"limit": str(MAX_FILE // MEGABYTE)})


def _documents(stream: GuardedStream) -> Iterator[Record]:
    """Every document in the file; as a rule there is one."""
    documents = Documents(stream)
    statements = 0
    for document in documents:
        format_name = detect(document.head)
        refusal = _refusal(format_name, document.head) if statements else None
        if refusal is not None:
            yield replace(refusal, place=Place(line=document.line + 1))
            continue
        reader = _Reader(stream, document, format_name, statements)
        yield from reader.records()
        statements = reader.statements
        if reader.stopped:
            break
    if documents.repaired:
        yield ReadError(Place(), Code.ENCODING, {}, Severity.WARNING)


def _refusal(format_name: str, head: bytes) -> ReadError | None:
    if format_name == "empty":
        return ReadError(Place(), Code.EMPTY)
    if format_name in ARCHIVES:
        return ReadError(Place(), Code.ARCHIVE, {"format": format_name})
    if format_name in SPREADSHEETS:
        return ReadError(Place(), Code.SPREADSHEET, {"format": format_name})
    if format_name == "unknown":
        return ReadError(Place(), Code.UNKNOWN)
    if has_doctype(head) and format_name != "html":
        return ReadError(Place(), Code.DOCTYPE)
    if not format_name.startswith(tuple(MESSAGES.values())):
        return ReadError(Place(), Code.FOREIGN, {"format": format_name})
    return None


class _Group:
    """The statement that is being read."""

    def __init__(self, element: etree._Element, number: int, draft: HeaderDraft) -> None:
        self.element = element
        self.number = number
        self.draft = draft
        self.header: StatementHeader | None = None
        self.last: etree._Element | None = None
        self.entries = self.transactions = self.not_booked = self.unreadable = 0
        self.sums = {Direction.CREDIT: Decimal(0), Direction.DEBIT: Decimal(0)}
        self.booked = Decimal(0)
        self.confirmed = False

    def absorb(self, *, until: etree._Element | None) -> Iterator[ReadError]:
        """Take the elements before ``until`` (or all) into the header, and free their memory."""
        if until is not None and self.last is not None and until.getprevious() is self.last:
            self.element.remove(self.last)
            self.last = until
            return
        for child in self.element.iterchildren():
            if child is until:
                break
            problem = self.draft.absorb(local_name(child), copy_element(child))
            if problem is not None:
                yield problem
        if until is not None:
            _forget_before(until)
        self.last = until

    def count(self, reading: EntryReading) -> None:
        """Add an entry to the counts and sums."""
        not_booked = bool(reading.status) and reading.status != "BOOK"
        self.transactions += reading.transactions
        self.not_booked += not_booked
        self.unreadable += reading.entry is None
        if reading.amount is not None and reading.direction is not None:
            self.sums[reading.direction] += reading.amount
            if not not_booked:
                self.booked += reading.direction.sign(reading.amount)

    def check_totals(self) -> ReadError | None:
        """Compare the totals that the statement announces with its entries, where that says something."""
        announced = self.draft.announced()
        if announced is None or self.unreadable or self.not_booked:
            return None
        credits_, debits = self.sums[Direction.CREDIT], self.sums[Direction.DEBIT]
        difference = announced.differs(self.entries, credits_, debits)
        self.confirmed = difference is None and announced.total is not None
        if difference is None:
            return None
        params = dict(zip(("announced", "found"), difference, strict=True))
        return ReadError(Place(statement=self.number), Code.TOTALS, params, Severity.WARNING)

    def finish(self, *, complete: bool) -> Statement:
        """The statement with everything that was read of it."""
        return Statement(
            header=self.draft.finish(),
            entries=self.entries,
            transactions=self.transactions,
            not_booked=self.not_booked,
            unreadable=self.unreadable,
            credit_total=self.sums[Direction.CREDIT],
            debit_total=self.sums[Direction.DEBIT],
            booked=self.booked,
            complete=complete,
            confirmed=self.confirmed,
        )


class _Reader:
    """Reads one document whose format is known, behind ``statements`` others of its file."""

    def __init__(self, stream: GuardedStream, document: Document, format_name: str, statements: int) -> None:
        self._stream = stream
        self._document = document
        self._format = format_name
        self._group: _Group | None = None
        self._before = statements
        self.statements = statements
        self.stopped = False  # the limits of a file were met
        self._group_header: Node | None = None

    def records(self) -> Iterator[Record]:
        """Everything in the file, and at the end what broke it off, if anything did."""
        problem: ReadError | None = None
        try:
            yield from self._parse()
        except etree.XMLSyntaxError as error:
            problem = self._syntax_problem(error)
        except _DoctypeError:
            problem = ReadError(Place(), Code.DOCTYPE)
        except TooDeepError:
            problem = ReadError(self._place(), Code.TOO_DEEP)
        except EntryTooLargeError:
            self.stopped = True
            problem = ReadError(self._place(), Code.ENTRY_TOO_LARGE)
        except FileTooLargeError:
            self.stopped = True
            problem = ReadError(self._place(), Code.TOO_LARGE, {"limit": str(MAX_FILE // MEGABYTE)})
        if self._group is not None:
            yield self._group.finish(complete=False)
        if problem is not None:
            yield problem
        elif self.statements == self._before:
            yield ReadError(Place(), Code.NO_STATEMENT)

    def _parse(self) -> Iterator[Record]:
        # Never remove the element in hand: the parser may still be writing the text behind it.
        events = etree.iterparse(
            self._document,
            events=("end",),
            tag=_EVENTS,
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            huge_tree=False,
            remove_comments=True,
            remove_pis=True,
        )
        checked = False
        for _, element in events:
            if not checked:
                if element.getroottree().docinfo.doctype:
                    raise _DoctypeError
                checked = True
            is_entry = local_name(element) == "Ntry"
            group_element = element.getparent() if is_entry else element
            if not self._is_ours(group_element):
                if is_entry:
                    yield ReadError(self._place(self._line(element)), Code.STRAY_ENTRY)
                continue
            yield from self._entry(group_element, element) if is_entry else self._end(element)
        root = events.root
        if root is not None and root.getroottree().docinfo.doctype:
            raise _DoctypeError

    def _entry(self, group_element: etree._Element, element: etree._Element) -> Iterator[Record]:
        group = self._group
        if group is None:
            group = self._begin(group_element)
        yield from group.absorb(until=element)
        if group.header is None:
            amount = next((child for child in element if local_name(child) == "Amt"), None)
            group.draft.see_currency((amount.get("Ccy") or "") if amount is not None else "")
            group.header = group.draft.finish()
            yield group.header
        group.entries += 1
        reading = read_entry(element, group.header, self._place(self._line(element)))
        element.clear(keep_tail=True)  # type: ignore[call-arg]  # the stubs do not know it
        self._stream.progress()
        group.count(reading)
        yield from reading.problems
        if reading.entry is not None:
            yield reading.entry

    def _is_ours(self, element: etree._Element | None) -> TypeGuard[etree._Element]:
        """Whether this is the statement in hand, or may begin one (and is not nested in another)."""
        if self._group is not None:
            return element is self._group.element
        parent = element.getparent() if element is not None else None
        return (
            element is not None
            and parent is not None
            and local_name(element) in GROUPS
            and local_name(parent) in MESSAGES
        )

    def _begin(self, element: etree._Element) -> _Group:
        self.statements += 1
        message_element = element.getparent()
        message = MESSAGES[local_name(message_element)] if message_element is not None else ""
        for sibling in element.itersiblings(preceding=True):
            if local_name(sibling) == "GrpHdr":
                self._group_header = copy_element(sibling)
        draft = HeaderDraft(self.statements, message, self._format, self._group_header)
        self._group = _Group(element, self.statements, draft)
        return self._group

    def _end(self, element: etree._Element) -> Iterator[Record]:
        group = self._group or self._begin(element)
        yield from group.absorb(until=None)
        self._group = None
        problem = group.check_totals()
        statement = group.finish(complete=True)
        if group.header is None:
            yield statement.header
        _forget_before(element)
        element.clear(keep_tail=True)  # type: ignore[call-arg]  # the stubs do not know it
        self._stream.progress()
        # where the balances prove that every entry is there, other totals say nothing
        if problem is not None and statement.difference != 0:
            yield problem
        yield statement

    def _place(self, line: int = 0) -> Place:
        if self._group is None:
            return Place(line=line)
        return Place(self._group.number, self._group.entries, line)

    def _line(self, element: etree._Element) -> int:
        return self._document.line_of(cast("int | None", element.sourceline) or 0)  # the stubs give no type

    def _syntax_problem(self, error: etree.XMLSyntaxError) -> ReadError:
        place = self._place(self._document.line_of(error.lineno or 0))
        if "depth" in (error.msg or "").lower():
            return ReadError(place, Code.TOO_DEEP)
        return ReadError(place, Code.CUT_OFF if self._document.cut_off else Code.BROKEN_XML)


def _forget_before(element: etree._Element) -> None:
    parent = element.getparent()
    if parent is not None:
        while element.getprevious() is not None:
            del parent[0]
