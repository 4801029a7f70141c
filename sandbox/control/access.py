"""Keys, plans, faults and settings."""

from __future__ import annotations

from dataclasses import fields
from random import Random
from typing import Any

from sandbox import settings
from sandbox.control.shapes import Operation, body_of, organisation_of, refuse
from sandbox.faults import KINDS, Fault
from sandbox.http import Request, Response, json_response
from sandbox.keys import ALL_SCOPES, STATES, Key
from sandbox.settings import Settings
from sandbox.state import Sandbox

CHOICES = settings.choices()


def _key(sandbox: Sandbox, request: Request, arguments: dict[str, str]) -> Key:
    """Return the key of the body, by default the organization's own."""
    organisation = organisation_of(sandbox, arguments)
    token = body_of(request).get("key") or sandbox.main_keys.get(organisation.id)
    key = sandbox.keys.get(str(token))
    if key is None or key.organisation_id != organisation.id:
        refuse("no such key of this organization", 404)
    return key


def _shown(key: Key) -> Response:
    return json_response(
        {
            "key": key.token,
            "state": key.state,
            "plan_with_api": key.plan_with_api,
            "scopes": sorted(key.scopes),
            "connection_id": key.connection_id,
        }
    )


def _state_setter(state: str) -> Any:
    def set_state(sandbox: Sandbox, request: Request, arguments: dict[str, str]) -> Response:
        """Put a key into a state."""
        key = _key(sandbox, request, arguments)
        if state == "valid":
            key.state = state
        else:
            sandbox.end_key(key, state)
        return _shown(key)

    return set_state


def new_key(sandbox: Sandbox, request: Request, arguments: dict[str, str]) -> Response:
    """Create another key for an organization."""
    organisation = organisation_of(sandbox, arguments)
    return _shown(sandbox.add_key(organisation, Random(), sandbox.now()))


def plan(sandbox: Sandbox, request: Request, arguments: dict[str, str]) -> Response:
    """Move a whole organization to a plan with or without the API."""
    organisation = organisation_of(sandbox, arguments)
    with_api = body_of(request).get("with_api")
    if not isinstance(with_api, bool):
        refuse("with_api must be true or false")
    for key in sandbox.keys.values():
        if key.organisation_id == organisation.id:
            key.plan_with_api = with_api
    return json_response({"organization_id": organisation.id, "plan_with_api": with_api})


def scope(sandbox: Sandbox, request: Request, arguments: dict[str, str]) -> Response:
    """Limit what a key may read."""
    key = _key(sandbox, request, arguments)
    wanted = body_of(request).get("scopes")
    if wanted is None:
        key.scopes = ALL_SCOPES
        return _shown(key)
    if not isinstance(wanted, list) or not set(wanted) <= ALL_SCOPES:
        refuse(f"scopes must be a list of {', '.join(sorted(ALL_SCOPES))}; null means all")
    key.scopes = frozenset(wanted)
    return _shown(key)


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
        "method": "",
        "organisation": "",
        "count": 0,
        "rate": 0.0,
        "milliseconds": 0,
    }
    if "organization" in body:
        body["organisation"] = body.pop("organization")
    if "rate" in body:
        fault.count = None
    for name, value in body.items():
        if name == "kind":
            continue
        if name not in examples:
            refuse(f"unknown field {name}")
        setattr(fault, name, None if name == "count" and value is None else _typed(name, value, examples[name]))
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


ORGANIZATION = "/control/organizations/{organization}"
KEY = {"key": "default: the organization's own key"}
VERBS = dict(zip(("restore", "expire", "revoke"), STATES, strict=True))
ACCESS = (
    *(
        Operation("POST", f"{ORGANIZATION}/key/{verb}", f"makes a key {state}", _state_setter(state), KEY)
        for verb, state in VERBS.items()
    ),
    Operation("POST", f"{ORGANIZATION}/key/new", "creates another key, which becomes the organization's own", new_key),
    Operation(
        "POST",
        f"{ORGANIZATION}/key/scope",
        "limits what a key may read; other calls answer 403",
        scope,
        KEY | {"scopes": f"list out of {', '.join(sorted(ALL_SCOPES))}; null means all"},
    ),
    Operation(
        "POST",
        f"{ORGANIZATION}/plan",
        "moves the organization to a plan with or without the API (402)",
        plan,
        {"with_api": "true or false"},
    ),
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
            "method": "default: any",
            "organization": "id, default: any",
            "count": "how many calls, default 1; null: all",
            "rate": "share of the matching calls between 0 and 1; then count is unlimited unless given",
            "milliseconds": "for kind delay",
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
