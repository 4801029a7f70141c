"""The benchmark's transactions, read back from its CAMT files."""

import json
from pathlib import Path
from typing import Any

import pytest

from .reading import lines, problems, statements

pytestmark = pytest.mark.samples


@pytest.fixture(scope="module")
def benchmark(samples: Path) -> Path:
    return samples / "matching" / "dev-small"


@pytest.fixture(scope="module")
def transactions(benchmark: Path) -> dict[str, dict[str, Any]]:
    rows = map(json.loads, (benchmark / "transactions.jsonl").read_text().splitlines())
    return {row["id"].replace("-", ""): row for row in rows}


def test_exactly_the_transactions(benchmark: Path, transactions: dict[str, dict[str, Any]]) -> None:
    accounts = json.loads((benchmark / "meta.json").read_text())["accounts"]
    by_camt = {account["iban"] for account in accounts if account["import_source"] == "camt"}
    seen = set()
    for path in sorted((benchmark / "camt").glob("*.xml")):
        assert not problems(path)
        for statement in statements(path):
            assert statement.difference == 0
        for line in lines(path):
            wanted = transactions[line.bank_reference]
            assert line.bank_reference not in seen
            seen.add(line.bank_reference)
            found = {
                "account_iban": line.account,
                "booking_date": line.booking_date.isoformat(),
                "value_date": line.value_date.isoformat() if line.value_date else "",
                "amount": str(line.amount),
                "currency": line.currency,
                "counterparty": line.counterparty,
                "counterparty_iban": line.counterparty_iban,
                "purpose": line.purpose,
                "end_to_end_id": line.end_to_end_id,
                "mandate_id": line.mandate_id,
                "creditor_id": line.creditor_id,
                # the other files were written for accounts that are imported in another way
                "code": line.code if line.account in by_camt else wanted["code"],
            }
            placeholder = wanted["end_to_end_id"] == "NOTPROVIDED"
            end_to_end = "" if placeholder else wanted["end_to_end_id"]
            # one bank cuts names at a fixed width, which leaves a blank at the end
            name = wanted["counterparty"].rstrip()
            expected = {key: wanted[key] for key in found}
            assert found == expected | {"end_to_end_id": end_to_end, "counterparty": name}
    assert seen == set(transactions)


def test_keys_are_unique(benchmark: Path) -> None:
    for path in (benchmark / "camt").glob("*.xml"):
        found = [line.numbered_key for line in lines(path)]
        assert len(set(found)) == len(found)
