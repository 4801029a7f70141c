"""Measures how fast bank files are read and stored, and how much memory that takes."""

import json
import os
import subprocess
import sys
import tempfile
import time
from argparse import SUPPRESS
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from django.utils import timezone
from psycopg import sql

from accounts.services import add_client
from integrations.management.libraries import compare_libraries
from integrations.management.measuring import child, make_tables, measuring_environment
from integrations.management.statement_files import write_camt, write_mt940, write_table
from integrations.services.statements import import_file
from integrations.statements.transactions import bank_lines

FORMATS: dict[str, tuple[Callable[[Path, int], None], str]] = {
    "camt": (write_camt, "xml"),
    "mt940": (write_mt940, "sta"),
    "csv": (write_table, "csv"),
}
GOAL_RATIO = 2.5
GOAL_MEGABYTES = 60
GOAL_STORED = {"SQLite": 5_000, "PostgreSQL": 10_000}


class Command(BaseCommand):
    """Generates bank files of one account and lets processes of their own read and store them."""

    help = "Read and store a generated CAMT.053, MT940 and CSV file; compare with a bare pass over the same file."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--entries", type=int, default=100_000, help="entries in each file (default: 100,000)")
        parser.add_argument("--times", type=int, default=3, help="how often; the quickest counts (default: 3)")
        parser.add_argument(
            "--postgres",
            default=os.environ.get("TEST_DATABASE_URL", ""),
            metavar="URL",
            help="a server on which a database for the measurement is made and dropped (default: TEST_DATABASE_URL)",
        )
        parser.add_argument(
            "--libraries",
            action="store_true",
            help="the same files through other libraries, installed with pip into a temporary environment",
        )
        parser.add_argument("--worker", action="store_true", help=SUPPRESS)

    def handle(self, *args: Any, **options: Any) -> None:
        if options["worker"]:
            sys.stdout.write(json.dumps(store(json.loads(sys.stdin.readline()))) + "\n")
            sys.stdout.flush()
            return
        if options["entries"] < 1 or options["times"] < 1:
            raise CommandError("Give at least one entry and one run.", returncode=2)
        with tempfile.TemporaryDirectory(prefix="kontor-bench-") as name:
            measured = list(self._measure(Path(name), options))
        if not all(figures.get("goal_met", True) for figures in measured):
            sys.exit(1)

    def _measure(self, folder: Path, options: dict[str, Any]) -> Iterator[dict[str, Any]]:
        entries, times = options["entries"], options["times"]
        files = {}
        for kind, (write, ending) in FORMATS.items():
            files[kind] = folder / f"{kind}.{ending}"
            write(files[kind], entries)
        for kind, path in files.items():
            yield self._say(reading(kind, path, entries, times))
        for kind, path in files.items():
            yield self._say(storing(kind, path, folder, ""))
        if options["postgres"]:
            for kind, path in files.items():
                with new_database(options["postgres"]) as url:
                    yield self._say(storing(kind, path, folder, url))
        if options["libraries"]:
            for figures in compare_libraries(folder, files):
                yield self._say(figures)

    def _say(self, figures: dict[str, Any]) -> dict[str, Any]:
        for name, value in figures.items():
            self.stdout.write(f"{name.replace('_', ' '):<22} {value}")
        self.stdout.write(json.dumps(figures))
        self.stdout.write("")
        return figures


def reading(kind: str, path: Path, entries: int, times: int) -> dict[str, Any]:
    """Read the file and pass over it barely, in processes of their own; the peak is that of a first reading."""
    bare = _job(f"bare_{kind}", path, times)
    memory = _job("read", path, 1)["megabytes"]
    read, lines = _job("read", path, times), _job("lines", path, times)
    ratio = round(read["seconds"] / bare["seconds"], 2)
    right = bare["count"] == read["count"] == lines["count"] == entries
    figures = {
        "measured": f"reading {kind}",
        "entries": entries,
        "megabytes_of_file": round(path.stat().st_size / 1024 / 1024, 1),
        "bare_seconds": bare["seconds"],
        "read_seconds": read["seconds"],
        "ratio": ratio,
        "lines_seconds": lines["seconds"],
        "peak_megabytes": memory,
    }
    if kind == "camt":
        figures["goal"] = f"at most {GOAL_RATIO} times a bare parse, under {GOAL_MEGABYTES} MB beyond the interpreter"
        figures["goal_met"] = right and ratio <= GOAL_RATIO and memory < GOAL_MEGABYTES
    else:
        figures["goal"] = f"under {GOAL_MEGABYTES} MB beyond the interpreter"
        figures["goal_met"] = right and memory < GOAL_MEGABYTES
    return figures


def storing(kind: str, path: Path, folder: Path, url: str) -> dict[str, Any]:
    """Import the file into a new database, in a process of its own."""
    name = "PostgreSQL" if url else "SQLite"
    environment = measuring_environment(folder, url or f"sqlite:///{folder / f'{kind}.sqlite3'}")
    make_tables(environment)
    with child("importing process", ["django", "bench_import", "--worker"], environment) as worker:
        worker.send(json.dumps({"path": str(path)}))
        figures = json.loads(worker.receive())
    goal = GOAL_STORED[name]
    return {
        "measured": f"storing {kind}",
        "database": name,
        **figures,
        "goal": f"{goal:,} a second stored",
        "goal_met": figures["stored_per_second"] >= goal and figures["new"] == figures["transactions"],
    }


def store(job: dict[str, Any]) -> dict[str, Any]:
    """Import a file for a new client; what reading alone takes is measured before and taken off."""
    from integrations.statements.read import read_statements

    content = Path(job["path"]).read_bytes()
    began = time.perf_counter()
    for _ in bank_lines(read_statements(content)):
        pass
    read = time.perf_counter() - began
    today = timezone.localdate()
    client = add_client(
        name="Messung GmbH", email="messung@messung.example", number="1", closed_through=today.year - 3, today=today
    )
    connection.ensure_connection()
    began = time.perf_counter()
    result = import_file(client, Path(job["path"]).name, content)
    whole = time.perf_counter() - began
    return {
        "transactions": result.transactions,
        "new": result.new,
        "errors": [error["message"] for error in result.errors[:3]],
        "import_seconds": round(whole, 2),
        "of_that_reading": round(read, 2),
        "stored_per_second": round(result.new / max(whole - read, 0.001)),
        "imported_per_second": round(result.new / whole),
    }


@contextmanager
def new_database(url: str) -> Iterator[str]:
    """A database of its own on the server at ``url``, dropped at the end."""
    name = f"kontor_bench_{os.getpid()}"
    with psycopg.connect(url, autocommit=True) as server:
        server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            yield _with_name(url, name)
        finally:
            server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def _with_name(url: str, name: str) -> str:
    start, _, rest = url.partition("://")
    server, _, tail = rest.partition("/")
    query = tail.partition("?")[2]
    return f"{start}://{server}/{name}" + (f"?{query}" if query else "")


def _job(job: str, path: Path, times: int) -> dict[str, Any]:
    command = [sys.executable, "-m", "integrations.management.statement_jobs", job, str(path), str(times)]
    done = subprocess.run(command, cwd=settings.BASE_DIR, stdout=subprocess.PIPE, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise CommandError(f"The process that should {job} ended; the lines above say why.")
    figures: dict[str, Any] = json.loads(done.stdout)
    return figures
