"""Documents, payments and files as the service shows them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

import pytest

from tests.sandbox.api import RESOURCES, Api, by, fast

ID = "00000000-0000-4000-8000-000000000000"


@pytest.fixture(scope="module")
def api() -> Iterator[Api]:
    with fast() as running:
        yield Api(running)


def money(value: object) -> Decimal:
    return Decimal(str(value)).quantize(Decimal("0.01"))


def test_ping_and_profile(api: Api) -> None:
    assert set(api.get("/v1/ping").json()) == {"userEmail"}
    profile = api.get("/v1/profile").json()
    assert profile["organizationId"] == api.id
    assert profile["companyName"] == api.organization["name"]
    assert set(profile) == {
        "organizationId",
        "companyName",
        "created",
        "connectionId",
        "businessFeatures",
        "taxType",
        "smallBusiness",
    }


def test_every_row_can_be_read_where_the_reference_says_and_nowhere_else(api: Api) -> None:
    for kind, rows in by(api.rows(), "voucherType").items():
        right = RESOURCES.get(kind, "vouchers")
        for resource in {"vouchers", *RESOURCES.values()}:
            expected = 200 if resource == right else 404
            assert api.get(f"/v1/{resource}/{rows[0]['id']}").status_code == expected


def test_postings_add_up_to_the_totals(api: Api) -> None:
    checked = 0
    for row in api.rows(voucherType="salesinvoice,salescreditnote,purchaseinvoice,purchasecreditnote"):
        voucher = api.read(row)
        if "voucherDate" not in voucher:
            assert voucher["voucherStatus"] == "unchecked"
            assert voucher["voucherItems"] == []
            assert "totalGrossAmount" not in voucher
            assert voucher["totalTaxAmount"] == 0
            continue
        tax = sum(money(item["taxAmount"]) for item in voucher["voucherItems"])
        amount = sum(money(item["amount"]) for item in voucher["voucherItems"])
        assert tax == money(voucher["totalTaxAmount"])
        assert amount + (tax if voucher["taxType"] == "net" else 0) == money(voucher["totalGrossAmount"])
        assert money(voucher["totalGrossAmount"]) == money(row["totalAmount"])
        for item in voucher["voucherItems"]:
            net = money(item["amount"]) - (money(item["taxAmount"]) if voucher["taxType"] == "gross" else 0)
            assert abs(net * money(item["taxRatePercent"]) / 100 - money(item["taxAmount"])) <= Decimal("0.01")
        checked += 1
    assert checked > 80


def test_sales_documents_add_up(api: Api) -> None:
    for row in api.rows(voucherType="invoice,creditnote,downpaymentinvoice"):
        document = api.read(row)
        price = document["totalPrice"]
        assert money(price["totalNetAmount"]) + money(price["totalTaxAmount"]) == money(price["totalGrossAmount"])
        assert sum(money(line["lineItemAmount"]) for line in document["lineItems"]) == money(price["totalNetAmount"])
        claimed = money(document.get("claimedGrossAmount", price["totalGrossAmount"]))
        received = sum(money(part["receivedGrossAmount"]) for part in document.get("downPaymentDeductions", []))
        assert claimed + received == money(price["totalGrossAmount"])
        assert claimed == money(row["totalAmount"])
        assert ("dueDate" in document) == ("dueDate" in row)


def test_closing_invoices_name_their_deposit(api: Api) -> None:
    closing = [item for item in map(api.read, api.rows(voucherType="invoice")) if item["closingInvoice"]]
    assert closing
    for invoice in closing:
        deposit = api.get(f"/v1/down-payment-invoices/{invoice['downPaymentDeductions'][0]['id']}").json()
        assert deposit["voucherNumber"] == invoice["relatedVouchers"][0]["voucherNumber"]


def test_payments_settle_what_is_paid(api: Api) -> None:
    kinds = set()
    for row in api.rows(voucherStatus="paid,paidoff"):
        answer = api.get(f"/v1/payments/{row['id']}")
        if answer.status_code == 406:
            assert row["voucherType"] == "creditnote"
            continue
        payment = answer.json()
        assert (payment["openAmount"], payment["paymentStatus"]) == (0.0, "balanced")
        assert payment["voucherType"] == row["voucherType"]
        assert "paidDate" in payment
        settled = sum(
            money(item["amount"]) for item in payment["paymentItems"] if item["paymentItemType"] != "dunningCosts"
        )
        assert settled == money(row["totalAmount"])
        kinds |= {(row["voucherType"], item["paymentItemType"]) for item in payment["paymentItems"]}
    assert {kind for kind, _ in kinds} == {
        "invoice",
        "downpaymentinvoice",
        "creditnote",
        "salesinvoice",
        "salescreditnote",
        "purchaseinvoice",
        "purchasecreditnote",
    }
    assert {item for _, item in kinds} >= {
        "partPaymentFinancialTransaction",
        "manualPayment",
        "cashDiscount",
        "partPaymentCashBox",
        "partPaymentCreditNote",
        "dunningCosts",
        "irrecoverableReceivable",
    }


def test_open_documents_say_who_owes(api: Api) -> None:
    for row in api.rows(voucherStatus="open"):
        if row["voucherType"] in ("quotation", "deliverynote"):
            continue
        payment = api.get(f"/v1/payments/{row['id']}").json()
        assert payment["voucherStatus"] == "open"
        expense = row["voucherType"].startswith("purchase")
        assert payment["paymentStatus"] == ("openExpense" if expense else "openRevenue")
        assert "paidDate" not in payment


def test_voided_documents_are_balanced_without_a_payment(api: Api) -> None:
    for row in api.rows(voucherStatus="voided"):
        payment = api.get(f"/v1/payments/{row['id']}").json()
        assert (payment["openAmount"], payment["paymentStatus"], payment["paymentItems"]) == (0.0, "balanced", [])


@pytest.mark.parametrize(
    ("filters", "message"),
    [
        ({"voucherStatus": "draft"}, "No payment information for this invoice in draft"),
        ({"voucherStatus": "unchecked"}, "No payment information for this voucher/voucher type"),
        ({"voucherType": "quotation"}, "No payment information for this voucher/voucher type"),
    ],
)
def test_no_payment_information_is_406(api: Api, filters: dict[str, str], message: str) -> None:
    answer = api.get(f"/v1/payments/{api.rows(**filters)[0]['id']}")
    assert (answer.status_code, answer.json()["message"]) == (406, message)


def test_a_credit_note_made_from_an_invoice_has_no_payment_information(api: Api) -> None:
    related = [item for item in map(api.read, api.rows(voucherType="creditnote")) if item["relatedVouchers"]]
    assert related
    for credit in related:
        assert credit["voucherStatus"] == "paidoff"
        assert api.get(f"/v1/payments/{credit['id']}").status_code == 406


@pytest.mark.parametrize("path", ["invoices", "vouchers", "payments", "files", "credit-notes", "quotations"])
def test_unknown_ids_are_404_with_a_regular_body(api: Api, path: str) -> None:
    answer = api.get(f"/v1/{path}/{ID}")
    body = answer.json()
    assert answer.status_code == body["status"] == 404
    assert body["error"] == "Not Found"
    assert body["path"] == f"/v1/{path}/{ID}"
    assert re.fullmatch(r"[0-9a-f]{12}", body["traceId"])
    assert set(body) == {"timestamp", "status", "error", "path", "traceId", "requestId", "message"}


def test_vouchers_by_number_is_exact(api: Api) -> None:
    row = next(row for row in api.rows(voucherType="purchaseinvoice") if not row["voucherNumber"].isdigit())
    found = api.get("/v1/vouchers", voucherNumber=row["voucherNumber"]).json()
    assert [item["id"] for item in found["content"]] == [row["id"]]
    assert "sort" not in found
    assert api.get("/v1/vouchers", voucherNumber=row["voucherNumber"].lower()).json()["content"] == []
    refused = api.get("/v1/vouchers")
    assert (refused.status_code, refused.json()["IssueList"][0]["i18nKey"]) == (400, "bad_request_error")


def _file(api: Api, extension: str) -> str:
    files = api.running.world.organisations[api.id].files.values()
    return next(file.id for file in files if file.extension == extension)


@pytest.mark.parametrize(
    ("stored", "accept", "status", "kind"),
    [
        ("pdf", "*/*", 200, "application/pdf"),
        ("pdf", "application/xml", 404, None),
        ("pdf", "image/png", 200, "application/pdf"),
        ("png", "*/*", 200, "image/png"),
        ("png", "application/pdf", 200, "image/png"),
        ("jpg", "image/*", 200, "image/jpeg"),
        ("jpg", "application/xml", 404, None),
        ("xml", "*/*", 200, "application/xml"),
        ("xml", "application/xml", 200, "application/xml"),
        ("xml", "application/pdf", 200, "application/pdf"),
        ("xml", "image/jpeg", 200, "application/pdf"),
        ("pdf", "text/csv", 406, None),
        ("pdf", "application/json", 406, None),
        ("pdf", "application/xml;q=0.5, application/pdf", 200, "application/pdf"),
        ("pdf", "application/xml, application/pdf;q=0.5", 200, "application/pdf"),
    ],
)
def test_receipts_answer_the_wanted_type(api: Api, stored: str, accept: str, status: int, kind: str | None) -> None:
    file = _file(api, stored)
    answer = api.get(f"/v1/files/{file}", accept=accept)
    assert answer.status_code == status
    if kind:
        assert answer.headers["Content-Type"] == kind
        extension = {"application/pdf": "pdf", "image/jpeg": "jpg"}.get(kind, kind.split("/")[1])
        assert answer.headers["Content-Disposition"] == f"inline; filename={file}.{extension};"


def test_an_xrechnung_is_xml_at_the_document_and_pdf_at_the_file(api: Api) -> None:
    invoices = map(api.read, api.rows(voucherType="invoice"))
    invoice = next(item for item in invoices if item["electronicDocumentProfile"] == "XRechnung")
    own = f"/v1/invoices/{invoice['id']}/file"
    old = f"/v1/files/{invoice['files']['documentFileId']}"
    assert api.get(own).headers["Content-Type"] == "application/xml"
    assert api.get(old).headers["Content-Type"] == "application/pdf"
    assert api.get(own, accept="application/pdf").content == api.get(old).content
    assert api.get(old, accept="application/xml").content == api.get(own).content


def test_a_plain_invoice_downloads_as_pdf_under_its_number(api: Api) -> None:
    row = api.rows(voucherType="invoice", voucherStatus="paid")[0]
    answer = api.get(f"/v1/invoices/{row['id']}/file")
    assert answer.headers["Content-Disposition"] == f"inline; filename=Rechnung_{row['voucherNumber']}.pdf;"
    assert answer.content.startswith(b"%PDF-")
    document = api.get(f"/v1/invoices/{row['id']}/document").json()
    assert api.get(f"/v1/files/{document['documentFileId']}").content == answer.content
    assert api.get(f"/v1/invoices/{row['id']}/file", accept="application/xml").status_code == 404
    assert api.get(f"/v1/vouchers/{row['id']}/file").status_code == 404


def test_a_draft_cannot_be_downloaded(api: Api) -> None:
    row = api.rows(voucherType="invoice", voucherStatus="draft")[0]
    answer = api.get(f"/v1/invoices/{row['id']}/file")
    assert answer.status_code == 409
    assert "is in status 'draft' and therefore cannot be downloaded" in answer.json()["message"]
    old = api.get(f"/v1/invoices/{row['id']}/document")
    assert (old.status_code, old.json()["message"]) == (
        406,
        "Requesting PDF document is not possible in state draft.",
    )


def test_receipts_are_one_two_or_none(api: Api) -> None:
    counts = {len(api.read(row)["files"]) for row in api.rows(voucherType="purchaseinvoice")}
    assert counts == {0, 1, 2}
