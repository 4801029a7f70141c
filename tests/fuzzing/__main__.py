"""`make fuzz`: many damaged files of each format, with progress; exit 1 if a reader fails on one."""

import argparse
import os
import sys
import time

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

from .run import run  # the settings come first
from .seeds import targets


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def main() -> int:
    """Run it from the command line."""
    everything = targets()
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=100_000, help="files of each format")
    parser.add_argument("--seed", type=int, default=int(time.time()), help="of an earlier run, to repeat it")
    parser.add_argument("--format", choices=sorted(everything), action="append", help="only this one")
    options = parser.parse_args()
    _say(f"Seed {options.seed}: give --seed {options.seed} to damage the same files in the same way.")
    failed = False
    for name in options.format or sorted(everything):
        start = time.monotonic()

        def progress(done: int, name: str = name, start: float = start) -> None:
            if done % 5000 == 0 or done == options.count:
                rate = done / max(time.monotonic() - start, 0.001)
                _say(f"{name}: {done:,} of {options.count:,} files, {rate:,.0f} a second")

        for finding in run(everything[name], options.count, options.seed, progress=progress):
            failed = True
            _say(f"{name}: {finding}")
    _say("A reader failed: see above." if failed else "No crash, no hang, no wrong sum accepted in silence.")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
