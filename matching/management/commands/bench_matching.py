"""Measures how often the engine is right beside published rules of other systems, and how long it takes."""

import json
import os
import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from matching.benchmark import goals, reliability, table
from matching.benchmark.contestants import ENGINE, NAMES, Models, Result, compare
from matching.calibration import Outcome
from matching.engine.model import load
from matching.evaluation import load_dataset
from matching.learning import cross_validate

SETS = ("dev-small", "dev-large", "dev-payouts")


class Command(BaseCommand):
    """Runs the engine and the baselines on benchmark sets with known truth; touches no client."""

    help = "Compare the engine with published rules of other systems; with KONTOR_SAMPLES also on the large sets."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("datasets", nargs="*", type=Path, help="folders of other sets (default: those with --set)")
        parser.add_argument("--set", action="append", choices=SETS, help="only this set (may be repeated)")
        parser.add_argument("--only", action="append", choices=NAMES, help="only this contestant (may be repeated)")
        parser.add_argument(
            "--in-sample", action="store_true", help="take the model as it is, without cross-validation"
        )
        parser.add_argument("--plot", type=Path, help="write the engine's reliability over all sets there (SVG)")
        parser.add_argument("--brief", action="store_true", help="without the tables of scenarios")

    def handle(self, *args: Any, **options: Any) -> None:
        names = [name for name in NAMES if not options["only"] or name in options["only"]]
        report: dict[str, dict[str, Any]] = {}
        reached: dict[str, dict[str, Any]] = {}
        stated: list[Outcome] = []
        folders = options["datasets"] or self._folders(options["set"])
        self.stdout.write(table.LEGEND)
        models = self._unseen() if ENGINE in names and not options["in_sample"] else {}
        for folder in folders:
            results = self._run(folder, names, models.get(folder.resolve()))
            if not options["brief"]:
                self.stdout.write(f"\n{folder.name} by scenario; {table.SCENARIO_LEGEND}")
                self.stdout.write("\n".join(table.by_scenario(results)))
            report[folder.name] = {r.name: _short(r) for r in results}
            if results[0].name == ENGINE:
                reached[folder.name] = goals.judged(folder.name, results[0].figures)
                stated += results[0].outcomes
                self.stdout.write(f"\n{folder.name}: what {ENGINE} stated, and what was right")
                self.stdout.write("\n".join(reliability.table(results[0].outcomes)))
        if options["plot"] and stated:
            options["plot"].write_text(reliability.svg(stated), encoding="utf-8")
        met = all(goal["met"] for found in reached.values() for goal in found.values()) if reached else None
        self.stdout.write(json.dumps({"sets": report, "goals": reached, "goal_met": met}))
        if met is False:
            sys.exit(1)

    def _folders(self, wanted: list[str] | None) -> list[Path]:
        samples = os.environ.get("KONTOR_SAMPLES")
        large = [Path(samples) / "matching" / name for name in SETS[1:]] if samples else []
        folders = [settings.BASE_DIR / "tests" / "matching" / "data" / SETS[0], *large]
        missing = set(wanted or ()) - {folder.name for folder in folders}
        if missing:
            raise CommandError(f"{', '.join(sorted(missing))}: set KONTOR_SAMPLES to the folder of the samples.")
        if not samples:
            self.stderr.write("KONTOR_SAMPLES is not set: only the small set is measured.")
        return [folder for folder in folders if not wanted or folder.name in wanted]

    def _unseen(self) -> dict[Path, Models]:
        """Cross-validation over all sets: for each client of each a model that was learned without it.

        Without the large sets there is too little to learn from; then the model is taken as it is.
        """
        if not os.environ.get("KONTOR_SAMPLES"):
            return {}
        folders = self._folders(None)
        self.stderr.write("Learning for each part of the clients from all others …")
        models = cross_validate([load_dataset(folder) for folder in folders], self._progress).models
        self._progress("", 0, 0)
        return {folder.resolve(): models[folder.name] for folder in folders}

    def _run(self, folder: Path, names: list[str], models: Models | None) -> list[Result]:
        dataset = load_dataset(folder)
        paid = f"{len(dataset.truth):,} allocations, {len(dataset.vouchers)} clients"
        self.stdout.write(f"\n{folder.name}: {paid}; {_how(folder, models)}\n{table.heading()}")
        results = []
        for result in compare(dataset, names, self._progress, models):
            self._progress("", 0, 0)
            self.stdout.write(table.line(result))
            results.append(result)
        return results

    def _progress(self, name: str, done: int, total: int) -> None:
        """A line that overwrites itself, on a terminal only."""
        if self.stderr.isatty():
            words = f"{name}: {done} of {total}" if total else ""
            self.stderr.write(f"\r{words:<60}\r", ending="")
            self.stderr.flush()


def _how(folder: Path, models: Models | None) -> str:
    """Whether the engine knows the clients that it is judged by."""
    if models is not None:
        return f"{ENGINE} cross-validated: each client judged by what was learned from others"
    if folder.name in load().about.get("sets", ()):
        return f"{ENGINE} in-sample: its model was learned from these clients as well"
    return f"{ENGINE} with a model that does not know these clients"


def _short(result: Result) -> dict[str, Any]:
    figures = {name: result.figures[name] for name in table.COLUMNS}
    return {**figures, "seconds": round(result.seconds, 2)}
