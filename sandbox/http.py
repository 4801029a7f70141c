"""Requests, answers and the table of routes, independent of the server beneath."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote, urlsplit

if TYPE_CHECKING:
    from sandbox.keys import Key
    from sandbox.state import Sandbox
    from sandbox.world.model import Organisation, Voucher


@dataclass(frozen=True, slots=True)
class Request:
    """An HTTP request; ``path`` is unquoted and without trailing slash, header names are lower case."""

    method: str
    path: str
    query: tuple[tuple[str, str], ...]
    headers: Mapping[str, str]
    body: bytes = b""

    @classmethod
    def parse(cls, method: str, target: str, headers: Mapping[str, str], body: bytes = b"") -> Request:
        """Build a request from the request line's target and the headers as received."""
        parts = urlsplit(target)
        path = unquote(parts.path).rstrip("/") or "/"
        query = tuple(parse_qsl(parts.query, keep_blank_values=True))
        return cls(method, path, query, {name.lower(): value for name, value in headers.items()}, body)

    def values(self, name: str) -> list[str]:
        """Return every value of a query parameter, in order."""
        return [value for key, value in self.query if key == name]

    def value(self, name: str) -> str | None:
        """Return the first value of a query parameter, or None."""
        return next(iter(self.values(name)), None)


@dataclass(slots=True)
class Response:
    """An HTTP answer, ready to send."""

    status: int
    body: bytes = b""
    content_type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)


class Answer(Exception):
    """Ends the handling of a request with this response."""

    def __init__(self, response: Response) -> None:
        super().__init__(response.status)
        self.response = response


def to_json(value: object) -> bytes:
    """Encode as compact UTF-8 JSON; decimals become numbers, as the service writes money (reference: 3.1)."""

    def number(item: object) -> float:
        if isinstance(item, Decimal):
            return float(item)
        raise TypeError(f"cannot encode {type(item).__name__}")

    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=number).encode()


def json_response(value: object, status: int = 200) -> Response:
    """Answer with JSON."""
    return Response(status, to_json(value))


@dataclass(frozen=True, slots=True)
class Call:
    """A request on its way through a resource: who asks, for which organisation, with which path arguments."""

    sandbox: Sandbox
    request: Request
    organisation: Organisation
    key: Key
    arguments: Mapping[str, str]

    @property
    def vouchers(self) -> Mapping[str, Voucher]:
        """The vouchers of the organisation: as reads show them, which may lag behind, or as they are for writes."""
        if self.request.method != "GET":
            return self.organisation.vouchers
        return self.sandbox.past.view(self.organisation, self.sandbox.monotonic())


Handler = Callable[[Call], Response]


@dataclass(frozen=True, slots=True)
class Route:
    """One verb on one path pattern such as ``/v1/vouchers/{id}``.

    ``scope`` is the permission a key needs (empty: none). ``legacy`` says that errors use the older body shape. A route
    that is not ``locked`` locks the world itself where it has to, because it waits for others.
    """

    method: str
    pattern: str
    handler: Handler
    scope: str = ""
    legacy: bool = False
    locked: bool = True


class Router:
    """Finds the route of a request."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self._routes = [(self._compile(route.pattern), route) for route in routes]

    @staticmethod
    def _compile(pattern: str) -> re.Pattern[str]:
        return re.compile(re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^/]+)", re.escape(pattern)))

    def find(self, request: Request) -> tuple[Route, dict[str, Any]] | None:
        """Return the route and its path arguments, or None where there is none for this path and verb."""
        for pattern, route in self._routes:
            found = pattern.fullmatch(request.path)
            if found and route.method == request.method:
                return route, found.groupdict()
        return None
