"""Keys and plans: their life, as the account's owner and the service lead it (reference: keys 1.3, plans 1.4)."""

from __future__ import annotations

from random import Random
from typing import Any

from sandbox.control.shapes import Operation, body_of, organisation_of, read_day, refuse
from sandbox.http import Request, Response, json_response
from sandbox.keys import ALL_SCOPES, STATES, Key, end_of
from sandbox.state import Sandbox
from sandbox.world.calendar import local, stamp


def _key(sandbox: Sandbox, request: Request, arguments: dict[str, str]) -> Key:
    """Return the key of the body, by default the organization's own."""
    organisation = organisation_of(sandbox, arguments)
    token = body_of(request).get("key") or sandbox.main_keys.get(organisation.id)
    key = sandbox.keys.get(str(token))
    if key is None or key.organisation_id != organisation.id:
        refuse("no such key of this organization", 404)
    return key


def _as_dict(sandbox: Sandbox, key: Key) -> dict[str, Any]:
    return {
        "key": key.token,
        "state": "valid" if sandbox.lives(key) else key.state,
        "created": stamp(key.created),
        "expires": stamp(end_of(key.created)),
        "plan_with_api": key.plan_with_api,
        "scopes": sorted(key.scopes),
        "connection_id": key.connection_id,
        "own": sandbox.main_keys.get(key.organisation_id) == key.token,
    }


def _shown(sandbox: Sandbox, key: Key) -> Response:
    return json_response(_as_dict(sandbox, key))


def keys(sandbox: Sandbox, request: Request, arguments: dict[str, str]) -> Response:
    """List the keys of an organization."""
    organisation = organisation_of(sandbox, arguments)
    found = [key for key in sandbox.keys.values() if key.organisation_id == organisation.id]
    return json_response({"keys": [_as_dict(sandbox, key) for key in found]})


def age(sandbox: Sandbox, request: Request, arguments: dict[str, str]) -> Response:
    """Let a key have been made on another day; from 24 months on it is expired."""
    key = _key(sandbox, request, arguments)
    created = local(read_day(body_of(request), "created", sandbox.current_day()), 9)
    if created > sandbox.now():
        refuse("created must not be in the future")
    key.created = created
    return _shown(sandbox, key)


def renew(sandbox: Sandbox, request: Request, arguments: dict[str, str]) -> Response:
    """Replace a key by one of the same connection and permissions, with a new life; the old one opens nothing more."""
    old = _key(sandbox, request, arguments)
    keep = body_of(request).get("keep_subscriptions", False)
    if not isinstance(keep, bool):
        refuse("keep_subscriptions must be true or false")
    return _shown(sandbox, sandbox.renew_key(old, Random(), keep_subscriptions=keep))


def _state_setter(state: str) -> Any:
    def set_state(sandbox: Sandbox, request: Request, arguments: dict[str, str]) -> Response:
        """Put a key into a state."""
        key = _key(sandbox, request, arguments)
        if state == "valid":
            key.state = state
            if not sandbox.lives(key):
                # Too old to come back to life: its age goes with its state.
                key.state, key.created = state, sandbox.now()
        else:
            sandbox.end_key(key, state)
        return _shown(sandbox, key)

    return set_state


def new_key(sandbox: Sandbox, request: Request, arguments: dict[str, str]) -> Response:
    """Create another key for an organization."""
    organisation = organisation_of(sandbox, arguments)
    return _shown(sandbox, sandbox.add_key(organisation, Random(), sandbox.now()))


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
        return _shown(sandbox, key)
    if not isinstance(wanted, list) or not set(wanted) <= ALL_SCOPES:
        refuse(f"scopes must be a list of {', '.join(sorted(ALL_SCOPES))}; null means all")
    key.scopes = frozenset(wanted)
    return _shown(sandbox, key)


ORGANIZATION = "/control/organizations/{organization}"
NAMED = {"key": "default: the organization's own key"}
VERBS = dict(zip(("restore", "expire", "revoke"), STATES, strict=True))
KEYS = (
    *(
        Operation("POST", f"{ORGANIZATION}/key/{verb}", f"makes a key {state}", _state_setter(state), NAMED)
        for verb, state in VERBS.items()
    ),
    Operation("GET", f"{ORGANIZATION}/keys", "lists the keys with state, creation, end and permissions", keys),
    Operation(
        "POST",
        f"{ORGANIZATION}/key/age",
        "lets a key have been made on another day; one that is 24 months old has expired",
        age,
        NAMED | {"created": "yyyy-mm-dd"},
    ),
    Operation(
        "POST",
        f"{ORGANIZATION}/key/renew",
        "replaces a key by a new one of the same connection and permissions; the old one opens nothing more",
        renew,
        NAMED
        | {"keep_subscriptions": "whether its event subscriptions survive (not known of the service); default: false"},
    ),
    Operation("POST", f"{ORGANIZATION}/key/new", "creates another key, which becomes the organization's own", new_key),
    Operation(
        "POST",
        f"{ORGANIZATION}/key/scope",
        "limits what a key may read; other calls answer 403",
        scope,
        NAMED | {"scopes": f"list out of {', '.join(sorted(ALL_SCOPES))}; null means all"},
    ),
    Operation(
        "POST",
        f"{ORGANIZATION}/plan",
        "moves the organization to a plan with or without the API (402)",
        plan,
        {"with_api": "true or false"},
    ),
)
