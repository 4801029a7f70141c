"""Reads a contact that a client wrote, and collects what is wrong with it (reference: contacts 10)."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from sandbox.resources.checks import Issues
from sandbox.world.countries import countries

EMAIL_KINDS = ("business", "office", "private", "other")
PHONE_KINDS = ("business", "office", "mobile", "private", "fax", "other")
ADDRESS_KINDS = ("billing", "shipping")
EMAIL = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]+@[\w-]+(\.[\w-]+)+", re.ASCII)
PHONE = re.compile(r"[0-9 +()/.\-]{1,30}", re.ASCII)
LONGEST_SALUTATION, LONGEST_NOTE = 25, 1000


def _texts(body: Any, names: tuple[str, ...]) -> dict[str, Any]:
    """Return the texts among the named fields; empty ones are absent."""
    found = {name: body.get(name) for name in names} if isinstance(body, dict) else {}
    return {name: value.strip() for name, value in found.items() if isinstance(value, str) and value.strip()}


def _person(body: dict[str, Any], path: str, issues: Issues, extra: tuple[str, ...] = ()) -> dict[str, Any]:
    person = _texts(body, ("salutation", "firstName", "lastName", *extra))
    if "lastName" not in person:
        issues.missing(f"{path}.lastName")
    if len(person.get("salutation", "")) > LONGEST_SALUTATION:
        issues.invalid(f"{path}.salutation")
    return person


def _at_most_one(value: Any, path: str, issues: Issues) -> list[Any]:
    """Return a list; more than one entry can be read but not written (measured)."""
    if value is None:
        return []
    if not isinstance(value, list):
        issues.invalid(path)
        return []
    if len(value) > 1:
        issues.invalid(f"{path}.size")
    return value


def _company(body: dict[str, Any], issues: Issues) -> dict[str, Any]:
    company = _texts(body, ("name", "taxNumber", "vatRegistrationId"))
    if "name" not in company:
        issues.missing("company.name")
    company["allowTaxFreeInvoices"] = body.get("allowTaxFreeInvoices") is True
    people = []
    for at, item in enumerate(_at_most_one(body.get("contactPersons"), "company.contactPersons", issues)):
        entry = item if isinstance(item, dict) else {}
        person = _person(entry, f"company.contactPersons[{at}]", issues, ("emailAddress", "phoneNumber"))
        people.append(person | {"primary": entry.get("primary") is True})
    return company | ({"contactPersons": people} if people else {})


def _addresses(body: dict[str, Any], issues: Issues) -> dict[str, Any]:
    found = {}
    for kind in ADDRESS_KINDS:
        entries = []
        for item in _at_most_one(body.get(kind), f"addresses.{kind}", issues):
            address = _texts(item, ("supplement", "street", "zip", "city", "countryCode"))
            if address.get("countryCode") not in countries():
                issues.add("countrycode_is_not_valid", "countryCode")
            entries.append(address)
        if entries:
            found[kind] = entries
    return found


def _lists(
    body: dict[str, Any], name: str, kinds: tuple[str, ...], fits: Callable[[str], object], issues: Issues
) -> dict[str, Any]:
    """Read e-mail addresses or phone numbers: a list of at most one text per kind."""
    found = {}
    for kind in kinds:
        entries = _at_most_one(body.get(kind), f"{name}.{kind}", issues)
        for at, item in enumerate(entries):
            if not isinstance(item, str) or not fits(item):
                issues.invalid(f"{name}.{kind}[{at}]")
        if entries:
            found[kind] = entries
    return found


def _object(body: dict[str, Any], name: str, issues: Issues) -> dict[str, Any] | None:
    """Return a nested object; null is absent."""
    value = body.get(name)
    if value is not None and not isinstance(value, dict):
        issues.invalid(name)
        return None
    return value


def read_roles(body: dict[str, Any], issues: Issues) -> tuple[bool, bool]:
    """Return whether the contact is to be customer and vendor; it must be at least one of them."""
    roles = _object(body, "roles", issues) or {}
    customer, vendor = (isinstance(roles.get(name), dict) for name in ("customer", "vendor"))
    if not customer and not vendor:
        issues.missing("roles.customer or roles.vendor")
    return customer, vendor


def read_details(body: dict[str, Any], issues: Issues) -> dict[str, Any]:
    """Return the written fields; what is wrong with them is added to ``issues``, unknown fields are ignored."""
    details: dict[str, Any] = {}
    company, person = _object(body, "company", issues), _object(body, "person", issues)
    if company is not None and person is not None:
        issues.invalid("company and person")
    elif company is not None:
        details["company"] = _company(company, issues)
    elif person is not None:
        details["person"] = _person(person, "person", issues)
    else:
        issues.missing("company or person")
    parts = {
        "addresses": _addresses(_object(body, "addresses", issues) or {}, issues),
        "xRechnung": _texts(_object(body, "xRechnung", issues) or {}, ("buyerReference", "vendorNumberAtCustomer")),
        "emailAddresses": _lists(
            _object(body, "emailAddresses", issues) or {}, "emailAddresses", EMAIL_KINDS, EMAIL.fullmatch, issues
        ),
        "phoneNumbers": _lists(
            _object(body, "phoneNumbers", issues) or {}, "phoneNumbers", PHONE_KINDS, PHONE.fullmatch, issues
        ),
    }
    for name in ("buyerReference", "vendorNumberAtCustomer"):
        if parts["xRechnung"] and name not in parts["xRechnung"]:
            issues.missing(f"xRechnung.{name}")
    note = body.get("note")
    if isinstance(note, str) and len(note) > LONGEST_NOTE:
        issues.invalid("note")
    return details | {name: part for name, part in parts.items() if part} | _texts(body, ("note",))


def several_entries(details: dict[str, Any], issues: Issues) -> None:
    """Refuse to write over a contact that has several entries where only one can be written (measured)."""
    _at_most_one(details.get("company", {}).get("contactPersons"), "company.contactPersons", issues)
    for name in ("addresses", "emailAddresses", "phoneNumbers"):
        for kind, entries in details.get(name, {}).items():
            _at_most_one(entries, f"{name}.{kind}", issues)
