"""Routes of the control interface, and their description in JSON."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext

from sandbox.control.bulk import BULK
from sandbox.control.changing import CHANGING
from sandbox.control.contacts import CONTACTS
from sandbox.control.keys import KEYS
from sandbox.control.reading import READING
from sandbox.control.shapes import Operation
from sandbox.control.switches import SWITCHES
from sandbox.control.truth import TRUTH
from sandbox.control.webhooks import WEBHOOKS
from sandbox.http import Answer, Request, Response, json_response
from sandbox.noticing import announced
from sandbox.state import Sandbox

OPERATIONS: tuple[Operation, ...] = READING + TRUTH + CHANGING + CONTACTS + BULK + KEYS + WEBHOOKS + SWITCHES


def _described() -> Response:
    return json_response(
        {
            "about": "Control interface of the Lexware Office sandbox. It is no part of the service it imitates.",
            "operations": [
                {"method": item.method, "path": item.pattern, "does": item.does, "body": item.body}
                for item in OPERATIONS
            ],
        }
    )


def _changing(sandbox: Sandbox, request: Request, arguments: dict[str, str]) -> AbstractContextManager[None]:
    """Watch what an operation does to the voucher it names, and tell those who want to hear of it."""
    organisation = sandbox.world.organisations.get(arguments.get("organization", ""))
    if organisation is None or request.method == "GET":
        return nullcontext()
    organisation.revision += 1
    return announced(sandbox, organisation, arguments.get("voucher", ""))


def control(sandbox: Sandbox, request: Request) -> Response:
    """Answer a call of the control interface; errors are JSON with an ``error`` that says what is wrong."""
    if request.path == "/control" and request.method == "GET":
        return _described()
    for operation in OPERATIONS:
        arguments = operation.match(request)
        if arguments is None:
            continue
        try:
            if not operation.locked:
                return operation.run(sandbox, request, arguments)
            with sandbox.lock, _changing(sandbox, request, arguments):
                return operation.run(sandbox, request, arguments)
        except Answer as answer:
            return answer.response
    return json_response({"error": "no such operation; GET /control lists them"}, 404)
