"""Routes of the control interface, and their description in JSON."""

from __future__ import annotations

from sandbox.control.access import ACCESS
from sandbox.control.bulk import BULK
from sandbox.control.changing import CHANGING
from sandbox.control.reading import READING
from sandbox.control.shapes import Operation
from sandbox.control.truth import TRUTH
from sandbox.http import Answer, Request, Response, json_response
from sandbox.state import Sandbox

OPERATIONS: tuple[Operation, ...] = READING + TRUTH + CHANGING + BULK + ACCESS


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


def _count_change(sandbox: Sandbox, request: Request, arguments: dict[str, str]) -> None:
    """Note that an organization is no longer what it was."""
    organisation = sandbox.world.organisations.get(arguments.get("organization", ""))
    if organisation is not None and request.method != "GET":
        organisation.revision += 1


def control(sandbox: Sandbox, request: Request) -> Response:
    """Answer a call of the control interface; errors are JSON with an ``error`` that says what is wrong."""
    if request.path == "/control" and request.method == "GET":
        return _described()
    for operation in OPERATIONS:
        arguments = operation.match(request)
        if arguments is not None:
            try:
                with sandbox.lock:
                    response = operation.run(sandbox, request, arguments)
                    _count_change(sandbox, request, arguments)
                    return response
            except Answer as answer:
                return answer.response
    return json_response({"error": "no such operation; GET /control lists them"}, 404)
