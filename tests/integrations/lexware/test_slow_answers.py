"""A body that never ends: given up in time, also while nothing but single bytes arrive."""

import socket
import threading
import time
from collections.abc import Iterator

import pytest

from integrations.providers import transport
from integrations.providers.errors import Unavailable
from integrations.providers.lexware.client import LexwareApi
from integrations.providers.pace import SystemClock
from tests.integrations.lexware.conftest import KEY, FakeBudget

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 60000\r\n\r\n"


class Impatient(SystemClock):
    """The real time, but nobody waits between two attempts."""

    def sleep(self, seconds: float) -> None:
        """Do not."""


@pytest.fixture
def dripping() -> Iterator[str]:
    """A service that promises a body and sends a byte every twentieth of a second."""
    over = threading.Event()
    listening = socket.create_server(("127.0.0.1", 0))

    def drip(line: socket.socket) -> None:
        with line:
            line.recv(65_536)
            try:
                line.sendall(HEAD)
                while not over.wait(0.05):
                    line.sendall(b" ")
            except OSError:
                return

    def serve() -> None:
        while True:
            try:
                line, _ = listening.accept()
            except OSError:
                return
            threading.Thread(target=drip, args=(line,), daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    over.set()
    listening.close()


def test_an_answer_that_drips_is_given_up(dripping: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "WHOLE_ANSWER_TIMEOUT", 0.3)
    # What a hanging call would run into instead, much later.
    monkeypatch.setattr(transport, "READ_TIMEOUT", 5.0)
    api = LexwareApi(KEY, base_url=dripping, budget=FakeBudget(), clock=Impatient())
    began = time.monotonic()
    with pytest.raises(Unavailable, match="five minutes"):
        api.ping()
    assert api.requests == 4
    assert time.monotonic() - began < 4
