"""Somebody who is told about events, and answers as told."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

PATIENCE = 10.0


@dataclass
class Receiver:
    """What arrived, and how the next calls are answered: from ``answers`` one by one, then with ``status``."""

    url: str = ""
    status: int = 204
    answers: list[int] = field(default_factory=list)
    got: list[tuple[bytes, str]] = field(default_factory=list)
    heads: int = 0
    pause: float = 0.0

    def events(self) -> list[dict[str, Any]]:
        """The bodies, as objects."""
        return [json.loads(body) for body, _ in self.got]

    def types(self) -> list[str]:
        """The event types that arrived, in order."""
        return [str(event["eventType"]) for event in self.events()]


@contextmanager
def receiver() -> Iterator[Receiver]:
    """Listen on a port of this machine."""
    mine = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            mine.heads += 1
            self.send_response(405)
            self.end_headers()

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            mine.got.append((body, self.headers.get("X-Lxo-Signature", "")))
            time.sleep(mine.pause)
            status = mine.answers.pop(0) if mine.answers else mine.status
            self.send_response(status)
            if 300 <= status < 400:
                self.send_header("Location", "/further")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    mine.url = f"http://127.0.0.1:{server.server_address[1]}/hooks"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield mine
    finally:
        server.shutdown()
        server.server_close()


def until(true: Callable[[], Any]) -> None:
    """Wait until something is so."""
    ends = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < ends, "it did not happen"
        time.sleep(0.01)
