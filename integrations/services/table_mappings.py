"""How a client's own tables are read: shown before it counts, confirmed once by a person, remembered by the header."""

from dataclasses import dataclass
from itertools import islice
from typing import Final

from accounts.models import Client, User
from integrations.models import TableMapping
from integrations.statements.problems import Code, Severity
from integrations.statements.read import read_statements
from integrations.statements.shapes import BankLine, ReadError, Statement, StatementHeader
from integrations.statements.source import Source
from integrations.statements.tables import Mapping, MappingError, for_account, table_key
from integrations.statements.transactions import bank_lines

MAX_LINES: Final = 20
MAX_PROBLEMS: Final = 50
ANY_ACCOUNT: Final = "0"


@dataclass(frozen=True, slots=True)
class Preview:
    """What a file would give with a mapping: the first lines, the sums of all, and everything that is wrong."""

    header: StatementHeader | None
    lines: tuple[BankLine, ...]
    statements: tuple[Statement, ...]
    problems: tuple[ReadError, ...]

    @property
    def ready(self) -> bool:
        """Whether there is something to import and no question is open."""
        open_questions = {Code.AMBIGUOUS, Code.MIXED_DECIMALS, Code.UNKNOWN_TABLE, Code.MAPPING_FITS_NOT, Code.NO_TABLE}
        asked = any(problem.code in open_questions for problem in self.problems)
        return (
            bool(self.statements) and any(found.entries > found.unreadable for found in self.statements) and not asked
        )

    @property
    def errors(self) -> tuple[ReadError, ...]:
        """What was not read."""
        return tuple(problem for problem in self.problems if problem.severity is Severity.ERROR)


def known_mapping(client: Client, source: Source) -> Mapping | None:
    """The mapping that was confirmed for tables of this client with this header; None if nobody did.

    Raises OSError, and what opening a source raises. A stored mapping that no longer makes sense counts as none.
    """
    key = table_key(source)
    kept = TableMapping.objects.filter(client=client, header_sha256=key).first() if key else None
    if kept is None:
        return None
    try:
        return Mapping.from_json(kept.mapping)
    except MappingError:
        return None


def remember(client: Client, key: str, mapping: Mapping, *, actor: User | None = None) -> TableMapping:
    """Keep a confirmed mapping for tables with this header (`TableShape.key`); a newer one takes its place."""
    kept, _ = TableMapping.objects.update_or_create(
        client=client,
        header_sha256=key,
        defaults={"mapping": mapping.to_json(), "name": mapping.name[:120], "created_by": actor},
    )
    return kept


def forget(client: Client, key: str) -> bool:
    """Ask again for tables with this header; whether there was a mapping."""
    return bool(TableMapping.objects.filter(client=client, header_sha256=key).delete()[0])


def preview(source: Source, mapping: Mapping | None = None, *, account: str = "") -> Preview:
    """Read a file with a mapping, without storing anything. Raises OSError.

    ``account`` is that of a table that does not say whose it is; to look at it, none is needed.
    """
    header: StatementHeader | None = None
    lines: list[BankLine] = []
    statements: list[Statement] = []
    problems: list[ReadError] = []
    for record in bank_lines(for_account(read_statements(source, table=mapping), account or ANY_ACCOUNT)):
        if isinstance(record, StatementHeader):
            header = header or record
        elif isinstance(record, BankLine):
            if len(lines) < MAX_LINES:
                lines.append(record)
        elif isinstance(record, Statement):
            statements.append(record)
        elif isinstance(record, ReadError):
            problems.append(record)
    return Preview(header, tuple(lines), tuple(statements), tuple(islice(problems, MAX_PROBLEMS)))
