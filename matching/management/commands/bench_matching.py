"""Measures how often the engine is right, and how long it takes."""

import json
import os
import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from matching.evaluation import evaluate

GOAL = "at least 99.9 % of the automatic matches right, in every set"
COLUMNS = ("auto", "wrong", "precision", "recall", "recall_at_1", "recall_at_3", "seconds")


class Command(BaseCommand):
    """Runs the engine on benchmark sets with known truth; touches no client."""

    help = "Run the engine on benchmark data sets; with KONTOR_SAMPLES also on the large ones."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("datasets", nargs="*", type=Path, help="folders (default: the small one of the tests)")

    def handle(self, *args: Any, **options: Any) -> None:
        folders: list[Path] = options["datasets"] or [settings.BASE_DIR / "tests" / "matching" / "data" / "dev-small"]
        if not options["datasets"] and (samples := os.environ.get("KONTOR_SAMPLES")):
            folders += [Path(samples) / "matching" / name for name in ("dev-large", "dev-payouts")]
        self.stdout.write("".join([f"{'set':<14}", *(f"{name:>13}" for name in COLUMNS)]))
        figures: dict[str, dict[str, Any]] = {}
        for folder in folders:
            scores = evaluate(folder)
            figures[folder.name] = {name: scores[name] for name in COLUMNS}
            self.stdout.write("".join([f"{folder.name:<14}", *(f"{_short(scores[name]):>13}" for name in COLUMNS)]))
        met = all(row["precision"] >= 0.999 for row in figures.values())
        self.stdout.write(json.dumps({"sets": figures, "goal": GOAL, "goal_met": met}))
        if not met:
            sys.exit(1)


def _short(value: float) -> str:
    return str(value) if isinstance(value, int) else f"{value:.4f}"
