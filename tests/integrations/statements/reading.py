"""Short ways to read a file in a test."""

from integrations.statements.problems import Code
from integrations.statements.read import read_statements
from integrations.statements.shapes import Advice, BankLine, Entry, LineRecord, ReadError, Statement
from integrations.statements.source import Source
from integrations.statements.transactions import bank_lines


def records(source: Source) -> list[LineRecord]:
    return list(bank_lines(read_statements(source)))


def lines(source: Source) -> list[BankLine]:
    """The booked lines."""
    return [record for record in records(source) if isinstance(record, BankLine) and not record.pending]


def pending(source: Source) -> list[BankLine]:
    return [record for record in records(source) if isinstance(record, BankLine) and record.pending]


def advices(source: Source) -> list[Advice]:
    return [record for record in records(source) if isinstance(record, Advice)]


def entries(source: Source) -> list[Entry]:
    return [record for record in read_statements(source) if isinstance(record, Entry)]


def statements(source: Source) -> list[Statement]:
    return [record for record in records(source) if isinstance(record, Statement)]


def problems(source: Source) -> list[ReadError]:
    return [record for record in records(source) if isinstance(record, ReadError)]


def codes(source: Source) -> list[Code]:
    return [problem.code for problem in problems(source)]


def keys(source: Source) -> list[str]:
    return [line.numbered_key for line in lines(source)]
