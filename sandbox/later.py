"""Things the service does by itself after a while: text recognition, repeated deliveries.

Their waiting times are the real ones, in seconds of the service's clock, which ``--time-scale`` makes pass faster.
"""

from __future__ import annotations

import heapq
import itertools
import logging
import threading
import time
from collections.abc import Callable

logger = logging.getLogger(__name__)


class Later:
    """Runs actions in a thread of its own once their time has come; ``speed`` shortens every waiting time."""

    def __init__(self, speed: float = 1.0) -> None:
        self._speed = speed
        self._wake = threading.Condition()
        self._waiting: list[tuple[float, int, Callable[[], None]]] = []
        self._order = itertools.count()
        self._thread: threading.Thread | None = None
        self._stopped = False

    def do(self, seconds: float, action: Callable[[], None]) -> None:
        """Run ``action`` after ``seconds`` of the service's time; nothing happens any more once stopped."""
        with self._wake:
            if self._stopped:
                return
            heapq.heappush(self._waiting, (time.monotonic() + seconds / self._speed, next(self._order), action))
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="sandbox-later", daemon=True)
                self._thread.start()
            self._wake.notify()

    def stop(self) -> None:
        """Forget what is still waiting and end the thread; calling it again does nothing."""
        with self._wake:
            self._stopped = True
            self._waiting.clear()
            self._wake.notify()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join()

    def _next(self) -> Callable[[], None] | None:
        """Wait for the next action whose time has come; None when stopped."""
        with self._wake:
            while not self._stopped:
                if not self._waiting:
                    self._wake.wait()
                    continue
                left = self._waiting[0][0] - time.monotonic()
                if left <= 0:
                    return heapq.heappop(self._waiting)[2]
                self._wake.wait(left)
            return None

    def _run(self) -> None:
        while (action := self._next()) is not None:
            try:
                action()
            except Exception:
                logger.exception("the sandbox failed at something it does by itself")
