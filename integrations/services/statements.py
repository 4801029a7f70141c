"""Importing bank statement files."""

from dataclasses import dataclass, field
from typing import Any

from accounts.models import Client, User
from integrations.models import StatementFile


@dataclass(frozen=True, slots=True)
class StatementImport:
    """What came of one file. ``again``: the same bytes were imported before. ``errors``: place, message, severity."""

    name: str
    format: str
    accounts: tuple[str, ...]
    transactions: int
    new: int
    duplicate: int
    errors: tuple[dict[str, Any], ...] = field(default=())
    again: bool = False
    file: StatementFile | None = None


def import_file(client: Client, name: str, content: bytes, *, actor: User | None = None) -> StatementImport:
    """Import the booked lines of a bank file; the same file twice changes nothing."""
    raise NotImplementedError
