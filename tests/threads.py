"""Work in threads of its own, each with a database connection that is closed at its end."""

import threading
from collections.abc import Callable

from django.db import connection


def in_threads(*works: Callable[[], object]) -> list[threading.Thread]:
    """Start each of these in a thread."""

    def closing(work: Callable[[], object]) -> None:
        try:
            work()
        finally:
            connection.close()

    threads = [threading.Thread(target=closing, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    return threads


def join(threads: list[threading.Thread]) -> None:
    """Wait until all of them have ended."""
    for thread in threads:
        thread.join(60)
        assert not thread.is_alive()
