"""Import payout reports of payment providers for a client."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from accounts.models import Client
from accounts.operator_command import Failed, OperatorCommand
from integrations.services.payouts import Refused, import_payout_report, problem_words


class Command(OperatorCommand):
    help = (
        "Take payouts of PayPal, Stripe, SumUp or Amazon apart by their reports. The same file twice changes nothing."
    )
    example = "python manage.py import_payout 10001 payouts-2025-03.csv --json"

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("client", metavar="CLIENT", help="client number")
        parser.add_argument("files", metavar="FILE", nargs="+", help="report of the payment provider")

    def work(self, **options: Any) -> None:
        client = self.client(options["client"])
        results = []
        with self.progress() as progress:
            for number, name in enumerate(options["files"], start=1):
                progress(name, number - 1, len(options["files"]))
                results.append(_import(client, Path(name)))
        self.answer({"files": results}, "\n".join(_text(result) for result in results))
        failed = sum(bool(result["errors"]) for result in results)
        if failed:
            words = _("%(failed)d of %(count)d files were not taken over as a whole.")
            raise Failed(words % {"failed": failed, "count": len(results)})


def _import(client: Client, path: Path) -> dict[str, Any]:
    nothing = {"name": path.name, "provider": "", "items": 0, "new": 0, "found": 0}
    try:
        outcome = import_payout_report(client, path.name, path.read_bytes())
    except OSError as error:
        return {**nothing, "errors": [error.strerror or type(error).__name__]}
    except Refused as problem:
        return {**nothing, "errors": [str(problem)]}
    return {
        "name": path.name,
        "provider": outcome.report.provider,
        "items": outcome.items,
        "new": outcome.new,
        "found": outcome.found,
        "errors": [problem_words(problem) for problem in outcome.problems],
    }


def _text(result: dict[str, Any]) -> str:
    words = _("%(name)s: %(items)d items, %(new)d of them new; %(found)d payouts found among the bank lines") % result
    return "\n".join([words, *(f"  {error}" for error in result["errors"])])
