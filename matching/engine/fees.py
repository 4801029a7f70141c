"""What a payment provider keeps of each sale: a rate and a fixed part, learned from its payouts.

A schedule is estimated by voting: every plausible run of sales before a payout names, for each fixed part, the one
rate that explains the payout to the cent. The true schedule is named by most payouts, any other only by chance, and
how likely that is decides whether a schedule counts as learned.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

UNIT = 10_000
"""Rates are hundredths of a per cent: a cent has so many parts, and net amounts stay whole numbers."""

_MOST_RATE = 2500
_MOST_FIXED = 60
_SAMPLE = 16
_TRIES = math.log(_MOST_RATE * _MOST_FIXED)
_KNOWN_SCHEDULE = 6.0
_ROUND_RATE = 2.0
_UNEXPLAINED = math.log(0.35)
_LEARNED_FROM = 3.0


@dataclass(frozen=True, slots=True, order=True)
class Schedule:
    """`rate` in hundredths of a per cent of the gross amount, `fixed` in cents for each sale."""

    rate: int
    fixed: int

    def net(self, gross: int) -> int:
        """What arrives of a sale of so many cents, in cents times `UNIT`, before rounding."""
        return gross * (UNIT - self.rate) - self.fixed * UNIT

    def percent(self) -> str:
        """The rate as a decimal string."""
        return f"{self.rate / 100:.2f}"


_USUAL = """
0.25+0 0.29+0 0.79+0 0.89+0 0.90+0 0.95+0 0.99+0 1.19+0 1.20+0 1.29+0 1.39+0 1.49+0 1.69+0 1.75+0 1.79+0 1.89+0 1.90+0
1.95+0 1.99+0 2.49+0 2.50+0 2.75+0 2.90+0 2.95+0 2.99+0 1.20+25 1.40+25 1.50+25 1.80+25 1.90+25 2.50+25 2.90+25
2.90+30 3.25+25 1.20+35 1.49+35 1.90+35 1.99+35 2.19+35 2.49+35 2.99+35 3.29+35 3.49+35 2.49+39 2.99+39 2.99+49
4.50+35 4.99+35 4.00+30 5.00+30 6.50+20 6.50+30 10.50+30 5.00+0 6.00+0 6.50+0 7.00+0 8.00+0 9.00+0
10.00+0 12.00+0 13.00+0 15.00+0 6.50+35 9.00+35 10.00+35 10.50+35 11.00+35 11.00+45 12.00+35 12.00+45 12.50+35
"""


def _parse(text: str) -> frozenset[Schedule]:
    pairs = (entry.split("+") for entry in text.split())
    return frozenset(Schedule(round(float(rate) * 100), int(fixed)) for rate, fixed in pairs)


USUAL = _parse(_USUAL)
"""Schedules as the price lists of card terminals, payment providers and marketplaces in Europe name them: per cent and
cents for each sale. They say which schedules are likely, not whose they are."""


@dataclass(frozen=True, slots=True)
class Run:
    """Consecutive sales before a payout: their number, their sum and what is missing of it in the payout, in cents."""

    count: int
    gross: int
    fee: int


def tolerance(count: int) -> float:
    """How far rounding each sale's fee may carry a payout away from the schedule, in cents."""
    return 0.6 + 0.8 * math.sqrt(count)


def plausible(run: Run) -> bool:
    """Whether a provider may keep so much of a run."""
    return 0 < run.fee <= run.gross * _MOST_RATE // UNIT + run.count * _MOST_FIXED


def learn(payouts: Sequence[Sequence[Run]]) -> tuple[Schedule, float] | None:
    """The schedule that explains most payouts, with the weight of the evidence for it; None where none is sure.

    `payouts`: for each payout the runs that it may pay. At most sixteen payouts, spread evenly, are asked first.
    """
    asked = [runs for runs in payouts if runs]
    if not asked:
        return None
    step = max(1, len(asked) // _SAMPLE)
    sample = asked[::step][:_SAMPLE]
    votes: dict[Schedule, int] = defaultdict(int)
    for runs in sample:
        for schedule in {s for run in runs for s in _explaining(run)}:
            votes[schedule] += 1
    most = max(votes.values(), default=0)
    likely = sorted(s for s, count in votes.items() if count >= max(1, most - 1))
    best: tuple[float, float, Schedule] | None = None
    for schedule in likely[:4000]:
        weight, misfit = _evidence(schedule, asked)
        if weight < _LEARNED_FROM:
            continue
        found = (-weight, misfit, schedule)
        if best is None or found < best:
            best = found
    return (best[2], -best[0]) if best else None


def _explaining(run: Run) -> Iterable[Schedule]:
    reach = tolerance(run.count)
    for fixed in range(_MOST_FIXED + 1):
        share = run.fee - run.count * fixed
        low = math.ceil((share - reach) * UNIT / run.gross)
        high = math.floor((share + reach) * UNIT / run.gross)
        for rate in range(max(0, low), min(high, _MOST_RATE, low + 12) + 1):
            yield Schedule(rate, fixed)


def _evidence(schedule: Schedule, payouts: Sequence[Sequence[Run]]) -> tuple[float, float]:
    weight = -_TRIES
    if schedule in USUAL:
        weight += _KNOWN_SCHEDULE
    elif schedule.rate % 5 == 0 or schedule.fixed == 0:
        weight += _ROUND_RATE
    misfit = 0.0
    for runs in payouts:
        gaps = [(misses(schedule, run), run) for run in runs]
        fitting = [gap / tolerance(run.count) for gap, run in gaps if gap <= tolerance(run.count)]
        if not fitting:
            weight += _UNEXPLAINED
            continue
        chance = sum((2 * tolerance(run.count) + 1) / (0.2 * run.gross) for _, run in gaps)
        weight -= math.log(min(0.5, chance))
        misfit += min(fitting)
    return round(weight, 6), round(misfit, 6)


def misses(schedule: Schedule, run: Run) -> float:
    """How far a run's fee is from the schedule, in cents."""
    return abs(run.fee - run.count * schedule.fixed - run.gross * schedule.rate / UNIT)
