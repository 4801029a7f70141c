"""What the control interface shows and does about webhooks."""

from __future__ import annotations

from datetime import date
from typing import Any

from sandbox.control.shapes import Operation, body_of, organisation_of, read_day, refuse
from sandbox.events import Event
from sandbox.http import Request, Response, json_response
from sandbox.signing import sign, strange_key
from sandbox.state import Sandbox
from sandbox.webhooks.delivery import Delivery
from sandbox.webhooks.delivery import body_of as body_of_event
from sandbox.webhooks.post import post
from sandbox.webhooks.subscriptions import Subscription
from sandbox.world.calendar import local, stamp

MOST_SHOWN = 1_000
SIGNATURES = ("wrong", "right", "none")


def _subscription(item: Subscription) -> dict[str, Any]:
    return {
        "id": item.id,
        "organization_id": item.organisation_id,
        "connection_id": item.key.connection_id,
        "event_type": item.event_type,
        "callback_url": item.callback_url,
        "created": stamp(item.created),
    }


def subscriptions(sandbox: Sandbox, request: Request, arguments: dict[str, str]) -> Response:
    """List the subscriptions of all keys."""
    wanted = request.value("organization")
    held = sandbox.webhooks.subscriptions
    found = held.all() if wanted is None else held.of_organisation(wanted)
    return json_response({"subscriptions": [_subscription(item) for item in found]})


def lose(sandbox: Sandbox, request: Request, arguments: dict[str, str]) -> Response:
    """End the subscriptions of an organisation, as an incident of the service would."""
    organisation = organisation_of(sandbox, arguments)
    gone = sandbox.webhooks.subscriptions.of_organisation(organisation.id)
    wanted = body_of(request).get("event_type")
    gone = [item for item in gone if wanted in (None, item.event_type)]
    for item in gone:
        sandbox.webhooks.subscriptions.remove(item)
    return json_response({"lost": [_subscription(item) for item in gone]})


def events(sandbox: Sandbox, request: Request, arguments: dict[str, str]) -> Response:
    """List the latest events, whether anybody was told or not."""
    rows = [
        {
            "organization_id": event.organisation_id,
            "event_type": event.type,
            "resource_id": event.resource_id,
            "at": stamp(event.moment),
        }
        for event in sandbox.events.all(request.value("organization"))
    ]
    return json_response({"events": rows})


def deliveries(sandbox: Sandbox, request: Request, arguments: dict[str, str]) -> Response:
    """List the deliveries with their attempts."""
    organisation, state = request.value("organization"), request.value("state")
    found = [
        item
        for item in sandbox.webhooks.all()
        if organisation in (None, item.event.organisation_id) and state in (None, item.state)
    ]
    limit = request.value("limit") or str(MOST_SHOWN)
    if not (limit.isascii() and limit.isdigit()):
        refuse("limit must be a whole number")
    # Signing takes its time, so only what is shown is signed.
    return json_response({"deliveries": [item.as_dict() for item in found[max(0, len(found) - int(limit[:6])) :]]})


def _delivery(sandbox: Sandbox, arguments: dict[str, str]) -> Delivery:
    delivery = sandbox.webhooks.get(arguments["delivery"])
    if delivery is None:
        refuse("no such delivery", 404)
    return delivery


def send(sandbox: Sandbox, request: Request, arguments: dict[str, str]) -> Response:
    """Make one attempt at once, whatever the state of the delivery and the setting."""
    delivery = _delivery(sandbox, arguments)
    sandbox.webhooks.send(delivery)
    return json_response({"delivery": delivery.as_dict()})


def forget(sandbox: Sandbox, request: Request, arguments: dict[str, str]) -> Response:
    """Forget all deliveries."""
    sandbox.webhooks.forget()
    return json_response({"deliveries": []})


def forge(sandbox: Sandbox, request: Request, arguments: dict[str, str]) -> Response:
    """Make up an event that never happened, and send it where it is asked to go."""
    body = body_of(request)
    kind = body.get("signature", SIGNATURES[0])
    if kind not in SIGNATURES:
        refuse(f"signature must be one of {', '.join(SIGNATURES)}")
    day: date | None = read_day(body, "event_day", sandbox.current_day()) if body.get("event_day") else None
    event = Event(
        str(body.get("organization", "")),
        str(body.get("event_type", "payment.changed")),
        str(body.get("resource", "")),
        local(day, 9) if day else sandbox.now(),
    )
    content = body_of_event(event)
    signature = {"wrong": sign(content, strange_key()), "right": sign(content), "none": ""}[kind]
    answer: dict[str, Any] = {"body": content.decode(), "signature": signature}
    if body.get("callback_url"):
        seconds = sandbox.settings.webhook_timeout_ms / 1000
        answer["status"], answer["error"] = post(str(body["callback_url"]), content, signature, seconds)
    return json_response(answer)


WEBHOOKS = (
    Operation(
        "GET",
        "/control/events",
        "lists the latest events, whether anybody subscribed to them or not; ?organization= limits it",
        events,
    ),
    Operation(
        "GET",
        "/control/subscriptions",
        "lists the event subscriptions of all keys; ?organization= limits it",
        subscriptions,
    ),
    Operation(
        "POST",
        "/control/organizations/{organization}/subscriptions/lose",
        "ends the organization's event subscriptions without a word",
        lose,
        {"event_type": "default: all of them"},
    ),
    Operation(
        "GET",
        "/control/webhooks",
        "lists the deliveries of events with body, signature, attempts, next attempt and state (waiting, held, "
        "delivered, refused, given_up, dropped), oldest first; ?organization= and ?state= select, ?limit= says how "
        f"many of the latest (default: {MOST_SHOWN})",
        deliveries,
        locked=False,
    ),
    Operation(
        "POST",
        "/control/webhooks/{delivery}/send",
        "makes one attempt at once, also of a delivery that is held or was delivered before",
        send,
        locked=False,
    ),
    Operation("POST", "/control/webhooks/reset", "forgets all deliveries; none of them is sent any more", forget),
    Operation(
        "POST",
        "/control/webhooks/forge",
        "makes up an event that never happened; answers its body and signature, and what the receiver said",
        forge,
        {
            "callback_url": "where to send it; left out: nowhere",
            "organization": "id",
            "event_type": "default: payment.changed",
            "resource": "id of the resource",
            "event_day": "yyyy-mm-dd; default: now",
            "signature": f"one of {', '.join(SIGNATURES)}; default: {SIGNATURES[0]}",
        },
        locked=False,
    ),
)
