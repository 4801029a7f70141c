"""Faults that can be switched on, as an outage or a bad line would make them (reference: simulator 19.1)."""

from __future__ import annotations

import threading
import time
import uuid
from dataclasses import asdict, dataclass, field
from random import Random
from typing import Any

from sandbox.http import Request

KINDS = {
    "status": "answer with the gateway's body of `status` (401, 429, 503 ...) without performing the call",
    "rate_limit_as_500": "answer 500 with the message that disguises a rate limit",
    "timeout_after_performing": "perform the call, then answer 504",
    "reset": "perform the call, then cut the connection in the middle of the body",
    "delay": "wait `milliseconds`, then answer normally",
    "html": "answer 200 with an HTML page",
    "truncated": "perform the call, then send half of its body as if it were whole",
    "drip": "perform the call, then send its body in small pieces over `milliseconds`",
    "echo_key": "answer 403 with the text of the gateway that repeats the key, without performing the call",
    "move": "before a page of the voucherlist other than the first: `change` the list, as people at work do",
    "repeat": "perform the call for a page of the voucherlist other than the first, then put the last row of the page "
    "before in front of it",
}
# These hit only pages of the voucherlist other than the first.
BETWEEN_PAGES = ("move", "repeat")
CHANGES = ("touch", "add", "remove")


@dataclass(slots=True)
class Fault:
    """One fault: what happens, for which calls, and how often.

    ``count`` calls are hit (None: every call); ``rate`` is the share of matching calls that are hit. ``lasting_ms`` of
    real time after it was switched on it is over (0: it lasts). ``change`` is for ``move``: one of ``CHANGES``, or
    empty for any.
    """

    kind: str
    status: int = 503
    message: str | None = None
    path_prefix: str = "/v1"
    path_suffix: str = ""
    method: str = ""
    organisation: str = ""
    count: int | None = 1
    rate: float = 1.0
    milliseconds: int = 0
    lasting_ms: int = 0
    change: str = ""
    since: float = field(default_factory=time.monotonic)
    hits: int = 0
    id: str = field(default_factory=lambda: uuid.uuid4().hex[:8])

    def fits(self, request: Request, organisation: str) -> bool:
        """Say whether a call is one of those that may be hit now."""
        if self.count is not None and self.hits >= self.count:
            return False
        if self.lasting_ms and (time.monotonic() - self.since) * 1000 >= self.lasting_ms:
            return False
        if self.kind in BETWEEN_PAGES and not _further_page(request):
            return False
        return (
            request.path.startswith(self.path_prefix)
            and request.path.endswith(self.path_suffix)
            and self.method.upper() in ("", request.method)
            and self.organisation in ("", organisation)
        )

    def as_dict(self) -> dict[str, Any]:
        """Return the fields for the control interface."""
        return asdict(self)


def _further_page(request: Request) -> bool:
    page = request.value("page") or ""
    return request.path == "/v1/voucherlist" and page.isascii() and page.isdigit() and int(page[:9]) > 0


class Faults:
    """The faults in force; the first that matches a call is used."""

    def __init__(self, seed: int) -> None:
        self._lock = threading.Lock()
        self._faults: list[Fault] = []
        self._rng = Random(f"{seed}:faults")

    def add(self, fault: Fault) -> None:
        """Put a fault in force."""
        with self._lock:
            self._faults.append(fault)

    def all(self) -> list[dict[str, Any]]:
        """Return the faults in force, used up ones included."""
        with self._lock:
            return [fault.as_dict() for fault in self._faults]

    def reset(self) -> None:
        """Remove all faults."""
        with self._lock:
            self._faults.clear()

    def pick(self, request: Request, organisation: str) -> Fault | None:
        """Return the fault that hits this call, and count the hit."""
        with self._lock:
            for fault in self._faults:
                if not fault.fits(request, organisation):
                    continue
                if fault.rate < 1.0 and self._rng.random() >= fault.rate:
                    continue
                fault.hits += 1
                return fault
        return None
