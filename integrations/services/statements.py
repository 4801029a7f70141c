"""Importing bank statement files: the bytes are kept, booked lines become transactions, problems are counted."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext, gettext_noop

from accounts.models import Client, User
from integrations.models import StatementFile
from integrations.statements.messages import describe, describe_place
from integrations.statements.problems import Code, Severity
from integrations.statements.read import read_statements
from integrations.statements.shapes import BankLine, Opened, Place, ReadError, Statement, StatementHeader
from integrations.statements.source import MAX_FILE
from integrations.statements.transactions import ADVICE, balance_problem, bank_lines
from matching.services.intake import (
    AccountOfAnotherClient,
    ImportOutcome,
    TransactionData,
    account_for,
    import_transactions,
)
from matching.tasks import enqueue_matching
from vouchers.storage import store

FOREIGN_ACCOUNT = "account_of_another_client"
AMOUNT_TOO_FINE = "amount_too_fine"
WORDS = {
    FOREIGN_ACCOUNT: gettext_noop(
        "The account %(account)s is kept at another client; its transactions were not taken over. "
        "Check to which client the file belongs."
    ),
    AMOUNT_TOO_FINE: gettext_noop(
        "The amount %(amount)s does not fit into 14 digits and two decimals; this entry was left out."
    ),
}
LARGEST = Decimal("1e14")


@dataclass(frozen=True, slots=True)
class StatementImport:
    """What came of one file.

    ``transactions``: booked lines in the file; ``new`` of them were written, ``duplicate`` were known. ``errors``:
    what was not read or not taken over; ``warnings``: what a person should look at. Each problem is a dict of
    ``place``, ``message`` (English), ``code`` and, to say it in another language, ``params`` and ``at``; see
    ``problem_words``. ``again``: the same bytes were imported before. ``file``: None only where the file is too large.
    """

    name: str
    format: str
    accounts: tuple[str, ...]
    transactions: int
    new: int
    duplicate: int
    errors: tuple[dict[str, Any], ...] = ()
    warnings: tuple[dict[str, Any], ...] = ()
    again: bool = False
    file: StatementFile | None = None


@dataclass(slots=True)
class _Reading:
    """What has been read and written of a file so far."""

    format: str = "unknown"
    accounts: list[str] = field(default_factory=list)
    transactions: int = 0
    new: int = 0
    duplicate: int = 0
    errors: list[dict[str, Any]] = field(default_factory=list)
    warnings: list[dict[str, Any]] = field(default_factory=list)

    def note(self, problem: ReadError) -> None:
        """Keep a problem of the reader."""
        kept = self.errors if problem.severity is Severity.ERROR else self.warnings
        kept.append(_problem(problem.place, problem.code.value, dict(problem.params), problem.message))


def import_file(client: Client, name: str, content: bytes, *, actor: User | None = None) -> StatementImport:
    """Import the booked lines of a bank file for a client, then ask for matching.

    Each statement in the file is taken over as a whole or not at all; a broken place costs nothing that stands before
    or after it. The same file twice, or another one over the same days, writes nothing new. A statement of an account
    that is kept at another client is refused with words. Nothing is raised for bad files: they are kept, with what is
    wrong with them.
    """
    reading = _Reading()
    for header, lines in _statements(content, reading):
        outcome = _take_over(client, header, lines, reading)
        reading.transactions += len(lines)
        reading.new += outcome.new
        reading.duplicate += outcome.duplicate
    file, again = _keep(client, name, content, reading, actor)
    # A first attempt may have died between writing its lines and asking: then nothing is new, but the file is.
    if reading.new or (reading.duplicate and not again):
        enqueue_matching(client)
    return StatementImport(
        name=name,
        format=reading.format,
        accounts=tuple(reading.accounts),
        transactions=reading.transactions,
        new=reading.new,
        duplicate=reading.duplicate,
        errors=tuple(reading.errors),
        warnings=tuple(reading.warnings),
        again=again,
        file=file,
    )


def unreadable(name: str, error: OSError) -> StatementImport:
    """The result for a file that cannot be opened."""
    reading = _Reading()
    reading.note(ReadError(Place(), Code.CANNOT_OPEN, {"reason": error.strerror or type(error).__name__}))
    return StatementImport(name, reading.format, (), 0, 0, 0, errors=tuple(reading.errors))


def problem_words(problem: dict[str, Any]) -> tuple[str, str]:
    """Place and sentence of a stored problem in the active language."""
    at, params = Place(*problem["at"]), problem["params"]
    if problem["code"] in WORDS:
        return describe_place(at), gettext(WORDS[problem["code"]]) % params
    return describe_place(at), describe(ReadError(at, Code(problem["code"]), params))


def _statements(content: bytes, reading: _Reading) -> Iterator[tuple[StatementHeader, list[BankLine]]]:
    """Each statement with its booked lines, as soon as it is read; everything else goes into ``reading``."""
    lines: list[BankLine] = []
    for record in bank_lines(read_statements(content)):
        if isinstance(record, Opened):
            reading.format = record.format
        elif isinstance(record, ReadError):
            reading.note(record)
        elif isinstance(record, BankLine):
            if record.pending:
                continue
            if record.amount == round(record.amount, 2) and abs(record.amount) < LARGEST:
                lines.append(record)
            else:
                amount = {"amount": f"{record.amount} {record.currency}"}
                reading.errors.append(_problem(record.place, AMOUNT_TOO_FINE, amount))
        elif isinstance(record, Statement):
            problem = balance_problem(record)
            if problem is not None:
                reading.note(problem)
            if record.header.account and record.header.message != ADVICE:
                yield record.header, lines
            lines = []


def _take_over(client: Client, header: StatementHeader, lines: list[BankLine], reading: _Reading) -> ImportOutcome:
    try:
        with transaction.atomic():
            account = account_for(
                client,
                iban=header.iban,
                other_id=header.other_id,
                currency=header.currency,
                bank=header.bank_name or header.bank_bic,
            )
            outcome = import_transactions(account, (_data(line) for line in lines))
    except AccountOfAnotherClient:
        place = Place(statement=header.number)
        reading.errors.append(_problem(place, FOREIGN_ACCOUNT, {"account": header.account}))
        return ImportOutcome(0, 0)
    if account.key not in reading.accounts:
        reading.accounts.append(account.key)
    return outcome


def _keep(
    client: Client, name: str, content: bytes, reading: _Reading, actor: User | None
) -> tuple[StatementFile | None, bool]:
    """Store the bytes and a row about them. The second answer: whether they had been imported before."""
    if len(content) > MAX_FILE:
        return None, False
    findings = {
        "format": reading.format[:40],
        "accounts": reading.accounts,
        "transactions": reading.transactions,
        "new": reading.new,
        "duplicate": reading.duplicate,
        "errors": [*reading.errors, *({**problem, "severity": "warning"} for problem in reading.warnings)],
    }
    file, created = StatementFile.objects.get_or_create(
        client=client,
        stored=store(content, "application/octet-stream" if reading.format == "unknown" else "application/xml"),
        # The name comes from a file system, which takes bytes that are no characters; no database does.
        defaults={"name": name.encode("utf-8", "replace").decode()[:255], "imported_by": actor, **findings},
    )
    if not created and reading.new:
        # a first attempt that was broken off or refused in part, completed now
        known = file.new + reading.new
        StatementFile.objects.filter(pk=file.pk).update(**{**findings, "new": known})
        file.refresh_from_db()
    return file, not created


def _data(line: BankLine) -> TransactionData:
    purpose = line.purpose
    if line.structured_reference and line.structured_reference not in purpose:
        purpose = f"{purpose} {line.structured_reference}".strip()
    return TransactionData(
        key=f"{line.key}-{line.ordinal}",
        booking_date=line.booking_date,
        value_date=line.value_date,
        amount=line.amount,
        currency=line.currency,
        counterparty=line.counterparty or line.ultimate_party,
        counterparty_iban=line.counterparty_iban,
        purpose=purpose,
        end_to_end_id=line.end_to_end_id,
        mandate_id=line.mandate_id,
        creditor_id=line.creditor_id,
        code=line.code,
        bank_reference=line.bank_reference,
        is_reversal=line.reversal,
        raw=line.raw,
    )


def _problem(place: Place, code: str, params: dict[str, str], message: str = "") -> dict[str, Any]:
    return {
        "place": str(place),
        "message": message or WORDS[code] % params,
        "code": code,
        "params": params,
        "at": [place.statement, place.entry, place.line],
    }
