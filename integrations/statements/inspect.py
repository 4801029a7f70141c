"""What is in a bank file, as plain JSON: figures of every statement, and everything that is wrong with it."""

from collections.abc import Callable
from typing import Any

from integrations.statements.problems import Code, Severity
from integrations.statements.read import read_statements
from integrations.statements.shapes import Balance, Opened, Place, ReadError, Statement
from integrations.statements.source import Source
from integrations.statements.transactions import balance_problem, bank_lines
from integrations.statements.values import decimal_text


def inspect_statement(
    source: Source,
    name: str,
    message: Callable[[ReadError], str] = lambda problem: problem.message,
    place: Callable[[Place], str] = str,
) -> dict[str, Any]:
    """Read a file and give its figures: ``name``, ``format``, ``accounts``, ``errors``, ``warnings``.

    One item of ``accounts`` per statement in file order; amounts are decimal strings, null where the file does
    not say. ``message`` and ``place`` put problems into words (English unless given).
    """
    report: dict[str, Any] = {"name": name, "format": "unknown", "accounts": [], "errors": [], "warnings": []}

    def add(problem: ReadError) -> None:
        words = {"place": place(problem.place), "message": message(problem), "code": problem.code.value}
        report["errors" if problem.severity is Severity.ERROR else "warnings"].append(words)

    try:
        for record in bank_lines(read_statements(source)):
            if isinstance(record, Opened):
                report["format"] = record.format
            elif isinstance(record, ReadError):
                add(record)
            elif isinstance(record, Statement):
                report["accounts"].append(_figures(record))
                problem = balance_problem(record)
                if problem is not None:
                    add(problem)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        add(ReadError(Place(), Code.CANNOT_OPEN, {"reason": reason}))
    return report


def _figures(statement: Statement) -> dict[str, Any]:
    header = statement.header
    return {
        "iban": header.iban or None,
        "account": header.other_id or None,
        "statement_id": header.statement_id or None,
        "currency": header.currency or None,
        "entries": statement.entries,
        "transactions": statement.transactions,
        "credit_total": decimal_text(statement.credit_total),
        "debit_total": decimal_text(statement.debit_total),
        "opening_balance": _balance(header.opening),
        "closing_balance": _balance(header.closing),
        "not_booked": statement.not_booked,
        "complete": statement.complete,
        "reconciles": None if statement.difference is None else not statement.difference,
    }


def _balance(balance: Balance | None) -> str | None:
    return None if balance is None else decimal_text(balance.amount)
