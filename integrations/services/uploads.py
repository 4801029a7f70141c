"""Files that people upload: imported at once, and what has to be asked about them before they can be read."""

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from hashlib import sha256
from typing import Any, Final

from django.db.models import Max, Min

from accounts.models import Client, User
from integrations.models import AccountStatement, StatementFile
from integrations.services.payouts import PayoutImport, Refused, import_payout_report
from integrations.services.statements import StatementImport, import_file
from integrations.services.table_mappings import known_mapping, remember
from integrations.statements.detect import detect
from integrations.statements.problems import Code
from integrations.statements.source import HEAD
from integrations.statements.tables import Mapping, describe_table
from matching.models import AccountState, BankAccount, PayoutReport
from vouchers.storage import open_stored

LARGEST: Final = 50_000_000
"""Bytes of one uploaded file."""
MOST_FILES: Final = 50
"""Files that may be sent at once."""
MOST_WAITING: Final = 50
_COLUMNS: Final = frozenset({Code.UNKNOWN_TABLE, Code.AMBIGUOUS, Code.MIXED_DECIMALS, Code.MAPPING_FITS_NOT})


class Question(StrEnum):
    """What has to be said before a file can be read."""

    NOTHING = ""
    COLUMNS = "columns"  # which column is what, or in which form days and amounts are written
    ACCOUNT = "account"  # whose lines they are
    UNPACK = "unpack"  # such a table within an archive: it can only be asked about by itself


@dataclass(frozen=True, slots=True)
class Upload:
    """What came of an uploaded file: the import, its accounts and days, and what is to be asked."""

    outcome: StatementImport
    question: Question
    accounts: tuple[BankAccount, ...] = ()
    first: date | None = None
    last: date | None = None

    @property
    def settled(self) -> bool:
        """Whether the same file was here before, and more of it was read then: its question has been answered."""
        file = self.outcome.file
        return self.outcome.again and file is not None and file.transactions > self.outcome.transactions


def question_of(format_name: str, errors: list[dict[str, Any]] | tuple[dict[str, Any], ...]) -> Question:
    """The question that the problems of an import put."""
    codes = {problem["code"] for problem in errors}
    if codes & _COLUMNS:
        return Question.UNPACK if format_name.startswith("zip") else Question.COLUMNS
    return Question.ACCOUNT if Code.NO_ACCOUNT in codes else Question.NOTHING


def take(
    client: Client,
    name: str,
    content: bytes,
    *,
    actor: User,
    account: BankAccount | None = None,
    table: Mapping | None = None,
) -> Upload:
    """Import an uploaded file for a client. Safe to repeat; nothing is raised for bad files.

    ``account`` and ``table``: the answers to its questions, see ``import_file``.
    """
    outcome = import_file(client, name, content, actor=actor, account=account, table=table)
    question = question_of(outcome.format, outcome.errors) if outcome.file else Question.NOTHING
    if Upload(outcome, question).settled:
        question = Question.NOTHING
    if not outcome.accounts:
        return Upload(outcome, question)
    accounts = (
        BankAccount.objects.filter(client=client, key__in=outcome.accounts).select_related("client").order_by("pk")
    )
    days = AccountStatement.objects.filter(file=outcome.file).aggregate(first=Min("from_date"), last=Max("to_date"))
    return Upload(outcome, question, tuple(accounts), days["first"], days["last"])


def receive(client: Client, name: str, content: bytes, *, actor: User) -> Upload | PayoutImport:
    """Take an uploaded file, whatever it is: bank file or report of a payment provider.

    A table that a bank or an earlier answer explains is a bank file; a report of PayPal is one as well, and whose
    account it is has to be asked, so that is where the other way is offered.
    """
    digest = sha256(content).hexdigest()
    is_report = PayoutReport.objects.filter(client=client, stored__sha256=digest).exists()
    if not is_report and detect(content[:HEAD]) == "csv" and known_mapping(client, content) is None:
        shape = describe_table(content)
        is_report = shape is not None and not shape.format
    if is_report:
        try:
            return import_payout_report(client, name, content, actor)
        except Refused:
            pass  # a table of somebody else, which is asked about
    return take(client, name, content, actor=actor)


def answer_account(file: StatementFile, account: BankAccount, *, actor: User, always: bool = False) -> Upload:
    """Import a file again into the account that somebody chose.

    ``always``: tables with the same header are of this account from now on.
    """
    content = content_of(file)
    upload = take(file.client, file.name, content, actor=actor, account=account)
    if always and upload.outcome.transactions:
        account.refresh_from_db()
        shape = describe_table(content)
        mapping = known_mapping(file.client, content) or (shape.suggestion if shape else None)
        if shape is not None and mapping is not None:
            remember(file.client, shape.key, replace(mapping, account=account_text(account)), actor=actor)
    return upload


def account_text(account: BankAccount) -> str:
    """The account as a table would name it; empty for one that has no number yet."""
    text = account.iban or account.key
    return text if text.replace(" ", "").replace("-", "").replace("/", "").isalnum() else ""


def choosable(client: Client) -> list[BankAccount]:
    """The accounts that a file without a name may be of."""
    used = BankAccount.objects.filter(client=client, is_private=False).exclude(state=AccountState.REFUSED)
    return list(used.order_by("bank", "key", "pk"))


def content_of(file: StatementFile) -> bytes:
    """The bytes of an imported file. Raises OSError where the media folder has lost them."""
    with open_stored(file.stored) as stream:
        return stream.read()


def waiting(client: Client) -> list[tuple[StatementFile, Question]]:
    """The newest uploaded files that wait for an answer, newest first."""
    unread = StatementFile.objects.filter(client=client).exclude(errors=[])
    reports = PayoutReport.objects.filter(client=client).values("stored")
    unread = unread.exclude(stored__in=reports)
    found = [(file, question_of(file.format, file.errors)) for file in unread.order_by("-imported_at")[:MOST_WAITING]]
    return [(file, question) for file, question in found if question in (Question.COLUMNS, Question.ACCOUNT)]
