"""Letting Python's cycle collector rest while very many rows are worked on.

Taking over 100,000 lines, or matching them, makes some million objects, none of them in a cycle; looking for cycles
among them again and again is up to a fifth of the time (docs/performance.md). What is no longer used is freed at once
as ever.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

_lock = Lock()
_resting = 0


@contextmanager
def collector_rests() -> Iterator[None]:
    """No search for cycles until the last of these blocks, in whichever thread, has ended."""
    _enter(1)
    try:
        yield
    finally:
        _enter(-1)


def _enter(step: int) -> None:
    global _resting
    with _lock:
        _resting += step
        if _resting:
            gc.disable()
        else:
            gc.enable()
