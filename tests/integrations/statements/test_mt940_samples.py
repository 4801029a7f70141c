"""Every MT940 file of other projects, against figures that independent parsers agree on."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from integrations.statements.inspect import inspect_statement

pytestmark = pytest.mark.samples

FOLDER = Path(os.environ.get("KONTOR_SAMPLES", "")) / "bank"
HAVE_SAMPLES = bool(os.environ.get("KONTOR_SAMPLES"))
EXPECTED: dict[str, Any] = json.loads((FOLDER / "expected.json").read_text()) if HAVE_SAMPLES else {}
NAMES = sorted(name for name, facts in EXPECTED.items() if facts["format"] == "mt940" and facts["accounts"])
MISSING = pytest.param("", marks=pytest.mark.skip("KONTOR_SAMPLES is not set: the sample files are not here"))
# Details stand in a second :25:; the account is the first one, and the rest is refused by name.
BROKEN = {"wolph__betterplace_sepa_snippet_broken.sta": {"misplaced"}}


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


def test_what_is_no_statement_is_refused(samples: Path) -> None:
    report = inspect_statement(FOLDER / "wolph__self-provided_invalid_statement.sta", "x")
    assert report["accounts"] == []
    assert [error["place"] for error in report["errors"]] == ["file"]
