"""Contacts: reading, filtering, writing, and the refusals of all that."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from sandbox.resources.text_filter import text_filter
from tests.sandbox.api import Api, fast

COMPANY: dict[str, Any] = {"version": 0, "roles": {"customer": {}}, "company": {"name": "Nordlicht Werkzeugbau GmbH"}}
PERSON: dict[str, Any] = {"version": 0, "roles": {"vendor": {}}, "person": {"firstName": "Lea", "lastName": "Brandt"}}


@pytest.fixture(scope="module")
def api() -> Iterator[Api]:
    with fast() as running:
        yield Api(running, 2)


def write(api: Api, body: Any, identity: str = "") -> requests.Response:
    headers = {"Authorization": f"Bearer {api.organization['key']}"}
    url = f"{api.running.url}/v1/contacts"
    if identity:
        return requests.put(f"{url}/{identity}", json=body, headers=headers, timeout=10)
    return requests.post(url, json=body, headers=headers, timeout=10)


def listed(api: Api, **filters: str) -> list[dict[str, Any]]:
    answer = api.get("/v1/contacts", **({"size": "250"} | filters))
    assert answer.status_code == 200, answer.text
    return list(answer.json()["content"])


def issues(answer: requests.Response, status: int = 406) -> set[tuple[str, str | None]]:
    assert answer.status_code == status, answer.text
    return {(item["i18nKey"], item["source"]) for item in answer.json()["IssueList"]}


def test_the_contacts_of_the_world_are_those_of_its_documents(api: Api) -> None:
    contacts = {contact["id"]: contact for contact in listed(api)}
    named = {row["contactId"]: row["contactName"] for row in api.rows() if "contactId" in row}
    assert set(named) <= set(contacts)
    for identity, name in named.items():
        contact = contacts[identity]
        assert contact == api.get(f"/v1/contacts/{identity}").json()
        assert (contact["version"], contact["archived"], contact["organizationId"]) == (1, False, api.id)
        assert not {"createdDate", "updatedDate"} & set(contact)
        person = contact.get("person", {})
        assert name in (contact.get("company", {}).get("name"), f"{person.get('lastName')}, {person.get('firstName')}")
    assert any("customer" in item["roles"] for item in contacts.values())
    assert all(item["roles"]["vendor"]["number"] >= 70_001 for item in contacts.values() if "vendor" in item["roles"])


def test_create_answers_200_and_numbers_the_contact(api: Api) -> None:
    highest = max(item["roles"]["customer"]["number"] for item in listed(api, customer="true"))
    made = write(api, COMPANY)
    assert (made.status_code, made.json()["version"]) == (200, 1)
    assert made.headers["Location"] == made.json()["resourceUri"]
    contact = api.get(f"/v1/contacts/{made.json()['id']}").json()
    assert contact["roles"] == {"customer": {"number": highest + 1}}
    assert contact["company"] == {"name": "Nordlicht Werkzeugbau GmbH", "allowTaxFreeInvoices": False}


def test_an_update_replaces_everything_and_keeps_numbers(api: Api) -> None:
    full = PERSON | {
        "note": "Liefersperre",
        "addresses": {"billing": [{"street": "Am Wall 4", "zip": "28195", "city": "Bremen", "countryCode": "DE"}]},
        "emailAddresses": {"private": ["lea@brandt.example"]},
        "phoneNumbers": {"mobile": ["+49 151 555010"]},
    }
    identity = write(api, full).json()["id"]
    before = api.get(f"/v1/contacts/{identity}").json()
    assert all(before[name] == full[name] for name in ("note", "addresses", "emailAddresses", "phoneNumbers"))
    roles: dict[str, Any] = {"vendor": {}, "customer": {}}
    changed = write(api, {"version": 1, "roles": roles, "person": {"lastName": "Brandt-Voss"}}, identity)
    assert (changed.status_code, changed.json()["version"]) == (200, 2)
    after = api.get(f"/v1/contacts/{identity}").json()
    assert after["roles"]["vendor"] == before["roles"]["vendor"]
    assert set(after) == {"id", "organizationId", "version", "roles", "person", "archived"}


def test_a_stale_version_is_406_in_the_older_shape(api: Api) -> None:
    identity = write(api, COMPANY).json()["id"]
    assert write(api, COMPANY | {"version": 1}, identity).status_code == 200
    assert issues(write(api, COMPANY | {"version": 1}, identity)) == {("invalid_value", "version")}
    without = {name: value for name, value in COMPANY.items() if name != "version"}
    assert issues(write(api, without, identity)) == {("missing_entity", "version")}
    assert issues(write(api, without)) == {("missing_entity", "version")}
    assert issues(write(api, COMPANY | {"version": 3})) == {("invalid_value", "version")}
    assert api.get(f"/v1/contacts/{identity}").json()["version"] == 2


ADDRESS = {"street": "Am Wall 4", "countryCode": "DE"}


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"roles": {}}, ("missing_entity", "roles.customer or roles.vendor")),
        ({"company": None}, ("missing_entity", "company or person")),
        ({"person": {"lastName": "Brandt"}}, ("invalid_value", "company and person")),
        ({"company": {"name": " "}}, ("missing_entity", "company.name")),
        ({"company": None, "person": {"firstName": "Lea"}}, ("missing_entity", "person.lastName")),
        (
            {"company": None, "person": {"lastName": "B", "salutation": "x" * 26}},
            ("invalid_value", "person.salutation"),
        ),
        ({"addresses": {"billing": [ADDRESS, ADDRESS]}}, ("invalid_value", "addresses.billing.size")),
        ({"addresses": {"shipping": [ADDRESS | {"countryCode": "XX"}]}}, ("countrycode_is_not_valid", "countryCode")),
        ({"addresses": {"shipping": [{"city": "Kiel"}]}}, ("countrycode_is_not_valid", "countryCode")),
        ({"xRechnung": {"buyerReference": "991-1"}}, ("missing_entity", "xRechnung.vendorNumberAtCustomer")),
        ({"emailAddresses": {"office": ["nobody"]}}, ("invalid_value", "emailAddresses.office[0]")),
        ({"emailAddresses": {"office": ["a@b.de", "c@d.de"]}}, ("invalid_value", "emailAddresses.office.size")),
        ({"phoneNumbers": {"fax": ["call me"]}}, ("invalid_value", "phoneNumbers.fax[0]")),
        ({"phoneNumbers": {"fax": ["1" * 31]}}, ("invalid_value", "phoneNumbers.fax[0]")),
        ({"note": "x" * 1001}, ("invalid_value", "note")),
    ],
)
def test_refusals(api: Api, change: dict[str, Any], found: tuple[str, str]) -> None:
    before = len(listed(api))
    assert issues(write(api, COMPANY | change)) == {found}
    assert len(listed(api)) == before


def test_a_contact_with_several_entries_can_be_read_but_not_written(api: Api) -> None:
    made = api.control(
        f"organizations/{api.id}/contacts", name="Vielseitig AG", addresses={"billing": [ADDRESS, ADDRESS]}
    ).json()["contact"]
    assert len(api.get(f"/v1/contacts/{made['id']}").json()["addresses"]["billing"]) == 2
    refused = write(api, COMPANY | {"version": made["version"]}, made["id"])
    assert issues(refused) == {("invalid_value", "addresses.billing.size")}


def test_archiving_is_not_for_the_api(api: Api) -> None:
    made = write(api, COMPANY).json()
    assert write(api, COMPANY | {"version": 1, "archived": True}, made["id"]).status_code == 200
    assert api.get(f"/v1/contacts/{made['id']}").json()["archived"] is False
    api.control(f"organizations/{api.id}/contacts/{made['id']}/change", archived=True)
    assert next(item for item in listed(api) if item["id"] == made["id"])["archived"] is True


def test_unknown_contacts_and_bodies(api: Api) -> None:
    assert api.get("/v1/contacts/00000000-0000-4000-8000-000000000000").status_code == 404
    assert write(api, COMPANY, "nobody").status_code == 404
    assert issues(write(api, [1]), 400) == {("bad_request_error", None)}


def test_filters_by_name_mail_number_and_role(api: Api) -> None:
    contact = api.control(
        f"organizations/{api.id}/contacts",
        name="Roth & Sohn KG",
        vendor=True,
        emailAddresses={"business": ["post@roth_sohn.example"]},
    ).json()["contact"]
    mine = [contact["id"]]

    def ids(**filters: str) -> list[str]:
        return [item["id"] for item in listed(api, **filters)]

    assert ids(name="roth &amp; sohn") == mine
    assert ids(name="Roth & Sohn") == []
    assert ids(name="r_th%kg") == mine
    assert ids(name="sohn%roth") == []
    assert ids(email="ROTH\\_sohn") == mine
    assert ids(email="roth\\%sohn") == []
    assert ids(number=str(contact["roles"]["vendor"]["number"])) == mine
    assert ids(name="roth", vendor="true", customer="false") == mine
    assert ids(name="roth", customer="true") == []
    assert set(ids(vendor="true")) | set(ids(vendor="false")) == set(ids())
    assert ids(colour="red") == ids()


def test_the_mail_of_a_contact_person_is_found(api: Api) -> None:
    people = [{"lastName": "Harms", "emailAddress": "harms@werkstatt-harms.example"}]
    made = write(api, COMPANY | {"company": {"name": "Werkstatt GmbH", "contactPersons": people}}).json()
    assert [item["id"] for item in listed(api, email="werkstatt-harms")] == [made["id"]]
    assert api.get(f"/v1/contacts/{made['id']}").json()["company"]["contactPersons"] == [people[0] | {"primary": False}]


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"name": "ab"}, ("bad_request_error", "size must be between 3 and 128")),
        ({"email": "x" * 129}, ("bad_request_error", "size must be between 3 and 128")),
        ({"number": "ten"}, ("invalid_value", "number")),
        ({"customer": "yes"}, ("invalid_value", "customer")),
        ({"size": "1000"}, ("bad_request_error", "parameter 'size' exceeds the limit")),
        ({"size": "250", "page": "40"}, ("bad_request_error", "Maximum search window size exceeded")),
        ({"name": ["abc", "def"]}, ("bad_request_error", "name")),
    ],
)
def test_filters_that_are_refused(api: Api, filters: dict[str, Any], found: tuple[str, str]) -> None:
    assert issues(api.get("/v1/contacts", **filters), 400) == {found}


def test_pages_are_sorted_by_name(api: Api) -> None:
    everyone = listed(api, size="500")
    pages = [api.get("/v1/contacts", size="4", page=str(number)).json() for number in range(len(everyone) // 4 + 1)]
    assert [item for page in pages for item in page["content"]] == everyone
    assert pages[0]["sort"][0] | {} == {
        "property": "name",
        "direction": "ASC",
        "ignoreCase": False,
        "nullHandling": "NATIVE",
        "ascending": True,
    }
    assert api.get("/v1/contacts", size="nonsense").json()["size"] == 25


def test_changes_are_said(api: Api) -> None:
    made = write(api, COMPANY).json()["id"]
    write(api, COMPANY | {"version": 1}, made)
    api.control(f"organizations/{api.id}/contacts/{made}/change", name="Anders GmbH")
    api.control(f"organizations/{api.id}/contacts/{made}/delete")
    answer = requests.get(f"{api.running.control_url}/events?organization={api.id}", timeout=10).json()
    events = [event["event_type"] for event in answer["events"] if event["resource_id"] == made]
    assert events == ["contact.created", "contact.changed", "contact.changed", "contact.deleted"]
    assert api.get(f"/v1/contacts/{made}").status_code == 404


def test_documents_keep_the_address_they_were_written_to(api: Api) -> None:
    row = next(row for row in api.rows(voucherType="invoice") if "contactId" in row)
    before = api.read(row)["address"]
    version = api.get(f"/v1/contacts/{row['contactId']}").json()["version"]
    assert write(api, COMPANY | {"version": version}, row["contactId"]).status_code == 200
    assert api.read(row)["address"] == before


@given(text=st.text("ab%_\\", max_size=8), pattern=st.text("ab", min_size=1, max_size=4))
def test_a_plain_pattern_is_part_of_the_text(text: str, pattern: str) -> None:
    assert text_filter(pattern)([text]) == (pattern in text)
    assert text_filter(pattern.upper())([text]) == (pattern in text)


@given(before=st.text(max_size=5), middle=st.text(max_size=5), after=st.text(max_size=5))
def test_a_run_stands_for_anything(before: str, middle: str, after: str) -> None:
    assert text_filter("x%y")([f"{before}x{middle}y{after}"])
    assert text_filter("x\\%y")([f"{before}x{middle}y{after}"]) == ("x%y" in f"{before}x{middle}y{after}".lower())
