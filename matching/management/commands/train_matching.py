"""Learn the matching engine's weights from benchmark data sets and write them as a model file."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils.translation import gettext as _

from accounts.operator_command import Failed, OperatorCommand
from matching.engine.model import to_json
from matching.evaluation import load_dataset
from matching.learning import learn


class Command(OperatorCommand):
    help = "Train the matching engine on data sets with known truth and write a model file. Touches no client."
    example = (
        "python manage.py train_matching samples/matching/dev-small --name 2026-11b --date 2026-11-20 "
        "--out matching/engine/models/2026-11b.json"
    )

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("datasets", metavar="DATASET_DIR", nargs="+", help="folders with vouchers and truth")
        parser.add_argument("--name", required=True, help="the model's name, as it stands in the engine's version")
        parser.add_argument("--date", required=True, help="the day of the training, as it shall stand in the file")
        parser.add_argument("--out", metavar="FILE", required=True, help="write the model there (JSON)")

    def work(self, **options: Any) -> None:
        sets = []
        for folder in options["datasets"]:
            try:
                sets.append(load_dataset(folder))
            except OSError as error:
                words = _("%(file)s cannot be read: %(reason)s")
                raise Failed(words % {"file": error.filename, "reason": error.strerror or error}) from error
            except (ValueError, KeyError, TypeError) as error:
                words = _("%(folder)s is not a data set as described: %(reason)s")
                raise Failed(words % {"folder": folder, "reason": error}) from error
        if sum(len(d.vouchers) for d in sets) < 2:
            raise CommandError(_("Training needs at least two clients."))
        with self.progress() as progress:
            learned = learn(sets, options["name"], options["date"], progress)
        try:
            Path(options["out"]).write_text(to_json(learned.model), encoding="utf-8")
        except OSError as error:
            words = _("%(file)s cannot be written: %(reason)s")
            raise Failed(words % {"file": options["out"], "reason": error.strerror or error}) from error
        lines = [
            _(
                "%(name)s, clients not trained on: %(auto)d automatic, %(wrong)d wrong (precision %(precision).4f, "
                "recall %(recall).4f); best proposal right for %(recall_at_1).4f"
            )
            % {"name": name, **figures}
            for name, figures in learned.figures.items()
        ]
        self.answer({"model": learned.model.name, "out of fold": learned.figures}, "\n".join(lines))
