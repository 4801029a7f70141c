"""Learning from data: deterministic, better than before, and judged on clients it has not seen."""

import json
import math
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.engine.model import Feature, from_json
from matching.evaluation import load_dataset
from matching.learning import Row, curves, learn
from matching.training import Questions, questions, train

SMALL = Path(__file__).parents[1] / "data" / "dev-small"
ROWS = st.lists(
    st.tuples(st.sampled_from(["party", "number"]), st.floats(-8, 15), st.booleans()), min_size=1, max_size=60
)


@pytest.fixture(scope="module")
def asked() -> list[Questions]:
    dataset = load_dataset(SMALL)
    return [questions(dataset, client) for client in sorted(dataset.vouchers)]


def surprise(asked: list[Questions], weights: dict[Feature, float]) -> float:
    """How unlikely the right answers are taken together (negative log likelihood): each a booking, or none of them."""
    found = 0.0
    for q in asked:
        for slot in q.slots:
            odds = [(math.exp(c.base + sum(weights.get(f, 0.0) for f in c.features)), c.right) for c in slot]
            right = sum(odds for odds, right in odds if right) or 1.0
            found -= math.log(right / (1.0 + sum(odds for odds, _ in odds)))
    return found


def test_training_repeats_itself_and_helps(asked: list[Questions]) -> None:
    weights = train(asked, lambda done, total: None)
    assert weights == train(list(asked), lambda done, total: None)
    assert surprise(asked, weights) < 0.8 * surprise(asked, {})


def test_the_truth_is_among_the_questions(asked: list[Questions]) -> None:
    answers = sum(c.right for q in asked for slot in q.slots for c in slot)
    assert answers > 300
    assert all(sum(c.right for c in slot) <= 1 for q in asked for slot in q.slots)


@given(ROWS)
@settings(deadline=None)
def test_curves_rise_and_never_promise_certainty(rows: list[Row]) -> None:
    for xs, ys in curves(rows).values():
        assert list(xs) == sorted(xs)
        assert list(ys) == sorted(ys)
        assert all(0 <= y < 1 for y in ys)


def test_learning_reports_clients_it_has_not_seen() -> None:
    learned = learn([load_dataset(SMALL)], "small", "2026-11-20", lambda what, done, total: None)
    figures = learned.figures["dev-small"]
    assert figures["auto"] > 0
    assert 0.9 < figures["precision"] <= 1
    assert learned.model.about["out of fold"] == learned.figures


def test_the_command_writes_a_model(tmp_path: Path) -> None:
    out = tmp_path / "model.json"
    call = [
        sys.executable, "manage.py", "train_matching", str(SMALL), "--name", "small", "--date", "2026-11-20",
        "--out", str(out), "--json",
    ]  # fmt: skip
    root = Path(__file__).parents[3]
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"}
    done = subprocess.run(call, cwd=root, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["model"] == "small"
    assert from_json(out.read_text(encoding="utf-8")).name == "small"
