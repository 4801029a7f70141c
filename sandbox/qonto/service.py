"""The way of a call through the local Qonto: faults, key, limit, permission, resource."""

from __future__ import annotations

import time

from sandbox.faults import Fault
from sandbox.http import Answer, Request, Response, json_response
from sandbox.qonto import showing
from sandbox.qonto.listing import list_transactions
from sandbox.qonto.model import Organization
from sandbox.qonto.office import Office
from sandbox.service import CUT, DRIP, PAGE

FILES = "/qonto-files/"


def is_ours(path: str) -> bool:
    """Say whether a path belongs to the local Qonto."""
    return path == "/v2" or path.startswith(("/v2/", FILES))


def serve(office: Office, request: Request) -> tuple[Response, str]:
    """Answer one call; returns the answer and the organization's id (empty for an unknown key)."""
    if request.path.startswith(FILES):
        return _file(office, request), ""
    organization = office.by_key(request.headers.get("authorization", ""))
    identity = organization.id if organization else ""
    fault = office.faults.pick(request, identity)
    if fault and fault.kind == "delay":
        time.sleep(fault.milliseconds / 1000)
    spoiled = _instead(fault) if fault else None
    if spoiled is not None:
        return spoiled, identity
    if not office.windows.take():
        return _too_many(), identity
    if organization is None:
        if not office.windows.reject():
            return _too_many(), identity
        return showing.error(401, "unauthorized", "The login or the secret key is wrong."), identity
    with office.lock:
        if fault and fault.kind == "touch":
            _touch(office, organization)
        try:
            response = _route(office, organization, request)
        except Answer as answer:
            response = answer.response
    return (_afterwards(fault, response) if fault else response), identity


def _too_many() -> Response:
    response = showing.error(429, "too_many_requests", "Too many requests.")
    response.headers["Retry-After"] = "1"
    return response


def _route(office: Office, organization: Organization, request: Request) -> Response:
    parts = request.path.strip("/").split("/")[1:]
    if request.method != "GET":
        raise showing.refuse(403, "forbidden", "The key only reads.")
    if parts[:1] == ["attachments"] and len(parts) == 2:
        return _attachment(office, organization, request, parts[1])
    if "organization.read" not in organization.scopes:
        raise showing.refuse(403, "forbidden", "The scope organization.read is missing.")
    if parts == ["organization"]:
        return json_response(showing.organization(organization, office.now()))
    if parts == ["bank_accounts"]:
        shown = [showing.account(item, office.now()) for item in organization.accounts.values()]
        return json_response({"bank_accounts": shown, "meta": {"current_page": 1, "next_page": None}})
    if parts == ["transactions"]:
        return list_transactions(organization, request)
    if parts[:1] == ["transactions"] and len(parts) == 2:
        for account in organization.accounts.values():
            found = next((item for item in account.transactions.values() if item.id == parts[1]), None)
            if found is not None:
                with_files = "attachments" in request.values("includes[]")
                shown_one = showing.transaction(found, account, organization, attachments=with_files)
                return json_response({"transaction": shown_one})
    raise showing.refuse(404, "not_found", "There is no such thing.")


def _attachment(office: Office, organization: Organization, request: Request, identity: str) -> Response:
    if "attachment.read" not in organization.scopes:
        raise showing.refuse(403, "forbidden", "The scope attachment.read is missing.")
    found = organization.attachments.get(identity)
    if found is None:
        raise showing.refuse(404, "not_found", "There is no such attachment.")
    url = f"http://{request.headers.get('host', '')}{FILES}{office.open_address(organization, identity)}?signed=yes"
    return json_response({"attachment": showing.about(found, url)})


def _file(office: Office, request: Request) -> Response:
    """The storage behind the addresses: it wants no other key beside the signed address."""
    if "authorization" in request.headers:
        return Response(400, b"<Error><Code>InvalidArgument</Code></Error>", "application/xml")
    fault = office.faults.pick(request, "")
    spoiled = _instead(fault) if fault else None
    if spoiled is not None:
        return spoiled
    found = office.at_address(request.path.removeprefix(FILES))
    if found is None:
        return Response(403, b"<Error><Code>AccessDenied</Code></Error>", "application/xml")
    response = Response(200, *found)
    return _afterwards(fault, response) if fault else response


def _touch(office: Office, organization: Organization) -> None:
    """Change what was changed longest ago, as somebody does who writes notes while the list is read."""
    everything = [item for account in organization.accounts.values() for item in account.transactions.values()]
    settled = [item for item in everything if item.status == "completed"]
    if settled:
        oldest = min(settled, key=lambda item: item.updated)
        oldest.note, oldest.updated = "noted", office.now()


def _instead(fault: Fault) -> Response | None:
    if fault.kind == "html":
        return Response(200, PAGE.format("Wartungsarbeiten").encode(), "text/html;charset=utf-8")
    if fault.kind != "status":
        return None
    if fault.status == 429:
        return _too_many()
    if fault.status >= 500:
        return Response(fault.status, PAGE.format("Bad Gateway").encode(), "text/html")
    return showing.error(fault.status, "unauthorized" if fault.status == 401 else "error", fault.message or "refused")


def _afterwards(fault: Fault, response: Response) -> Response:
    if fault.kind == "reset":
        response.headers[CUT] = "1"
    if fault.kind == "drip":
        response.headers[DRIP] = str(fault.milliseconds)
    if fault.kind == "truncated":
        response.body = response.body[: len(response.body) // 2]
    return response
