"""Faults, settings and the log of calls."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from sandbox import settings
from sandbox.control.shapes import Operation, body_of, refuse
from sandbox.faults import CHANGES, KINDS, Fault
from sandbox.http import Request, Response, json_response
from sandbox.settings import Settings
from sandbox.state import Sandbox

CHOICES = settings.choices()


def list_faults(sandbox: Sandbox, request: Request, arguments: dict[str, str]) -> Response:
    """List the faults and their kinds."""
    return json_response({"faults": sandbox.faults.all(), "kinds": KINDS})


def _typed(name: str, value: Any, example: Any) -> Any:
    """Return ``value`` when it is of the type of ``example``; numbers may come as text."""
    if isinstance(example, bool):
        if isinstance(value, bool):
            return value
    elif isinstance(example, (int, float)):
        try:
            number = float(value)
            if number >= 0:
                return type(example)(number)
        except (TypeError, ValueError):
            pass
    elif isinstance(value, (str, int)):
        return str(value)
    refuse(f"{name} does not fit")


def add_fault(sandbox: Sandbox, request: Request, arguments: dict[str, str]) -> Response:
    """Switch a fault on."""
    body = body_of(request)
    if body.get("kind") not in KINDS:
        refuse(f"kind must be one of {', '.join(KINDS)}")
    fault = Fault(kind=str(body["kind"]))
    examples: dict[str, Any] = {
        "status": 0,
        "message": "",
        "path_prefix": "",
        "path_suffix": "",
        "change": "",
        "method": "",
        "organisation": "",
        "count": 0,
        "rate": 0.0,
        "milliseconds": 0,
        "lasting_ms": 0,
    }
    if "organization" in body:
        body["organisation"] = body.pop("organization")
    if "rate" in body or "lasting_ms" in body:
        fault.count = None
    for name, value in body.items():
        if name == "kind":
            continue
        if name not in examples:
            refuse(f"unknown field {name}")
        setattr(fault, name, None if name == "count" and value is None else _typed(name, value, examples[name]))
    if fault.change not in ("", *CHANGES):
        refuse(f"change must be one of {', '.join(CHANGES)}")
    if not 200 <= fault.status <= 599:
        refuse("status must be an HTTP status")
    sandbox.faults.add(fault)
    return json_response({"fault": fault.as_dict()}, 201)


def reset_faults(sandbox: Sandbox, request: Request, arguments: dict[str, str]) -> Response:
    """Switch all faults off."""
    sandbox.faults.reset()
    return json_response({"faults": []})


def _settings(sandbox: Sandbox) -> Response:
    return json_response({item.name: getattr(sandbox.settings, item.name) for item in fields(Settings)})


def show_settings(sandbox: Sandbox, request: Request, arguments: dict[str, str]) -> Response:
    """Show the settings."""
    return _settings(sandbox)


def set_settings(sandbox: Sandbox, request: Request, arguments: dict[str, str]) -> Response:
    """Change some of the settings."""
    body = body_of(request)
    known = {item.name: item.default for item in fields(Settings)}
    checked = {}
    for name, value in body.items():
        if name not in known:
            refuse(f"unknown setting {name}")
        checked[name] = _typed(name, value, known[name])
        if name in CHOICES and checked[name] not in CHOICES[name]:
            refuse(f"{name} must be one of {', '.join(CHOICES[name])}")
    for name, value in checked.items():
        setattr(sandbox.settings, name, value)
    return _settings(sandbox)


def reset_requests(sandbox: Sandbox, request: Request, arguments: dict[str, str]) -> Response:
    """Forget the recorded calls."""
    sandbox.log.reset()
    return json_response({"organizations": {}})


SWITCHES = (
    Operation("GET", "/control/faults", "lists the faults in force and the kinds there are", list_faults),
    Operation(
        "POST",
        "/control/faults",
        "switches a fault on",
        add_fault,
        {
            "kind": f"one of {', '.join(KINDS)}",
            "status": "for kind status, default 503",
            "message": "text of the body",
            "path_prefix": "default /v1",
            "path_suffix": "such as /file; default: any",
            "method": "default: any",
            "organization": "id, default: any",
            "count": "how many calls, default 1; null: all",
            "rate": "share of the matching calls between 0 and 1; then count is unlimited unless given",
            "milliseconds": "for the kinds delay and drip",
            "lasting_ms": "how long it lasts, in real time; then count is unlimited unless given; default: for ever",
            "change": f"for kind move: one of {', '.join(CHANGES)}; default: any of them",
        },
    ),
    Operation("POST", "/control/faults/reset", "switches all faults off", reset_faults),
    Operation("GET", "/control/settings", "shows the settings", show_settings),
    Operation(
        "POST",
        "/control/settings",
        "changes settings",
        set_settings,
        settings.about(),
    ),
    Operation("POST", "/control/requests/reset", "forgets the recorded calls", reset_requests),
)
