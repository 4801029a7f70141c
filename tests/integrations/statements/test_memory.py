"""A large file is read in constant memory."""

import subprocess
import sys
from pathlib import Path

import pytest

from .builder import OTHER_IBAN, OWN_IBAN, Booking, Payment, one

PROGRAM = """
import resource, sys
from integrations.statements.camt import read_camt
from integrations.statements.shapes import Entry

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

def count(path):
    return sum(isinstance(record, Entry) for record in read_camt(path))

count(sys.argv[1])
before = peak()
print(count(sys.argv[2]), peak() - before)
"""


@pytest.mark.slow
def test_fifty_thousand_entries(tmp_path: Path) -> None:
    payment = Payment(
        debtor=("Heidekrug", OWN_IBAN), creditor=("Schmidt", OTHER_IBAN), lines=("Miete 03/2026 Kirchgasse",)
    )
    item = Booking(reference="5014fee2d792", payments=(payment,))
    start, end = one(Booking(reference="MARK")).split(b"<Ntry>")[0], b"</Stmt></BkToCstmrStmt></Document>"
    entry = one(item)[len(start) : -len(end)]
    small, large = tmp_path / "small.xml", tmp_path / "large.xml"
    small.write_bytes(start + entry * 100 + end)
    large.write_bytes(start + entry * 50_000 + end)
    assert large.stat().st_size > 25_000_000
    command = [sys.executable, "-c", PROGRAM, str(small), str(large)]
    answer = subprocess.run(command, capture_output=True, text=True, check=True)
    count, grown_kb = map(int, answer.stdout.split())
    assert count == 50_000
    assert grown_kb < 4096
