"""The shapes of error bodies (reference: errors 5.1 to 5.3)."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from http import HTTPStatus

from sandbox.http import Response, json_response
from sandbox.world.calendar import stamp


def regular(
    status: int, message: str, *, path: str, now: datetime, details: Sequence[Mapping[str, str]] = ()
) -> Response:
    """Build the regular error body of the newer resources; ``now`` becomes its timestamp.

    ``details`` name what a validation found: ``violation``, ``field`` and a German ``message`` each.
    """
    request_id = str(uuid.uuid4())
    body = {
        "timestamp": stamp(now),
        "status": status,
        "error": HTTPStatus(status).phrase,
        "path": path,
        "traceId": uuid.uuid4().hex[:12],
        "requestId": request_id,
        "message": message,
    }
    return json_response(body | {"details": list(details)} if details else body, status)


def legacy_issues(status: int, issues: Sequence[tuple[str, str | None]], kind: str = "validation_failure") -> Response:
    """Build the older error body of contacts, files and vouchers from pairs of ``i18nKey`` and ``source``."""
    listed = [{"i18nKey": key, "source": source, "type": kind} for key, source in issues]
    return json_response({"requestId": str(uuid.uuid4()), "IssueList": listed}, status)


def legacy(status: int, i18n_key: str, source: str | None, kind: str = "validation_failure") -> Response:
    """Build the older error body with one issue."""
    return legacy_issues(status, [(i18n_key, source)], kind)


def gateway(status: int, message: str | None) -> Response:
    """Build the error body of the gateway in front of the service."""
    return json_response({"message": message}, status)


def unauthorized() -> Response:
    """Answer to an unknown, expired or missing key."""
    response = gateway(401, "Unauthorized")
    response.headers["x-amzn-ErrorType"] = "UnauthorizedException"
    return response


def no_such_route(token: str, *, as_403: bool) -> Response:
    """Answer to a path or verb that does not exist.

    Measured is a 404; the documented form is a 403 whose text repeats the key, which clients must not log.
    """
    if not as_403:
        return gateway(404, "Not Found")
    text = f"'{token}' not a valid key=value pair (missing equal-sign) in Authorization header: 'Bearer {token}'."
    return gateway(403, text)
