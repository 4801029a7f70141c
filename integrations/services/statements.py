"""Importing bank statement files: the bytes are kept, booked lines become transactions, problems are counted."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext, gettext_noop

from accounts.collector import collector_rests
from accounts.models import Client, User
from integrations.models import StatementFile
from integrations.services.statement_accounts import PrivateAccount, account_of, named
from integrations.services.statement_days import Covered, keep_days, newest_days, through
from integrations.services.statement_lines import advice_data, transaction_data
from integrations.services.statement_twins import complete_twins
from integrations.services.table_mappings import known_mapping
from integrations.statements.messages import describe, describe_place
from integrations.statements.problems import Code, Severity
from integrations.statements.read import read_statements
from integrations.statements.shapes import (
    Advice,
    BankLine,
    Opened,
    Place,
    ReadError,
    Record,
    Statement,
    StatementHeader,
)
from integrations.statements.source import MAX_FILE, MEGABYTE
from integrations.statements.tables import Mapping
from integrations.statements.transactions import ADVICE, balance_problem, bank_lines
from matching.models import BankAccount
from matching.services.bulk import flush_with_the_next
from matching.services.intake import AccountOfAnotherClient, TransactionData, import_transactions
from matching.tasks import enqueue_matching
from vouchers.storage import store

FOREIGN_ACCOUNT = "account_of_another_client"
PRIVATE_ACCOUNT = "private_account"
AMOUNT_TOO_FINE = "amount_too_fine"
WORDS = {
    PRIVATE_ACCOUNT: gettext_noop(
        "The account %(account)s is marked as private; nothing of it was stored. If it is used for the business, "
        "change that at the account and import the file again."
    ),
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

    ``transactions``: booked lines in the file; ``new`` of them were written, ``duplicate`` were known, ``sightings`` of
    these told in another format than before. ``pending`` lines are announced only. ``errors``:
    what was not read or not taken over; ``warnings``: what a person should look at. Each problem is a dict of
    ``place``, ``message`` (English), ``code`` and, to say it in another language, ``params`` and ``at``; see
    ``problem_words``. ``again``: the same bytes were imported before. ``file``: None only where the file is too large,
    or is about private accounts alone.
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
    sightings: int = 0
    pending: int = 0

    @property
    def needs_account(self) -> bool:
        """Whether the file does not say its account, so that somebody must choose one (``account`` of the import)."""
        return any(problem["code"] == Code.NO_ACCOUNT.value for problem in self.errors)


@dataclass(slots=True)
class _Reading:
    """What has been read and written of a file so far."""

    format: str = "unknown"
    accounts: list[str] = field(default_factory=list)
    transactions: int = 0
    new: int = 0
    duplicate: int = 0
    sightings: int = 0
    pending: int = 0
    private: bool = False
    statements: int = 0
    covered: list[Covered] = field(default_factory=list)
    since: dict[int, int] = field(default_factory=dict)  # `newest_days` of each account as it was met
    errors: list[dict[str, Any]] = field(default_factory=list)
    warnings: list[dict[str, Any]] = field(default_factory=list)

    def note(self, problem: ReadError) -> None:
        """Keep a problem of the reader."""
        kept = self.errors if problem.severity is Severity.ERROR else self.warnings
        kept.append(_problem(problem.place, problem.code.value, dict(problem.params), problem.message))


def import_file(
    client: Client,
    name: str,
    content: bytes,
    *,
    actor: User | None = None,
    account: BankAccount | None = None,
    table: Mapping | None = None,
) -> StatementImport:
    """Import the lines of a bank file of any format for a client, then ask for matching.

    ``account``: of the client, for statements that do not name theirs. ``table``: how a table is read that no profile
    knows; without it, as somebody confirmed it for this client before. Each statement in the file is taken over as a
    whole or not at all; a broken place costs nothing that stands before or after it. The same file twice, or another
    one over the same days, writes nothing new. A statement of an account that is kept at another client, or that is
    private, is refused with words. Nothing is raised for bad files: they are kept, with what is wrong with them.
    """
    reading = _Reading()
    if table is None and len(content) <= MAX_FILE:
        table = known_mapping(client, content)
    with collector_rests():
        for statement, lines in _statements(content, reading, account, table):
            reading.statements += 1
            _take_over(client, name, statement, lines, reading, account)
    file, again = _keep(client, name, content, reading, actor)
    proved = 0
    if file is not None:
        keep_days(file, reading.covered)
        proved = _complete_twins(client, file, content, reading, table)
    # A first attempt may have died between writing its lines and asking: then nothing is new, but the file is.
    if reading.new or reading.sightings or proved or (reading.duplicate and not again):
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
        sightings=reading.sightings,
        pending=reading.pending,
    )


def unreadable(name: str, error: OSError) -> StatementImport:
    """The result for a file that cannot be opened."""
    reading = _Reading()
    reading.note(ReadError(Place(), Code.CANNOT_OPEN, {"reason": error.strerror or type(error).__name__}))
    return StatementImport(name, reading.format, (), 0, 0, 0, errors=tuple(reading.errors))


def too_large(name: str) -> StatementImport:
    """The result for a file that is too large to be looked at."""
    reading = _Reading()
    reading.note(ReadError(Place(), Code.TOO_LARGE, {"limit": str(MAX_FILE // MEGABYTE)}))
    return StatementImport(name, reading.format, (), 0, 0, 0, errors=tuple(reading.errors))


def problem_words(problem: dict[str, Any]) -> tuple[str, str]:
    """Place and sentence of a stored problem in the active language."""
    at, params = Place(*problem["at"]), problem["params"]
    if problem["code"] in WORDS:
        return describe_place(at), gettext(WORDS[problem["code"]]) % params
    return describe_place(at), describe(ReadError(at, Code(problem["code"]), params))


def _records(content: bytes, account: BankAccount | None, table: Mapping | None) -> Iterator[Record]:
    """What the reader says, with each account under one name."""
    for record in read_statements(content, table=table):
        yield named(record, account) if isinstance(record, StatementHeader) else record


def _statements(
    content: bytes, reading: _Reading, account: BankAccount | None, table: Mapping | None
) -> Iterator[tuple[Statement, list[TransactionData]]]:
    """Each statement with its lines, as soon as it is read; everything else goes into ``reading``."""
    lines: list[TransactionData] = []
    for record in bank_lines(_records(content, account, table)):
        if isinstance(record, Opened):
            reading.format = record.format
        elif isinstance(record, ReadError):
            reading.note(record)
        elif isinstance(record, BankLine):
            if _fits(record, reading):
                lines.append(transaction_data(record))
        elif isinstance(record, Advice):
            if all(_fits(line, reading) for line in record.lines):
                lines += advice_data(record)
        elif isinstance(record, Statement):
            problem = balance_problem(record)
            if problem is not None:
                reading.note(problem)
            if record.header.account or account is not None:
                yield record, lines
            lines = []


def _fits(line: BankLine, reading: _Reading) -> bool:
    if line.amount == round(line.amount, 2) and abs(line.amount) < LARGEST:
        return True
    amount = {"amount": f"{line.amount} {line.currency}"}
    reading.errors.append(_problem(line.place, AMOUNT_TOO_FINE, amount))
    return False


def _take_over(
    client: Client,
    name: str,
    statement: Statement,
    lines: list[TransactionData],
    reading: _Reading,
    chosen: BankAccount | None,
) -> None:
    header = statement.header
    place = Place(statement=header.number, member=header.member)
    booked = [line for line in lines if not line.pending]
    is_advice = header.message == ADVICE
    reading.transactions += 0 if is_advice else len(booked)
    days = frozenset(line.booking_date for line in booked)
    try:
        with transaction.atomic():
            flush_with_the_next()  # the row about the file comes last
            account = account_of(client, header, chosen)
            if account.pk not in reading.since:
                reading.since[account.pk] = newest_days(account)
            outcome = import_transactions(
                account,
                lines,
                family=header.format[:40],
                delivery=_storable(name),
                through=None if is_advice else through(statement, days),
            )
    except AccountOfAnotherClient:
        reading.errors.append(_problem(place, FOREIGN_ACCOUNT, {"account": header.account}))
        return
    except PrivateAccount:
        reading.private = True
        reading.errors.append(_problem(place, PRIVATE_ACCOUNT, {"account": header.account or str(chosen)}))
        return
    if account.key not in reading.accounts:
        reading.accounts.append(account.key)
    if is_advice:
        return
    reading.new += outcome.new
    reading.duplicate += outcome.duplicate
    reading.sightings += outcome.sightings
    reading.pending += outcome.pending
    repeats = outcome.duplicate > outcome.sightings
    since = reading.since[account.pk]
    reading.covered.append(Covered(account, reading.statements, statement, days, repeats, since))


def _complete_twins(
    client: Client, file: StatementFile, content: bytes, reading: _Reading, table: Mapping | None
) -> int:
    """Answers how many payments were added. Those beyond the known lines of this file are lines of another one."""

    def read(some: bytes, account: BankAccount) -> Iterator[tuple[Statement, list[TransactionData]]]:
        return _statements(some, _Reading(), account, table if some is content else known_mapping(client, some))

    added = complete_twins(file, content, reading.covered, read)
    if own := min(added, reading.duplicate):
        reading.new += own
        reading.duplicate -= own
        StatementFile.objects.filter(pk=file.pk).update(new=F("new") + own, duplicate=F("duplicate") - own)
        file.refresh_from_db()
    return added


def _storable(name: str) -> str:
    """A name that comes from a file system, which takes bytes that are no characters; no database does."""
    return name.encode("utf-8", "replace").decode()


def _keep(
    client: Client, name: str, content: bytes, reading: _Reading, actor: User | None
) -> tuple[StatementFile | None, bool]:
    """Store the bytes and a row about them. The second answer: whether they had been imported before."""
    if len(content) > MAX_FILE or (reading.private and not reading.accounts):
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
        defaults={"name": _storable(name)[:255], "imported_by": actor, **findings},
    )
    if not created and (reading.new or reading.transactions > file.transactions):
        # a first attempt that was broken off, refused in part or left a question open, completed now
        known = file.new + reading.new
        StatementFile.objects.filter(pk=file.pk).update(**{**findings, "new": known})
        file.refresh_from_db()
    return file, not created


def _problem(place: Place, code: str, params: dict[str, str], message: str = "") -> dict[str, Any]:
    return {
        "place": str(place),
        "message": message or WORDS[code] % params,
        "code": code,
        "params": params,
        "at": [place.statement, place.entry, place.line, place.member],
    }
