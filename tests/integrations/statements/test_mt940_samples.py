"""Every MT940 file of other projects against figures of independent parsers, and our own with their twins."""

import json
import os
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from integrations.statements.inspect import inspect_statement
from integrations.statements.read import read_statements
from integrations.statements.shapes import BankLine
from integrations.statements.transactions import bank_lines
from integrations.statements.values import decimal_text

OURS = Path(__file__).parents[2] / "samples" / "bank"
OUR_NAMES = sorted(path.name for ending in ("sta", "mt940", "mt942") for path in OURS.glob(f"*.{ending}"))
FOLDER = Path(os.environ.get("KONTOR_SAMPLES", "")) / "bank"
HAVE_SAMPLES = bool(os.environ.get("KONTOR_SAMPLES"))
EXPECTED: dict[str, Any] = json.loads((FOLDER / "expected.json").read_text()) if HAVE_SAMPLES else {}
NAMES = sorted(name for name, facts in EXPECTED.items() if facts["format"] == "mt940" and facts["accounts"])
MISSING = pytest.param("", marks=pytest.mark.skip("KONTOR_SAMPLES is not set: the sample files are not here"))
# Details stand in a second :25:; the account is the first one, and the rest is refused by name.
BROKEN = {"wolph__betterplace_sepa_snippet_broken.sta": {"misplaced"}}


@pytest.mark.samples
@pytest.mark.parametrize("name", NAMES or [MISSING])
def test_figures(name: str) -> None:
    report = inspect_statement(FOLDER / name, name)
    facts = EXPECTED[name]
    assert report["format"] == "mt940"
    assert len(report["accounts"]) == len(facts["accounts"])
    for found, wanted in zip(report["accounts"], facts["accounts"], strict=True):
        wanted = {key: value for key, value in wanted.items() if name not in BROKEN or key != "account"}
        assert {key: found[key] for key in wanted} == wanted
    assert {error["code"] for error in report["errors"]} == BROKEN.get(name, set())
    wrong = sum(account["reconciles"] is False for account in facts["accounts"])
    assert sum(warning["code"] == "balance_equation" for warning in report["warnings"]) == wrong
    assert all(problem["place"] != "file" for problem in report["errors"] + report["warnings"])


@pytest.mark.samples
def test_what_is_no_statement_is_refused(samples: Path) -> None:
    report = inspect_statement(FOLDER / "wolph__self-provided_invalid_statement.sta", "x")
    assert report["accounts"] == []
    assert [error["place"] for error in report["errors"]] == ["file"]


@pytest.mark.parametrize("name", OUR_NAMES)
def test_our_own(name: str) -> None:
    wanted = json.loads((OURS / name).with_suffix(".json").read_text())
    report = inspect_statement(OURS / name, name)
    assert (report["format"], report["accounts"]) == (wanted["format"], wanted["accounts"])
    assert [problem["code"] for problem in report["errors"] + report["warnings"]] == wanted["problems"]
    lines = [line for line in bank_lines(read_statements(OURS / name)) if isinstance(line, BankLine)]
    found = [
        {key: _plain(getattr(line, key)) for key in facts} for line, facts in zip(lines, wanted["lines"], strict=True)
    ]
    assert found == wanted["lines"]


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        return decimal_text(value)
    return value.isoformat() if isinstance(value, date) else value
