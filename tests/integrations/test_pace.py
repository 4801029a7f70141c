"""The adaptive pace, simulated: workers that share one budget, and a service that allows less than it says."""

import heapq
from dataclasses import dataclass, field
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from integrations.providers.pace import (
    INTERVAL,
    RECOVERY_SECONDS,
    SAME_REFUSAL_SECONDS,
    SLOWEST,
    Backoff,
    recovered,
    slowed,
)
from sandbox.limiter import TokenBucket

HOUR = 3600.0


@dataclass
class Budget:
    """The shared budget, as the database keeps it, with a clock that is told."""

    next_at: float = 0.0
    pace: float = 1.0
    slowed_at: float = -HOUR
    slots: list[float] = field(default_factory=list)

    def reserve(self, now: float) -> float:
        slot = max(self.next_at, now)
        self.next_at = slot + INTERVAL / recovered(self.pace, now - self.slowed_at)
        self.slots.append(slot)
        return slot

    def penalize(self, now: float, seconds: float) -> None:
        self.next_at = max(self.next_at, now + seconds)
        if now - self.slowed_at >= SAME_REFUSAL_SECONDS:
            self.pace, self.slowed_at = slowed(recovered(self.pace, now - self.slowed_at)), now


@dataclass
class Run:
    """What happened: the moments of the calls that were answered and of those that were refused."""

    budget: Budget
    answered: list[float]
    refused: list[float]

    def share(self, allowed: float, since: float, until: float) -> float:
        """Answered calls as a share of what the service allowed in that time."""
        return sum(since <= moment < until for moment in self.answered) / (allowed * (until - since))


def simulate(*, allowed: float, workers: int, seed: int, hours: float = 3.0, until: float | None = None) -> Run:
    """Workers call as fast as they may; the service allows ``allowed`` a second (2 from ``until`` on)."""
    random, now = Random(seed), 0.0
    bucket = TokenBucket(lambda: now, rate=lambda: allowed if until is None or now < until else 2.0)
    budget = Budget()
    run = Run(budget, [], [])
    backoff = Backoff(retries=5, jitter=random.random)
    # (when, what, worker, refusals so far): a worker asks for a slot, then its call arrives a little later.
    events = [(random.random(), "ask", worker, 0) for worker in range(workers)]
    heapq.heapify(events)
    while events:
        now, what, worker, failures = heapq.heappop(events)
        if now > hours * HOUR:
            break
        if what == "ask":
            heapq.heappush(events, (budget.reserve(now) + random.uniform(0.01, 0.2), "call", worker, failures))
        elif bucket.take():
            run.answered.append(now)
            heapq.heappush(events, (now + random.uniform(0.02, 0.25), "ask", worker, 0))
        else:
            run.refused.append(now)
            wait = backoff.wait(min(failures + 1, 5))
            budget.penalize(now, wait)
            heapq.heappush(events, (now + wait, "ask", worker, failures + 1))
    return run


SETTINGS = settings(max_examples=15, deadline=None)
WORKERS = st.sampled_from([1, 2, 4, 20])
SEEDS = st.integers(0, 10**6)


@SETTINGS
@given(allowed=st.floats(0.5, 2.0), workers=WORKERS, seed=SEEDS)
def test_never_faster_than_documented(allowed: float, workers: int, seed: int) -> None:
    slots = simulate(allowed=allowed, workers=workers, seed=seed, hours=0.5).budget.slots
    assert all(later - earlier >= INTERVAL - 1e-9 for earlier, later in pairwise(slots))


@SETTINGS
@given(workers=WORKERS, seed=SEEDS)
def test_nothing_is_refused_and_nothing_is_lost_where_the_documentation_is_right(workers: int, seed: int) -> None:
    run = simulate(allowed=2.0, workers=workers, seed=seed, hours=1)
    assert run.refused == []
    assert run.share(2.0, 10, HOUR) >= 0.949


@SETTINGS
@given(allowed=st.floats(0.6, 1.8), workers=WORKERS, seed=SEEDS)
def test_few_refusals_and_hardly_any_loss_where_less_is_allowed(allowed: float, workers: int, seed: int) -> None:
    run = simulate(allowed=allowed, workers=workers, seed=seed)
    last_hour = [moment for moment in run.refused if moment >= 2 * HOUR]
    assert len(last_hour) <= 60
    assert run.share(allowed, HOUR, 3 * HOUR) >= (0.8 if workers == 20 else 0.9)


@SETTINGS
@given(allowed=st.floats(0.5, 1.5), workers=WORKERS, seed=SEEDS)
def test_the_whole_pace_is_back_half_an_hour_after_the_last_refusal(allowed: float, workers: int, seed: int) -> None:
    run = simulate(allowed=allowed, workers=workers, seed=seed, hours=2, until=HOUR)
    assert max(run.refused) < HOUR + 10
    assert run.share(2.0, HOUR + 10 + RECOVERY_SECONDS, 2 * HOUR) >= 0.949


@given(pace=st.floats(SLOWEST, 1.0), seconds=st.floats(0, 10**6), more=st.floats(0, 10**4))
def test_the_way_back_only_goes_up_and_ends_at_the_usual_pace(pace: float, seconds: float, more: float) -> None:
    assert pace <= recovered(pace, seconds) <= recovered(pace, seconds + more) <= 1.0
    assert recovered(pace, RECOVERY_SECONDS) == 1.0


@given(pace=st.floats(SLOWEST, 1.0))
def test_a_refusal_never_stops_everything(pace: float) -> None:
    assert SLOWEST <= slowed(pace) <= max(pace * 0.8, SLOWEST)


@pytest.mark.parametrize("allowed", [0.6, 1.0, 1.4])
def test_what_it_is_worth(allowed: float) -> None:
    """Without the memory of the pace, every twentieth call and more would be refused, hour after hour."""
    run = simulate(allowed=allowed, workers=4, seed=7)
    assert len(run.refused) < len(run.answered) / 50
