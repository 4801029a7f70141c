"""The way of a call through the service: faults, key, rate limit, route, contract, permission, resource."""

from __future__ import annotations

import html
import time
from contextlib import nullcontext

from sandbox import errors
from sandbox.faults import Fault
from sandbox.http import Answer, Call, Request, Response, to_json
from sandbox.keys import Key, bearer
from sandbox.routes import SERVICE
from sandbox.state import Sandbox

CUT = "x-sandbox-cut"
PAGE = "<!DOCTYPE html><html><head><title>{0}</title></head><body><h1>{0}</h1></body></html>"


def _limited(sandbox: Sandbox) -> Response:
    if sandbox.settings.limit_answer == "500":
        return errors.gateway(500, "Internal server error or rate limit exceeded")
    if sandbox.settings.limit_answer == "500_null":
        return errors.gateway(500, None)
    return errors.gateway(429, "Rate limit exceeded")


def _instead(fault: Fault) -> Response | None:
    """Return the answer of a fault that keeps the call from being performed, or None."""
    if fault.kind == "rate_limit_as_500":
        return errors.gateway(500, "Internal server error or rate limit exceeded")
    if fault.kind == "html":
        page = PAGE.format(html.escape(fault.message or "Wartungsarbeiten")).encode()
        return Response(200, page, "text/html;charset=utf-8")
    if fault.kind != "status":
        return None
    if fault.status == 401:
        return errors.unauthorized()
    messages = {
        403: "access_denied",
        404: "Not Found",
        429: "Rate limit exceeded",
        503: "Service Unavailable",
        504: "Endpoint request timed out",
    }
    return errors.gateway(fault.status, fault.message or messages.get(fault.status))


def _afterwards(fault: Fault, response: Response) -> Response:
    """Spoil the answer of a call that was performed."""
    if fault.kind == "timeout_after_performing":
        return errors.gateway(504, "Endpoint request timed out")
    if fault.kind == "reset":
        response.headers[CUT] = "1"
    if fault.kind == "truncated":
        response.body = response.body[: len(response.body) // 2]
    return response


def _perform(sandbox: Sandbox, request: Request, key: Key) -> Response:
    """Answer a call whose key is known and valid."""
    if not sandbox.bucket(key.organisation_id).take():
        return _limited(sandbox)
    found = SERVICE.find(request)
    if found is None:
        return errors.no_such_route(key.token, as_403=sandbox.settings.unknown_route == "403")
    route, arguments = found
    if not key.plan_with_api:
        return errors.regular(402, "Payment Required", path=request.path, now=sandbox.now())
    if route.scope and route.scope not in key.scopes:
        return errors.gateway(403, "access_denied")
    try:
        with sandbox.lock if route.locked else nullcontext():
            organisation = sandbox.organisation_of(key)
            if request.method != "GET":
                organisation.revision += 1
            return route.handler(Call(sandbox, request, organisation, key, arguments))
    except Answer as answer:
        return answer.response


def serve(sandbox: Sandbox, request: Request) -> tuple[Response, str]:
    """Answer one call below ``/v1``; returns the answer and the organisation's id (empty for an unknown key)."""
    key = sandbox.keys.get(bearer(request.headers.get("authorization")))
    organisation = key.organisation_id if key else ""
    fault = sandbox.faults.pick(request, organisation)
    wait = sandbox.settings.latency_ms + (fault.milliseconds if fault and fault.kind == "delay" else 0)
    if wait:
        time.sleep(wait / 1000)
    spoiled = _instead(fault) if fault else None
    if spoiled is not None:
        return spoiled, organisation
    if key is None or not sandbox.lives(key):
        return errors.unauthorized(), organisation
    response = _perform(sandbox, request, key)
    return (_afterwards(fault, response) if fault else response), organisation


def internal_error() -> Response:
    """Answer to a defect of the sandbox itself."""
    return Response(500, to_json({"message": None}))
