"""From data sets to a model: folds of clients, calibration on clients that were not trained on, and the final weights.

Every client is judged once by weights that were learned without it. From these judgements come the curves that turn
log odds into probabilities, and the figures that the model file reports. The final weights come from all clients.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from .calibration import calibration_error
from .engine.evidence import score as rescore
from .engine.evidence.features import Feature
from .engine.graph import weighed
from .engine.model import Curve, Model, log_odds
from .engine.policy import NO_GROUNDS, grounds_of
from .evaluation import Dataset, classes_of, predict, score
from .judging import Judge
from .scoring import outcomes
from .training import Questions, questions, train

FOLDS = 5
LEAST = 0.02
"""Probabilities below are no matter of calibration."""

THRESHOLDS: Mapping[str, float] = {
    "number": 0.95,
    "number, other payer": 0.97,
    "number, difference": 0.95,
    "part of the number": 0.96,
    "slip in the number": 0.97,
    "party": 0.96,
    "party, difference": 0.96,
}
"""The certainty that each kind of grounds needs for an automatic match. Set beforehand: the nearer the grounds are to
the document itself, the less is asked; where the payer is somebody else or the number is not as it should be, more."""

_PLACES = tuple(n / 2 for n in range(-10, 31))
_CLEAR = 5.0
"""Log odds from which on only what no measure shows is wrong."""
_NEWTON, _HALVINGS, _STEEP = 20, 30, 30.0
_FIRM, _CAUTION = 20.0, 500
Row = tuple[str, float, bool]
Report = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Learned:
    """A model and the figures it reached on clients it had not seen, by data set."""

    model: Model
    figures: Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Folds:
    """What was asked of each client, how weights judged it that do not know it, and by set the models without it."""

    asked: Sequence[Questions]
    judged: Sequence[Sequence[Row]]
    models: Mapping[str, Mapping[str, Model]]


def cross_validate(sets: Sequence[Dataset], report: Report) -> Folds:
    """For every client of the sets a model that has not seen it: weights and curves of the clients of other folds."""
    clients = [(d, c) for d in sets for c in sorted(d.vouchers)]
    asked: list[Questions] = []
    for done, (dataset, client) in enumerate(clients, 1):
        asked.append(questions(dataset, client))
        report("measuring", done, len(clients))
    weights: list[dict[Feature, float]] = []
    for fold in range(FOLDS):
        rest = [q for i, q in enumerate(asked) if i % FOLDS != fold]
        weights.append(train(rest, partial(report, f"training without fold {fold + 1}")))
    rows = [_judged(q, Model("fold", weights[i % FOLDS])) for i, q in enumerate(asked)]
    folds = [
        Model("fold", weights[f], curves(r for i, part in enumerate(rows) if i % FOLDS != f for r in part), THRESHOLDS)
        for f in range(FOLDS)
    ]
    models = {s.path.name: {c: folds[i % FOLDS] for i, (d, c) in enumerate(clients) if d is s} for s in sets}
    return Folds(asked, rows, models)


def learn(sets: Sequence[Dataset], name: str, day: str, report: Report) -> Learned:
    """Train on all clients of the sets; measured out of fold. `day` is when, as it shall stand in the file."""
    folds = cross_validate(sets, report)
    figures = {}
    for dataset in sets:
        figures[dataset.path.name] = _figures(dataset, folds.models[dataset.path.name])
        report("judging", len(figures), len(sets))
    final = train(folds.asked, partial(report, "training"))
    about = {"trained": day, "clients": len(folds.asked), "sets": list(folds.models), "out of fold": figures}
    all_rows = (r for part in folds.judged for r in part)
    return Learned(Model(name, final, curves(all_rows), THRESHOLDS, about), figures)


def _judged(q: Questions, model: Model) -> list[Row]:
    """Grounds, log odds and outcome of a client's pairs, by weights that do not know the client."""
    for pair in q.examined.values():
        rescore(q.book, pair, model.weights)
    graph = weighed(q.book, q.examined, model)
    found = []
    for edge, pair in graph.pairs.items():
        probability = graph.probability[edge]
        if probability >= LEAST:
            grounds = grounds_of(pair)
            voucher = q.book.claims[q.book.slots[edge[0]].voucher].v.id
            booking = q.book.bookings[edge[1]].t.id
            right = (voucher, booking) in q.right
            if right != q.judge.possible(voucher, booking):
                continue
            found.append((grounds.name if grounds else NO_GROUNDS, log_odds(probability), right))
    return found


def curves(rows: Iterable[Row]) -> dict[str, Curve]:
    """For each grounds the share of right ones by log odds; few cases stay near what all grounds have in common."""
    by_grounds: dict[str, list[tuple[float, bool]]] = defaultdict(list)
    for grounds, x, right in rows:
        by_grounds[grounds].append((x, right))
    with_grounds = [r for name, part in sorted(by_grounds.items()) if name != NO_GROUNDS for r in part]
    common = _fit(with_grounds, (0.0, 1.0))
    found = {}
    for name, part in sorted(by_grounds.items()):
        shift, slope = _fit(part, (0.0, 1.0) if name == NO_GROUNDS else common)
        residue = _residue(part, shift, slope)
        ys = tuple(round((1 - residue) * _sigmoid(shift + slope * x), 6) for x in _PLACES)
        found[name] = _PLACES, ys
    return found


def _fit(rows: Sequence[tuple[float, bool]], prior: tuple[float, float]) -> tuple[float, float]:
    """Shift and slope of the log odds under which the outcomes are most likely (Newton's method), near a prior.

    What is sought has one peak only. A step that leads beyond it, as from far away, is halved until it leads up.
    """
    place, height = prior, _plausibility(rows, prior, prior)
    for _ in range(_NEWTON):
        step = _newton_step(rows, prior, place)
        for _ in range(_HALVINGS):
            ahead = place[0] + step[0], place[1] + step[1]
            reached = _plausibility(rows, prior, ahead)
            if reached >= height:
                place, height = ahead, reached
                break
            step = step[0] / 2, step[1] / 2
    return place[0], max(0.1, place[1])


def _newton_step(
    rows: Sequence[tuple[float, bool]], prior: tuple[float, float], place: tuple[float, float]
) -> tuple[float, float]:
    """From the slope and the bend of the plausibility at a place towards its peak."""
    shift, slope = place
    pull = [(prior[0] - shift) * _FIRM, (prior[1] - slope) * _FIRM]
    bend = [_FIRM, 0.0, _FIRM]
    for x, right in rows:
        p = _sigmoid(shift + slope * x)
        weight = p * (1 - p)
        pull[0] += right - p
        pull[1] += (right - p) * x
        bend[0] += weight
        bend[1] += weight * x
        bend[2] += weight * x * x
    divisor = bend[0] * bend[2] - bend[1] ** 2
    return (pull[0] * bend[2] - pull[1] * bend[1]) / divisor, (pull[1] * bend[0] - pull[0] * bend[1]) / divisor


def _plausibility(rows: Sequence[tuple[float, bool]], prior: tuple[float, float], place: tuple[float, float]) -> float:
    """The logarithm of how likely the outcomes are at a place, and the place itself under its prior."""
    shift, slope = place
    found = -_FIRM / 2 * ((shift - prior[0]) ** 2 + (slope - prior[1]) ** 2)
    for x, right in rows:
        odds = shift + slope * x if right else -(shift + slope * x)
        found -= math.log1p(math.exp(-odds)) if odds > -_STEEP else -odds
    return found


def _residue(rows: Sequence[tuple[float, bool]], shift: float, slope: float) -> float:
    """The share of wrong ones that no log odds tell: decoys that look right in everything."""
    top = [(x, right) for x, right in rows if x >= _CLEAR]
    expected = sum(1 - _sigmoid(shift + slope * x) for x, _ in top)
    return max(0.0, sum(not right for _, right in top) + 0.5 - expected) / (len(top) + _CAUTION)


def _sigmoid(x: float) -> float:
    return 1 / (1 + math.exp(-x)) if x > -700 else 0.0


def _figures(dataset: Dataset, models: Mapping[str, Model]) -> dict[str, Any]:
    predictions = predict(dataset, models=models)
    found = score(dataset, predictions)
    error = calibration_error(outcomes(Judge(dataset.truth, classes_of(dataset)), predictions))
    keys = ("auto", "wrong", "precision", "recall", "recall_at_1", "recall_at_3")
    return {**{k: found[k] for k in keys}, "calibration_error": error}
