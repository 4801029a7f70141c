"""``/v1/event-subscriptions``: who is told about which events (reference: webhooks 15.1)."""

from __future__ import annotations

from typing import Any, NoReturn
from urllib.parse import urlsplit

from sandbox import errors
from sandbox.http import Answer, Call, Response, Route, json_response
from sandbox.resources.replies import not_found, refuse
from sandbox.resources.writing import action_result, json_body
from sandbox.webhooks.post import reachable
from sandbox.webhooks.subscriptions import Subscription
from sandbox.webhooks.types import EVENT_TYPES
from sandbox.world.calendar import stamp

SCOPE = "event-subscriptions"


def _shown(item: Subscription) -> dict[str, Any]:
    return {
        "subscriptionId": item.id,
        "organizationId": item.organisation_id,
        "createdDate": stamp(item.created),
        "eventType": item.event_type,
        "callbackUrl": item.callback_url,
    }


def _mine(call: Call) -> Subscription:
    for item in call.sandbox.webhooks.subscriptions.of_key(call.key):
        if item.id == call.arguments["id"]:
            return item
    not_found(call)


def _invalid(call: Call, violation: str, field: str, message: str) -> NoReturn:
    text = "Validation failed for request. Please see details list for specific causes."
    details = [{"violation": violation, "field": field, "message": message}]
    raise Answer(errors.regular(406, text, path=call.request.path, now=call.sandbox.now(), details=details))


def _text(call: Call, body: dict[str, Any], name: str) -> str:
    value = body.get(name)
    if not isinstance(value, str) or not value.strip():
        _invalid(call, "NOTEMPTY", name, "darf nicht leer sein")
    return value.strip()


def _check_callback(call: Call, url: str) -> None:
    """Refuse an address that is not https or answers no HEAD (each can be switched off)."""
    settings = call.sandbox.settings
    try:
        parts = urlsplit(url)
        scheme, host = parts.scheme.lower(), parts.hostname
    except ValueError:
        scheme, host = "", None
    if not host or scheme not in ("https", *(["http"] if settings.allow_http_callbacks else [])):
        _invalid(call, "INVALID", "callbackUrl", "muss eine gültige https-Adresse sein")
    if settings.check_callbacks and not reachable(url, settings.webhook_timeout_ms / 1000):
        _invalid(call, "INVALID", "callbackUrl", "ist nicht erreichbar")


def listing(call: Call) -> Response:
    """List the subscriptions made with this key."""
    return json_response({"content": [_shown(item) for item in call.sandbox.webhooks.subscriptions.of_key(call.key)]})


def read(call: Call) -> Response:
    """Read one subscription."""
    return json_response(_shown(_mine(call)))


def create(call: Call) -> Response:
    """Subscribe to one event type; the same type and address again is a conflict."""
    body = json_body(call)
    event_type, url = _text(call, body, "eventType"), _text(call, body, "callbackUrl")
    if event_type not in EVENT_TYPES:
        _invalid(call, "INVALID", "eventType", "ist kein gültiger Ereignistyp")
    _check_callback(call, url)
    new = Subscription(call.key, call.organisation.id, event_type, url, call.sandbox.now())
    if not call.sandbox.webhooks.subscriptions.add(new):
        refuse(call, 409, "A subscription with this event type and callback URL exists already")
    return action_result(call, SCOPE, new.id, new.created, new.created, 0, 201)


def delete(call: Call) -> Response:
    """End a subscription."""
    call.sandbox.webhooks.subscriptions.remove(_mine(call))
    return Response(204)


PATH = f"/v1/{SCOPE}"
ROUTES = (
    Route("GET", PATH, listing, scope=f"{SCOPE}.read"),
    # It asks the receiver, who may take its time: the world must not stand still meanwhile.
    Route("POST", PATH, create, scope=f"{SCOPE}.write", locked=False),
    Route("GET", f"{PATH}/{{id}}", read, scope=f"{SCOPE}.read"),
    Route("DELETE", f"{PATH}/{{id}}", delete, scope=f"{SCOPE}.write"),
)
