"""What is measured about bank files, each in a process of its own: ``python -m … <job> <file> [<times>]``.

The answer is one line of JSON: seconds of the processor (the best of some runs; others on the machine do not count),
how many records, and megabytes beyond the interpreter.
"""

import csv
import json
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path


def peak_megabytes() -> float:
    """The most memory that this process has held so far."""
    try:
        # ru_maxrss of a child may still be its parent's
        status = Path("/proc/self/status").read_text()
        return int(status.partition("VmHWM:")[2].split(maxsplit=1)[0]) / 1024
    except (OSError, ValueError, IndexError):
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def bare_camt(path: str) -> int:
    """Visit every element of the file with lxml and free each entry: nothing is read but the names."""
    from lxml import etree

    count = 0
    for _, element in etree.iterparse(path, events=("end",)):
        if element.tag.endswith("}Ntry"):
            count += 1
            element.clear()
            while element.getprevious() is not None:
                del element.getparent()[0]
    return count


def bare_mt940(path: str) -> int:
    """Go through the lines of the file and count the entries."""
    with Path(path).open(encoding="iso-8859-1") as file:
        return sum(line.startswith(":61:") for line in file)


def bare_csv(path: str) -> int:
    """Split the rows of the table with the standard library."""
    with Path(path).open(encoding="cp1252", newline="") as file:
        return sum(1 for _ in csv.reader(file, delimiter=";")) - 1


def read(path: str) -> int:
    """Read the file into records, as the import does; the answer counts its entries."""
    from integrations.statements.read import read_statements
    from integrations.statements.shapes import Entry

    return sum(isinstance(record, Entry) for record in read_statements(path))


def lines(path: str) -> int:
    """Read the file into bank lines with their keys."""
    from integrations.statements.read import read_statements
    from integrations.statements.shapes import BankLine
    from integrations.statements.transactions import bank_lines

    return sum(isinstance(record, BankLine) for record in bank_lines(read_statements(path)))


JOBS: dict[str, Callable[[str], int]] = {
    "bare_camt": bare_camt,
    "bare_mt940": bare_mt940,
    "bare_csv": bare_csv,
    "read": read,
    "lines": lines,
}


def main(job: str, path: str, times: int) -> dict[str, float]:
    """Do a job some times; the figures of the quickest."""
    before = peak_megabytes()
    best, count = float("inf"), 0
    for _ in range(times):
        began = time.process_time()
        count = JOBS[job](path)
        best = min(best, time.process_time() - began)
    return {"seconds": round(best, 3), "count": count, "megabytes": round(peak_megabytes() - before, 1)}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(sys.argv[1], sys.argv[2], int(sys.argv[3]))) + "\n")
