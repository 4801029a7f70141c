"""Measures a fleet of connections with real worker processes, and extends it to 10,000 by a simulation."""

import json
import os
import sys
import tempfile
import time
from argparse import SUPPRESS
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from pathlib import Path
from secrets import token_hex
from typing import Any
from urllib.parse import urlsplit

import requests
from django.core.management.base import BaseCommand, CommandError, CommandParser

from integrations.management.fleet_measuring import measure_fleet
from integrations.management.fleet_model import Morning, simulate
from integrations.management.measuring import Child, child, make_tables, measuring_environment
from integrations.services.crew import SEATS, TURN_SECONDS

FLEET = 10_000
GOAL_MINUTES = 30
GOAL = f"a morning of {FLEET} connections without news in under {GOAL_MINUTES} minutes, no refusals, no failures"
# Between the end of a crew and the beginning of its successor: the queue looks every half second.
GAP_SECONDS = 2.0
ALLOWED_PER_SECOND = 2.0 * 0.95


class Command(BaseCommand):
    """Starts the sandbox with a delay before every answer, and a real cluster with so many fetching workers."""

    help = "Let real workers fetch for many organizations of the sandbox: first all at once, then on an idle morning."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--organizations", type=int, default=400, help="how many to measure (default: 400)")
        parser.add_argument("--vouchers", type=int, default=3, help="paid vouchers of each (default: 3)")
        parser.add_argument("--workers", type=int, default=2, help="worker processes that fetch (default: 2)")
        parser.add_argument("--latency", type=int, default=200, metavar="MS", help="before each answer (default: 200)")
        parser.add_argument(
            "--database",
            default=os.environ.get("KONTOR_BENCH_DATABASE_URL") or os.environ.get("TEST_DATABASE_URL", ""),
            metavar="URL",
            help="a PostgreSQL server where a database may be made for this; otherwise, or where it does not answer, "
            "SQLite (default: KONTOR_BENCH_DATABASE_URL, then TEST_DATABASE_URL)",
        )
        parser.add_argument("--json", action="store_true", help="only the JSON document")
        parser.add_argument("--client", action="store_true", help=SUPPRESS)

    def handle(self, *args: Any, **options: Any) -> None:
        if options["client"]:
            measure_fleet(sys.stdin.readline, sys.stdout)
            return
        if min(options["organizations"], options["vouchers"], options["workers"]) < 1:
            raise CommandError("Give at least one organization, one voucher and one worker.", returncode=2)
        figures = measure(
            options["organizations"], options["vouchers"], options["workers"], options["latency"], options["database"]
        )
        if not options["json"]:
            self.stdout.write(table(figures))
        self.stdout.write(json.dumps(figures))
        if not figures["goal_met"]:
            sys.exit(1)


def measure(organizations: int, vouchers: int, workers: int, latency: int, database: str) -> dict[str, Any]:
    """Run everything and return the figures; ``CommandError`` where a process does not start or breaks off."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="kontor-bench-")))
        url = stack.enter_context(_database(database, folder))
        plain = measuring_environment(folder, url, QUEUE_WORKERS=str(workers + 2), SYNC_WORKERS=str(workers))
        sandbox = stack.enter_context(child("sandbox", ["sandbox", "--world", "empty"], plain))
        world = json.loads(sandbox.receive())
        environment = {**plain, "LEXWARE_API_URL": world["url"]}
        make_tables(environment)
        control = world["control_url"]
        fleet = _control(control, "/fleet", organizations=organizations, vouchers_each=vouchers)["organizations"]
        client = stack.enter_context(child("client", ["django", "bench_fleet", "--client"], environment))
        # The keys come through the pipe: arguments and environments are visible to others.
        _do(client, "connect", organizations=fleet)
        _control(control, "/settings", latency_ms=latency)
        cluster = stack.enter_context(child("cluster", ["django", "qcluster"], environment))
        first = _measured(client, "first", cluster, sandbox, workers)
        morning = _measured(client, "morning", cluster, sandbox, workers)
    return _figures(first, morning, organizations, workers, latency, url)


def _figures(
    first: dict[str, Any], morning: dict[str, Any], organizations: int, workers: int, latency: int, url: str
) -> dict[str, Any]:
    # On a machine that is busy with other things two workers do not have two processors.
    processors = max(min(workers, (os.cpu_count() or 1) - first["processors_of_others"]), 0.1)
    by_processor = processors / max(first["cpu"] / max(first["requests"], 1), 1e-9)
    possible = min(by_processor, SEATS * workers * ALLOWED_PER_SECOND)
    rate = first["requests"] / max(first["seconds"], 1e-9)
    model = Morning(
        connections=organizations,
        workers=workers,
        seats=SEATS,
        requests=morning["requests"] / organizations,
        latency=latency / 1000,
        cpu=morning["cpu"] / organizations,
        turn=TURN_SECONDS,
        gap=GAP_SECONDS,
    )
    all_at_once = Morning(**{**asdict(model), "connections": FLEET})
    spread = Morning(**{**asdict(all_at_once), "spread": 90 * 60.0})
    minutes = simulate(all_at_once).seconds / 60
    clean = not any(part[name] for part in (first, morning) for name in ("failed", "refused"))
    return {
        "database": "PostgreSQL" if url.startswith("postgres") else "SQLite",
        "organizations": organizations,
        "workers": workers,
        "latency_ms": latency,
        "first_fetches": {
            **first,
            "requests_per_second": round(rate, 1),
            "cpu_ms_per_request": round(1000 * first["cpu"] / max(first["requests"], 1), 1),
            "share_of_possible": round(rate / possible, 3),
        },
        "morning": {
            **morning,
            "connections_per_minute": round(60 * organizations / max(morning["seconds"], 1e-9)),
            "requests_per_connection": round(morning["requests"] / organizations, 2),
            "cpu_ms_per_connection": round(1000 * morning["cpu"] / organizations, 1),
            "simulated_seconds": round(simulate(model).seconds, 1),
        },
        "simulation": {
            "assumes": asdict(all_at_once),
            "minutes": round(minutes, 1),
            "spread_over_90_minutes_slowest_seconds": round(simulate(spread).longest, 1),
            "spread_over_90_minutes_busy": round(simulate(spread).busy, 3),
        },
        "goal": GOAL,
        "goal_met": clean and minutes < GOAL_MINUTES,
    }


def table(figures: dict[str, Any]) -> str:
    """The figures for people."""
    first, morning, simulation = figures["first_fetches"], figures["morning"], figures["simulation"]
    assumes = simulation["assumes"]
    lines = [
        f"{figures['organizations']} organizations, {figures['workers']} fetching workers, "
        f"{figures['latency_ms']} ms per answer, {figures['database']}",
        "",
        f"{'':24}{'first fetches':>15}{'idle morning':>15}",
    ]
    for title, name in (
        ("seconds", "seconds"),
        ("requests", "requests"),
        ("refused", "refused"),
        ("failed", "failed"),
        ("CPU of the workers, s", "cpu"),
        ("CPU of the sandbox, s", "cpu_sandbox"),
        ("processors for others", "processors_of_others"),
    ):
        lines.append(f"{title:24}{first[name]:>15}{morning[name]:>15}")
    lines += [
        f"{'requests a second':24}{first['requests_per_second']:>15}",
        f"{'ms CPU a request':24}{first['cpu_ms_per_request']:>15}",
        f"{'share of the possible':24}{first['share_of_possible']:>15.0%}",
        f"{'connections a minute':24}{'':15}{morning['connections_per_minute']:>15}",
        f"{'requests a connection':24}{'':15}{morning['requests_per_connection']:>15}",
        f"{'ms CPU a connection':24}{'':15}{morning['cpu_ms_per_connection']:>15}",
        f"{'simulated seconds':24}{'':15}{morning['simulated_seconds']:>15}",
        "",
        f"Simulated for {assumes['connections']} connections, all due at once: {simulation['minutes']} minutes.",
        f"Spread over 90 minutes: the slowest is done {simulation['spread_over_90_minutes_slowest_seconds']} s after "
        f"it was due, the workers are {simulation['spread_over_90_minutes_busy']:.0%} busy.",
        f"Assumed: {assumes['workers']} workers with a core each and {assumes['seats']} seats, "
        f"{assumes['cpu'] * 1000:.0f} ms CPU and {assumes['requests']:.2f} requests a connection (as measured), "
        f"{assumes['latency'] * 1000:.0f} ms an answer without encryption, turns of {assumes['turn']:.0f} s with "
        f"{assumes['gap']:.0f} s between them.",
        f"Goal: {figures['goal']}: {'met' if figures['goal_met'] else 'NOT met'}.",
    ]
    return "\n".join(lines)


def _measured(client: Child, job: str, cluster: Child, sandbox: Child, workers: int) -> dict[str, Any]:
    began, before = time.monotonic(), (_cpu(cluster.pid), _cpu(sandbox.pid), _busy())
    figures = _do(client, job)
    seconds = time.monotonic() - began
    used = _cpu(cluster.pid) - before[0]
    idle = 1 - used / max(workers * figures["seconds"], 1e-9)
    return {
        **figures,
        "cpu": round(used, 2),
        "cpu_sandbox": round(_cpu(sandbox.pid) - before[1], 2),
        "processors_of_others": round(max(_busy() - before[2] - used, 0.0) / seconds, 2),
        "idle_share": round(max(idle, 0.0), 3),
    }


def _do(client: Child, job: str, **more: Any) -> dict[str, Any]:
    client.send(json.dumps({"do": job, **more}))
    return dict(json.loads(client.receive()))


def _control(url: str, path: str, **body: Any) -> dict[str, Any]:
    answer = requests.post(f"{url}{path}", json=body, timeout=600)
    if not answer.ok:
        raise CommandError(f"The sandbox refused {path}: {answer.text}")
    return dict(answer.json())


def _busy() -> float:
    """CPU seconds that the machine has worked, for anybody."""
    user, nice, system = map(int, Path("/proc/stat").read_text().split()[1:4])
    return (user + nice + system) / os.sysconf("SC_CLK_TCK")


def _cpu(pid: int) -> float:
    """CPU seconds of a process, its living descendants, and those that have ended."""
    ticks = 0
    parents: dict[int, int] = {}
    times: dict[int, int] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        number = int(path.parent.name)
        parents[number] = int(fields[1])
        times[number] = sum(map(int, fields[11:15]))
    for number, spent in times.items():
        ancestor = number
        while ancestor not in (0, 1, pid):
            ancestor = parents.get(ancestor, 0)
        ticks += spent if ancestor == pid else 0
    return ticks / os.sysconf("SC_CLK_TCK")


@contextmanager
def _database(server: str, folder: Path) -> Iterator[str]:
    """A database of its own: on the PostgreSQL server if it answers, otherwise in a file."""
    if not server.startswith("postgres"):
        yield server or f"sqlite:///{folder / 'db.sqlite3'}"
        return
    import psycopg

    name = f"kontor_bench_{token_hex(4)}"
    try:
        with psycopg.connect(server, autocommit=True, connect_timeout=3) as link:
            link.execute(f'CREATE DATABASE "{name}"')
    except psycopg.OperationalError:
        yield f"sqlite:///{folder / 'db.sqlite3'}"
        return
    try:
        yield urlsplit(server)._replace(path=f"/{name}").geturl()
    finally:
        with psycopg.connect(server, autocommit=True) as link:
            link.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
