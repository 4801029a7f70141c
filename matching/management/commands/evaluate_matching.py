"""Measure the matching engine on a benchmark data set."""

import time
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from accounts.operator_command import Failed, OperatorCommand
from matching.evaluation import load_dataset, predict, score, write_predictions


class Command(OperatorCommand):
    help = "Run the engine on a benchmark data set and print its scores. Touches no client."
    example = "python manage.py evaluate_matching samples/matching/dev-small --out predictions.jsonl --json"

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("dataset", metavar="DATASET_DIR", help="folder with vouchers, transactions and truth")
        parser.add_argument("--out", metavar="FILE", help="write the predictions there (JSON lines)")

    def work(self, **options: Any) -> None:
        try:
            dataset = load_dataset(options["dataset"])
        except OSError as error:
            words = _("%(file)s cannot be read: %(reason)s")
            raise Failed(words % {"file": error.filename, "reason": error.strerror or error}) from error
        except (ValueError, KeyError, TypeError) as error:
            words = _("%(folder)s is not a data set as described: %(reason)s")
            raise Failed(words % {"folder": options["dataset"], "reason": error}) from error
        began = time.monotonic()
        with self.progress() as progress:
            predictions = predict(dataset, progress=lambda done, total: progress("matching", done, total))
        seconds = round(time.monotonic() - began, 3)
        if options["out"]:
            try:
                write_predictions(predictions, Path(options["out"]))
            except OSError as error:
                words = _("%(file)s cannot be written: %(reason)s")
                raise Failed(words % {"file": options["out"], "reason": error.strerror or error}) from error
        scores = {**score(dataset, predictions), "seconds": seconds}
        words = _(
            "%(auto)d of %(allocations)d matched automatically, %(wrong)d of them wrong (precision %(precision).4f, "
            "recall %(recall).4f); best proposal right for %(recall_at_1).4f; %(seconds).1f s"
        )
        self.answer(scores, words % scores)
