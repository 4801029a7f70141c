"""Bodies of writing calls that the service takes, to be changed by tests."""

from __future__ import annotations

from typing import Any

DAY = "2026-11-02T00:00:00.000+01:00"
OUTGO = "16d04a28-fd91-11e1-a21f-0800200c9a66"
INCOME = "8f8664a0-fd86-11e1-a21f-0800200c9a66"
SHIPPED = ("invoices", "order-confirmations", "delivery-notes")
CONTACT = {
    "version": 0,
    "roles": {"customer": {}},
    "company": {"name": "Nordlicht Werkzeugbau GmbH"},
    "addresses": {"billing": [{"street": "Kaistraße 7", "zip": "24103", "city": "Kiel", "countryCode": "DE"}]},
}
VOUCHER: dict[str, Any] = {
    "type": "purchaseinvoice",
    "voucherNumber": "ER-4711",
    "voucherDate": "2026-11-02",
    "totalGrossAmount": 119.0,
    "totalTaxAmount": 19.0,
    "taxType": "gross",
    "useCollectiveContact": True,
    "voucherItems": [{"amount": 119.0, "taxAmount": 19.0, "taxRatePercent": 19, "categoryId": OUTGO}],
    "version": 0,
}


def item(amount: object = 80, rate: object = 19, **more: Any) -> dict[str, Any]:
    """A position of a sales document, with its net price."""
    price = {"currency": "EUR", "netAmount": amount, "taxRatePercentage": rate}
    return {"type": "custom", "name": "Beratung", "quantity": 2, "unitName": "Stunde", "unitPrice": price} | more


def sales_document(resource: str, contact: str = "", **more: Any) -> dict[str, Any]:
    """A sales document that fits the resource."""
    once = {"name": "Lea Brandt", "street": "Am Wall 4", "zip": "28195", "city": "Bremen", "countryCode": "DE"}
    body: dict[str, Any] = {
        "voucherDate": DAY,
        "address": {"contactId": contact} if contact else once,
        "lineItems": [item()],
        "totalPrice": {"currency": "EUR"},
        "taxConditions": {"taxType": "net"},
    }
    if resource in SHIPPED:
        body["shippingConditions"] = {"shippingDate": DAY, "shippingType": "delivery"}
    if resource == "quotations":
        body["expirationDate"] = "2026-12-02T00:00:00.000+01:00"
    return body | more
