"""Sales documents are written, computed and pursued as the reference says (12.2 to 12.4)."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest
import requests
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.sandbox.api import Api, fast
from tests.sandbox.documents_to_write import CONTACT, DAY, item, sales_document

CENT = Decimal("0.01")
FINAL = {"finalize": "true"}
RESOURCES = ("invoices", "credit-notes", "quotations", "order-confirmations", "delivery-notes")


@pytest.fixture(scope="module")
def api() -> Iterator[Api]:
    with fast() as running:
        yield Api(running)


@pytest.fixture(scope="module")
def customer(api: Api) -> str:
    return api.create("/v1/contacts", CONTACT)


def read(api: Api, resource: str, identity: str) -> dict[str, Any]:
    document: dict[str, Any] = api.get(f"/v1/{resource}/{identity}").json()
    return document


def write(api: Api, resource: str, before: str = "", *, final: bool = True, **changes: Any) -> str:
    query = (FINAL if final else {}) | ({"precedingSalesVoucherId": before} if before else {})
    return api.create(f"/v1/{resource}", sales_document(resource, **changes), **query)


def refusal(answer: requests.Response) -> str:
    """The message of a refusal, or the one field that its details name."""
    assert answer.status_code == 406, answer.text
    body = answer.json()
    fields = [detail["field"] for detail in body.get("details", [])]
    return ", ".join(fields) or str(body["message"])


def money(value: object) -> Decimal:
    return Decimal(str(value))


@st.composite
def documents(draw: st.DrawFn) -> tuple[dict[str, Any], dict[int, Decimal], bool]:
    """An invoice, the sum of its items per rate, and whether its prices are gross."""
    gross = draw(st.booleans())
    price = st.decimals(0, 9_999, places=draw(st.integers(0, 4)))
    quantity = st.decimals(0, 99, places=draw(st.integers(0, 4)))
    lines, sums = [], dict[int, Decimal]()
    for amount, count, rate, off in draw(
        st.lists(st.tuples(price, quantity, st.sampled_from([0, 7, 19]), st.integers(0, 100)), max_size=5)
    ):
        line = item(float(amount), rate, quantity=float(count), discountPercentage=off)
        if gross:
            line["unitPrice"]["grossAmount"] = line["unitPrice"].pop("netAmount")
        lines.append(line)
        whole = (amount * count * (100 - off) / 100).quantize(CENT, ROUND_HALF_UP)
        sums[rate] = sums.get(rate, Decimal(0)) + whole
    body = sales_document("invoices", lineItems=lines, taxConditions={"taxType": "gross" if gross else "net"})
    return body, sums, gross


@given(drawn=documents())
@settings(max_examples=60, deadline=None)
def test_totals_are_computed_per_rate(api: Api, drawn: tuple[dict[str, Any], dict[int, Decimal], bool]) -> None:
    body, sums, gross = drawn
    invoice = read(api, "invoices", api.create("/v1/invoices", body))
    price = invoice["totalPrice"]
    assert money(price["totalGrossAmount" if gross else "totalNetAmount"]) == sum(sums.values())
    assert money(price["totalNetAmount"]) + money(price["totalTaxAmount"]) == money(price["totalGrossAmount"])
    assert [part["taxRatePercentage"] for part in invoice["taxAmounts"]] == sorted(sums, reverse=True)
    for part in invoice["taxAmounts"]:
        net, tax = money(part["netAmount"]), money(part["taxAmount"])
        assert abs(net * money(part["taxRatePercentage"]) / 100 - tax) <= CENT / 2 + Decimal("0.002")
    shown = sum(money(line["lineItemAmount"]) for line in invoice["lineItems"])
    assert shown == sum(sums.values())
    row = next(row for row in api.rows(voucherNumber=invoice["voucherNumber"]))
    assert row["totalAmount"] == price["totalGrossAmount"]


@pytest.mark.parametrize("resource", RESOURCES)
def test_a_draft_and_a_final_document_of_each_kind(api: Api, customer: str, resource: str) -> None:
    draft, final = (write(api, resource, final=final, address={"contactId": customer}) for final in (False, True))
    assert draft != final
    shown, done = read(api, resource, draft), read(api, resource, final)
    assert (shown["voucherStatus"], done["voucherStatus"]) == ("draft", "open")
    assert shown["voucherNumber"] != done["voucherNumber"]
    assert int(done["voucherNumber"][-3:]) == int(shown["voucherNumber"][-3:]) + 1
    assert ("files" in shown, "files" in done) == (False, True)
    assert ("dueDate" in shown, "dueDate" in done) == (False, resource == "invoices")
    assert done["address"]["city"] == "Kiel"
    assert api.get(f"/v1/{resource}/{draft}/file").status_code == 409
    assert api.get(f"/v1/{resource}/{final}/file").content.startswith(b"%PDF-")
    kind = {"invoices": "invoice", "credit-notes": "creditnote"}.get(resource)
    assert kind is None or api.get(f"/v1/payments/{final}").json()["voucherType"] == kind
    rows = {row["id"]: row["voucherStatus"] for row in api.rows(contactId=customer)}
    assert rows[draft] == "draft"
    assert rows[final] in ("open", "overdue")
    for verb in ("PUT", "DELETE"):
        assert api.send(verb, f"/v1/{resource}/{final}", {}).status_code == 404


def test_a_whole_order_from_offer_to_dunning(api: Api) -> None:
    offer = write(api, "quotations")
    order = write(api, "order-confirmations", offer)
    delivery = write(api, "delivery-notes", order)
    invoice = write(api, "invoices", delivery)
    assert [part["id"] for part in read(api, "invoices", invoice)["relatedVouchers"]] == [delivery]
    assert [part["id"] for part in read(api, "quotations", offer)["relatedVouchers"]] == [order]
    dunning = api.create("/v1/dunnings", sales_document("dunnings"), precedingSalesVoucherId=invoice, **FINAL)
    shown = read(api, "dunnings", dunning)
    assert (shown["voucherStatus"], shown["title"]) == ("draft", "Mahnung")
    assert "voucherNumber" not in shown
    assert dunning not in {row["id"] for row in api.rows()}
    assert api.get(f"/v1/dunnings/{dunning}/file").content.startswith(b"%PDF-")
    assert api.get(f"/v1/invoices/{dunning}").status_code == 404


def test_a_credit_note_settles_its_invoice_once(api: Api) -> None:
    invoice = write(api, "invoices")
    whole = read(api, "invoices", invoice)["totalPrice"]["totalGrossAmount"]
    note = write(api, "credit-notes", invoice, lineItems=[item(10, quantity=1)])
    assert read(api, "credit-notes", note)["voucherStatus"] == "paidoff"
    assert api.get(f"/v1/payments/{note}").status_code == 406
    payment = api.get(f"/v1/payments/{invoice}").json()
    assert money(payment["openAmount"]) == money(whole) - Decimal("11.90")
    assert [part["paymentItemType"] for part in payment["paymentItems"]] == ["partPaymentCreditNote"]
    again = api.post("/v1/credit-notes", sales_document("credit-notes"), precedingSalesVoucherId=invoice)
    assert "credit note already" in refusal(again)
    alone = write(api, "credit-notes")
    assert api.get(f"/v1/payments/{alone}").json()["voucherStatus"] == "open"
    types = [event.type for event in api.running.sandbox.events.all(api.id) if event.resource_id == invoice]
    assert types == ["invoice.created", "payment.changed"]


@pytest.mark.parametrize(
    ("before", "final", "after"),
    [
        ("invoices", True, "quotations"),
        ("invoices", True, "order-confirmations"),
        ("delivery-notes", True, "order-confirmations"),
        ("quotations", True, "credit-notes"),
        ("invoices", False, "credit-notes"),
        ("invoices", False, "dunnings"),
        ("order-confirmations", False, "invoices"),
        ("delivery-notes", False, "invoices"),
        ("credit-notes", True, "invoices"),
    ],
)
def test_impossible_steps(api: Api, before: str, final: bool, after: str) -> None:
    first = write(api, before, final=final)
    refused = api.post(f"/v1/{after}", sales_document(after), precedingSalesVoucherId=first)
    assert "cannot be pursued" in refusal(refused)


def test_other_steps_that_are_refused(api: Api, customer: str) -> None:
    undecided = write(api, "quotations", lineItems=[item(optional=True), item()])
    assert read(api, "quotations", undecided)["totalPrice"]["totalNetAmount"] == 160
    invoice = sales_document("invoices")
    assert "alternative" in refusal(api.post("/v1/invoices", invoice, precedingSalesVoucherId=undecided))
    assert "was not found" in refusal(api.post("/v1/invoices", invoice, precedingSalesVoucherId=api.id))
    assert "Closing invoices" in refusal(api.post("/v1/invoices", invoice, closingInvoice="true"))
    assert api.post("/v1/dunnings", {}).status_code == 400
    for_other = sales_document("dunnings", customer)
    assert "Contact" in refusal(api.post("/v1/dunnings", for_other, precedingSalesVoucherId=write(api, "invoices")))
    closing = next(row for row in api.rows(voucherType="invoice") if api.read(row)["closingInvoice"])
    note = api.post("/v1/credit-notes", sales_document("credit-notes"), precedingSalesVoucherId=closing["id"])
    assert "closing invoice" in refusal(note)
    assert api.post("/v1/down-payment-invoices", invoice).status_code == 404


def _invoice(**changes: Any) -> dict[str, Any]:
    return {key: part for key, part in sales_document("invoices", **changes).items() if part != "left out"}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (_invoice(shippingConditions=None), "The shipping conditions must not be null"),
        (_invoice(voucherDate="left out"), "voucherDate"),
        (_invoice(voucherDate="2026-11-02"), "voucherDate"),
        (_invoice(voucherDate="2026-11-02T00:00:00"), "voucherDate"),
        (_invoice(voucherDate="2026-11-02T00:00:00Z"), "voucherDate"),
        (_invoice(address="left out"), "address"),
        (_invoice(address={"name": "Lea Brandt"}), "address.countryCode"),
        (_invoice(address={"contactId": "nobody"}), "address.contactId"),
        (_invoice(totalPrice={}), "totalPrice.currency"),
        (_invoice(taxConditions={"taxType": "none"}), "taxConditions.taxType"),
        (_invoice(taxConditions={"taxType": "vatfree"}), "lineItems[0].unitPrice.taxRatePercentage"),
        (_invoice(shippingConditions={"shippingType": "service"}), "shippingConditions.shippingDate"),
        (
            _invoice(shippingConditions={"shippingType": "serviceperiod", "shippingDate": DAY}),
            "shippingConditions.shippingEndDate",
        ),
        (_invoice(title="x" * 26), "title"),
        (_invoice(language="fr"), "language"),
        (_invoice(printLayoutId="unknown"), "printLayoutId"),
        (_invoice(lineItems="left out"), "lineItems"),
        (_invoice(lineItems=[item()] * 301), "lineItems"),
        (_invoice(lineItems=[item(type="other")]), "lineItems[0].type"),
        (_invoice(lineItems=[item(id="x")]), "lineItems[0].id"),
        (_invoice(lineItems=[item(type="material")]), "lineItems[0].id"),
        (_invoice(lineItems=[item(name="")]), "lineItems[0].name"),
        (_invoice(lineItems=[item(), item(amount=1.23456)]), "lineItems[1].unitPrice.netAmount"),
        (_invoice(lineItems=[item(rate=16)]), "lineItems[0].unitPrice.taxRatePercentage"),
        (_invoice(totalPrice={"currency": "EUR", "totalDiscountAbsolute": 1_000}), "totalPrice"),
        (_invoice(xRechnung={"buyerReference": "991-1"}), "xRechnung.buyerReference"),
    ],
)
def test_refusals_name_the_field(api: Api, body: dict[str, Any], expected: str) -> None:
    assert refusal(api.post("/v1/invoices", body)) == expected


def test_rates_of_the_second_half_of_2020(api: Api) -> None:
    then = {"shippingDate": "2020-08-01T00:00:00.000+02:00", "shippingType": "service"}
    old = sales_document("invoices", lineItems=[item(rate=16)], shippingConditions=then)
    assert api.post("/v1/invoices", old).status_code == 201
    assert refusal(api.post("/v1/invoices", old | {"lineItems": [item(rate=19)]})).startswith("lineItems[0]")


def test_what_a_client_wrote_is_shown(api: Api, customer: str) -> None:
    texts = {"title": "Rechnung 1", "introduction": "Guten Tag", "remark": "Danke", "language": "en"}
    once = {"contactId": customer, "name": "Zweigwerk", "city": "Bremen", "countryCode": "DE"}
    terms = {"paymentTermDuration": 30, "paymentTermLabel": "Ihr Ziel"}
    body = sales_document("invoices", address=once, paymentConditions=terms, **texts)
    shown = read(api, "invoices", api.create("/v1/invoices", body, **FINAL))
    assert {name: shown[name] for name in texts} == texts
    assert shown["address"] == once
    assert shown["paymentConditions"]["paymentTermLabel"] == "Ihr Ziel"
    assert shown["dueDate"][:10] == "2026-12-02"
    assert shown["shippingConditions"] == body["shippingConditions"]


def test_discounts_on_the_whole(api: Api) -> None:
    items = [item(100, 19, quantity=1), item(50, 7, quantity=1)]
    for discount, net in (({"totalDiscountAbsolute": 15}, 135), ({"totalDiscountPercentage": 10}, 135)):
        body = sales_document("invoices", lineItems=items, totalPrice={"currency": "EUR"} | discount)
        shown = read(api, "invoices", api.create("/v1/invoices", body))
        assert shown["totalPrice"]["totalNetAmount"] == net
        assert [part["netAmount"] for part in shown["taxAmounts"]] == [90, 45]
        assert shown["totalPrice"] | discount == shown["totalPrice"]
        assert len(shown["lineItems"]) == 2


def test_an_invoice_for_a_public_customer_is_an_xrechnung(api: Api) -> None:
    data = {"xRechnung": {"buyerReference": "991-12345-67", "vendorNumberAtCustomer": "4711"}}
    public = api.create("/v1/contacts", CONTACT | data)
    body = sales_document("invoices", public)
    invoice = api.create("/v1/invoices", body, **FINAL)
    shown = read(api, "invoices", invoice)
    assert (shown["electronicDocumentProfile"], shown["xRechnung"]["buyerReference"]) == ("XRechnung", "991-12345-67")
    assert api.get(f"/v1/invoices/{invoice}/file").headers["Content-Type"] == "application/xml"
    plain = api.create("/v1/invoices", body | {"xRechnung": {"buyerReference": ""}}, **FINAL)
    assert read(api, "invoices", plain)["electronicDocumentProfile"] == "NONE"


def test_a_contact_without_an_address_cannot_be_billed(api: Api) -> None:
    bare = api.create("/v1/contacts", {key: part for key, part in CONTACT.items() if key != "addresses"})
    assert "but 0 addresses were found" in refusal(api.post("/v1/invoices", sales_document("invoices", bare)))


def test_reverse_charge_needs_a_contact(api: Api, customer: str) -> None:
    kind: dict[str, Any] = {"taxConditions": {"taxType": "constructionService13b"}, "lineItems": [item(rate=0)]}
    assert refusal(api.post("/v1/invoices", sales_document("invoices", **kind))) == "address.contactId"
    assert api.post("/v1/invoices", sales_document("invoices", customer, **kind)).status_code == 201


def test_an_empty_draft_is_fine_and_cannot_be_final(api: Api) -> None:
    empty = sales_document("invoices", lineItems=[])
    assert api.post("/v1/invoices", empty).status_code == 201
    assert "cannot be finalized" in refusal(api.post("/v1/invoices", empty, **FINAL))
