"""Whether stated probabilities are kept: of what was said to be 95 % likely, 95 of 100 should be right."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

Outcome = tuple[float, bool]
"""A stated probability and whether the prediction was right."""

HIGH = 0.9
"""From here on a probability matters for booking without a person."""
HIGH_BINS = 10


@dataclass(frozen=True, slots=True)
class Bin:
    """Predictions of low..high (the last bin includes its upper end): how many, how sure, how many right."""

    low: float
    high: float
    count: int
    stated: float
    right: float


def bins(outcomes: Iterable[Outcome], edges: Sequence[float]) -> list[Bin]:
    """The outcomes of each interval between two edges: mean stated probability, share of right ones; never empty."""
    rows = list(outcomes)
    found = []
    for low, high in pairwise(edges):
        last = high == edges[-1]
        own = [(p, ok) for p, ok in rows if low <= p < high or (last and p == high)]
        if own:
            n = len(own)
            found.append(Bin(low, high, n, sum(p for p, _ in own) / n, sum(ok for _, ok in own) / n))
    return found


def high_edges() -> list[float]:
    """Ten equal intervals above 0.9."""
    return [round(HIGH + n * (1 - HIGH) / HIGH_BINS, 6) for n in range(HIGH_BINS + 1)]


def calibration_error(outcomes: Iterable[Outcome]) -> float | None:
    """Expected calibration error above 0.9: the mean distance of stated and kept in ten equal intervals, by count."""
    parts = bins(outcomes, high_edges())
    total = sum(b.count for b in parts)
    return round(sum(b.count * abs(b.stated - b.right) for b in parts) / total, 6) if total else None
