"""What was learned from data: weights of features, kept as a versioned file beside this one.

The log odds of a pair are the sum of what its measures say by themselves (rarities, see `evidence`) and of the learned
weights of its features. Nothing is learned at run time: the same file gives the same answers.
"""

from __future__ import annotations

import json
import math
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

FORMAT = 1
CURRENT = "2026-11b"
_FOLDER = Path(__file__).parent / "models"

Feature = tuple[str, ...]
Curve = tuple[tuple[float, ...], tuple[float, ...]]


class ModelError(ValueError):
    """The file is no model of a format that this engine reads."""


@dataclass(frozen=True, slots=True)
class Model:
    """Learned weights by feature, and for each kind of grounds a curve from log odds to probability.

    `thresholds`: the calibrated probability that an automatic match needs, by its grounds. `about`: when and from what
    it was trained, and the figures it reached on clients it had not seen.
    """

    name: str
    weights: Mapping[Feature, float] = field(default_factory=dict)
    curves: Mapping[str, Curve] = field(default_factory=dict)
    thresholds: Mapping[str, float] = field(default_factory=dict)
    about: Mapping[str, Any] = field(default_factory=dict)

    def calibrated(self, grounds: str, probability: float) -> float:
        """The share of pairs with such grounds and probability that were right; as it is where nothing was learned."""
        curve = self.curves.get(grounds)
        return probability if curve is None else interpolate(curve, log_odds(probability))


def log_odds(probability: float) -> float:
    """The logarithm of the odds, within what floating point tells apart."""
    bounded = min(max(probability, 1e-9), 1 - 1e-9)
    return math.log(bounded / (1 - bounded))


def interpolate(curve: Curve, x: float) -> float:
    """The value of a piecewise linear curve, level beyond its ends."""
    xs, ys = curve
    i = bisect_right(xs, x)
    if i == 0 or i == len(xs):
        return ys[0] if i == 0 else ys[-1]
    share = (x - xs[i - 1]) / (xs[i] - xs[i - 1])
    return ys[i - 1] + share * (ys[i] - ys[i - 1])


def to_json(model: Model) -> str:
    """The model as a file: sorted, one feature a line, so that two versions can be compared."""
    rows: dict[str, Any] = {
        "format": FORMAT,
        "name": model.name,
        "about": dict(model.about),
        "thresholds": dict(sorted(model.thresholds.items())),
        "curves": {k: [list(xs), list(ys)] for k, (xs, ys) in sorted(model.curves.items())},
        "weights": {"|".join(k): w for k, w in sorted(model.weights.items())},
    }
    return json.dumps(rows, indent=1, ensure_ascii=False) + "\n"


def from_json(text: str) -> Model:
    """Read a model. Raises ModelError where the text is none."""
    try:
        rows = json.loads(text)
        if rows["format"] != FORMAT:
            raise ModelError(f"format {rows['format']}, expected {FORMAT}")
        weights = {tuple(k.split("|")): float(w) for k, w in rows["weights"].items()}
        curves = {k: _curve(c) for k, c in rows["curves"].items()}
        thresholds = {k: float(t) for k, t in rows["thresholds"].items()}
        return Model(str(rows["name"]), weights, curves, thresholds, rows["about"])
    except (KeyError, TypeError, AttributeError, json.JSONDecodeError) as error:
        raise ModelError(f"no model: {error!r}") from error


def _curve(rows: Sequence[Sequence[float]]) -> Curve:
    xs, ys = (tuple(float(v) for v in row) for row in rows)
    if len(xs) != len(ys) or not xs or list(xs) != sorted(set(xs)):
        raise ModelError("a curve needs rising places and as many values")
    return xs, ys


@cache
def load(name: str = CURRENT) -> Model:
    """A model by its name. Raises OSError where there is none, ModelError where the file is damaged."""
    return from_json((_FOLDER / f"{name}.json").read_text(encoding="utf-8"))
