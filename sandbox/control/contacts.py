"""Contacts as somebody at the web application would keep them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sandbox.control.shapes import Operation, body_of, organisation_of, refuse
from sandbox.events import emit
from sandbox.http import Request, Response, json_response
from sandbox.resources.contacts import new_contact
from sandbox.state import Sandbox
from sandbox.world.contact_details import as_json, details_of, written
from sandbox.world.model import Contact, Organisation

PARTS = ("addresses", "emailAddresses", "phoneNumbers", "xRechnung", "note")


def _details(body: dict[str, Any], details: dict[str, Any]) -> dict[str, Any]:
    """Return the details with those of the body put in; lists may have several entries here."""
    parts = {name: body[name] for name in PARTS if name in body}
    if not all(isinstance(part, str if name == "note" else dict) for name, part in parts.items()):
        refuse("addresses, emailAddresses, phoneNumbers and xRechnung are objects of the service, note is a text")
    name = body.get("name")
    if name is None:
        return details | parts
    if not isinstance(name, str) or not name.strip():
        refuse("name must be a text")
    if body.get("person", "person" in details):
        last, _, first = name.partition(", ")
        person = {"lastName": last} | ({"firstName": first} if first else {})
        return {key: value for key, value in details.items() if key != "company"} | {"person": person} | parts
    company = details.get("company", {"allowTaxFreeInvoices": False}) | {"name": name}
    return {key: value for key, value in details.items() if key != "person"} | {"company": company} | parts


def add(sandbox: Sandbox, request: Request, arguments: dict[str, str]) -> Response:
    """Add a contact."""
    organisation, body = organisation_of(sandbox, arguments), body_of(request)
    if "name" not in body:
        refuse("name must be a text")
    vendor = bool(body.get("vendor"))
    contact = new_contact(organisation, _details(body, {}), bool(body.get("customer", not vendor)), vendor)
    emit(sandbox, organisation, "contact.created", contact.id)
    return json_response({"contact": as_json(contact, organisation.id)}, 201)


def _contact_of(sandbox: Sandbox, arguments: dict[str, str]) -> tuple[Organisation, Contact]:
    organisation = organisation_of(sandbox, arguments)
    contact = organisation.contacts.get(arguments["contact"])
    if contact is None:
        refuse("no such contact", 404)
    return organisation, contact


def change(sandbox: Sandbox, request: Request, arguments: dict[str, str]) -> Response:
    """Change a contact, or archive it."""
    organisation, old = _contact_of(sandbox, arguments)
    body = body_of(request)
    contact = replace(written(old, _details(body, details_of(old))), archived=bool(body.get("archived", old.archived)))
    organisation.contacts[contact.id] = contact
    emit(sandbox, organisation, "contact.changed", contact.id)
    return json_response({"contact": as_json(contact, organisation.id)})


def delete(sandbox: Sandbox, request: Request, arguments: dict[str, str]) -> Response:
    """Delete a contact; documents keep its name."""
    organisation, contact = _contact_of(sandbox, arguments)
    del organisation.contacts[contact.id]
    emit(sandbox, organisation, "contact.deleted", contact.id)
    return json_response({"deleted": contact.id})


ORGANIZATION = "/control/organizations/{organization}"
FIELDS = {
    "name": "of a company, or of a person as Last, First",
    "person": "true for a person",
    "addresses": "as the service has them; several entries are possible here",
    "emailAddresses": "as the service has them",
    "phoneNumbers": "as the service has them",
    "xRechnung": "as the service has it",
    "note": "text",
}
CONTACTS = (
    Operation(
        "POST",
        f"{ORGANIZATION}/contacts",
        "adds a contact",
        add,
        FIELDS | {"customer": "default: true unless vendor", "vendor": "default: false"},
    ),
    Operation(
        "POST",
        f"{ORGANIZATION}/contacts/{{contact}}/change",
        "changes the given fields of a contact",
        change,
        FIELDS | {"archived": "true or false"},
    ),
    Operation("POST", f"{ORGANIZATION}/contacts/{{contact}}/delete", "deletes a contact", delete),
)
