"""Import bank statement files for a client."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import Client
from accounts.operator_command import Failed, OperatorCommand
from integrations.services.statements import StatementImport, import_file, unreadable
from matching.models import BankAccount


class Command(OperatorCommand):
    help = "Import bank statement files of any format. The same file twice, or in another format, changes nothing."
    example = "python manage.py import_statement 10001 2025-03.xml 2025-04.xml --json"

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("client", metavar="CLIENT", help="client number")
        parser.add_argument("--account", metavar="IBAN", default="", help="account of files that do not name theirs")
        parser.add_argument("files", metavar="FILE", nargs="+", help="bank statement file")

    def work(self, **options: Any) -> None:
        client = self.client(options["client"])
        account = _account(client, options["account"])
        results = []
        with self.progress() as progress:
            for number, name in enumerate(options["files"], start=1):
                progress(name, number - 1, len(options["files"]))
                results.append(_import(client, Path(name), account))
        self.answer({"files": [_row(result) for result in results]}, "\n".join(_text(result) for result in results))
        failed = sum(bool(result.errors) for result in results)
        if failed:
            words = _("%(failed)d of %(count)d files were not taken over as a whole.")
            raise Failed(words % {"failed": failed, "count": len(results)})


def _account(client: Client, key: str) -> BankAccount | None:
    if not key:
        return None
    tidy = "".join(key.split()).upper()
    account = BankAccount.objects.filter(Q(key=tidy) | Q(iban=tidy), client=client).order_by("pk").first()
    if account is None:
        raise Failed(_("The client has no account %(account)s.") % {"account": key})
    return account


def _import(client: Client, path: Path, account: BankAccount | None) -> StatementImport:
    try:
        return import_file(client, path.name, path.read_bytes(), account=account)
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
        "sightings": result.sightings,
        "pending": result.pending,
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
    if result.sightings:
        lines.append("  " + _("%(count)d of them were known from another format.") % {"count": result.sightings})
    if result.pending:
        lines.append("  " + _("%(count)d more are announced and not booked.") % {"count": result.pending})
    if result.again:
        lines.append("  " + _("This file was imported before."))
    lines += [f"  {problem['place']}: {problem['message']}" for problem in (*result.errors, *result.warnings)]
    return "\n".join(lines)
