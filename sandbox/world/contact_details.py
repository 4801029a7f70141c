"""The contact object of the service (reference: contacts 10), and the party on paper that follows from it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sandbox.world.model import Contact, Party


def details_of(contact: Contact) -> dict[str, Any]:
    """Return the written fields of a contact: those somebody wrote, or those that follow from its party."""
    if contact.details is not None:
        return contact.details
    party = contact.party
    details: dict[str, Any] = {}
    if contact.person:
        last, _, first = contact.name.partition(", ")
        details["person"] = {"firstName": first, "lastName": last} if first else {"lastName": last}
    else:
        company = {"name": party.name, "taxNumber": party.tax_number, "vatRegistrationId": party.vat_id}
        details["company"] = {name: value for name, value in company.items() if value} | {"allowTaxFreeInvoices": False}
    if party.street or party.city:
        country = "IE" if party.vat_id.startswith("IE") else "DE"
        address = {"street": party.street, "zip": party.zip, "city": party.city, "countryCode": country}
        details["addresses"] = {"billing": [address]}
    if party.email:
        details["emailAddresses"] = {"private" if contact.person else "business": [party.email]}
    if party.phone:
        details["phoneNumbers"] = {"office": [party.phone]}
    return details


def as_json(contact: Contact, organisation_id: str) -> dict[str, Any]:
    """Return a contact as the service shows it: absent fields left out, and no timestamps (measured)."""
    roles: dict[str, Any] = {}
    if contact.customer_number is not None:
        roles["customer"] = {"number": contact.customer_number}
    if contact.vendor_number is not None:
        roles["vendor"] = {"number": contact.vendor_number}
    head = {"id": contact.id, "organizationId": organisation_id, "version": contact.version, "roles": roles}
    return head | details_of(contact) | {"archived": contact.archived}


def list_name(details: dict[str, Any]) -> str:
    """Return how lists show a contact: companies by name, persons as ``Last, First``."""
    if "company" in details:
        return str(details["company"]["name"])
    person = details["person"]
    return ", ".join(part for part in (person["lastName"], person.get("firstName", "")) if part)


def texts(contact: Contact, kind: str) -> list[str]:
    """Return the ``names`` or the ``emails`` of a contact, those of its contact persons included for e-mails."""
    details = details_of(contact)
    company = details.get("company", {})
    if kind == "names":
        person = details.get("person", {})
        spoken = f"{person.get('firstName', '')} {person.get('lastName', '')}".strip()
        return [text for text in (company.get("name", ""), spoken, contact.name) if text]
    own = [text for group in details.get("emailAddresses", {}).values() for text in group]
    return own + [item["emailAddress"] for item in company.get("contactPersons", []) if item.get("emailAddress")]


def _first(details: dict[str, Any], group: str) -> str:
    return next((str(text) for entries in details.get(group, {}).values() for text in entries), "")


def written(old: Contact, details: dict[str, Any]) -> Contact:
    """Return the contact with other details: a new object, one version further."""
    company = details.get("company", {})
    addresses = details.get("addresses", {}).get("billing") or [{}]
    name = list_name(details)
    spoken = company.get("name") or " ".join(reversed(name.split(", ", 1)))
    party: Party = replace(
        old.party,
        name=spoken,
        street=addresses[0].get("street", ""),
        zip=addresses[0].get("zip", ""),
        city=addresses[0].get("city", ""),
        vat_id=company.get("vatRegistrationId", ""),
        tax_number=company.get("taxNumber", ""),
        email=_first(details, "emailAddresses"),
        phone=_first(details, "phoneNumbers"),
    )
    return replace(old, name=name, party=party, person="person" in details, details=details, version=old.version + 1)
