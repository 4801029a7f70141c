"""What all writing calls have in common: reading the body, and the action result (reference: 3.4)."""

from __future__ import annotations

import json
from datetime import datetime
from decimal import Decimal
from typing import Any

from sandbox import errors
from sandbox.http import Answer, Call, Response, json_response
from sandbox.resources.replies import refuse
from sandbox.world.calendar import stamp


def json_body(call: Call, *, legacy: bool = False) -> dict[str, Any]:
    """Return the JSON object of the body, numbers with a fraction as decimals.

    A missing or wrong Content-Type is 415 (documented), a body that is no JSON object 400.
    """
    media = call.request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media != "application/json":
        refuse(call, 415, f"Content type '{media}' not supported")
    try:
        body = json.loads(call.request.body, parse_float=Decimal, parse_constant=_no_number)
    except (ValueError, RecursionError):
        body = None
    if isinstance(body, dict):
        return body
    if legacy:
        raise Answer(errors.legacy(400, "bad_request_error", None))
    refuse(call, 400, "Malformed request body")


def _no_number(text: str) -> None:
    """Refuse NaN and the infinities, which are no JSON."""
    raise ValueError(text)


def action_result(
    call: Call, resource: str, identity: str, created: datetime, updated: datetime, version: int, status: int = 200
) -> Response:
    """Answer a write: id, address, moments and version of the record, never the record itself.

    ``status`` is 200 for changes; creations also name the address in ``Location``. The address is that of the sandbox,
    so that a client that follows it stays here.
    """
    address = f"http://{call.request.headers.get('host', '127.0.0.1')}/v1/{resource}/{identity}"
    answer = json_response(
        {
            "id": identity,
            "resourceUri": address,
            "createdDate": stamp(created),
            "updatedDate": stamp(updated),
            "version": version,
        },
        status,
    )
    if call.request.method == "POST":
        answer.headers["Location"] = address
    return answer
