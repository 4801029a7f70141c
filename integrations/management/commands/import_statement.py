"""Import bank statement files for a client."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from accounts.models import Client
from accounts.operator_command import Failed, OperatorCommand
from integrations.services.statements import StatementImport, import_file, unreadable


class Command(OperatorCommand):
    help = "Import bank statement files (CAMT.053). The same file twice changes nothing."
    example = "python manage.py import_statement 10001 2025-03.xml 2025-04.xml --json"

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("client", metavar="CLIENT", help="client number")
        parser.add_argument("files", metavar="FILE", nargs="+", help="bank statement file")

    def work(self, **options: Any) -> None:
        client = self.client(options["client"])
        results = []
        with self.progress() as progress:
            for number, name in enumerate(options["files"], start=1):
                progress(name, number - 1, len(options["files"]))
                results.append(_import(client, Path(name)))
        self.answer({"files": [_row(result) for result in results]}, "\n".join(_text(result) for result in results))
        failed = sum(bool(result.errors) for result in results)
        if failed:
            words = _("%(failed)d of %(count)d files were not taken over as a whole.")
            raise Failed(words % {"failed": failed, "count": len(results)})


def _import(client: Client, path: Path) -> StatementImport:
    try:
        return import_file(client, path.name, path.read_bytes())
    except OSError as error:
        return unreadable(path.name, error)


def _row(result: StatementImport) -> dict[str, Any]:
    return {
        "name": result.name,
        "format": result.format,
        "accounts": list(result.accounts),
        "transactions": result.transactions,
        "new": result.new,
        "duplicate": result.duplicate,
        "again": result.again,
        "errors": [_problem(problem) for problem in result.errors],
        "warnings": [_problem(problem) for problem in result.warnings],
    }


def _problem(problem: dict[str, Any]) -> dict[str, str]:
    return {name: problem[name] for name in ("place", "message", "code")}


def _text(result: StatementImport) -> str:
    words = _("%(name)s: %(format)s, %(transactions)d transactions, %(new)d new, %(duplicate)d known already")
    lines = [
        words
        % {
            "name": result.name,
            "format": result.format,
            "transactions": result.transactions,
            "new": result.new,
            "duplicate": result.duplicate,
        }
    ]
    if result.again:
        lines.append("  " + _("This file was imported before."))
    lines += [f"  {problem['place']}: {problem['message']}" for problem in (*result.errors, *result.warnings)]
    return "\n".join(lines)
