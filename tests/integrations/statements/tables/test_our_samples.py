"""Our own exports, one of each kind: figures and lines as their twins say, and the kinds that other projects gave."""

import json
import os
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from integrations.statements.inspect import inspect_statement
from integrations.statements.read import read_statements
from integrations.statements.shapes import BankLine, ReadError, Record, StatementHeader
from integrations.statements.transactions import bank_lines
from integrations.statements.values import decimal_text

OURS = Path(__file__).parents[3] / "samples" / "bank"
NAMES = sorted(path.stem for path in OURS.glob("*.csv"))
FOLDER = Path(os.environ.get("KONTOR_SAMPLES", "")) / "bank"
HAVE_SAMPLES = bool(os.environ.get("KONTOR_SAMPLES"))
EXPECTED: dict[str, Any] = json.loads((FOLDER / "expected.json").read_text()) if HAVE_SAMPLES else {}
TABLES = sorted(name for name, facts in EXPECTED.items() if facts["format"].startswith("csv"))


def _with_account(records: Iterable[Record]) -> Iterable[Record]:
    """A table that does not say whose it is becomes lines only when a person does."""
    for record in records:
        if isinstance(record, StatementHeader) and not record.account:
            record = replace(record, other_id="4711")
        yield record


@pytest.mark.parametrize("name", NAMES)
def test_figures(name: str) -> None:
    facts = json.loads((OURS / f"{name}.json").read_text())
    report = inspect_statement(OURS / f"{name}.csv", name)
    assert report["format"] == facts["format"]
    compared = [{key: found[key] for key in wanted} for found, wanted in _pairs(report["accounts"], facts["accounts"])]
    assert compared == facts["accounts"]
    without_account = [account for account in facts["accounts"] if not (account["iban"] or account["account"])]
    problems = [problem["code"] for problem in report["errors"] + report["warnings"]]
    assert sorted(problems) == sorted([*facts["problems"], *("no_account" for _ in without_account)])


@pytest.mark.parametrize("name", NAMES)
def test_lines(name: str) -> None:
    facts = json.loads((OURS / f"{name}.json").read_text())
    records = list(bank_lines(_with_account(read_statements(OURS / f"{name}.csv"))))
    lines = [record for record in records if isinstance(record, BankLine)]
    found = [{key: _plain(getattr(line, key)) for key in wanted} for line, wanted in _pairs(lines, facts["lines"])]
    assert found == facts["lines"]
    assert [line.pending for line in lines] == [wanted.get("pending", False) for wanted in facts["lines"]]
    assert len({line.numbered_key for line in lines}) == len(lines)
    assert all(record.place.line or record.place.statement == 0 for record in records if isinstance(record, ReadError))


@pytest.mark.samples
@pytest.mark.parametrize(
    "name",
    TABLES or [pytest.param("", marks=pytest.mark.skip("KONTOR_SAMPLES is not set: the sample files are not here"))],
)
def test_figures_of_other_projects(name: str) -> None:
    report = inspect_statement(FOLDER / name, name)
    facts = EXPECTED[name]
    assert report["format"] == facts["format"]
    for found, wanted in _pairs(report["accounts"], facts["accounts"]):
        assert {key: found[key] for key, value in wanted.items() if value is not None} == {
            key: value for key, value in wanted.items() if value is not None
        }
        for key in ("iban", "opening_balance", "closing_balance", "reconciles"):
            assert wanted[key] is not None or found[key] is None
    assert {error["code"] for error in report["errors"]} <= {"no_account"}


def _pairs(found: list[Any], wanted: list[dict[str, Any]]) -> Iterable[tuple[Any, dict[str, Any]]]:
    assert len(found) == len(wanted)
    return zip(found, wanted, strict=True)


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | str):
        return value
    return value.isoformat() if hasattr(value, "isoformat") else _amount(value)


def _amount(value: Any) -> str:
    return decimal_text(value)
