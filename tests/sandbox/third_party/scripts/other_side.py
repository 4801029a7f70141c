"""What a script needs besides its client: the sandbox's addresses and keys, and the hand of somebody else in the books.

Runs in the client's environment, with nothing but the standard library.
"""

from __future__ import annotations

import json
import os
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

URL = os.environ["SANDBOX_URL"]
CONTROL = os.environ["SANDBOX_CONTROL"]
KEY = os.environ["SANDBOX_KEY"]
ORGANIZATION = os.environ["SANDBOX_ORGANIZATION"]
WORLD = f"organizations/{ORGANIZATION}"


def control(path: str, **body: Any) -> Any:
    """Ask the control interface for a change."""
    data = json.dumps(body).encode()
    with urllib.request.urlopen(urllib.request.Request(f"{CONTROL}/{path}", data, method="POST"), timeout=10) as answer:
        return json.load(answer)


def truth() -> dict[str, Any]:
    """What is true about the organization."""
    with urllib.request.urlopen(f"{CONTROL}/{WORLD}/truth", timeout=30) as answer:
        true: dict[str, Any] = json.load(answer)
    return true


@contextmanager
def fault(**about: Any) -> Iterator[None]:
    """Switch a fault on for a while."""
    control("faults", **about)
    try:
        yield
    finally:
        control("faults/reset")


def refused(kind: type[BaseException], call: Callable[..., object], *arguments: Any, **named: Any) -> Any:
    """The error that a call must end in."""
    try:
        answer = call(*arguments, **named)
    except kind as error:
        return error
    raise AssertionError(f"{call} was not refused but answered {answer!r}")


def expect(condition: object, what: object = "") -> None:
    """Like assert, and not switched off by anything."""
    if not condition:
        raise AssertionError(what)
