"""Measures webhooks with real processes: from a payment to its match, and how quickly deliveries are answered."""

import json
import socket
import sys
import tempfile
import time
from argparse import SUPPRESS
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import requests
from django.core.management.base import BaseCommand, CommandError, CommandParser

from integrations.management.measuring import child, make_tables, measuring_environment
from integrations.management.webhook_measuring import measure_webhooks

GOAL = "every payment matched in under 30 s; 99 of 100 deliveries answered within 100 ms, all with 204"
GOAL_SECONDS = 30
GOAL_MILLISECONDS = 100
START_SECONDS = 60.0


class Command(BaseCommand):
    """Starts the sandbox, the web server and the workers, all at real time."""

    help = "Let the sandbox deliver webhooks to the real web server, and wait for the workers to match what was paid."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--payments", type=int, default=10, help="payments, one after the other (default: 10)")
        parser.add_argument("--deliveries", type=int, default=500, help="deliveries to be answered (default: 500)")
        parser.add_argument("--database", default="", metavar="URL", help="an empty one (default: a new SQLite file)")
        parser.add_argument("--inside", action="store_true", help=SUPPRESS)

    def handle(self, *args: Any, **options: Any) -> None:
        if options["inside"]:
            measure_webhooks(sys.stdin.readline, sys.stdout)
            return
        if options["payments"] < 1 or options["deliveries"] < 1:
            raise CommandError("Give at least one payment and one delivery.", returncode=2)
        figures = measure(options["payments"], options["deliveries"], options["database"])
        for name, value in figures.items():
            self.stdout.write(f"{name.replace('_', ' '):<24} {value}")
        self.stdout.write(json.dumps(figures))
        if not figures["goal_met"]:
            sys.exit(1)


def measure(payments: int, deliveries: int, database: str) -> dict[str, Any]:
    """Run everything in processes and a database of its own; return the figures."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="kontor-bench-")))
        plain = measuring_environment(folder, database or f"sqlite:///{folder / 'db.sqlite3'}")
        sandbox = stack.enter_context(child("sandbox", ["sandbox", "--world", "empty", "--time-scale", "1"], plain))
        world = json.loads(sandbox.receive())
        ours = f"http://127.0.0.1:{_free_port()}"
        environment = {
            **plain,
            "LEXWARE_API_URL": world["url"],
            "LEXWARE_WEBHOOK_PUBLIC_KEY": world["webhook_public_key"],
            "PUBLIC_URL": ours,
        }
        (folder / "static").mkdir()
        make_tables(environment)
        bind = ours.removeprefix("http://")
        server = ["gunicorn", "config.wsgi", "--bind", bind, "--workers", "2", "--threads", "4", "--no-control-socket"]
        stack.enter_context(child("web server", [*server, "--log-level", "warning"], environment))
        stack.enter_context(child("worker", ["django", "worker"], environment))
        inside = stack.enter_context(child("client", ["django", "bench_webhooks", "--inside"], environment))
        _wait_for(f"{ours}/health/")
        organization = world["organizations"][0]
        # The key comes through the pipe: arguments and environments are visible to others.
        job = {"key": organization["key"], "organization": organization["organization_id"]}
        job |= {"control": world["control_url"], "address": f"{ours}/hooks/lexware/"}
        inside.send(json.dumps({**job, "rounds": payments, "deliveries": deliveries}))
        figures = json.loads(inside.receive())
    kind = "PostgreSQL" if database.startswith("postgres") else "SQLite"
    return {"database": kind, **figures, "goal": GOAL, "goal_met": _good(figures)}


def _good(figures: dict[str, Any]) -> bool:
    return bool(
        figures["slowest_matched"] < GOAL_SECONDS
        and figures["answer_p99_ms"] <= GOAL_MILLISECONDS
        and figures["not_204"] == 0
    )


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(address: str) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        try:
            if requests.get(address, timeout=5).ok:
                return
        except requests.RequestException:
            time.sleep(0.1)
    raise CommandError("The web server did not start; the lines above say why.")
