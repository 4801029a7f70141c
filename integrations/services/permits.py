"""A few permits for many threads: whoever calculates or writes holds one; whoever waits has put it down.

A permit is a connection to the database. The thread that holds it uses it like one of its own, so that hundreds of
threads, nearly all of which wait at any moment, need no more than a handful of connections.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from queue import LifoQueue
from typing import Any

import requests
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from requests.adapters import HTTPAdapter


class Permits:
    """``size`` permits; ``wanted`` threads wait for one at the moment."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.wanted = 0
        self._counting = threading.Lock()
        self._all: list[BaseDatabaseWrapper] = []
        # The last one put down is the first one taken: the fewer are in use, the fewer connections are opened.
        self._free: LifoQueue[BaseDatabaseWrapper] = LifoQueue()
        for _ in range(size):
            permit = connections.create_connection(DEFAULT_DB_ALIAS)
            permit.inc_thread_sharing()
            self._all.append(permit)
            self._free.put(permit)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold a permit in this thread."""
        self._take()
        try:
            yield
        finally:
            self._put_down()

    @contextmanager
    def put_down(self) -> Iterator[None]:
        """Be without the permit that this thread holds; ``RuntimeError`` inside a transaction."""
        if connections[DEFAULT_DB_ALIAS].in_atomic_block:
            raise RuntimeError("Nobody waits inside a transaction: it would hold its locks for as long.")
        self._put_down()
        try:
            yield
        finally:
            self._take()

    def close(self) -> None:
        """Close the connections of all permits; to be called when no thread is left."""
        for permit in self._all:
            permit.close()

    def _take(self) -> None:
        with self._counting:
            self.wanted += 1
        permit = self._free.get()
        with self._counting:
            self.wanted -= 1
        connections[DEFAULT_DB_ALIAS] = permit
        if permit.errors_occurred:
            # The database was away: see whether this connection still works before anybody relies on it.
            permit.close_if_unusable_or_obsolete()

    def _put_down(self) -> None:
        permit = connections[DEFAULT_DB_ALIAS]
        del connections[DEFAULT_DB_ALIAS]
        self._free.put(permit)


class Line(HTTPAdapter):
    """The line to the provider that all threads share: connections are used again, and nobody holds a permit on it.

    Only the line is shared. What a service tells one visitor (cookies) stays in the session of that visitor.
    """

    def __init__(self, permits: Permits, threads: int) -> None:
        super().__init__(pool_connections=4, pool_maxsize=threads)
        self._permits = permits

    def send(self, *arguments: Any, **options: Any) -> requests.Response:
        """Send a request and wait for the beginning of its answer, without a permit."""
        with self._permits.put_down():
            return super().send(*arguments, **options)

    def session(self) -> requests.Session:
        """A session of its own on this line."""
        session = requests.Session()
        for prefix in ("https://", "http://"):
            session.mount(prefix, self)
        return session
