"""The figures of our scorer are those of the benchmark's own scorer, on real predictions."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from matching.benchmark.contestants import NAMES, predictions_of
from matching.evaluation import Dataset, load_dataset, score, write_predictions
from matching.judging import Prediction

SAMPLES = os.environ.get("KONTOR_SAMPLES", "")
TOOL = Path(SAMPLES) / ".." / "tools" / "score_matching.py"
SMALL = Path(__file__).parent.parent / "data" / "dev-small"

pytestmark = [
    pytest.mark.samples,
    pytest.mark.skipif(
        not SAMPLES or not TOOL.exists(), reason="KONTOR_SAMPLES is not set: the benchmark's scorer is not here"
    ),
]


def theirs(folder: Path, predictions: list[Prediction], work: Path) -> dict[str, Any]:
    """Their figures under our names."""
    write_predictions(predictions, work / "predictions.jsonl")
    command = [sys.executable, str(TOOL), str(folder), str(work / "predictions.jsonl")]
    answer = json.loads(subprocess.run(command, capture_output=True, check=True, text=True).stdout)
    auto, ranking = answer["auto"], answer["ranking"]
    return {
        "allocations": answer["dataset"]["allocations"],
        "auto": auto["predictions"],
        "wrong": auto["wrong"],
        "precision": auto["precision"],
        "precision_lower_95": auto["precision_lower_95"],
        "recall": auto["recall"],
        "recall_at_1": ranking["recall_at_1"],
        "recall_at_3": ranking["recall_at_3"],
        "falsely_matched": answer["vouchers"]["falsely_matched"],
        "scenarios": {
            name: {
                "allocations": row["allocations"],
                "auto": row["auto"],
                "wrong": row["auto_wrong"],
                "precision": row["auto_precision"],
                "recall": row["auto_recall"],
                "recall_at_1": row["recall_at_1"],
                "recall_at_3": row["recall_at_3"],
            }
            for name, row in answer.get("scenarios", {}).items()
        },
    }


def assert_equal_figures(dataset: Dataset, predictions: list[Prediction], work: Path) -> None:
    expected = theirs(dataset.path, predictions, work)
    ours = score(dataset, predictions)
    assert {name: ours[name] for name in expected} == expected


def quiet(name: str, done: int, total: int) -> None:
    """Nobody is told."""


@pytest.mark.parametrize("name", NAMES)
def test_small_set(name: str, tmp_path: Path) -> None:
    dataset = load_dataset(SMALL)
    assert_equal_figures(dataset, predictions_of(name, dataset, quiet), tmp_path)


@pytest.mark.parametrize("name", ["amount-date", "weighted"])
def test_set_of_payouts(name: str, tmp_path: Path) -> None:
    dataset = load_dataset(Path(SAMPLES) / "matching" / "dev-payouts")
    assert_equal_figures(dataset, predictions_of(name, dataset, quiet), tmp_path)


def test_spoilt_predictions(tmp_path: Path) -> None:
    """Twice the same, unknown ids, another client, other amounts, swapped bookings."""
    dataset = load_dataset(SMALL)
    rows = predictions_of("amount-date", dataset, quiet)
    spoilt = [
        *rows,
        *rows[:9],
        *(replace(p, client="client-99") for p in rows[20:29]),
        *(replace(p, transaction="nobody's") for p in rows[40:44]),
        *(replace(p, amount=p.amount + 1, confidence=0.99) for p in rows[50:70]),
        *(replace(p, transaction=q.transaction) for p, q in pairwise(rows[80:161])),
    ]
    assert_equal_figures(dataset, spoilt, tmp_path)


def test_a_set_that_names_no_classes(tmp_path: Path) -> None:
    for name in ("vouchers.jsonl", "transactions.jsonl", "truth.jsonl"):
        shutil.copy(SMALL / name, tmp_path / name)
    dataset = load_dataset(tmp_path)
    assert_equal_figures(dataset, predictions_of("amount-date", dataset, quiet), tmp_path)
