"""A log of the calls to the service, so that tests can count them."""

from __future__ import annotations

import threading
from collections import Counter, deque
from dataclasses import dataclass
from typing import Any

from sandbox.http import Request

KEPT = 20_000


@dataclass(frozen=True, slots=True)
class Logged:
    """One answered call; ``organisation`` is empty when the key was unknown, ``seconds`` is monotonic time."""

    organisation: str
    method: str
    path: str
    query: str
    status: int
    seconds: float


class RequestLog:
    """The latest calls and counters over all of them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._calls: deque[Logged] = deque(maxlen=KEPT)
        self._counters: dict[str, Counter[int]] = {}

    def add(self, organisation: str, request: Request, status: int, seconds: float) -> None:
        """Record one call; status 0 stands for a connection that was cut."""
        query = "&".join(f"{name}={value}" for name, value in request.query)
        with self._lock:
            self._calls.append(Logged(organisation, request.method, request.path, query, status, seconds))
            self._counters.setdefault(organisation, Counter())[status] += 1

    def calls(self, organisation: str | None = None) -> list[Logged]:
        """Return the recorded calls, oldest first, of one organisation or of all."""
        with self._lock:
            return [call for call in self._calls if organisation in (None, call.organisation)]

    def counters(self) -> dict[str, dict[str, Any]]:
        """Return per organisation: total, by status, and how many were refused by the rate limit."""
        with self._lock:
            return {
                organisation: {
                    "total": sum(counter.values()),
                    "by_status": {str(status): count for status, count in sorted(counter.items())},
                    "rate_limited": counter[429],
                }
                for organisation, counter in self._counters.items()
            }

    def reset(self) -> None:
        """Forget everything."""
        with self._lock:
            self._calls.clear()
            self._counters.clear()
