"""Measures how well several processes share the rate limit of one organization."""

import json
import sys
import tempfile
import time
from argparse import SUPPRESS
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from integrations.management.measuring import child, make_tables, measuring_environment
from integrations.providers.calls import CallRecord
from integrations.providers.errors import ProviderError
from integrations.providers.lexware.client import LexwareApi
from integrations.rate_budget import DatabaseBudget

ALLOWED_PER_SECOND = 2.0
GOAL = "nothing refused and at least 95 % of 2 requests a second"
GOAL_SHARE = 0.95
PROCESSES = [1, 4]


class Command(BaseCommand):
    """Starts the sandbox at real time and processes that call it as fast as the shared budget lets them."""

    help = (
        "Let one process, then several at once, call one organization of the sandbox; count what they used and what "
        "was refused."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--seconds", type=float, default=60.0, help="how long to measure (default: 60)")
        parser.add_argument(
            "--processes",
            type=int,
            nargs="+",
            default=PROCESSES,
            metavar="N",
            help="how many processes call; several numbers are measured one after the other (default: 1 4)",
        )
        parser.add_argument(
            "--database",
            default="",
            metavar="URL",
            help="database that holds the budget; its tables are made where missing (default: a new SQLite file)",
        )
        parser.add_argument("--worker", action="store_true", help=SUPPRESS)

    def handle(self, *args: Any, **options: Any) -> None:
        if options["worker"]:
            self.stdout.write(json.dumps(_work(sys.stdin.readline)))
            return
        if options["seconds"] <= 0 or min(options["processes"]) < 1:
            raise CommandError("Give at least one process and some seconds.", returncode=2)
        measured = []
        for processes in options["processes"]:
            figures = measure(options["seconds"], processes, options["database"])
            for name, value in figures.items():
                self.stdout.write(f"{name.replace('_', ' '):<22} {value}")
            self.stdout.write(json.dumps(figures))
            self.stdout.write("")
            measured.append(figures)
        if not all(figures["goal_met"] for figures in measured):
            sys.exit(1)


def measure(seconds: float, processes: int, database: str) -> dict[str, Any]:
    """Run sandbox and processes; return the figures. ``CommandError`` when one of them does not start or breaks off."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="kontor-bench-")))
        environment = measuring_environment(folder, database or f"sqlite:///{folder / 'budget.sqlite3'}")
        make_tables(environment)
        sandbox = stack.enter_context(child("sandbox", ["sandbox", "--time-scale", "1"], environment))
        world = json.loads(sandbox.receive())
        command = ["django", "bench_rate", "--worker"]
        workers = [stack.enter_context(child("calling process", command, environment)) for _ in range(processes)]
        for worker in workers:
            worker.receive()
        organization = world["organizations"][0]
        job = {
            "url": world["url"],
            "key": organization["key"],
            "organization": organization["organization_id"],
            "start": time.time() + 0.5,
            "seconds": seconds,
        }
        for worker in workers:
            worker.send(json.dumps(job))
        results = [json.loads(worker.receive()) for worker in workers]
    return _figures(seconds, results, "PostgreSQL" if database.startswith("postgres") else "SQLite")


def _work(read_line: Any) -> dict[str, Any]:
    """Call until the time is up; return when each call went out, and what went wrong."""
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    # The key comes through the pipe: arguments and environments are visible to others.
    job = json.loads(read_line())
    sent: list[float] = []

    def count(record: CallRecord) -> None:
        sent.append(time.time() - record.milliseconds / 1000)

    api = LexwareApi(job["key"], base_url=job["url"], budget=DatabaseBudget(job["organization"]))
    api.on_call = count
    errors = 0
    end = job["start"] + job["seconds"]
    time.sleep(max(job["start"] - time.time(), 0.0))
    while time.time() < end:
        try:
            api.ping()
        except ProviderError:
            errors += 1
    in_time = [moment for moment in sent if job["start"] <= moment < end]
    return {"sent": in_time, "rate_limited": api.rate_limited, "errors": errors}


def _figures(seconds: float, results: list[dict[str, Any]], database: str) -> dict[str, Any]:
    moments = sorted(moment for result in results for moment in result["sent"])
    share = len(moments) / (seconds * ALLOWED_PER_SECOND)
    refused = sum(result["rate_limited"] for result in results)
    errors = sum(result["errors"] for result in results)
    return {
        "database": database,
        "processes": len(results),
        "seconds": seconds,
        "calls": len(moments),
        "calls_per_process": [len(result["sent"]) for result in results],
        "share_of_limit": round(share, 3),
        "busiest_second": _busiest_second(moments),
        "refused": refused,
        "errors": errors,
        "goal": GOAL,
        "goal_met": refused == 0 and errors == 0 and share >= GOAL_SHARE,
    }


def _busiest_second(moments: list[float]) -> int:
    """Return the largest number of calls within any one second; ``moments`` are sorted."""
    return max((sum(start <= moment < start + 1 for moment in moments) for start in moments), default=0)
