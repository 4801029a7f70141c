"""Routes of the control interface, and their description in JSON."""

from __future__ import annotations

from sandbox.control.access import ACCESS
from sandbox.control.changing import CHANGING
from sandbox.control.reading import READING
from sandbox.control.shapes import Operation
from sandbox.http import Answer, Request, Response, json_response
from sandbox.state import Sandbox

OPERATIONS: tuple[Operation, ...] = READING + CHANGING + ACCESS


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


def control(sandbox: Sandbox, request: Request) -> Response:
    """Answer a call of the control interface; errors are JSON with an ``error`` that says what is wrong."""
    if request.path == "/control" and request.method == "GET":
        return _described()
    for operation in OPERATIONS:
        arguments = operation.match(request)
        if arguments is not None:
            try:
                with sandbox.lock:
                    return operation.run(sandbox, request, arguments)
            except Answer as answer:
                return answer.response
    return json_response({"error": "no such operation; GET /control lists them"}, 404)
