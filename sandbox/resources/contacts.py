"""``/v1/contacts``: customers and vendors (reference: contacts 10)."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from sandbox import errors
from sandbox.events import emit
from sandbox.http import Answer, Call, Response, Route, json_response
from sandbox.resources.checks import Issues
from sandbox.resources.contact_reading import read_details, read_roles, several_entries
from sandbox.resources.paging import DEFAULT_SIZE, WINDOW, PageRequest, page_of, sort_entry, whole_number
from sandbox.resources.replies import not_found
from sandbox.resources.text_filter import LONGEST, SHORTEST, text_filter
from sandbox.resources.writing import action_result, json_body
from sandbox.world.contact_details import as_json, details_of, list_name, texts, written
from sandbox.world.model import Contact, Organisation, Party

# 500 was still accepted where 250 is documented, 1,000 was not (measured).
MAX_SIZE = 500
FIRST_CUSTOMER, FIRST_VENDOR = 10_002, 70_001
FILTERS = ("email", "name", "number", "customer", "vendor", "page", "size")


def _bad_request(source: str, key: str = "bad_request_error") -> Answer:
    return Answer(errors.legacy(400, key, source))


def _page(call: Call) -> PageRequest:
    size = whole_number(call.request.value("size"), DEFAULT_SIZE, 1)
    number = whole_number(call.request.value("page"), 0, 0)
    if size > MAX_SIZE:
        raise _bad_request("parameter 'size' exceeds the limit")
    if number * size >= WINDOW:
        raise _bad_request("Maximum search window size exceeded")
    return PageRequest(number, size)


def _text_test(call: Call, name: str, kind: str) -> Callable[[Contact], bool]:
    pattern = call.request.value(name)
    if pattern is None:
        return lambda contact: True
    if not SHORTEST <= len(pattern) <= LONGEST:
        raise _bad_request(f"size must be between {SHORTEST} and {LONGEST}")
    matches = text_filter(pattern)
    return lambda contact: matches(texts(contact, kind))


def _number_test(call: Call) -> Callable[[Contact], bool]:
    value = call.request.value("number")
    if value is None:
        return lambda contact: True
    if not (value.isascii() and value.isdigit()):
        raise _bad_request("number", "invalid_value")
    return lambda contact: int(value) in (contact.customer_number, contact.vendor_number)


def _role_test(call: Call, name: str) -> Callable[[Contact], bool]:
    value = call.request.value(name)
    if value is None:
        return lambda contact: True
    if value not in ("true", "false"):
        raise _bad_request(name, "invalid_value")
    return lambda contact: (getattr(contact, f"{name}_number") is not None) == (value == "true")


def listing(call: Call) -> Response:
    """List the contacts by name, archived ones included; all filters must match."""
    for name in FILTERS:
        if len(call.request.values(name)) > 1:
            raise _bad_request(name)
    tests = (
        _text_test(call, "email", "emails"),
        _text_test(call, "name", "names"),
        _number_test(call),
        _role_test(call, "customer"),
        _role_test(call, "vendor"),
    )
    page = _page(call)
    found = [item for item in call.organisation.contacts.values() if all(test(item) for test in tests)]
    found.sort(key=lambda item: (item.name.casefold(), item.id))
    shown = found[page.number * page.size : (page.number + 1) * page.size]
    rows = [as_json(item, call.organisation.id) for item in shown]
    return json_response(page_of(rows, page, sort_entry("name", descending=False), total=len(found)))


def _found(call: Call) -> Contact:
    contact = call.organisation.contacts.get(call.arguments["id"])
    if contact is None:
        not_found(call, legacy=True)
    return contact


def read(call: Call) -> Response:
    """Read one contact."""
    return json_response(as_json(_found(call), call.organisation.id))


def _next(organisation: Organisation, name: str, first: int) -> int:
    numbers = [getattr(item, name) for item in organisation.contacts.values()]
    return max((number + 1 for number in numbers if number is not None), default=first)


def with_roles(organisation: Organisation, contact: Contact, customer: bool, vendor: bool) -> Contact:
    """Return the contact in these roles; a role keeps its number, a new one gets the next."""
    numbers: dict[str, int | None] = {"customer_number": None, "vendor_number": None}
    for name, wanted, first in (
        ("customer_number", customer, FIRST_CUSTOMER),
        ("vendor_number", vendor, FIRST_VENDOR),
    ):
        if wanted:
            numbers[name] = getattr(contact, name) or _next(organisation, name, first)
    return replace(contact, customer_number=numbers["customer_number"], vendor_number=numbers["vendor_number"])


def new_contact(organisation: Organisation, details: dict[str, Any], customer: bool, vendor: bool) -> Contact:
    """Add a contact to an organisation and return it."""
    name = list_name(details)
    blank = Contact(str(uuid.uuid4()), name, Party(name, "", "", "", ""), False, None, None, "", version=0)
    contact = with_roles(organisation, written(blank, details), customer, vendor)
    organisation.contacts[contact.id] = contact
    return contact


def create(call: Call) -> Response:
    """Create a contact; the answer is 200 (measured), and ``version`` must be 0."""
    body = json_body(call, legacy=True)
    issues = Issues()
    version = body.get("version")
    if version is None:
        issues.missing("version")
    elif version != 0 or isinstance(version, bool):
        issues.invalid("version")
    customer, vendor = read_roles(body, issues)
    details = read_details(body, issues)
    issues.refuse()
    contact = new_contact(call.organisation, details, customer, vendor)
    emit(call.sandbox, call.organisation, "contact.created", contact.id)
    now = call.sandbox.now()
    return action_result(call, "contacts", contact.id, now, now, contact.version, 200)


def update(call: Call) -> Response:
    """Replace a contact; what is left out is emptied, and a stale version is refused with 406 (measured)."""
    old = _found(call)
    body = json_body(call, legacy=True)
    issues = Issues()
    version = body.get("version")
    if version is None:
        issues.missing("version")
    elif version != old.version or isinstance(version, bool):
        issues.invalid("version")
    issues.refuse()
    customer, vendor = read_roles(body, issues)
    details = read_details(body, issues)
    several_entries(details_of(old), issues)
    issues.refuse()
    contact = with_roles(call.organisation, written(old, details), customer, vendor)
    call.organisation.contacts[contact.id] = contact
    emit(call.sandbox, call.organisation, "contact.changed", contact.id)
    now = call.sandbox.now()
    return action_result(call, "contacts", contact.id, now, now, contact.version, 200)


ROUTES = (
    Route("GET", "/v1/contacts", listing, scope="contacts.read", legacy=True),
    Route("POST", "/v1/contacts", create, scope="contacts.write", legacy=True),
    Route("GET", "/v1/contacts/{id}", read, scope="contacts.read", legacy=True),
    Route("PUT", "/v1/contacts/{id}", update, scope="contacts.write", legacy=True),
)
