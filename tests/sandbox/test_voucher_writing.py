"""Bookkeeping vouchers are written as the reference says, and whatever does not add up is refused."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest
import requests
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.sandbox.api import Api, fast
from tests.sandbox.documents_to_write import CONTACT, INCOME, OUTGO, VOUCHER

CENT = Decimal("0.01")
REVERSE_CHARGE = "380a20cb-d04c-426e-b49c-84c22adfa362"


@pytest.fixture(scope="module")
def api() -> Iterator[Api]:
    with fast() as running:
        yield Api(running)


def issues(answer: requests.Response) -> list[tuple[str, str | None]]:
    assert answer.status_code == 406, answer.text
    return [(issue["i18nKey"], issue["source"]) for issue in answer.json()["IssueList"]]


def read(api: Api, identity: str) -> dict[str, Any]:
    voucher: dict[str, Any] = api.get(f"/v1/vouchers/{identity}").json()
    return voucher


def to_write(voucher: dict[str, Any]) -> dict[str, Any]:
    """What may be sent back of a voucher that was read."""
    return {name: value for name, value in voucher.items() if name not in ("voucherStatus", "contactName")}


def _tax(amount: Decimal, rate: int, tax_type: str) -> Decimal:
    if tax_type == "vatfree":
        return Decimal(0)
    return (amount * rate / (100 + rate if tax_type == "gross" else 100)).quantize(CENT, ROUND_HALF_UP)


@st.composite
def vouchers(draw: st.DrawFn) -> dict[str, Any]:
    """Vouchers that add up: any type, any tax type, several rates, amounts as numbers or as text."""
    kind = draw(st.sampled_from(["salesinvoice", "salescreditnote", "purchaseinvoice", "purchasecreditnote"]))
    tax_type = draw(st.sampled_from(["net", "gross", "vatfree"]))
    written: Any = draw(st.sampled_from([float, str]))
    amounts = st.decimals(Decimal("0.01"), Decimal(99_999), places=2)
    drawn = draw(st.lists(st.tuples(amounts, st.sampled_from([0, 5, 7, 16, 19])), min_size=1, max_size=6))
    rows = [(amount, 0 if tax_type == "vatfree" else rate) for amount, rate in drawn]
    taxes = [_tax(amount, rate, tax_type) for amount, rate in rows]
    gross = sum((amount for amount, _ in rows), Decimal(0)) + (0 if tax_type == "gross" else sum(taxes))
    category = INCOME if kind.startswith("sales") else OUTGO
    return VOUCHER | {
        "type": kind,
        "taxType": tax_type,
        "voucherNumber": draw(st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=20)),
        "totalGrossAmount": written(gross),
        "totalTaxAmount": written(sum(taxes)),
        "voucherItems": [
            {"amount": written(amount), "taxAmount": written(tax), "taxRatePercent": rate, "categoryId": category}
            for (amount, rate), tax in zip(rows, taxes, strict=True)
        ],
    }


@given(body=vouchers(), wrong=st.sampled_from([CENT, -CENT, Decimal(1)]))
@settings(max_examples=60, deadline=None)
def test_what_adds_up_is_booked_and_read_back_and_nothing_else_is(
    api: Api, body: dict[str, Any], wrong: Decimal
) -> None:
    made = api.post("/v1/vouchers", body)
    assert made.status_code == 201, made.text
    assert made.headers["Location"] == made.json()["resourceUri"]
    voucher = read(api, made.json()["id"])
    for name in ("type", "taxType", "voucherNumber"):
        assert voucher[name] == body[name]
    for name in ("totalGrossAmount", "totalTaxAmount"):
        assert Decimal(str(voucher[name])) == Decimal(str(body[name]))
    for ours, theirs in zip(voucher["voucherItems"], body["voucherItems"], strict=True):
        assert [Decimal(str(ours[name])) for name in ("amount", "taxAmount")] == [
            Decimal(str(theirs[name])) for name in ("amount", "taxAmount")
        ]
    off = body | {"totalGrossAmount": float(Decimal(str(body["totalGrossAmount"])) + wrong)}
    assert issues(api.post("/v1/vouchers", off)) == [("invalid_total_amount", "totalGrossAmount")]
    again = api.put(f"/v1/vouchers/{voucher['id']}", to_write(voucher))
    assert again.status_code == 200, again.text
    assert read(api, voucher["id"])["voucherItems"] == voucher["voucherItems"]


def _without(name: str) -> dict[str, Any]:
    return {key: value for key, value in VOUCHER.items() if key != name}


def _with_item(**changes: Any) -> dict[str, Any]:
    return VOUCHER | {"voucherItems": [VOUCHER["voucherItems"][0] | changes]}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, [("missing_entity", "type"), ("missing_entity", "taxType")]),
        (VOUCHER | {"type": "invoice"}, [("invalid_value", "type")]),
        (VOUCHER | {"voucherStatus": "unchecked"}, [("invalid_value", "voucherStatus")]),
        (VOUCHER | {"voucherStatus": "paid"}, [("invalid_value", "voucherStatus")]),
        (_without("voucherNumber"), [("missing_entity", "voucherNumber")]),
        (_without("voucherDate"), [("missing_entity", "voucherDate")]),
        (VOUCHER | {"voucherDate": "2.11.2026"}, [("invalid_value", "voucherDate")]),
        (_without("voucherItems"), [("missing_entity", "voucherItems")]),
        (_without("totalGrossAmount"), [("missing_entity", "totalGrossAmount")]),
        (_without("useCollectiveContact"), [("Missing_ContactId", "contactId")]),
        (VOUCHER | {"useCollectiveContact": False, "contactId": "nobody"}, [("invalid_value", "contactId")]),
        (_with_item(taxAmount=20), [("invalid_taxamount", "voucherItems[0].taxAmount")]),
        (_with_item(taxRatePercent=20), [("invalid_value", "voucherItems[0].taxRatePercent")]),
        (_with_item(categoryId=INCOME), [("invalid_value", "voucherItems[0].categoryId")]),
        (_with_item(amount="NaN"), [("invalid_value", "voucherItems[0].amount")]),
        (_with_item(amount=None), [("missing_entity", "voucherItems[0].amount")]),
        (
            VOUCHER
            | {
                "type": "salesinvoice",
                "totalTaxAmount": 0,
                "voucherItems": [{"amount": 119, "taxAmount": 0, "taxRatePercent": 0, "categoryId": REVERSE_CHARGE}],
            },
            [("Missing_ContactId", "contactId")],
        ),
    ],
)
def test_refusals_name_the_field(api: Api, body: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    assert issues(api.post("/v1/vouchers", body)) == expected


def test_a_named_contact_must_fit_the_type(api: Api) -> None:
    vendor = api.create("/v1/contacts", CONTACT | {"roles": {"vendor": {}}})
    named = VOUCHER | {"useCollectiveContact": False, "contactId": vendor}
    assert api.post("/v1/vouchers", named).status_code == 201
    refused = api.post("/v1/vouchers", named | {"contactName": "Druckerei Seeblick"})
    assert issues(refused) == [("custom_contact_name_for_referenced_contact_not_allowed", "contactName")]
    sale = named | {"type": "salesinvoice", "voucherItems": [VOUCHER["voucherItems"][0] | {"categoryId": INCOME}]}
    assert issues(api.post("/v1/vouchers", sale)) == [("invalid_value", "contactId")]


def test_a_body_that_is_no_json_is_refused(api: Api) -> None:
    headers = {"Authorization": f"Bearer {api.organization['key']}"}
    url = f"{api.running.url}/v1/vouchers"
    assert requests.post(url, data="{}", headers=headers, timeout=10).status_code == 415
    headers["Content-Type"] = "application/json;charset=UTF-8"
    for body in ("{", "[]", '{"a": NaN}', "[" * 100_000):
        answer = requests.post(url, data=body, headers=headers, timeout=10)
        assert (answer.status_code, answer.json()["IssueList"][0]["i18nKey"]) == (400, "bad_request_error")


def test_a_change_replaces_everything_and_needs_the_last_version(api: Api) -> None:
    body = VOUCHER | {"remark": "Flyer", "dueDate": "2026-12-01", "contactName": "Druckerei Seeblick"}
    voucher = read(api, api.create("/v1/vouchers", body))
    assert (voucher["remark"], voucher["contactName"], voucher["dueDate"][:10]) == (
        "Flyer",
        "Druckerei Seeblick",
        "2026-12-01",
    )
    path = f"/v1/vouchers/{voucher['id']}"
    assert api.put(path, VOUCHER | {"version": voucher["version"]}).status_code == 200
    now = read(api, voucher["id"])
    assert "remark" not in now
    assert (now["contactName"], now["dueDate"]) == ("Sammellieferant", now["voucherDate"])
    assert now["version"] > voucher["version"]
    stale = api.put(path, VOUCHER | {"version": voucher["version"]})
    assert (stale.status_code, stale.json()["IssueList"][0]["source"]) == (409, "version")
    assert issues(api.put(path, {key: part for key, part in VOUCHER.items() if key != "version"})) == [
        ("missing_entity", "version")
    ]
    assert read(api, voucher["id"]) == now
    assert api.put(path.replace(voucher["id"], api.id), VOUCHER).status_code == 404


def test_files_that_a_change_does_not_name_are_gone(api: Api) -> None:
    voucher = api.create("/v1/vouchers", VOUCHER)
    pdf = api.get(f"/v1/invoices/{api.one(type='invoice', status='paid')['id']}/file").content
    kept, lost = (
        api.upload(f"/v1/vouchers/{voucher}/files", pdf + f"\n% {copy}\n".encode()).json()["id"] for copy in (1, 2)
    )
    body = to_write(read(api, voucher))
    assert body["files"] == [kept, lost]
    assert issues(api.put(f"/v1/vouchers/{voucher}", body | {"files": [api.id]})) == [("invalid_value", "files")]
    assert api.put(f"/v1/vouchers/{voucher}", body | {"files": [kept]}).status_code == 200
    assert api.get(f"/v1/files/{lost}").status_code == 404
    now = read(api, voucher)
    assert now["files"] == [kept]
    del now["files"]
    assert api.put(f"/v1/vouchers/{voucher}", to_write(now)).status_code == 200
    assert api.get(f"/v1/files/{kept}").status_code == 404


def test_the_status_cannot_be_written_but_for_booking(api: Api) -> None:
    voucher = api.create("/v1/vouchers", VOUCHER)
    api.on(voucher, "draft")
    body = to_write(read(api, voucher))
    for status in ("unchecked", "paid", "voided"):
        refused = api.put(f"/v1/vouchers/{voucher}", body | {"voucherStatus": status})
        assert issues(refused) == [("invalid_value", "voucherStatus")]
    half = {key: part for key, part in body.items() if key not in ("voucherNumber", "voucherItems")}
    assert api.put(f"/v1/vouchers/{voucher}", half).status_code == 200
    now = read(api, voucher)
    assert (now["voucherStatus"], now.get("voucherNumber"), now["voucherItems"]) == ("unchecked", None, [])
    books = half | {"voucherStatus": "open", "version": now["version"]}
    assert issues(api.put(f"/v1/vouchers/{voucher}", books)) == [
        ("missing_entity", "voucherNumber"),
        ("missing_entity", "voucherItems"),
    ]
    complete = VOUCHER | {"voucherStatus": "open", "version": now["version"]}
    assert api.put(f"/v1/vouchers/{voucher}", complete).status_code == 200
    assert api.get(f"/v1/payments/{voucher}").json()["openAmount"] == 119.0


def test_writing_needs_its_own_permission(api: Api) -> None:
    api.control(f"organizations/{api.id}/key/scope", scopes=["vouchers.read", "voucherlist.read"])
    try:
        refused = api.post("/v1/vouchers", VOUCHER)
        assert (refused.status_code, refused.json()) == (403, {"message": "access_denied"})
        assert api.get("/v1/vouchers", voucherNumber="x").status_code == 200
    finally:
        api.control(f"organizations/{api.id}/key/scope", scopes=None)


def test_every_change_is_an_event(api: Api) -> None:
    before = len(api.running.sandbox.events.all())
    voucher = api.create("/v1/vouchers", VOUCHER)
    api.on(voucher, "draft")
    api.put(
        f"/v1/vouchers/{voucher}",
        VOUCHER | {"voucherStatus": "open", "version": read(api, voucher)["version"], "remark": "x"},
    )
    events = [event for event in api.running.sandbox.events.all()[before:] if event.resource_id == voucher]
    assert [event.type for event in events] == [
        "voucher.created",
        "voucher.status.changed",
        "voucher.changed",
        "voucher.status.changed",
    ]


def test_vouchers_made_in_the_web_application_can_be_sent_back(api: Api) -> None:
    for kind in ("salesinvoice", "salescreditnote", "purchaseinvoice", "purchasecreditnote"):
        made = api.control(f"organizations/{api.id}/vouchers", type=kind, total=119).json()["voucher"]["id"]
        answer = api.put(f"/v1/vouchers/{made}", to_write(read(api, made)))
        assert answer.status_code == 200, answer.text
