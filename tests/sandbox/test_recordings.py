"""The sandbox's answers have the shape of those that other people recorded, measured and copied from the vendor.

The files belong to other projects and are found through KONTOR_SAMPLES. Every one of them is compared here or named
with the reason why not.
"""

from __future__ import annotations

import fnmatch
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.sandbox.api import Api, fast
from tests.sandbox.documents_to_write import CONTACT, VOUCHER, item, sales_document
from tests.sandbox.everything import LISTED, add_customers, all_kinds, booked_sale, read
from tests.sandbox.sample_files import (
    CREATED,
    DOCUMENTED,
    ERRORS,
    LACKING,
    LEFT,
    LISTS,
    MEASURED,
    RENDERED,
    REQUESTS,
    UPLOADED,
)
from tests.sandbox.shapes import Shape, lacking, measured_shape, shape_of

pytestmark = pytest.mark.samples


@pytest.fixture(scope="module")
def folder(samples: Path) -> Path:
    return samples / "lexware"


@pytest.fixture(scope="module")
def api() -> Iterator[Api]:
    with fast() as running:
        api = Api(running)
        api.control("settings", check_callbacks=False)
        yield api


@pytest.fixture(scope="module")
def customer(api: Api) -> str:
    return add_customers(api)


@pytest.fixture(scope="module")
def everything(api: Api, customer: str) -> dict[str, list[Any]]:
    return all_kinds(api, customer)


def loads(path: Path) -> Any:
    return json.loads(path.read_text())


def test_every_file_is_compared_or_left_for_a_reason(folder: Path) -> None:
    left = [pattern for group in LEFT.values() for pattern in group]
    patterns = [*left, *DOCUMENTED, *LISTS, *CREATED, *UPLOADED, *RENDERED, *ERRORS, *MEASURED, *REQUESTS]
    names = [str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()]
    assert [name for name in names if not any(fnmatch.fnmatch(name, pattern) for pattern in patterns)] == []
    assert [pattern for pattern in patterns if not fnmatch.filter(names, pattern)] == []


# What was measured on a live account in 2026: nothing is lacking, and nothing is there that was not seen.


def _live(api: Api, customer: str, about: str) -> list[Any]:
    """The sandbox's answers to a call that was measured, named such as ``GET /v1/invoices/{id} (open)``."""
    path, _, state = about.removeprefix("GET ").partition(" ")
    resource = path.split("/")[2]
    vouchers = api.truth()["vouchers"]
    if resource == "voucherlist":
        return [read(api, path, voucherType="any", voucherStatus="any", size=250)]
    if "{id}" not in path:
        return [read(api, path, size=250 if resource in LISTED else None)]
    if resource in LISTED:
        wanted = "person" if "person" in state else "company"
        rows = read(api, f"/v1/{resource}", size=250)["content"]
        rows = [row for row in rows if resource != "contacts" or wanted in row]
        return [read(api, f"/v1/{resource}/{row['id']}") for row in rows]
    if resource in ("vouchers", "payments"):
        open_ones = [row for row in vouchers if (row["type"], row["status"]) == ("purchaseinvoice", "open")]
        collective = api.create("/v1/vouchers", VOUCHER)
        return [read(api, f"/v1/{resource}/{identity}") for identity in (collective, *(row["id"] for row in open_ones))]
    plain = api.create("/v1/contacts", CONTACT)
    final = {"finalize": "true"} if "open" in state else {}
    return [read(api, f"/v1/{resource}/{api.create(f'/v1/{resource}', sales_document(resource, plain), **final)}")]


# Parts that a document has or has not; the account of the measurement had none of them.
OPTIONAL = {
    "contacts": {"company", "addresses", "emailAddresses", "phoneNumbers", "roles", "xRechnung", "note"},
    "recurring-templates": {"content[]"},
    "vouchers": {"contactId", "remark"},
    "articles": {"articleNumber", "gtin"},
}


def test_live_answers_of_2026_have_the_same_shape(api: Api, customer: str, folder: Path) -> None:
    measured = loads(folder / "measured-benethos" / "live-response-shapes-2026-10-10.json")["shapes"]
    found: dict[str, Any] = {}
    for about, lines in measured.items():
        seen, ours = measured_shape(lines), shape_of(*_live(api, customer, about))
        parts = OPTIONAL.get(about.split("/")[2].split(" ")[0], set())
        more = [path for path in lacking(ours, seen) if not _below(path, parts)]
        if lacking(seen, ours) or more:
            found[about] = {"lacking": lacking(seen, ours), "never seen": more}
    assert not found
    assert len(measured) == 19


def _below(path: str, parts: set[str]) -> bool:
    names = path.removeprefix("content[].")
    return (
        any(names == part or names.startswith((f"{part}.", f"{part}[")) for part in parts)
        or path.split(".")[0] in parts
    )


def test_keys_that_a_partner_saw(api: Api, customer: str, folder: Path) -> None:
    seen = loads(folder / "measured-zierhut" / "key-lists-2026-07-18.json")
    profile = read(api, "/v1/profile")
    flat = set(profile) - {"created"} | {f"created.{name}" for name in profile["created"]}
    assert flat == set(seen["GET /v1/profile"])
    assert set(read(api, f"/v1/contacts/{customer}")) >= set(seen["GET /v1/contacts/{id} (company, customer)"])
    rows = [row for row in api.rows() if "contactId" in row and "dueDate" in row and "openAmount" in row]
    assert set(rows[0]) == set(seen["voucherlist row"])
    refused = api.get("/v1/articles", size=1).json()
    expected = {name.rstrip("?") for name in seen["regular error on GET /v1/articles"]}
    assert set(refused) == expected
    for call, status in seen["status codes"].items():
        path = call.removeprefix("POST ")
        body = CONTACT if path.endswith("contacts") else sales_document(path.split("/")[-1])
        assert api.post(path, body).status_code == status


def test_vouchers_that_were_measured(api: Api, folder: Path) -> None:
    made = api.post("/v1/vouchers", booked_sale())
    result = loads(folder / "measured-benethos" / "voucher-action-result-2026-08-20.json")
    assert shape_of(made.json()) == shape_of(result)
    assert made.json()["version"] == result["version"]
    identity = made.json()["id"]
    row = next(row for row in api.rows(voucherType="salesinvoice") if row["id"] == identity)
    measured = loads(folder / "measured-benethos" / "voucherlist-row-collective-contact-2026-08-20.json")
    assert shape_of(row) == shape_of(measured)
    assert row["contactName"] == measured["contactName"]
    api.on(identity, "draft")
    body = booked_sale(remark="a note", version=read(api, f"/v1/vouchers/{identity}")["version"])
    assert api.put(f"/v1/vouchers/{identity}", body).status_code == 200
    unchecked = read(api, f"/v1/vouchers/{identity}")
    measured = loads(folder / "measured-benethos" / "voucher-unchecked-2026-08-20.json")
    assert unchecked["voucherStatus"] == measured["voucherStatus"]
    assert lacking(shape_of(measured), shape_of(unchecked)) == lacking(shape_of(unchecked), shape_of(measured)) == []


# What was recorded in 2023, headers and all.


def _again(api: Api, customer: str, name: str, recorded: dict[str, Any]) -> Any:
    """Make the recorded call once more, here."""
    key = "wrong" if "_401_" in name else api.organization["key"]
    if name.startswith("post_invoices"):
        headers = {"Authorization": f"Bearer {key}"}
        url = f"{api.running.url}/v1/invoices"
        return requests.post(url, json=recorded["request"]["json"], headers=headers, timeout=10)
    draft = name == "get_invoices_id_200_10.json" or "_406_" in name
    final = {} if draft else {"finalize": "true"}
    body = sales_document("invoices", lineItems=[item(description="nach Aufwand")])
    body["address"] |= {"supplement": "c/o Erika Muster"}
    invoice = api.create("/v1/invoices", body, **final)
    path = {"get_contacts": f"contacts/{customer}", "get_invoices": f"invoices/{invoice}"}
    if name.startswith("get_files"):
        document = api.create("/v1/invoices", sales_document("invoices"), finalize="true")
        file = read(api, f"/v1/invoices/{document}/document")["documentFileId"]
        return api.get(f"/v1/files/{file}", key=key, accept="*/*")
    target = path["_".join(name.split("_")[:2])] + ("/document" if "_document_" in name else "")
    return api.get(f"/v1/{target}", key=key)


def test_recorded_calls_answer_alike(api: Api, customer: str, folder: Path) -> None:
    recordings = sorted((folder / "recorded-2023-beegoodit-lexoffice-ruby").glob("*.json"))
    assert len(recordings) == 11
    for path in recordings:
        recorded = loads(path)
        answer, response = _again(api, customer, path.name, recorded), recorded["response"]
        assert answer.status_code == response["status"], path.name
        names = {name.lower() for name in answer.headers}
        assert {name.lower() for name in response["headers"]} <= names, path.name
        assert answer.headers["Content-Type"] == response["headers"]["Content-Type"][0], path.name
        if "json" in response:
            assert lacking(shape_of(response["json"]), shape_of(answer.json())) == [], path.name
        if "message" in response.get("json", {}):
            assert answer.json()["message"] == response["json"]["message"], path.name


# What the vendor's documentation prints: names are reliable there, nulls and numbers are not (1.3 of the samples).


def files(folder: Path, *patterns: str) -> Iterator[tuple[str, Any]]:
    """The files of the patterns, read."""
    names = sorted(str(path.relative_to(folder)) for path in folder.rglob("*.json"))
    for pattern in patterns:
        for name in fnmatch.filter(names, pattern):
            yield name, loads(folder / name)


def unexplained(documented: Any, ours: Shape, kind: str) -> list[str]:
    """What the sandbox lacks of a documented answer, without what is known and explained."""
    known = LACKING.get(kind, ())
    found = lacking(shape_of(documented), ours)
    return [path for path in found if not any(fnmatch.fnmatch(path, one) for one in known)]


def test_documented_records(folder: Path, everything: dict[str, list[Any]]) -> None:
    missing = {}
    for pattern, kind in DOCUMENTED.items():
        ours = shape_of(*everything[kind])
        for name, documented in files(folder, pattern):
            if found := unexplained(documented, ours, kind):
                missing[name] = found
    assert missing == {}


def test_documented_lists(api: Api, folder: Path, everything: dict[str, list[Any]]) -> None:
    missing = {}
    newcomer = api.control("fleet", organizations=1).json()["organizations"][0]["key"]
    for pattern, path in LISTS.items():
        parameters: dict[str, Any] = {"size": 250}
        if path == "/v1/voucherlist":
            parameters |= {"voucherType": "any", "voucherStatus": "any"}
        if path == "/v1/vouchers":
            parameters["voucherNumber"] = VOUCHER["voucherNumber"]
        ours = shape_of(read(api, path, **parameters), read(api, path, key=newcomer, **parameters))
        for name, documented in files(folder, pattern):
            if found := unexplained(documented, ours, path):
                missing[name] = found
    assert missing == {}


def test_documented_results_of_writing(api: Api, folder: Path, everything: dict[str, list[Any]]) -> None:
    contact = api.post("/v1/contacts", CONTACT)
    ours = shape_of(contact.json())
    for name, documented in files(folder, *CREATED):
        assert lacking(shape_of(documented), ours) == [], name
    invoice = everything["invoices"][0]["id"]
    for name, documented in files(folder, *RENDERED):
        assert shape_of(documented) == shape_of(read(api, f"/v1/invoices/{invoice}/document")), name
    uploaded = api.upload(
        "/v1/files", api.get(f"/v1/invoices/{invoice}/file", accept="application/pdf").content, type="voucher"
    )
    assert uploaded.status_code == 202
    for name, documented in files(folder, *UPLOADED):
        assert lacking(shape_of(documented), shape_of(uploaded.json())) == [], name


def test_errors_look_alike(api: Api, folder: Path) -> None:
    name = "measured-benethos/error-{}-2026-08-2{}.json"
    article = {"title": "Leim", "type": "PRODUCT"}
    missing = api.post("/v1/articles", article)
    measured = loads(folder / name.format("article-missing-fields-406", 1))
    assert (missing.status_code, missing.json()["details"]) == (406, _sorted_like(missing, measured))
    draft = api.create("/v1/invoices", sales_document("invoices"))
    refused = api.get(f"/v1/invoices/{draft}/file")
    measured = loads(folder / name.format("draft-file-409", 1))
    assert refused.json() | measured | {"message": ""} == refused.json() | {"message": ""}
    assert refused.json()["message"] == measured["message"].replace("abc", draft)
    assert api.upload("/v1/files", b"x", type="x").json() == loads(folder / name.format("upload-type-400", 0))
    contact = api.create("/v1/contacts", CONTACT)
    stale = api.put(f"/v1/contacts/{contact}", CONTACT)
    measured = loads(folder / "measured-zierhut" / "error-contact-stale-version-406-2026-07-18.json")
    assert (stale.status_code, stale.json()["IssueList"]) == (406, measured["IssueList"])
    for pattern, ours in (
        ("vendor-docs-202[15]/error-*regular*.json", missing),
        ("vendor-docs-202[15]/error-*legacy*.json", stale),
        ("pirabyte-*/exceptions/*.json", api.get("/v1/profile", key="wrong")),
    ):
        for file, documented in files(folder, pattern):
            body = json.loads(documented["body"]) if "body" in documented else documented
            assert lacking(shape_of(body), shape_of(ours.json())) == [], file


def _sorted_like(answer: requests.Response, measured: dict[str, Any]) -> list[dict[str, str]]:
    """The measured details, in the order of the answer, which no client may rely on."""
    order = [detail["field"] for detail in answer.json()["details"]]
    details: list[dict[str, str]] = sorted(measured["details"], key=lambda detail: order.index(detail["field"]))
    return details


def test_the_gateway_speaks_as_documented(api: Api, folder: Path) -> None:
    documented = loads(folder / "vendor-docs-2025" / "gateway-errors.json")
    limited = loads(folder / "measured-zierhut" / "error-rate-limit-429-2026-07-18.json")
    assert api.get("/v1/profile", key="wrong").json() == documented["401"]
    api.control("settings", unknown_route="403")
    key = api.organization["key"]
    assert api.get("/v1/bank-accounts").json()["message"] == documented["403"]["message"].replace("{accessToken}", key)
    api.control("settings", unknown_route="404")
    for fault, expected in (
        ({"kind": "rate_limit_as_500"}, documented["500-since-2026"]),
        ({"kind": "timeout_after_performing"}, documented["504"]),
        ({"kind": "status", "status": 429}, limited),
    ):
        api.control("faults", **fault)
        assert api.get("/v1/profile").json() == expected


def _requests(collection: Any) -> Iterator[dict[str, Any]]:
    for entry in collection["item"]:
        if "item" in entry:
            yield from _requests(entry)
        else:
            yield entry["request"]


def test_the_requests_of_the_vendors_collection_are_taken(api: Api, folder: Path, customer: str) -> None:
    """All that create something, as they are; ids that only the vendor has are left out."""
    invoice = api.create("/v1/invoices", sales_document("invoices"), finalize="true")
    _, collection = next(files(folder, *REQUESTS))
    statuses = {}
    for request in _requests(collection):
        body = (request.get("body") or {}).get("raw")
        path, _, query = request["url"]["raw"].removeprefix("{{resourceurl}}").partition("?")
        if request["method"] != "POST" or not body or path.endswith("/sendmail"):
            continue
        parameters = {"finalize": "true"} if "finalize" in query else {}
        written = json.loads(body)
        if path == "/v1/contacts":
            written["version"] = 0  # The collection lacks what the documentation demands.
        if path == "/v1/dunnings":
            parameters["precedingSalesVoucherId"] = invoice
        statuses[path, query] = api.post(path, written, **parameters).status_code
    assert set(statuses.values()) == {200, 201}
    assert len(statuses) == 14
