"""Show what is in bank statement files, without storing anything."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from accounts.operator_command import Failed, OperatorCommand
from integrations.statements.inspect import inspect_statement


class Command(OperatorCommand):
    help = "Show what is in bank statement files: accounts, sums, balances, problems. Reads only, stores nothing."
    example = "python manage.py inspect_statement 2025-03.xml --json"

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("files", metavar="FILE", nargs="+", help="bank statement file")

    def work(self, **options: Any) -> None:
        reports = []
        with self.progress() as progress:
            for number, name in enumerate(options["files"], start=1):
                progress(name, number - 1, len(options["files"]))
                reports.append(inspect_statement(name, Path(name).name))
        self.answer({"files": reports}, "\n".join(_text(report) for report in reports))
        failed = sum(bool(report["errors"]) for report in reports)
        if failed:
            words = _("%(failed)d of %(count)d files cannot be read as a whole.")
            raise Failed(words % {"failed": failed, "count": len(reports)})


def _text(report: dict[str, Any]) -> str:
    lines = [f"{report['name']}: {report['format']}"]
    for account in report["accounts"]:
        words = _(
            "  %(account)s %(currency)s: %(entries)d entries, %(transactions)d transactions, "
            "+%(credit_total)s / −%(debit_total)s, %(opening)s → %(closing)s"
        )
        shown = {
            **account,
            "account": account["iban"] or account["account"] or "–",
            "currency": account["currency"] or "–",
            "opening": account["opening_balance"] or "–",
            "closing": account["closing_balance"] or "–",
        }
        lines.append(words % shown)
    lines += [f"  {problem['place']}: {problem['message']}" for problem in (*report["errors"], *report["warnings"])]
    return "\n".join(lines)
