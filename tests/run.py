"""``make test``: every test on SQLite, then on PostgreSQL where one answers; then the browser tests.

``TEST_DATABASE_URL`` names the PostgreSQL server (a role that may create databases). ``CI=true`` forbids skipping.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

BASE_DIR = Path(__file__).resolve().parent.parent
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


class Suite:
    """One run of pytest in a data folder of its own, in the background until it is waited for."""

    def __init__(self, what: str, *arguments: str, database: str = "") -> None:
        self.what = what
        self.folder = tempfile.TemporaryDirectory(prefix="kontor-tests-")
        environment = {
            **os.environ,
            "KONTOR_TEST_DATA": self.folder.name,
            "KONTOR_TEST_DATABASE_URL": database,
            "KONTOR_DATABASE_TESTS": "only" if database else "",
            "DJANGO_ALLOW_ASYNC_UNSAFE": "true",  # Playwright keeps an event loop in the thread of the tests
        }
        self.output = (Path(self.folder.name) / "output.txt").open("w+", encoding="utf-8")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "pytest", "--color=no", *arguments],
            cwd=BASE_DIR, env=environment, stdin=subprocess.DEVNULL, stdout=self.output, stderr=subprocess.STDOUT,
        )  # fmt: skip

    def passed(self) -> bool:
        """Show the output as it comes, to the end; ``True`` where all is well."""
        say(self.what)
        with Path(self.output.name).open(encoding="utf-8", errors="replace") as lines:
            while True:
                ended = self.process.poll() is not None
                text = lines.read()
                sys.stdout.write(text)
                sys.stdout.flush()
                if ended and not text:
                    break
                time.sleep(0 if text else 0.2)
        self.output.close()
        self.folder.cleanup()
        return self.process.returncode == 0


def main() -> int:
    """Run what was asked for and say at the end what was run and what was not."""
    parser = argparse.ArgumentParser(prog="python -m tests.run", description=__doc__)
    parser.add_argument("--browser", action="store_true", help="the browser tests alone")
    options, rest = parser.parse_known_args()
    strict = os.environ.get("CI") == "true"
    skipped, failed = [], []
    url = os.environ.get("TEST_DATABASE_URL", "")
    if not options.browser:
        # Both databases at once: while one waits for its disk, the other one thinks.
        suites = [Suite("Tests on SQLite", "-m", "not browser", *rest)]
        if why := postgres_answers(url):
            skipped.append(f"PostgreSQL: {why}")
        else:
            # The published clients, and all tests that touch no database: once is enough.
            suites.append(Suite("Tests on PostgreSQL", "-m", "not browser and not third_party", *rest, database=url))
        failed += [suite.what for suite in suites if not suite.passed()]
    if not any(shutil.which(name) for name in CHROMIUM):
        skipped.append("Browser: no Chromium here (on Debian: apt install chromium)")
    elif not (browser := Suite("Browser tests in Chromium", "-m", "browser", *rest)).passed():
        failed.append(browser.what)
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
