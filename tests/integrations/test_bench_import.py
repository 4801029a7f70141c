"""The generated bank files are right, and the measurement reads and stores all of them."""

from decimal import Decimal
from pathlib import Path

import pytest

from integrations.management.commands.bench_import import FORMATS, reading, store
from integrations.management.statement_files import payments
from integrations.statements.inspect import inspect_statement

from .statements.reading import lines

COUNT = 450  # more than a day holds


@pytest.mark.parametrize("kind", list(FORMATS))
def test_generated_files_say_what_they_should(kind: str, tmp_path: Path) -> None:
    write, ending = FORMATS[kind]
    path = tmp_path / f"x.{ending}"
    write(path, COUNT)
    report = inspect_statement(path, path.name)
    assert (report["errors"], report["warnings"]) == ([], [])
    found = lines(path)
    assert [(line.booking_date, line.amount, line.counterparty, line.counterparty_iban) for line in found] == [
        (payment.day, payment.signed, payment.name, payment.iban) for payment in payments(COUNT)
    ]
    assert {line.end_to_end_id for line in found} == {f"E2E-{number:09d}" for number in range(COUNT)}
    assert all(f"RE-{number:07d}" in line.purpose for number, line in enumerate(found))
    assert sum((line.amount for line in found), Decimal(0)) == sum(payment.signed for payment in payments(COUNT))


def test_reading_is_measured(tmp_path: Path) -> None:
    path = tmp_path / "x.xml"
    FORMATS["camt"][0](path, 50)
    figures = reading("camt", path, 50, 1)
    assert figures["ratio"] > 0
    assert figures["peak_megabytes"] > 0
    assert reading("camt", path, 51, 1)["goal_met"] is False


@pytest.mark.django_db
def test_storing_is_measured(tmp_path: Path) -> None:
    path = tmp_path / "x.xml"
    FORMATS["camt"][0](path, 50)
    figures = store({"path": str(path)})
    assert (figures["transactions"], figures["new"], figures["errors"]) == (50, 50, [])
