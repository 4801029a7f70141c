"""One damaged file: read within a second of processor time, without a crash, without a wrong sum in silence."""

import signal
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from decimal import Decimal
from types import FrameType

from integrations.statements.read import read_statements
from integrations.statements.shapes import BankLine, LineRecord, Opened, ReadError, Record, Statement, StatementHeader
from integrations.statements.transactions import balance_problem, bank_lines

from .oracles import Oracle

SECONDS = 1.0


class HangError(Exception):
    """An input took longer than `SECONDS` of processor time."""


@contextmanager
def time_limit() -> Iterator[None]:
    """Raise `HangError` in the block after `SECONDS` of processor time, however busy the machine is."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise HangError

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def judge(data: bytes, oracle: Oracle) -> str:
    """What is wrong with the way in which a file is read; empty if nothing is."""
    try:
        with time_limit():
            records = list(bank_lines(_with_account(read_statements(data))))
    except HangError:
        return f"took longer than {SECONDS} s"
    except Exception as error:  # noqa: BLE001 whatever it is, it is the finding
        return f"{type(error).__name__}: {error}"
    if not records or not isinstance(records[0], Opened):
        return "does not begin with its format"
    statements = [record for record in records if isinstance(record, Statement)]
    if any(isinstance(record, ReadError) for record in records) or any(map(balance_problem, statements)):
        return ""
    return _silent(records, statements, oracle(data))


def _with_account(records: Iterable[Record]) -> Iterator[Record]:
    """Many tables do not say whose they are: a person does."""
    for record in records:
        if isinstance(record, StatementHeader) and record.message == "csv" and not record.account:
            record = replace(record, other_id="4711")
        yield record


def _silent(records: list[LineRecord], statements: list[Statement], wanted: Decimal | None) -> str:
    """What is wrong although the reader had nothing to say."""
    if not statements:
        return "gives neither a statement nor a problem"
    if not all(statement.complete for statement in statements):
        return "an incomplete statement without a word"
    lines = [record for record in records if isinstance(record, BankLine)]
    total = sum((line.amount for line in lines), Decimal(0))
    booked = sum((line.amount for line in lines if line.status in ("BOOK", "")), Decimal(0))
    if booked != sum((statement.booked for statement in statements), Decimal(0)):
        return f"the lines give {booked}, the statements something else"
    if wanted is not None and total != wanted:
        return f"the lines give {total}, the file says {wanted}"
    return ""


def shrink(data: bytes, fails: Callable[[bytes], bool], seconds: float = 10) -> bytes:
    """A smaller input that fails as well: lines, then pieces of lines, are taken away as long as it does."""
    end = time.process_time() + seconds
    for units in (lambda text: text.splitlines(keepends=True), lambda text: [bytes([byte]) for byte in text]):
        parts = units(data)
        size = max(len(parts) // 2, 1)
        while size and time.process_time() < end:
            at = 0
            while at < len(parts) and time.process_time() < end:
                rest = parts[:at] + parts[at + size :]
                if fails(b"".join(rest)):
                    parts = rest
                else:
                    at += size
            size //= 2
        data = b"".join(parts)
    return data
