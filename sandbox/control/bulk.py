"""Many organisations, many vouchers: the operations of the control interface that make worlds of size."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import Any

from sandbox.control.shapes import Operation, body_of, organisation_of, read_day, refuse
from sandbox.http import Request, Response, json_response
from sandbox.state import Sandbox
from sandbox.world.bulk import Filling, fill, new_organisation
from sandbox.world.model import TYPES_WITH_PAYMENTS

MOST_ORGANIZATIONS = 20_000
MOST_VOUCHERS = 200_000


def _count(body: dict[str, Any], name: str, most: int, default: int | None = None) -> int:
    value = body.get(name, default)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= most:
        refuse(f"{name} must be a whole number from 0 to {most}")
    return value


def _share(body: dict[str, Any]) -> float:
    try:
        share = float(body.get("paid_share", 0.8))
    except (TypeError, ValueError):
        share = -1.0
    if not 0 <= share <= 1:
        refuse("paid_share must be a number from 0 to 1")
    return share


def fleet(sandbox: Sandbox, request: Request, arguments: dict[str, str]) -> Response:
    """Add organisations with paid vouchers and a key each."""
    body = body_of(request)
    wanted = _count(body, "organizations", MOST_ORGANIZATIONS)
    each = _count(body, "vouchers_each", 1_000, 3)
    moment, today = sandbox.now(), sandbox.current_day()
    answer = []
    for _ in range(wanted):
        number = len(sandbox.world.organisations) + 1
        rng = Random(f"{sandbox.seed}:fleet:{number}")
        organisation = new_organisation(number, rng, moment - timedelta(days=30))
        sandbox.world.organisations[organisation.id] = organisation
        fill(organisation, Filling(each, today - timedelta(days=120), today - timedelta(days=40), moment), rng)
        key = sandbox.add_key(organisation, rng, moment)
        answer.append({"name": organisation.company.name, "key": key.token, "organization_id": organisation.id})
    return json_response({"organizations": answer}, 201)


def fill_vouchers(sandbox: Sandbox, request: Request, arguments: dict[str, str]) -> Response:
    """Add many vouchers to one organisation."""
    organisation = organisation_of(sandbox, arguments)
    body = body_of(request)
    unknown = set(body) - {"count", "paid_share", "from", "to", "updated", "types"}
    if unknown:
        refuse(f"unknown fields: {', '.join(sorted(unknown))}")
    today = sandbox.current_day()
    first = read_day(body, "from", date(today.year - 1, 1, 1))
    last = read_day(body, "to", today - timedelta(days=1))
    if first > last or last > today:
        refuse("from must not be after to, and to not after today")
    updated = read_day(body, "updated", today) if body.get("updated") else None
    types = body.get("types", list(TYPES_WITH_PAYMENTS))
    if not isinstance(types, list) or not types or not set(types) <= set(TYPES_WITH_PAYMENTS):
        refuse(f"types must be a list out of {', '.join(TYPES_WITH_PAYMENTS)}")
    filling = Filling(
        _count(body, "count", MOST_VOUCHERS), first, last, sandbox.now(), _share(body), tuple(types), updated
    )
    fill(organisation, filling, Random(f"{sandbox.seed}:{organisation.id}:{len(organisation.vouchers)}"))
    return json_response({"added": filling.count, "vouchers": len(organisation.vouchers)}, 201)


BULK = (
    Operation(
        "POST",
        "/control/fleet",
        "adds organizations with a key and a few paid vouchers each; answers their name, key and organization_id",
        fleet,
        {
            "organizations": f"how many, at most {MOST_ORGANIZATIONS}",
            "vouchers_each": "how many paid vouchers each, default 3",
        },
    ),
    Operation(
        "POST",
        "/control/organizations/{organization}/vouchers/fill",
        "adds many plausible vouchers of the seven types with payments, one document each; no events are told of them",
        fill_vouchers,
        {
            "count": f"how many, at most {MOST_VOUCHERS}",
            "paid_share": "between 0 and 1, default 0.8; the others are open, partly paid, voided or unfinished",
            "from": "first day of their dates, default: 1 January of last year",
            "to": "last day of their dates, default: yesterday",
            "updated": "day on which all of them changed last; left out: when they were made or paid",
            "types": f"list out of {', '.join(TYPES_WITH_PAYMENTS)}; default: all",
        },
    ),
)
