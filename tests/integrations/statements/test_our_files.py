"""Our own CAMT files and archives, in shapes that banks and people give them: figures and lines as their twins say."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from integrations.services.statement_lines import transaction_data
from integrations.statements.inspect import inspect_statement
from integrations.statements.values import decimal_text

from .reading import lines

OURS = Path(__file__).parents[2] / "samples" / "bank"
NAMES = sorted(path.name for ending in ("xml", "zip") for path in OURS.glob(f"*.{ending}"))


@pytest.mark.parametrize("name", NAMES)
def test_figures_and_lines(name: str) -> None:
    wanted = json.loads((OURS / name).with_suffix(".json").read_text())
    report = inspect_statement(OURS / name, name)
    assert (report["format"], report["accounts"]) == (wanted["format"], wanted["accounts"])
    assert [problem["code"] for problem in report["errors"] + report["warnings"]] == wanted["problems"]
    found = [
        {key: _plain(getattr(line, key)) for key in facts}
        for line, facts in zip(lines(OURS / name), wanted["lines"], strict=True)
    ]
    assert found == wanted["lines"]


def test_every_invoice_that_a_payment_names_can_be_found() -> None:
    (payment,) = (line for line in lines(OURS / "de_commerzbank_prefix.xml") if line.amount == 300)
    assert transaction_data(payment).purpose == "abzüglich Skonto RF18539007547034 RE-2026-118 RE-2026-119"


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return decimal_text(value)
    return value.isoformat() if isinstance(value, date) else value
