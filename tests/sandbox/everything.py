"""One answer of every kind with every part that it may have, so that documented samples can be compared with them."""

from __future__ import annotations

from typing import Any

from tests.sandbox.api import Api
from tests.sandbox.documents_to_write import CONTACT, DAY, INCOME, VOUCHER, item, sales_document

LISTED = ("contacts", "articles", "recurring-templates")
READ_ONLY = {"downpaymentinvoice": "down-payment-invoices", "invoice": "invoices", "creditnote": "credit-notes"}
ADDRESS = {"supplement": "Gebäude 10", "street": "Am Wall 4", "zip": "28195", "city": "Bremen", "countryCode": "DE"}
SKONTO = {
    "paymentTermDuration": 30,
    "paymentTermLabel": "10 Tage - 3 %, 30 Tage netto",
    "paymentDiscountConditions": {"discountPercentage": 3, "discountRange": 10},
}


def read(api: Api, path: str, **parameters: Any) -> Any:
    """A good answer, read."""
    answer = api.get(path, **parameters)
    assert answer.status_code == 200, answer.text
    return answer.json()


def booked_sale(**more: Any) -> dict[str, Any]:
    """A sales invoice with the collective customer, as one was measured."""
    items = [VOUCHER["voucherItems"][0] | {"categoryId": INCOME}]
    return VOUCHER | {"type": "salesinvoice", "voucherItems": items} | more


def add_customers(api: Api) -> str:
    """Add a company and a person with all their fields; returns the company's id."""
    contact = {
        "roles": {"customer": {}, "vendor": {}},
        "addresses": {"billing": [ADDRESS], "shipping": [ADDRESS]},
        "xRechnung": {"buyerReference": "991-12345-67", "vendorNumberAtCustomer": "4711"},
        "emailAddresses": {kind: ["a@b.example"] for kind in ("business", "office", "private", "other")},
        "phoneNumbers": {kind: ["1"] for kind in ("business", "office", "mobile", "private", "fax", "other")},
        "note": "Notiz",
    }
    named = {"salutation": "Frau", "firstName": "Jette", "lastName": "Harms"}
    api.create("/v1/contacts", contact | {"version": 0, "person": named})
    reached = named | {"primary": True, "emailAddress": "harms@nordlicht.example", "phoneNumber": "+49 431 555010"}
    company = {"name": "A", "taxNumber": "21/815", "vatRegistrationId": "DE999999999", "contactPersons": [reached]}
    return api.create("/v1/contacts", CONTACT | contact | {"company": company})


def _full_document(api: Api, resource: str, customer: str) -> dict[str, Any]:
    article = next(iter(api.running.world.organisations[api.id].articles))
    items = [
        item(description="nach Aufwand", subItems=[item(alternative=True, description="als Alternative")]),
        item(type="service", id=article, subItems=[item(alternative=True, type="material", id=article)]),
        {"type": "text", "name": "Hinweis", "description": "Anfahrt im Preis enthalten"},
    ]
    shipping: dict[str, Any] = {}
    if resource == "dunnings":
        shipping["shippingConditions"] = {"shippingDate": DAY, "shippingType": "delivery"}
    return sales_document(
        resource,
        **shipping,
        language="de",
        address=ADDRESS | {"contactId": customer, "name": "B"},
        lineItems=items,
        paymentConditions=SKONTO,
        printLayoutId=read(api, "/v1/print-layouts")[0]["id"],
        taxConditions={"taxType": "net", "taxTypeNote": "Hinweis zur Steuer"},
    )


def _sales_documents(api: Api, customer: str) -> dict[str, list[Any]]:
    """Write each kind, as a draft and as a final document, with and without one that it follows."""
    made: dict[str, list[Any]] = {}
    before: dict[str, str] = {}
    for resource in ("quotations", "order-confirmations", "delivery-notes", "invoices", "dunnings", "credit-notes"):
        plain = api.create(f"/v1/{resource}", sales_document(resource, customer), finalize="true", **before)
        after = {"precedingSalesVoucherId": plain}
        full = api.create(
            f"/v1/{resource}", _full_document(api, resource, customer), **before if resource == "dunnings" else {}
        )
        made[resource] = [read(api, f"/v1/{resource}/{identity}") for identity in (plain, full)]
        if resource != "dunnings":
            before = after
    return made


def all_kinds(api: Api, customer: str) -> dict[str, list[Any]]:
    """All answers of each kind that the sandbox gives: those of its world, and those with every optional part."""
    made = _sales_documents(api, customer)
    made |= {"vouchers": [], "payments": []}
    for row in api.truth()["vouchers"]:
        kind = READ_ONLY.get(row["type"], "vouchers" if row["type"].startswith(("sales", "purchase")) else "")
        if kind:
            made.setdefault(kind, []).append(read(api, f"/v1/{kind}/{row['id']}"))
        if kind and row["type"] != "creditnote" and row["status"] in ("open", "paid", "paidoff"):
            made["payments"].append(read(api, f"/v1/payments/{row['id']}"))
    api.control("settings", open_amount_as_string=True)
    made["payments"].append(read(api, f"/v1/payments/{made['invoices'][0]['id']}"))
    api.control("settings", open_amount_as_string=False)
    new = api.create("/v1/vouchers", booked_sale(shippingDate="2026-11-02", dueDate="2026-11-16", remark="x"))
    made["vouchers"].append(read(api, f"/v1/vouchers/{new}"))
    for name in LISTED:
        made[name] = [read(api, f"/v1/{name}/{row['id']}") for row in read(api, f"/v1/{name}", size=250)["content"]]
    wanted = {"eventType": "payment.changed", "callbackUrl": "https://hooks.example/lx"}
    subscription = api.create("/v1/event-subscriptions", wanted)
    made["event-subscriptions"] = [read(api, f"/v1/event-subscriptions/{subscription}")]
    return made
