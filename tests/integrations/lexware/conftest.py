"""A clock that only moves when somebody waits, a budget that counts, and a client that uses both."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import responses

from integrations.providers.lexware.client import LexwareApi
from integrations.providers.pace import QueueTooLong

URL = "https://api.lexware.test"
KEY = "Kx7-secret+key/of=the~client.2026"
START = datetime(2026, 3, 12, 9, 0, tzinfo=UTC)


@dataclass
class FakeClock:
    """Time passes by sleeping alone."""

    passed: float = 0.0
    slept: list[float] = field(default_factory=list)

    def monotonic(self) -> float:
        return self.passed

    def now(self) -> datetime:
        return START + timedelta(seconds=self.passed)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.passed += seconds


@dataclass
class FakeBudget:
    """Hands out slots at once, or after ``wait`` seconds; remembers what it was told."""

    wait: float = 0.0
    booked_out: bool = False
    reserved: int = 0
    penalties: list[float] = field(default_factory=list)

    def reserve(self) -> float:
        if self.booked_out:
            raise QueueTooLong("The next free request is more than 120 seconds away.")
        self.reserved += 1
        return self.wait

    def penalize(self, seconds: float) -> None:
        self.penalties.append(seconds)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def budget() -> FakeBudget:
    return FakeBudget()


@pytest.fixture
def api(clock: FakeClock, budget: FakeBudget) -> LexwareApi:
    """A client without jitter, whose waits take no time."""
    return LexwareApi(KEY, base_url=URL, budget=budget, clock=clock, jitter=lambda: 0.0)


@pytest.fixture
def service() -> Iterator[responses.RequestsMock]:
    """The service, answering what a test tells it; an answer that nobody fetched is a failure."""
    with responses.RequestsMock() as mock:
        yield mock


@pytest.fixture
def lexware(samples: Path) -> Path:
    """The folder of recorded, measured and documented answers."""
    return samples / "lexware"
