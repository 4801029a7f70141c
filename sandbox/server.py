"""The HTTP server, in a thread of the caller's process or on its own."""

from __future__ import annotations

import contextlib
import logging
import socket
import struct
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, ClassVar

from sandbox import rates
from sandbox.control import control
from sandbox.http import Request, Response
from sandbox.qonto.control import ROOT as QONTO_CONTROL
from sandbox.qonto.control import control as control_qonto
from sandbox.qonto.service import is_ours
from sandbox.qonto.service import serve as serve_qonto
from sandbox.service import CUT, DRIP, internal_error, serve
from sandbox.signing import public_key_pem
from sandbox.state import Sandbox
from sandbox.world.model import World

logger = logging.getLogger(__name__)
HOST = "127.0.0.1"
IDLE_SECONDS = 60
DROPS = 20
MAX_BODY = 20 * 1024 * 1024


class _Handler(BaseHTTPRequestHandler):
    """Reads a request, hands it to the service or the control interface, and sends the answer."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = IDLE_SECONDS
    wbufsize = -1
    sandbox: ClassVar[Sandbox]

    def _handle(self) -> None:
        started = self.sandbox.monotonic()
        length = self.headers.get("Content-Length", "0")
        if not (length.isascii() and length.isdigit()) or int(length) > MAX_BODY:
            self.close_connection = True
            self._send(Response(413))
            return
        body = self.rfile.read(int(length))
        request = Request.parse(self.command, self.path, dict(self.headers.items()), body)
        organisation, response = "", internal_error()
        controlled = request.path.startswith("/control")
        banking, rated = is_ours(request.path), rates.is_ours(request.path)
        log = self.sandbox.qonto.log if banking else self.sandbox.log
        try:
            if request.path.startswith(QONTO_CONTROL):
                response = control_qonto(self.sandbox, request)
            elif controlled:
                response = control(self.sandbox, request)
            elif rated:
                response = rates.serve(request, self.sandbox.current_day())
            elif banking:
                response, organisation = serve_qonto(self.sandbox.qonto, request)
            else:
                response, organisation = serve(self.sandbox, request)
        except Exception:
            logger.exception("the sandbox failed on %s %s", request.method, request.path)
        cut, drip = response.headers.pop(CUT, ""), response.headers.pop(DRIP, "")
        if not (controlled or rated):
            log.add(organisation, request, 0 if cut else response.status, started)
        if cut:
            self._cut(response)
        elif drip:
            self._drip(response, int(drip) / 1000)
        else:
            self._send(response)

    do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = do_HEAD = do_OPTIONS = _handle

    def _head(self, response: Response) -> None:
        self.send_response_only(response.status)
        self.send_header("Date", self.date_time_string())
        self.send_header("Content-Type", response.content_type)
        self.send_header("Content-Length", str(len(response.body)))
        self.send_header("Connection", "close" if self.close_connection else "keep-alive")
        trace = uuid.uuid4().hex
        self.send_header("x-amzn-RequestId", str(uuid.uuid4()))
        self.send_header("x-amz-apigw-id", f"{trace[:14]}AF=")
        self.send_header("X-Amzn-Trace-Id", f"Root=1-{int(time.time()):08x}-{trace[:24]}")
        for name, value in response.headers.items():
            self.send_header(name, value)
        self.end_headers()

    def _send(self, response: Response) -> None:
        # The other side may have gone away while the answer was made; that is its business.
        with contextlib.suppress(ConnectionError, TimeoutError):
            self._head(response)
            if self.command != "HEAD":
                self.wfile.write(response.body)
            self.wfile.flush()

    def _cut(self, response: Response) -> None:
        """Send half of the body, then reset the connection."""
        self.close_connection = True
        with contextlib.suppress(OSError):
            self._head(response)
            self.wfile.write(response.body[: len(response.body) // 2])
            self.wfile.flush()
            linger = struct.pack("ii", 1, 0)
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            self.connection.close()

    def _drip(self, response: Response, seconds: float) -> None:
        """Send the body in pieces, spread over so many seconds."""
        size = max(1, -(-len(response.body) // DROPS))
        with contextlib.suppress(ConnectionError, TimeoutError):
            self._head(response)
            for at in range(0, len(response.body), size):
                self.wfile.write(response.body[at : at + size])
                self.wfile.flush()
                time.sleep(seconds / DROPS)

    def log_message(self, format: str, *args: Any) -> None:
        """Write no line per request; the control interface has the log."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 128

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Keep broken connections out of stderr; anything else is a defect worth a line."""
        logger.debug("connection from %s broke off", client_address, exc_info=True)


@dataclass(slots=True)
class RunningSandbox:
    """A sandbox that answers; stop it with ``stop()`` or by leaving its ``with`` block."""

    sandbox: Sandbox
    url: str
    control_url: str
    _server: _Server
    _thread: threading.Thread

    @property
    def world(self) -> World:
        """The world as it is now."""
        return self.sandbox.world

    @property
    def organizations(self) -> list[dict[str, str]]:
        """The organisations with name, key, organization_id and what they are about."""
        return [
            {
                "name": item.company.name,
                "key": self.sandbox.main_keys[item.id],
                "organization_id": item.id,
                "about": item.about,
            }
            for item in self.world.organisations.values()
            if item.listed
        ]

    @property
    def special_keys(self) -> dict[str, str]:
        """Keys that do not work: expired, plan_without_api, permission_missing."""
        return dict(self.sandbox.special_keys)

    def announcement(self) -> dict[str, Any]:
        """Return what the command prints when the sandbox answers."""
        return {
            "url": self.url,
            "control_url": self.control_url,
            "organizations": self.organizations,
            "special_keys": self.special_keys,
            "webhook_public_key": public_key_pem(),
            "qonto": {
                "url": self.url,
                "control_url": f"{self.url}{QONTO_CONTROL}",
                "organizations": [
                    {"name": item.name, "key": item.key, "organization_id": item.id}
                    for item in self.sandbox.qonto.organizations.values()
                ],
            },
        }

    def stop(self) -> None:
        """Stop answering and free the port; calling it again does nothing."""
        self.sandbox.later.stop()
        self.sandbox.webhooks.stop()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def __enter__(self) -> RunningSandbox:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def start(
    port: int = 0,
    seed: int = 1,
    world: str = "demo",
    time_scale: float = 1.0,
    today: date | None = None,
    monotonic: Callable[[], float] = time.monotonic,
) -> RunningSandbox:
    """Start a sandbox on 127.0.0.1 in a thread of its own and return it as soon as it answers.

    ``port`` 0 takes a free one. ``world`` is ``demo`` or ``empty``. ``time_scale`` makes a second of the rate limit
    pass that many times faster. ``today`` is the day on whose morning the world stands (default: the real one, in
    Germany); the clock stays the real one. ``monotonic`` replaces the clock of the rate limit. Raises OSError when the
    port is taken.
    """
    state = Sandbox(seed=seed, kind=world, time_scale=time_scale, today=today, monotonic=monotonic)
    handler = type("Handler", (_Handler,), {"sandbox": state})
    server = _Server((HOST, port), handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, name="sandbox", daemon=True)
    thread.start()
    url = f"http://{HOST}:{server.server_address[1]}"
    return RunningSandbox(state, url, f"{url}/control", server, thread)
