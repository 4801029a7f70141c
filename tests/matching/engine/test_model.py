"""The learned model: its file, its curves, and that reasons add up to what was judged."""

import json
import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.engine.book import Book
from matching.engine.evidence import explain
from matching.engine.evidence.features import PARTS
from matching.engine.graph import build
from matching.engine.model import Curve, Model, ModelError, from_json, interpolate, load, log_odds, to_json
from matching.engine.policy import ALL_GROUNDS, threshold_of

from .test_properties import World, worlds

WORDS = st.text("abcdefgh ,0123456789", min_size=1, max_size=12)
FEATURES = st.tuples(st.sampled_from(PARTS), WORDS, WORDS)
CURVES = st.lists(st.integers(-20, 20), min_size=1, max_size=6, unique=True).map(
    lambda xs: (tuple(float(x) for x in sorted(xs)), tuple(n / 10 for n in range(len(xs))))
)


@given(st.dictionaries(FEATURES, st.floats(-9, 9)), st.dictionaries(WORDS, CURVES))
def test_a_model_survives_its_file(weights: dict[tuple[str, ...], float], curves: dict[str, Curve]) -> None:
    model = Model("m", weights, curves, {"party": 0.96}, {"trained": "2026-11-20"})
    assert from_json(to_json(model)) == model


@pytest.mark.parametrize("change", [{"format": 99}, {"weights": None}, {"curves": {"party": [[1, 1], [0.5, 0.6]]}}])
def test_a_damaged_file_is_refused(change: dict[str, Any]) -> None:
    rows = {**json.loads(to_json(Model("m"))), **change}
    with pytest.raises(ModelError):
        from_json(json.dumps(rows))
    with pytest.raises(ModelError):
        from_json("{")


def test_the_current_model_knows_all_grounds() -> None:
    model = load()
    assert {feature[0] for feature in model.weights} <= set(PARTS)
    for grounds in ALL_GROUNDS:
        _, ys = model.curves[grounds.name]
        assert list(ys) == sorted(ys)
        assert 0 < ys[0] < ys[-1] < 1
        assert 0.9 <= threshold_of(grounds, model) <= ys[-1]
    assert model.about["out of fold"]


@given(CURVES, st.floats(-30, 30))
def test_a_curve_stays_between_its_values(curve: Curve, x: float) -> None:
    assert min(curve[1]) <= interpolate(curve, x) <= max(curve[1])


@pytest.mark.parametrize("p", [0.0, 1e-6, 0.3, 0.5, 1.0])
def test_log_odds_never_run_away(p: float) -> None:
    assert math.isfinite(log_odds(p))
    assert log_odds(1 - p) == pytest.approx(-log_odds(p))


@given(worlds())
@settings(max_examples=40, deadline=None)
def test_the_reasons_add_up_to_what_was_judged(world: World) -> None:
    """All weights that are shown, and what is expected of any pair, make the score; nothing moves it unseen."""
    book = Book(*world, {}, ())
    graph, _, _ = build(book, None, frozenset(), lambda done, total: None, load())
    expected = {round(pair.score - sum(t.weight for t in explain(book, pair)), 6) for pair in graph.pairs.values()}
    assert len(expected) <= 1
