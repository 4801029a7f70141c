"""Write what a client has to a file."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from accounts.operator_command import Failed, OperatorCommand, Progress
from matching.export_formats import FORMATS, write
from matching.exports import SOURCES, Row


class Command(OperatorCommand):
    help = "Write a client's vouchers, transactions or matches to a file."
    example = "python manage.py export 10001 matches --format xlsx -o matches.xlsx"

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("client", metavar="CLIENT", help="client number")
        parser.add_argument("kind", choices=sorted(SOURCES), help="what to write")
        parser.add_argument("--format", choices=sorted(FORMATS), default="jsonl", help="default: jsonl")
        parser.add_argument(
            "-o", "--output", metavar="FILE", required=True, help="the file to write; replaced if there"
        )

    def work(self, **options: Any) -> None:
        client, kind, target = self.client(options["client"]), options["kind"], Path(options["output"])
        with self.progress() as progress:
            try:
                rows = write(kind, options["format"], _counted(SOURCES[kind](client), kind, progress), target)
            except OSError as error:
                words = _("%(file)s cannot be written: %(reason)s")
                raise Failed(words % {"file": target, "reason": error.strerror or error}) from error
        self.answer({"rows": rows}, _("%(rows)d rows written to %(file)s") % {"rows": rows, "file": target})


def _counted(rows: Iterator[Row], kind: str, progress: Progress) -> Iterator[Row]:
    for number, row in enumerate(rows, start=1):
        progress(kind, number, 0)
        yield row
