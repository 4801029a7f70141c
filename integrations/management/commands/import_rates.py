"""Import reference rates of the European Central Bank from files."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from accounts.operator_command import Failed, OperatorCommand
from integrations.exchange_rates.reading import NotReadable
from integrations.exchange_words import problem_words
from integrations.services.exchange_rates import HISTORY, LIMITS, take_over


class Command(OperatorCommand):
    help = (
        "Take over exchange rates from the European Central Bank's XML files, for servers without the internet. "
        "The same file twice changes nothing."
    )
    example = "python manage.py import_rates eurofxref-hist.xml --json"

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("files", metavar="FILE", nargs="+", help="eurofxref-hist-90d.xml or eurofxref-hist.xml")

    def work(self, **options: Any) -> None:
        results = [_import(Path(name)) for name in options["files"]]
        self.answer({"files": results}, "\n".join(_text(result) for result in results))
        failed = sum(bool(result["error"]) for result in results)
        if failed:
            words = _("%(failed)d of %(count)d files were not taken over.")
            raise Failed(words % {"failed": failed, "count": len(results)})


def _import(path: Path) -> dict[str, Any]:
    nothing = {"name": path.name, "new": 0, "refused": []}
    try:
        if path.stat().st_size > LIMITS[HISTORY]:
            return {**nothing, "error": problem_words("too_large")}
        stored, refused = take_over(path.read_bytes())
    except OSError as error:
        return {**nothing, "error": error.strerror or type(error).__name__}
    except NotReadable as error:
        return {**nothing, "error": problem_words(error.code, error.detail)}
    return {
        "name": path.name,
        "new": stored.added,
        "contradicting": stored.contradicting,
        "refused": list(refused),
        "error": "",
    }


def _text(result: dict[str, Any]) -> str:
    if result["error"]:
        return _("%(name)s: %(error)s") % result
    words = _("%(name)s: %(new)d new exchange rates, %(count)d values refused")
    return words % {**result, "count": len(result["refused"]) + result["contradicting"]}
