"""The rate limit: a token bucket per organisation (reference: rate limit 2.1 and 2.2)."""

from __future__ import annotations

import threading
from collections.abc import Callable

RATE = 2.0
BURST = 4.0


class TokenBucket:
    """Holds at most ``BURST`` tokens and gains ``rate()`` a second; every performed call takes one.

    ``clock`` returns seconds; ``speed`` makes its seconds pass that many times faster.
    """

    def __init__(
        self, clock: Callable[[], float], speed: float = 1.0, rate: Callable[[], float] = lambda: RATE
    ) -> None:
        self._clock = clock
        self._speed = speed
        self._rate = rate
        self._tokens = BURST
        self._seen = clock()
        self._lock = threading.Lock()

    def take(self) -> bool:
        """Take a token; False when there is none, and nothing is taken then."""
        with self._lock:
            now = self._clock()
            gained = (now - self._seen) * self._speed * self._rate()
            self._tokens = min(BURST, self._tokens + gained)
            self._seen = now
            # A hair's breadth of tolerance: sums of binary fractions may miss a whole token by 1e-16.
            if self._tokens < 1.0 - 1e-9:
                return False
            self._tokens -= 1.0
            return True
