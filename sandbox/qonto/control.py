"""The control interface of the local Qonto, below ``/control/qonto``."""

from __future__ import annotations

from datetime import datetime
from random import Random
from typing import Any

from sandbox.control.shapes import Operation, body_of, refuse
from sandbox.documents.plain import plain_page
from sandbox.faults import Fault
from sandbox.http import Answer, Request, Response, json_response
from sandbox.qonto import making
from sandbox.qonto.model import READ, Account, Attachment, Organization, Transaction
from sandbox.qonto.showing import account as shown_account
from sandbox.qonto.showing import transaction as shown_transaction
from sandbox.qonto.truth import truth_of
from sandbox.state import Sandbox

KINDS = {
    "status": "answer with `status` (401, 403, 404, 422, 429, 5xx) without performing the call",
    "reset": "perform the call, then cut the connection in the middle of the body",
    "delay": "wait `milliseconds`, then answer normally",
    "html": "answer 200 with an HTML page",
    "truncated": "perform the call, then send half of its body as if it were whole",
    "drip": "perform the call, then send its body in small pieces over `milliseconds`",
    "touch": "before the call, change the transaction that was changed longest ago, as people at work do",
}


def _organization(sandbox: Sandbox, arguments: dict[str, str]) -> Organization:
    found = sandbox.qonto.organizations.get(arguments["organization"])
    return found if found is not None else refuse("no such organization", 404)


def _account(sandbox: Sandbox, arguments: dict[str, str]) -> tuple[Organization, Account]:
    found = sandbox.qonto.account(arguments["account"])
    return found if found is not None else refuse("no such account", 404)


def _transaction(sandbox: Sandbox, arguments: dict[str, str]) -> tuple[Organization, Account, Transaction]:
    found = sandbox.qonto.transaction(arguments["transaction"])
    return found if found is not None else refuse("no such transaction", 404)


def _moment(body: dict[str, Any], name: str, default: datetime | None) -> datetime | None:
    if name not in body:
        return default
    try:
        moment = datetime.fromisoformat(str(body[name]))
    except ValueError:
        refuse(f"{name} must be a moment such as 2026-03-31T09:00:00Z")
    return moment if moment.tzinfo else refuse(f"{name} must say its zone")


def _cents(body: dict[str, Any], name: str) -> int:
    value = body.get(name)
    if isinstance(value, bool) or not isinstance(value, int):
        refuse(f"{name} must be a whole number of cents")
    return value


def _told(organization: Organization) -> dict[str, Any]:
    return {
        "id": organization.id,
        "name": organization.name,
        "key": organization.key,
        "revoked": organization.revoked,
        "scopes": sorted(organization.scopes),
        "accounts": [{"id": item.id, "name": item.name, "iban": item.iban} for item in organization.accounts.values()],
    }


def organizations(sandbox: Sandbox, request: Request, arguments: dict[str, str]) -> Response:
    """List the organizations with keys and accounts."""
    return json_response({"organizations": [_told(item) for item in sandbox.qonto.organizations.values()]})


def truth(sandbox: Sandbox, request: Request, arguments: dict[str, str]) -> Response:
    """Tell what a complete feed holds."""
    return json_response(truth_of(_organization(sandbox, arguments)))


def new_organization(sandbox: Sandbox, request: Request, arguments: dict[str, str]) -> Response:
    """Make an organization with one account."""
    name = str(body_of(request).get("name") or "Neue Firma GmbH")
    return json_response(_told(making.add_organization(sandbox.qonto, name, Random())), 201)


def new_account(sandbox: Sandbox, request: Request, arguments: dict[str, str]) -> Response:
    """Make an account."""
    organization, body = _organization(sandbox, arguments), body_of(request)
    account = making.add_account(
        organization, str(body.get("name") or "Konto"), Random(), iban=body.get("iban") and str(body["iban"])
    )
    account.external = body.get("external") is True
    return json_response(shown_account(account, sandbox.qonto.now()), 201)


def close(sandbox: Sandbox, request: Request, arguments: dict[str, str]) -> Response:
    """Close an account."""
    account = _account(sandbox, arguments)[1]
    account.status = "closed"
    return json_response(shown_account(account, sandbox.qonto.now()))


def fill(sandbox: Sandbox, request: Request, arguments: dict[str, str]) -> Response:
    """Add settled transactions."""
    organization, account = _account(sandbox, arguments)
    body = body_of(request)
    last = _moment(body, "last", sandbox.qonto.now())
    assert last is not None  # noqa: S101 - there is a default
    making.fill(organization, account, _cents(body, "count"), last, Random(7), once=body.get("once") is True)
    return json_response(shown_account(account, sandbox.qonto.now()))


def add(sandbox: Sandbox, request: Request, arguments: dict[str, str]) -> Response:
    """Add a transaction."""
    organization, account = _account(sandbox, arguments)
    body, now = body_of(request), sandbox.qonto.now()
    settled = _moment(body, "settled_at", None)
    at = _moment(body, "emitted_at", settled or now) or now
    item = making.add_transaction(
        organization,
        account,
        _cents(body, "cents"),
        at=at,
        settled=settled,
        updated=_moment(body, "updated_at", settled or now) or now,
        label=str(body.get("label", "")),
        reference=body.get("reference"),
        kind=str(body.get("kind", "")),
        counterparty_iban=str(body.get("counterparty_iban", "")),
    )
    if "local_cents" in body:
        item.local_cents, item.local_currency = _cents(body, "local_cents"), str(body.get("local_currency", "USD"))
    account.recount()
    return _shown(organization, account, item, 201)


def settle(sandbox: Sandbox, request: Request, arguments: dict[str, str]) -> Response:
    """Settle a pending transaction."""
    organization, account, item = _transaction(sandbox, arguments)
    item.status, item.settled = "completed", _moment(body_of(request), "settled_at", sandbox.qonto.now())
    return _changed(sandbox, organization, account, item)


def decline(sandbox: Sandbox, request: Request, arguments: dict[str, str]) -> Response:
    """Decline a transaction."""
    organization, account, item = _transaction(sandbox, arguments)
    item.status, item.settled = "declined", None
    return _changed(sandbox, organization, account, item)


def change(sandbox: Sandbox, request: Request, arguments: dict[str, str]) -> Response:
    """Change a transaction, also in ways that the service never should."""
    organization, account, item = _transaction(sandbox, arguments)
    body = body_of(request)
    if "cents" in body:
        item.cents = _cents(body, "cents")
    for name in ("note", "label", "reference"):
        if name in body:
            setattr(item, name, body[name])
    item.settled = _moment(body, "settled_at", item.settled)
    if isinstance(body.get("instead"), dict):
        item.instead = body["instead"]
    return _changed(sandbox, organization, account, item)


def attach(sandbox: Sandbox, request: Request, arguments: dict[str, str]) -> Response:
    """Put a document beside a transaction."""
    organization, account, item = _transaction(sandbox, arguments)
    body = body_of(request)
    content = plain_page([str(body.get("text", "Beleg"))])
    document = Attachment(str(body.get("name", "Beleg.pdf")), content, sandbox.qonto.now())
    organization.attachments[document.id] = document
    item.attachments.append(document.id)
    return _changed(sandbox, organization, account, item)


def _changed(sandbox: Sandbox, organization: Organization, account: Account, item: Transaction) -> Response:
    item.updated = sandbox.qonto.now()
    account.recount()
    return _shown(organization, account, item)


def _shown(organization: Organization, account: Account, item: Transaction, status: int = 200) -> Response:
    return json_response(shown_transaction(item, account, organization, attachments=True), status)


def revoke(sandbox: Sandbox, request: Request, arguments: dict[str, str]) -> Response:
    """Let the key open nothing any more."""
    organization = _organization(sandbox, arguments)
    organization.revoked = True
    return json_response(_told(organization))


def restore(sandbox: Sandbox, request: Request, arguments: dict[str, str]) -> Response:
    """Let the key open the organization again, with every permission."""
    organization = _organization(sandbox, arguments)
    organization.revoked, organization.scopes = False, frozenset(READ)
    return json_response(_told(organization))


def renew(sandbox: Sandbox, request: Request, arguments: dict[str, str]) -> Response:
    """Make a new secret; the old one opens nothing any more."""
    organization = _organization(sandbox, arguments)
    organization.secret, organization.revoked = f"{Random().getrandbits(128):032x}", False
    return json_response(_told(organization))


def scope(sandbox: Sandbox, request: Request, arguments: dict[str, str]) -> Response:
    """Limit what the key may read."""
    organization = _organization(sandbox, arguments)
    wanted = body_of(request).get("scopes")
    if not isinstance(wanted, list) or not set(wanted) <= set(READ):
        refuse(f"scopes must be a list of {', '.join(READ)}")
    organization.scopes = frozenset(wanted)
    return json_response(_told(organization))


def add_fault(sandbox: Sandbox, request: Request, arguments: dict[str, str]) -> Response:
    """Switch a fault on."""
    body = body_of(request)
    if body.get("kind") not in KINDS:
        refuse(f"kind must be one of {', '.join(KINDS)}")
    known = {"kind", "status", "path_prefix", "path_suffix", "count", "milliseconds", "message"}
    if not set(body) <= known:
        refuse(f"unknown field {min(set(body) - known)}")
    if not isinstance(body.get("count", 1), int | None):
        refuse("count must be a whole number or null")
    fault = Fault(**{"path_prefix": "/v2", **body})
    sandbox.qonto.faults.add(fault)
    return json_response({"fault": fault.as_dict()}, 201)


def reset_faults(sandbox: Sandbox, request: Request, arguments: dict[str, str]) -> Response:
    """Switch all faults off."""
    sandbox.qonto.faults.reset()
    return json_response({"faults": []})


def limit(sandbox: Sandbox, request: Request, arguments: dict[str, str]) -> Response:
    """Change how many calls ten seconds may have."""
    sandbox.qonto.windows.limits[0][0] = _cents(body_of(request), "in_ten_seconds")
    return json_response({"limits": sandbox.qonto.windows.limits})


def close_addresses(sandbox: Sandbox, request: Request, arguments: dict[str, str]) -> Response:
    """Let every address of a document be over."""
    sandbox.qonto.close_addresses()
    return json_response({})


def requests(sandbox: Sandbox, request: Request, arguments: dict[str, str]) -> Response:
    """Show the recorded calls, oldest first."""
    calls = sandbox.qonto.log.calls()
    return json_response(
        {"calls": [{"method": c.method, "path": c.path, "query": c.query, "status": c.status} for c in calls]}
    )


def reset_requests(sandbox: Sandbox, request: Request, arguments: dict[str, str]) -> Response:
    """Forget the recorded calls."""
    sandbox.qonto.log.reset()
    return json_response({"calls": []})


ROOT = "/control/qonto"
_ORGANIZATION, _ACCOUNT = f"{ROOT}/organizations/{{organization}}", f"{ROOT}/accounts/{{account}}"
_TRANSACTION = f"{ROOT}/transactions/{{transaction}}"
_MOMENTS = {"settled_at": "moment; none: pending", "emitted_at": "moment", "updated_at": "moment"}
OPERATIONS = (
    Operation("GET", f"{ROOT}/organizations", "lists organizations with keys and accounts", organizations),
    Operation("GET", f"{_ORGANIZATION}/truth", "tells what a complete feed must hold", truth),
    Operation("POST", f"{ROOT}/organizations", "makes one with an account", new_organization, {"name": "its name"}),
    Operation(
        "POST",
        f"{_ORGANIZATION}/accounts",
        "makes an account",
        new_account,
        {"name": "its name", "iban": "default: an invented one", "external": "true: kept at another bank"},
    ),
    Operation("POST", f"{_ORGANIZATION}/key/revoke", "lets the key open nothing any more", revoke),
    Operation("POST", f"{_ORGANIZATION}/key/restore", "lets the key open everything again", restore),
    Operation("POST", f"{_ORGANIZATION}/key/renew", "makes a new secret; the old one ends", renew),
    Operation("POST", f"{_ORGANIZATION}/key/scope", "limits what the key may read", scope, {"scopes": ", ".join(READ)}),
    Operation("POST", f"{_ACCOUNT}/close", "closes an account", close),
    Operation(
        "POST",
        f"{_ACCOUNT}/fill",
        "adds settled transactions, one every six hours",
        fill,
        {"count": "how many", "last": "moment of the last", "once": "true: all changed in the same moment"},
    ),
    Operation(
        "POST",
        f"{_ACCOUNT}/transactions",
        "adds a transaction",
        add,
        {"cents": "signed", "label": "", "reference": "", "kind": "", "counterparty_iban": "", **_MOMENTS}
        | {"local_cents": "in the original currency", "local_currency": "default: USD"},
    ),
    Operation("POST", f"{_TRANSACTION}/settle", "settles a pending one", settle, {"settled_at": "moment"}),
    Operation("POST", f"{_TRANSACTION}/decline", "declines it", decline),
    Operation(
        "POST",
        f"{_TRANSACTION}/change",
        "changes it, also in ways that the service never should",
        change,
        {"cents": "signed", "note": "", "label": "", "reference": "", "settled_at": "moment"}
        | {"instead": "fields that are answered instead"},
    ),
    Operation("POST", f"{_TRANSACTION}/attachments", "puts a document beside it", attach, {"name": "", "text": ""}),
    Operation(
        "POST",
        f"{ROOT}/faults",
        "switches a fault on",
        add_fault,
        {"kind": f"one of {', '.join(KINDS)}", "status": "for kind status", "path_prefix": "default /v2"}
        | {"path_suffix": "", "count": "how many calls, default 1; null: all", "milliseconds": "for delay and drip"},
    ),
    Operation("POST", f"{ROOT}/faults/reset", "switches all faults off", reset_faults),
    Operation("POST", f"{ROOT}/limit", "changes the rate limit", limit, {"in_ten_seconds": "calls"}),
    Operation("POST", f"{ROOT}/addresses/close", "lets every address of a document be over", close_addresses),
    Operation("GET", f"{ROOT}/requests", "shows the recorded calls", requests),
    Operation("POST", f"{ROOT}/requests/reset", "forgets the recorded calls", reset_requests),
)


def control(sandbox: Sandbox, request: Request) -> Response:
    """Answer a call; errors are JSON with an ``error`` that says what is wrong."""
    if request.path == ROOT and request.method == "GET":
        shown = [{"method": o.method, "path": o.pattern, "does": o.does, "body": o.body} for o in OPERATIONS]
        return json_response({"about": "Control interface of the local Qonto.", "operations": shown})
    for operation in OPERATIONS:
        arguments = operation.match(request)
        if arguments is None:
            continue
        try:
            with sandbox.qonto.lock:
                return operation.run(sandbox, request, arguments)
        except Answer as answer:
            return answer.response
    return json_response({"error": f"no such operation; GET {ROOT} lists them"}, 404)
