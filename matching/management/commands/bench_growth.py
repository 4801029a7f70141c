"""Measures how time and memory of the engine grow with the rows of one client."""

import json
import math
import resource
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from matching.big_client import big_client
from matching.engine import propose

GOALS = "10,000 rows in less than 10 s, 100,000 in less than 150 s, exponent at most 1.2, less than 1,000 MB"
MOST_SECONDS = {10_000: 10.0, 100_000: 150.0}
MOST_EXPONENT, MOST_MEGABYTES = 1.2, 1000


@dataclass(frozen=True, slots=True)
class Figures:
    """One size: rows on each side, processor seconds of the run, peak memory with the rows themselves
    but without the interpreter, proposals."""

    rows: int
    seconds: float
    megabytes: float
    proposals: int


class Command(BaseCommand):
    """Runs the engine over one invented client of several sizes; touches no client of the firm."""

    help = "Table of rows, seconds and memory of the matching engine, and the exponent of its growth."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("sizes", nargs="*", type=int, help="rows on each side (default: 1000 10000 100000)")
        parser.add_argument("--one", type=int, help="measure one size in this process and print it as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["one"]:
            self.stdout.write(json.dumps(_measure(options["one"])))
            return
        sizes = sorted(options["sizes"]) or [1000, 10_000, 100_000]
        self.stdout.write(f"{'rows':>9}{'seconds':>10}{'MB':>8}{'exponent':>10}{'proposals':>11}")
        measured: list[Figures] = []
        for size in sizes:
            row = Figures(**_in_a_process_of_its_own(size))
            growth = _exponent(measured[-1], row) if measured else math.nan
            shown = "" if math.isnan(growth) else f"{growth:.2f}"
            self.stdout.write(f"{row.rows:>9,}{row.seconds:>10.2f}{row.megabytes:>8.0f}{shown:>10}{row.proposals:>11,}")
            measured.append(row)
        met = all(r.seconds < MOST_SECONDS.get(r.rows, math.inf) and r.megabytes < MOST_MEGABYTES for r in measured)
        exponent = _exponent(measured[0], measured[-1]) if len(measured) > 1 else math.nan
        met = met and not exponent > MOST_EXPONENT
        self.stdout.write(json.dumps({"goal": GOALS, "exponent": round(exponent, 3), "goal_met": met}))
        if not met:
            sys.exit(1)


def _exponent(small: Figures, large: Figures) -> float:
    return math.log(large.seconds / small.seconds) / math.log(large.rows / small.rows)


def _in_a_process_of_its_own(size: int) -> dict[str, Any]:
    """So that the peak of one size is not that of a larger one before it."""
    command = [sys.executable, "-m", "django", "bench_growth", "--one", str(size)]
    answer = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 - our own command
    return dict(json.loads(answer.stdout.splitlines()[-1]))


def _measure(size: int) -> dict[str, Any]:
    before = _peak_megabytes()
    vouchers, transactions = big_client(size, size)
    started = time.process_time()
    found = propose(vouchers, transactions)
    seconds = time.process_time() - started
    return {
        "rows": size,
        "seconds": round(seconds, 3),
        "megabytes": round(_peak_megabytes() - before, 1),
        "proposals": len(found),
    }


def _peak_megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
