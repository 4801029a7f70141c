"""The way of a call through the service: faults, key, rate limit, route, contract, permission, resource."""

from __future__ import annotations

import html
import json
import time
from contextlib import nullcontext
from dataclasses import replace

from sandbox import errors
from sandbox.faults import Fault
from sandbox.http import Answer, Call, Request, Response, to_json
from sandbox.keys import Key, bearer
from sandbox.moving import move
from sandbox.oddities import made_odd
from sandbox.routes import SERVICE
from sandbox.state import Sandbox

CUT = "x-sandbox-cut"
DRIP = "x-sandbox-drip"
PAGE = "<!DOCTYPE html><html><head><title>{0}</title></head><body><h1>{0}</h1></body></html>"


def _limited(sandbox: Sandbox) -> Response:
    response = _refused_by_limit(sandbox)
    if sandbox.settings.retry_after:
        response.headers["Retry-After"] = str(sandbox.settings.retry_after)
    return response


def _refused_by_limit(sandbox: Sandbox) -> Response:
    if sandbox.settings.limit_answer == "500":
        return errors.gateway(500, "Internal server error or rate limit exceeded")
    if sandbox.settings.limit_answer == "500_null":
        return errors.gateway(500, None)
    return errors.gateway(429, "Rate limit exceeded")


def _instead(fault: Fault, token: str) -> Response | None:
    """Return the answer of a fault that keeps the call from being performed, or None."""
    if fault.kind == "echo_key":
        return errors.no_such_route(token, as_403=True)
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
    if fault.kind == "drip":
        response.headers[DRIP] = str(fault.milliseconds)
    if fault.kind == "truncated":
        response.body = response.body[: len(response.body) // 2]
    return response


def _perform(sandbox: Sandbox, request: Request, key: Key) -> Response:
    """Answer a call whose key is known and valid."""
    if not sandbox.bucket(key.organisation_id).take():
        return _limited(sandbox)
    return _route(sandbox, request, key)


def _route(sandbox: Sandbox, request: Request, key: Key) -> Response:
    """Answer a call that the rate limit let pass."""
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


def _repeating(sandbox: Sandbox, request: Request, key: Key, response: Response) -> Response:
    """Put the last row of the page before in front of a page of the voucherlist, as a moving list does."""
    number = int(request.value("page") or 0) - 1
    query = tuple((name, str(number) if name == "page" else value) for name, value in request.query)
    before = json.loads(made_odd(sandbox.settings, request, _route(sandbox, replace(request, query=query), key)).body)
    page = json.loads(response.body)
    page["content"] = [*before["content"][-1:], *page["content"]]
    page["numberOfElements"] = len(page["content"])
    response.body = to_json(page)
    return response


def serve(sandbox: Sandbox, request: Request) -> tuple[Response, str]:
    """Answer one call below ``/v1``; returns the answer and the organisation's id (empty for an unknown key)."""
    token = bearer(request.headers.get("authorization"))
    key = sandbox.keys.get(token)
    organisation = key.organisation_id if key else ""
    fault = sandbox.faults.pick(request, organisation)
    wait = sandbox.settings.latency_ms + (fault.milliseconds if fault and fault.kind == "delay" else 0)
    if wait:
        time.sleep(wait / 1000)
    spoiled = _instead(fault, token) if fault else None
    if spoiled is not None:
        return spoiled, organisation
    if key is None or not sandbox.lives(key):
        return errors.unauthorized(), organisation
    if fault and fault.kind == "move":
        move(sandbox, sandbox.organisation_of(key), fault.change)
    response = made_odd(sandbox.settings, request, _perform(sandbox, request, key))
    if fault and fault.kind == "repeat" and response.status == 200:
        response = _repeating(sandbox, request, key, response)
    return (_afterwards(fault, response) if fault else response), organisation


def internal_error() -> Response:
    """Answer to a defect of the sandbox itself."""
    return Response(500, to_json({"message": None}))
