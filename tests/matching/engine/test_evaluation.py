"""The evaluation: reading, predicting, and scores that agree with the benchmark's own scorer."""

import json
from decimal import Decimal
from pathlib import Path

import pytest

from matching.evaluation import load_dataset, predict, score
from matching.judging import Prediction

SMALL = Path(__file__).parent.parent / "data" / "dev-small"


def voucher(key: str, total: str) -> dict[str, object]:
    return {
        "id": key, "client": "c", "type": "purchaseinvoice", "number": f"N-{key}", "date": "2025-03-01",
        "due_date": "2025-03-01", "total": total, "currency": "EUR", "contact": "Papier Nord", "open_amount": "0.00",
        "status": "paid", "payments": [],
    }  # fmt: skip


def transaction(key: str, amount: str) -> dict[str, object]:
    return {
        "id": key, "client": "c", "account_iban": "DE1", "booking_date": "2025-03-04", "value_date": "2025-03-04",
        "amount": amount, "currency": "EUR", "counterparty": "Papier Nord", "counterparty_iban": "", "purpose": "",
        "end_to_end_id": "", "mandate_id": "", "creditor_id": "", "code": "",
    }  # fmt: skip


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    """Two interchangeable vouchers and bookings, one with a range of amounts, one without a booking."""
    truth = [
        {"client": "c", "voucher": "v1", "transaction": "t1", "amount": "10.00"},
        {"client": "c", "voucher": "v2", "transaction": "t2", "amount": "10.00"},
        {
            "client": "c", "voucher": "v3", "transaction": "t3", "amount": "98.00",
            "amount_min": "98.00", "amount_max": "100.00",
        },
    ]  # fmt: skip
    meta = {
        "equivalence": {"vouchers": [["v1", "v2"]], "transactions": [["t1", "t2"]]},
        "voucher_scenario": {"v1": "twins", "v2": "twins", "v3": "discount", "v4": "cash"},
    }
    rows = {
        "vouchers.jsonl": [voucher("v1", "10"), voucher("v2", "10"), voucher("v3", "100"), voucher("v4", "5")],
        "transactions.jsonl": [transaction("t1", "-10"), transaction("t2", "-10"), transaction("t3", "-98")],
        "truth.jsonl": truth,
    }
    for name, lines in rows.items():
        (tmp_path / name).write_text("\n".join(json.dumps(line) for line in lines), encoding="utf-8")
    (tmp_path / "meta.json").write_text(json.dumps(meta), encoding="utf-8")
    return tmp_path


def auto(v: str, t: str, amount: str, confidence: float = 0.99, decision: str = "auto") -> Prediction:
    return Prediction("c", v, t, Decimal(amount), confidence, decision)


CASES = {
    "swapped twins and the whole amount": [auto("v1", "t2", "10"), auto("v2", "t1", "10"), auto("v3", "t3", "100")],
    "one of the class twice": [auto("v1", "t1", "10"), auto("v2", "t1", "10", 0.98)],
    "wrong amount, no booking": [auto("v3", "t3", "97"), auto("v4", "t3", "5", 0.9)],
    "second place": [auto("v3", "t1", "98", 0.6, "suggest"), auto("v3", "t3", "98", 0.5, "suggest")],
}
EXPECTED = {
    "swapped twins and the whole amount": (3, 0, 1.0, 1.0),
    "one of the class twice": (2, 1, 0.333333, 0.666667),
    "wrong amount, no booking": (2, 2, 0.0, 0.333333),
    "second place": (0, 0, 0.0, 0.0),
}


@pytest.mark.parametrize("case", sorted(CASES))
def test_scores(tiny: Path, case: str) -> None:
    figures = score(load_dataset(tiny), CASES[case])
    assert (figures["auto"], figures["wrong"], figures["recall"], figures["recall_at_1"]) == EXPECTED[case]


def test_scores_by_scenario(tiny: Path) -> None:
    figures = score(load_dataset(tiny), CASES["swapped twins and the whole amount"])
    assert figures["scenarios"]["twins"]["recall"] == 1.0
    assert figures["scenarios"]["cash"]["allocations"] == 0


def test_small_set_without_a_wrong_automatic_match() -> None:
    dataset = load_dataset(SMALL)
    figures = score(dataset, predict(dataset))
    assert figures["wrong"] == 0
    assert figures["recall"] >= 0.9
    assert figures["recall_at_1"] >= 0.97
    assert figures["recall_at_3"] >= 0.975
