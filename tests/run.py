"""``make test``: every test on SQLite, then on PostgreSQL where one answers; then the browser tests.

``TEST_DATABASE_URL`` names the PostgreSQL server (a role that may create databases). ``CI=true`` forbids skipping.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

BASE_DIR = Path(__file__).resolve().parent.parent
# These never touch a database; once is enough.
PURE = ("tests/architecture", "tests/sandbox", "tests/matching/engine", "tests/integrations/statements")
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")


def say(text: str) -> None:
    """Write one line and keep the order with the children's output."""
    sys.stdout.write(f"\n=== {text}\n")
    sys.stdout.flush()


def postgres_answers(url: str) -> str:
    """An empty text where the server at ``url`` answers, otherwise why not."""
    if not url:
        return "TEST_DATABASE_URL is not set"
    try:
        psycopg.connect(url.replace("postgres://", "postgresql://"), connect_timeout=5).close()
    except psycopg.Error as error:
        return f"no PostgreSQL answers at {urlsplit(url).hostname}: {str(error).splitlines()[0]}"
    return ""


def pytest(what: str, *arguments: str, database: str = "") -> bool:
    """Run pytest once in a data folder of its own; ``True`` where all is well."""
    say(what)
    with tempfile.TemporaryDirectory(prefix="kontor-tests-") as folder:
        environment = {
            **os.environ,
            "KONTOR_TEST_DATA": folder,
            "KONTOR_TEST_DATABASE_URL": database,
            "DJANGO_ALLOW_ASYNC_UNSAFE": "true",  # Playwright keeps an event loop in the thread of the tests
        }
        done = subprocess.run([sys.executable, "-m", "pytest", *arguments], cwd=BASE_DIR, env=environment, check=False)
    return done.returncode == 0


def main() -> int:
    """Run what was asked for and say at the end what was run and what was not."""
    parser = argparse.ArgumentParser(prog="python -m tests.run", description=__doc__)
    parser.add_argument("--browser", action="store_true", help="the browser tests alone")
    options, rest = parser.parse_known_args()
    strict = os.environ.get("CI") == "true"
    skipped, failed = [], []
    url = os.environ.get("TEST_DATABASE_URL", "")
    if not options.browser:
        if not pytest("Tests on SQLite", "-m", "not browser", *rest):
            failed.append("SQLite")
        if why := postgres_answers(url):
            skipped.append(f"PostgreSQL: {why}")
        elif not pytest(
            "Tests on PostgreSQL", "-m", "not browser", *(f"--ignore={folder}" for folder in PURE), *rest, database=url
        ):
            failed.append("PostgreSQL")
    if not any(shutil.which(name) for name in CHROMIUM):
        skipped.append("Browser: no Chromium here (on Debian: apt install chromium)")
    elif not pytest("Browser tests in Chromium", "-m", "browser", *rest):
        failed.append("browser")
    if not os.environ.get("KONTOR_SAMPLES"):
        skipped.append("Sample files: KONTOR_SAMPLES is not set (they belong to other projects and are not here)")
    for line in skipped:
        say(f"SKIPPED – {line}")
    if skipped and strict:
        failed.append("something was skipped that must not be skipped here")
    say(f"FAILED: {', '.join(failed)}" if failed else "All tests passed.")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
