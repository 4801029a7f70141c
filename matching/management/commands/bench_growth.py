"""Measures how time and memory of the engine grow with the rows of one client, beside the baselines."""

import json
import math
import resource
import subprocess
import sys
import time
from collections.abc import Sized
from dataclasses import dataclass
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from accounts.collector import collector_rests
from matching.baselines import BASELINES
from matching.big_client import big_client
from matching.engine import propose
from matching.engine.types import Transaction, Voucher
from matching.engine.workbook import Workbook

GOALS = "10,000 rows in less than 10 s, 100,000 in less than 150 s, exponent at most 1.2, less than 1,000 MB"
ONE_MORE = "one more transaction in less than 50 ms"
MOST_SECONDS = {10_000: 10.0, 100_000: 150.0}
MOST_EXPONENT, MOST_MEGABYTES, MOST_MILLISECONDS = 1.2, 1000, 50.0
ENGINE = "kontor"
SETS = "kontor, sets only"
"""The engine where every payment is for several vouchers."""
MORE = 100
"""Transactions that come one by one after the others."""
LONGEST = 300.0
"""Seconds that a baseline may be expected to take (should it grow with the square); others are left out."""


@dataclass(frozen=True, slots=True)
class Figures:
    """One size: rows on each side, processor seconds of the run, peak memory with the rows themselves
    but without the interpreter, proposals (of a baseline: predicted allocations), and for the engine the processor
    milliseconds to take in one more transaction: half of them at most, nineteen in twenty at most, and the worst."""

    rows: int
    seconds: float
    megabytes: float
    proposals: int
    one_more: float = math.nan
    most_one_more: float = math.nan
    worst_one_more: float = math.nan


class Command(BaseCommand):
    """Runs the engine over one invented client of several sizes; touches no client of the firm."""

    help = "Table of rows, seconds and memory of the matching engine, and the exponent of its growth."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("sizes", nargs="*", type=int, help="rows on each side (default: 1000 10000 100000)")
        parser.add_argument("--one", type=int, help="measure one size in this process and print it as JSON")
        parser.add_argument("--of", choices=[ENGINE, SETS, *BASELINES], default=ENGINE, help="whom --one measures")
        parser.add_argument("--engine-only", action="store_true", help="without the baselines")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["one"]:
            self.stdout.write(json.dumps(_measure(options["one"], options["of"])))
            return
        sizes = sorted(options["sizes"]) or [1000, 10_000, 100_000]
        head = f"{'':<20}{'rows':>9}{'seconds':>10}{'MB':>8}{'exponent':>10}{'proposals':>11}"
        self.stdout.write(f"{head}{'one more ms':>14}{'19 of 20':>10}{'worst':>9}")
        measured = self._grow(ENGINE, sizes)
        self._grow(SETS, sizes)
        for name in () if options["engine_only"] else BASELINES:
            self._grow(name, sizes)
        met = all(r.seconds < MOST_SECONDS.get(r.rows, math.inf) and r.megabytes < MOST_MEGABYTES for r in measured)
        exponent = _exponent(measured[0], measured[-1]) if len(measured) > 1 else math.nan
        met = met and not exponent > MOST_EXPONENT and all(r.one_more < MOST_MILLISECONDS for r in measured)
        self.stdout.write(json.dumps({"goal": f"{GOALS}, {ONE_MORE}", "exponent": round(exponent, 3), "goal_met": met}))
        if not met:
            sys.exit(1)

    def _grow(self, name: str, sizes: list[int]) -> list[Figures]:
        """One contestant over all sizes, a line for each; a baseline that would take too long gets none."""
        measured: list[Figures] = []
        for size in sizes:
            last = measured[-1] if measured else None
            if name in BASELINES and last and last.seconds * (size / last.rows) ** 2 > LONGEST:
                self.stdout.write(f"{name:<20}{size:>9,}{'too long':>10}")
                break
            row = Figures(**_in_a_process_of_its_own(size, name))
            growth = _exponent(last, row) if last else math.nan
            shown = "" if math.isnan(growth) else f"{growth:.2f}"
            figures = f"{row.seconds:>10.2f}{row.megabytes:>8.0f}{shown:>10}{row.proposals:>11,}"
            if name == ENGINE:
                figures += f"{row.one_more:>14.1f}{row.most_one_more:>10.1f}{row.worst_one_more:>9.1f}"
            self.stdout.write(f"{name:<20}{row.rows:>9,}{figures}")
            measured.append(row)
        return measured


def _exponent(small: Figures, large: Figures) -> float:
    return math.log(max(large.seconds, 0.001) / max(small.seconds, 0.001)) / math.log(large.rows / small.rows)


def _in_a_process_of_its_own(size: int, name: str) -> dict[str, Any]:
    """So that the peak of one size is not that of a larger one before it."""
    command = [sys.executable, "-m", "django", "bench_growth", "--one", str(size), "--of", name]
    answer = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 - our own command
    return dict(json.loads(answer.stdout.splitlines()[-1]))


def _measure(size: int, name: str) -> dict[str, Any]:
    before = _peak_megabytes()
    vouchers, transactions = big_client(size, size, collective=name == SETS)
    started = time.process_time()
    found = BASELINES[name](vouchers, transactions) if name in BASELINES else _propose(vouchers, transactions)
    seconds = time.process_time() - started
    answer = {
        "rows": size,
        "seconds": round(seconds, 3),
        "megabytes": round(_peak_megabytes() - before, 1),
        "proposals": len(found),
    }
    if name == ENGINE:
        del found
        answer["one_more"], answer["most_one_more"], answer["worst_one_more"] = _one_more(vouchers, transactions)
    return answer


def _propose(vouchers: list[Voucher], transactions: list[Transaction]) -> Sized:
    """A run as the service makes it: the collector rests, and each reason is put into words once."""
    with collector_rests():
        found = propose(vouchers, transactions)
        for proposal in found:
            told = [*proposal.evidence, *(proposal.runner_up.evidence if proposal.runner_up else ())]
            assert told  # noqa: S101 - there is always a reason
    return found


def _one_more(vouchers: list[Voucher], transactions: list[Transaction]) -> tuple[float, float, float]:
    """Milliseconds for one more transaction: the middle of a hundred, what 95 of them do not exceed, and the worst."""
    late = transactions[:: max(1, len(transactions) // MORE)][:MORE]
    held_back = {t.id for t in late}
    with collector_rests():
        workbook = Workbook(vouchers, [t for t in transactions if t.id not in held_back])
        taken = []
        for t in late:
            started = time.process_time()
            workbook.add(transactions=[t])
            taken.append(1000 * (time.process_time() - started))
    taken.sort()
    return round(taken[len(taken) // 2], 2), round(taken[len(taken) * 19 // 20], 2), round(taken[-1], 2)


def _peak_megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
