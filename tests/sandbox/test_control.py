"""Changing the world from outside."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import requests

from tests.sandbox.api import Api, fast


@pytest.fixture(scope="module")
def api() -> Iterator[Api]:
    with fast() as running:
        yield Api(running)


def _row(api: Api, voucher: str) -> dict[str, object]:
    return next(row for row in api.rows() if row["id"] == voucher)


def test_it_describes_itself(api: Api) -> None:
    described = requests.get(api.running.control_url, timeout=10).json()
    assert {(item["method"], item["path"]) for item in described["operations"]} >= {
        ("GET", "/control/organizations"),
        ("POST", "/control/faults"),
        ("POST", "/control/organizations/{organization}/vouchers/{voucher}/pay"),
    }
    assert all(item["does"] for item in described["operations"])


def test_pay_and_unpay(api: Api) -> None:
    voucher = api.one(type="invoice", status="open")
    before = api.read(_row(api, voucher["id"]))
    part = api.on(voucher["id"], "pay", amount="10.00", type="manualPayment", date="2026-11-02")
    assert part.json()["voucher"]["openAmount"] < float(voucher["open_amount"])
    assert _row(api, voucher["id"])["voucherStatus"] in ("open", "overdue")
    api.on(voucher["id"], "pay")
    after = api.read(_row(api, voucher["id"]))
    assert after["voucherStatus"] == "paid"
    assert after["version"] == before["version"] + 2
    assert after["updatedDate"] > before["updatedDate"]
    assert after["updatedDate"][:10] == api.running.sandbox.current_day().isoformat()
    payment = api.get(f"/v1/payments/{voucher['id']}").json()
    assert [item["paymentItemType"] for item in payment["paymentItems"]] == [
        "manualPayment",
        "partPaymentFinancialTransaction",
    ]
    assert payment["paymentItems"][0]["postingDate"] == "2026-11-02T00:00:00.000+01:00"
    assert api.on(voucher["id"], "pay").status_code == 409
    api.on(voucher["id"], "unpay")
    assert api.get(f"/v1/payments/{voucher['id']}").json()["paymentItems"] == []


def test_void_and_draft(api: Api) -> None:
    voucher = api.one(type="invoice", status="paid")["id"]
    api.on(voucher, "void")
    assert _row(api, voucher)["voucherStatus"] == "voided"
    api.on(voucher, "draft")
    assert _row(api, voucher)["voucherStatus"] == "draft"
    assert api.get(f"/v1/payments/{voucher}").status_code == 406
    receipt = api.one(type="purchaseinvoice", status="paid")["id"]
    api.on(receipt, "draft")
    assert _row(api, receipt)["voucherStatus"] == "unchecked"


def test_a_deleted_voucher_disappears_with_its_files(api: Api) -> None:
    voucher = next(row for row in api.truth()["vouchers"] if row["file_ids"])
    assert api.on(voucher["id"], "delete").json() == {"deleted": voucher["id"]}
    assert voucher["id"] not in {row["id"] for row in api.rows()}
    assert api.get(f"/v1/vouchers/{voucher['id']}").status_code == 404
    assert api.get(f"/v1/files/{voucher['file_ids'][0]}").status_code == 404
    assert api.on(voucher["id"], "delete").status_code == 404


def test_change_raises_version_and_keeps_old_receipts(api: Api) -> None:
    voucher = next(
        row for row in api.truth()["vouchers"] if row["type"] == "purchaseinvoice" and row["paid"] and row["file_ids"]
    )
    old_file = api.get(f"/v1/files/{voucher['file_ids'][0]}").content
    answer = api.on(voucher["id"], "change", number="NEU 7", total="119.00", remark="geprüft", add_file="jpg")
    assert answer.status_code == 200
    after = api.get(f"/v1/vouchers/{voucher['id']}").json()
    assert (after["voucherNumber"], after["remark"], after["totalGrossAmount"]) == ("NEU 7", "geprüft", 119.0)
    assert after["version"] == voucher["version"] + 1
    assert after["files"][:-1] == voucher["file_ids"]
    assert api.get(f"/v1/files/{after['files'][0]}").content == old_file
    assert api.get(f"/v1/files/{after['files'][-1]}").headers["Content-Type"] == "image/jpeg"


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"colour": "red"},
        {"total": "-5"},
        {"total": "1.234"},
        {"total": "much"},
        {"date": "31.12.2026"},
        {"add_file": "exe"},
    ],
)
def test_a_change_that_makes_no_sense_changes_nothing(api: Api, body: dict[str, str]) -> None:
    voucher = api.one(type="purchaseinvoice", status="paid")
    answer = api.on(voucher["id"], "change", **(body and {"number": "X"} | body))
    assert answer.status_code == 400
    assert answer.json()["error"]
    assert api.one(id=voucher["id"]) == voucher


def test_add_a_paid_voucher(api: Api) -> None:
    contact = next(row["contactName"] for row in api.rows(voucherType="purchaseinvoice") if "contactId" in row)
    added = api.control(
        f"organizations/{api.id}/vouchers",
        type="purchaseinvoice",
        total="238.00",
        number="ER-1",
        contact=contact,
        paid_on="2026-11-19",
        files=["pdf", "png"],
    )
    assert added.status_code == 201
    voucher = api.get(f"/v1/vouchers/{added.json()['voucher']['id']}").json()
    assert (voucher["voucherStatus"], voucher["totalTaxAmount"], len(voucher["files"])) == ("paid", 38.0, 2)
    assert not voucher["useCollectiveContact"]
    assert voucher["version"] == 1
    own = api.control(f"organizations/{api.id}/vouchers", type="invoice", total="119.00", contact="Beate Neu").json()[
        "voucher"
    ]
    assert api.get(f"/v1/invoices/{own['id']}/file").content.startswith(b"%PDF-")


def test_a_number_that_no_header_can_hold_is_replaced_in_the_file_name(api: Api) -> None:
    own = api.control(f"organizations/{api.id}/vouchers", type="invoice", total="5.00", number="№ 7\r\nX: y").json()
    answer = api.get(f"/v1/invoices/{own['voucher']['id']}/file")
    assert answer.headers["Content-Disposition"] == "inline; filename=Rechnung___7__X__y.pdf;"


def test_a_blank_upload_has_nothing_to_show(api: Api) -> None:
    added = api.control(f"organizations/{api.id}/vouchers", total="10.00", status="blank").json()["voucher"]
    voucher = api.get(f"/v1/vouchers/{added['id']}").json()
    assert (voucher["voucherStatus"], voucher["voucherItems"], voucher["totalTaxAmount"]) == ("blank", [], 0.0)
    assert not {"voucherNumber", "voucherDate", "totalGrossAmount"} & set(voucher)
    assert added["id"] in {row["id"] for row in api.rows(voucherStatus="blank")}
    assert api.get(f"/v1/payments/{added['id']}").status_code == 406
    assert len(voucher["files"]) == 1


@pytest.mark.parametrize("path", ["nowhere", "organizations/x/truth", "organizations/x/vouchers/y/pay"])
def test_unknown_operations_are_404(api: Api, path: str) -> None:
    assert requests.get(f"{api.running.control_url}/{path}", timeout=10).status_code == 404
    assert api.control(path).status_code == 404


def test_a_body_that_is_not_json_is_refused(api: Api) -> None:
    answer = requests.post(f"{api.running.control_url}/faults", data=b"{", timeout=10)
    assert (answer.status_code, answer.json()) == (400, {"error": "the body is not JSON"})
