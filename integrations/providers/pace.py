"""When a call may go out: the shared budget, the clock, and how long to wait between attempts."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Protocol

Jitter = Callable[[], float]

# Lexware Office allows 2 calls a second (reference: rate limit 2.1); 5 % stay free for the jitter of the line.
INTERVAL = 0.5 / 0.95
# The documented limit may be changed at short notice (2.1), and others may use up a part of it: who is refused goes on
# with four fifths of the pace, at least a quarter, and comes back to the whole of it within half an hour.
SLOWED_TO = 0.8
SLOWEST = 0.25
RECOVERY_SECONDS = 1800.0
# Calls that were booked before a refusal are refused with it: it counts once.
SAME_REFUSAL_SECONDS = 5.0


class QueueTooLong(Exception):
    """The shared budget is booked out for longer than anybody should wait."""


def recovered(pace: float, seconds: float) -> float:
    """Return the share of the usual pace that many seconds after it was slowed to ``pace``."""
    return min(1.0, pace + max(seconds, 0.0) / RECOVERY_SECONDS)


def slowed(pace: float) -> float:
    """Return the share of the usual pace after a refusal at ``pace``."""
    return max(SLOWEST, pace * SLOWED_TO)


class Budget(Protocol):
    """The request budget of one organization, shared by everybody who calls for it."""

    def reserve(self) -> float:
        """Book the next call; return the seconds to sleep before it. ``QueueTooLong`` when booked out."""

    def penalize(self, seconds: float) -> None:
        """A call was refused: let nobody book one earlier than in that many seconds, and go slower from then on."""


class Clock(Protocol):
    """Time, as far as waiting needs it."""

    def monotonic(self) -> float:
        """Return seconds that only ever grow."""

    def now(self) -> datetime:
        """Return the current moment, aware."""

    def sleep(self, seconds: float) -> None:
        """Wait."""


class SystemClock:
    """The real time."""

    def monotonic(self) -> float:
        """Return seconds that only ever grow."""
        return time.monotonic()

    def now(self) -> datetime:
        """Return the current moment in UTC."""
        return datetime.now(UTC)

    def sleep(self, seconds: float) -> None:
        """Wait."""
        time.sleep(seconds)


@dataclass(frozen=True, slots=True)
class Backoff:
    """How often and how long to wait: ``first`` seconds, then twice as long each time, each up to half longer.

    The jitter only ever adds, so that a wait is never shorter than the provider's advice (reference: rate limit 2.3).
    ``time_scale`` makes everything that many times faster, for an accelerated sandbox.
    """

    retries: int
    first: float = 1.0
    longest: float = 30.0
    time_scale: float = 1.0
    jitter: Jitter = random.random

    def wait(self, failures: int, *, at_least: float = 0.0) -> float:
        """Return the seconds to wait after that many failures (from 1).

        ``at_least`` is what the provider asked for, in its own seconds.
        """
        plain = min(self.first * 2.0 ** (failures - 1), self.longest)
        return max(plain * (1 + self.jitter() / 2), at_least) / self.time_scale


def retry_after(value: str | None, now: datetime) -> float:
    """Return the seconds of a ``Retry-After`` header (seconds or an HTTP date), 0 when absent, past or not readable."""
    text = (value or "").strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    moment = http_date(text)
    return max((moment - now).total_seconds(), 0.0) if moment else 0.0


def http_date(value: str | None) -> datetime | None:
    """Return the moment of a date in a header, aware; None when absent or not readable."""
    try:
        moment = parsedate_to_datetime((value or "").strip())
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
