"""The HTTP side of webhooks: the POST of a delivery and the HEAD that checks an address."""

from __future__ import annotations

from urllib.parse import urljoin

from urllib3 import PoolManager, Timeout
from urllib3.exceptions import HTTPError, LocationValueError, NameResolutionError, TimeoutError

from sandbox.webhooks.timetable import NO_HOST

MOST_REDIRECTS = 3


def _ask(
    method: str, url: str, timeout: float, body: bytes = b"", headers: dict[str, str] | None = None
) -> tuple[int, str]:
    """Send one request on a connection of its own; return status and the ``Location`` header."""
    with PoolManager(num_pools=1, timeout=Timeout(connect=timeout, read=timeout)) as pool:
        answer = pool.request(
            method, url, body=body or None, headers=headers, redirect=False, retries=False, preload_content=False
        )
        try:
            return answer.status, answer.headers.get("Location", "")
        finally:
            answer.close()


def _reason(error: Exception) -> str:
    if isinstance(error, (NameResolutionError, LocationValueError)):
        return NO_HOST
    return "timeout" if isinstance(error, TimeoutError) else "no connection"


def post(url: str, body: bytes, signature: str, timeout: float) -> tuple[int, str]:
    """Deliver a body; ``timeout`` in real seconds holds for connecting and for the answer.

    Returns the status and an empty text, or 0 and why there is none. Redirects are followed three times at most, each
    time as the same POST; the answer after that is final (reference: 15.3).
    """
    headers = {"Content-Type": "application/json"}
    if signature:
        headers["X-Lxo-Signature"] = signature
    try:
        for _ in range(MOST_REDIRECTS + 1):
            status, location = _ask("POST", url, timeout, body, headers)
            if not 300 <= status < 400 or not location:
                break
            url = urljoin(url, location)
    except (HTTPError, OSError, ValueError) as error:
        return 0, _reason(error)
    return status, ""


def reachable(url: str, timeout: float) -> bool:
    """Say whether an address answers a HEAD at all; what it answers does not matter (reference: 15.1)."""
    try:
        _ask("HEAD", url, timeout)
    except (HTTPError, OSError, ValueError):
        return False
    return True
