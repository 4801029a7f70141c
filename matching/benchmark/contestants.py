"""Who takes part: the engine and the baselines, each from a set to predictions."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from matching.baselines import BASELINES, Answer, Baseline
from matching.calibration import Outcome
from matching.engine.model import Model
from matching.evaluation import Dataset, classes_of, predict, score
from matching.judging import Judge, Prediction
from matching.scoring import outcomes

ENGINE = "kontor"
"""The engine's name in the table."""

NAMES: tuple[str, ...] = (ENGINE, *BASELINES)

Progress = Callable[[str, int, int], None]
"""Told now and then: who is at work, clients done, clients in all."""


@dataclass(frozen=True, slots=True)
class Result:
    """One contestant on one set: figures of `scoring.score` and the processor seconds that matching took."""

    name: str
    figures: dict[str, Any]
    seconds: float
    outcomes: list[Outcome]


Models = Mapping[str, Model]
"""A model of the engine for each client."""


def compare(
    dataset: Dataset, names: Sequence[str], progress: Progress, models: Models | None = None
) -> Iterator[Result]:
    """Each of the named contestants on a set, one after the other; the engine with `models` where there are some."""
    for name in names:
        began = time.process_time()
        predictions = predictions_of(name, dataset, progress, models)
        seconds = time.process_time() - began
        judge = Judge(dataset.truth, classes_of(dataset))
        yield Result(name, score(dataset, predictions), seconds, outcomes(judge, predictions))


def predictions_of(name: str, dataset: Dataset, progress: Progress, models: Models | None = None) -> list[Prediction]:
    """What a contestant predicts for all clients of a set. Raises KeyError for an unknown name."""

    def tell(done: int, total: int) -> None:
        progress(name, done, total)

    if name == ENGINE:
        return predict(dataset, tell, models)
    return _by_baseline(BASELINES[name], dataset, tell)


def _by_baseline(baseline: Baseline, dataset: Dataset, tell: Callable[[int, int], None]) -> list[Prediction]:
    found: list[Prediction] = []
    clients = sorted(dataset.vouchers)
    for done, client in enumerate(clients, 1):
        answers = baseline(dataset.vouchers[client], dataset.transactions.get(client, []))
        found += [_prediction(client, answer) for answer in answers]
        tell(done, len(clients))
    return found


def _prediction(client: str, a: Answer) -> Prediction:
    decision = "auto" if a.automatic else "suggest"
    return Prediction(client, a.voucher, a.transaction, a.amount, a.confidence, decision)
