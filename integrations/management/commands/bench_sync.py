"""Measures first and idle fetches of one client: requests, share of the limit, times to list, match and end."""

import json
import sys
import tempfile
import time
from argparse import SUPPRESS
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import requests
from django.core.management.base import BaseCommand, CommandError, CommandParser

from integrations.management.fetch_measuring import measure_client
from integrations.management.measuring import child, make_tables, measuring_environment
from vouchers.services import SAME_MOMENT

GOAL = (
    "3 requests a voucher besides the lists, 95 % of the limit (90 % on a faster clock), 0 refusals; "
    "idle: 1 request and no voucher row written"
)
SETTLED = SAME_MOMENT.total_seconds() + 1
"""Seconds until nothing has changed just now: what has is asked for once more, and a fetch would not be idle."""
COLUMNS = {
    "vouchers": "vouchers",
    "clock": "clock",
    "requests": "requests",
    "requests_per_voucher": "per voucher",
    "share_of_limit": "of limit",
    "rate_limited": "refused",
    "seconds_to_list": "list",
    "seconds_to_match": "1st match",
    "seconds_to_payments": "payments",
    "seconds_to_end": "end",
    "idle_requests": "idle req.",
    "idle_voucher_rows": "idle rows",
    "idle_other_rows": "idle log",
}


class Command(BaseCommand):
    """Starts the sandbox and the real worker; times are given in seconds of the service's clock."""

    help = "Fetch a new client's vouchers from the sandbox with the real worker, then once more with nothing changed."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--sizes", type=int, nargs="*", default=[100, 1000, 5000], help="vouchers of each round")
        parser.add_argument("--time-scale", type=int, default=20, help="how fast the clock of the rounds runs")
        parser.add_argument("--real", type=int, default=100, help="vouchers of the round at real time (0: none)")
        parser.add_argument("--database", default="", metavar="URL", help="an empty one (default: new SQLite files)")
        parser.add_argument("--client", action="store_true", help=SUPPRESS)

    def handle(self, *args: Any, **options: Any) -> None:
        if options["client"]:
            measure_client(sys.stdin.readline, sys.stdout)
            return
        rounds = [(size, options["time_scale"]) for size in options["sizes"]]
        rounds += [(options["real"], 1)] if options["real"] else []
        self.stdout.write("".join(f"{title:>12}" for title in COLUMNS.values()))
        rows = []
        for size, scale in rounds:
            row = measure(size, scale, options["database"])
            rows.append(row)
            self.stdout.write("".join(f"{_short(row[name]):>12}" for name in COLUMNS))
            self.stdout.flush()
        met = all(_good(row) for row in rows)
        self.stdout.write(json.dumps({"rounds": rows, "goal": GOAL, "goal_met": met}))
        if not met:
            sys.exit(1)


def measure(size: int, scale: int, database: str) -> dict[str, Any]:
    """One round with processes and a database of its own."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="kontor-bench-")))
        plain = measuring_environment(folder, database or f"sqlite:///{folder / 'db.sqlite3'}")
        sandbox = stack.enter_context(
            child("sandbox", ["sandbox", "--world", "empty", "--time-scale", str(scale)], plain)
        )
        world = json.loads(sandbox.receive())
        environment = {**plain, "LEXWARE_API_URL": world["url"], "LEXWARE_TIME_SCALE": str(scale)}
        make_tables(environment)
        organization = world["organizations"][0]
        _fill(f"{world['control_url']}/organizations/{organization['organization_id']}", size)
        time.sleep(SETTLED)
        stack.enter_context(child("worker", ["django", "worker"], environment))
        client = stack.enter_context(child("client", ["django", "bench_sync", "--client"], environment))
        # The key comes through the pipe: arguments and environments are visible to others.
        job = {"key": organization["key"], "scale": scale, "control": world["control_url"]}
        client.send(json.dumps({**job, "organization": organization["organization_id"]}))
        return {"vouchers": size, "clock": scale, **json.loads(client.receive())}


def _fill(url: str, size: int) -> None:
    answer = requests.post(f"{url}/vouchers/fill", json={"count": size, "paid_share": 1}, timeout=120)
    if not answer.ok:
        raise CommandError(f"The sandbox could not be filled: {answer.text}")


def _short(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.2f}" if value < 10 else f"{value:.0f}"
    return str(value)


def _good(row: dict[str, Any]) -> bool:
    share = 0.95 if row["clock"] == 1 else 0.9
    pages = -(-row["vouchers"] // 250)
    return bool(
        row["rate_limited"] == 0
        and row["share_of_limit"] >= share
        and row["requests"] <= row["vouchers"] * 3 + 4 * pages + 25
        and row["idle_requests"] == 1
        and row["idle_voucher_rows"] == 0
    )
