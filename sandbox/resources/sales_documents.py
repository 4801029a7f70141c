"""Invoices and the other documents written inside Lexware Office (reference: sales documents 12)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sandbox.http import Call, Response, Route, json_response
from sandbox.resources.downloads import sales_document_file
from sandbox.resources.reference_data import discount_conditions, terms_label, terms_template
from sandbox.resources.replies import find_voucher, not_found, refuse
from sandbox.world.calendar import day_stamp, stamp
from sandbox.world.contact_details import details_of
from sandbox.world.model import Contact, Organisation, Terms, Voucher
from sandbox.world.money import ZERO, Line, cents

RESOURCES = {
    "invoices": "invoice",
    "down-payment-invoices": "downpaymentinvoice",
    "credit-notes": "creditnote",
    "quotations": "quotation",
    "order-confirmations": "orderconfirmation",
    "delivery-notes": "deliverynote",
}
TITLES = {
    "invoice": "Rechnung",
    "downpaymentinvoice": "Abschlagsrechnung",
    "creditnote": "Rechnungskorrektur",
    "quotation": "Angebot",
    "orderconfirmation": "Auftragsbestätigung",
    "deliverynote": "Lieferschein",
    "dunning": "Mahnung",
}

WITH_TERMS = ("invoice", "downpaymentinvoice", "orderconfirmation", "quotation")
UNSEEN = {"creditnote": ("discountPercentage",), "deliverynote": ("discountPercentage", "lineItemAmount")}
INTRODUCTIONS = {
    "invoice": "Unsere Lieferungen/Leistungen stellen wir Ihnen wie folgt in Rechnung.",
    "downpaymentinvoice": "Für den laufenden Auftrag stellen wir Ihnen den folgenden Abschlag in Rechnung.",
    "creditnote": "Unsere Rechnung korrigieren wir wie folgt.",
    "quotation": "Gern bieten wir Ihnen die folgenden Leistungen an.",
    "orderconfirmation": "Wir bestätigen Ihren Auftrag wie folgt.",
    "deliverynote": "Wir liefern Ihnen wie folgt.",
    "dunning": "Wir bitten Sie, die nachfolgend aufgelisteten Lieferungen/Leistungen unverzüglich zu begleichen.",
}


def line_item(line: Line, *, gross: bool) -> dict[str, Any]:
    """Return a position as a document shows it; ``gross`` says that its price includes the tax."""
    factor = 100 + line.rate
    return {
        "type": "custom",
        "name": line.text,
        "quantity": line.quantity,
        "unitName": line.unit,
        "unitPrice": {
            "currency": "EUR",
            "netAmount": cents(line.price * 100 / factor) if gross else line.price,
            "grossAmount": line.price if gross else cents(line.price * factor / 100),
            "taxRatePercentage": float(line.rate),
        },
        "discountPercentage": line.discount or 0,
        "lineItemAmount": line.amount,
    }


def contact_address(contact: Contact) -> dict[str, Any]:
    """Return the address that a document to a contact bears: its first billing address, if it has one."""
    details = details_of(contact)
    billing = details.get("addresses", {}).get("billing") or [{"countryCode": "DE"}]
    people = [item for item in details.get("company", {}).get("contactPersons", []) if item.get("primary")]
    person = " ".join(people[0].get(name, "") for name in ("salutation", "firstName", "lastName")) if people else ""
    address = {"contactId": contact.id, "name": contact.party.name, **billing[0]}
    return address | ({"contactPerson": " ".join(person.split())} if person.strip() else {})


def _address(voucher: Voucher) -> dict[str, Any]:
    if voucher.contact is None:
        return {"name": voucher.contact_name, "countryCode": "DE"}
    return contact_address(voucher.contact)


def terms_part(terms: Terms) -> dict[str, Any]:
    """Return the payment terms as a document shows them."""
    return {
        "paymentTermLabel": terms_label(terms),
        "paymentTermLabelTemplate": terms_template(terms),
        "paymentTermDuration": terms.days,
        **discount_conditions(terms),
    }


def _deduction(part: Voucher) -> dict[str, Any]:
    share = part.shares[0]
    return {
        "id": part.id,
        "voucherType": part.type,
        "title": TITLES[part.type],
        "voucherNumber": part.number,
        "voucherDate": day_stamp(part.day) if part.day else None,
        "receivedGrossAmount": share.gross,
        "receivedNetAmount": share.net,
        "receivedTaxAmount": share.tax,
        "taxRatePercentage": float(share.rate),
    }


def _invoice_parts(voucher: Voucher) -> dict[str, Any]:
    """Return the fields that invoices have and credit notes lack."""
    parts: dict[str, Any] = {}
    if voucher.day:
        shipped = voucher.day - timedelta(days=1)
        parts["shippingConditions"] = {"shippingDate": day_stamp(shipped), "shippingType": "service"}
    if voucher.type == "invoice":
        parts["closingInvoice"] = bool(voucher.deductions)
    if voucher.deductions:
        parts["claimedGrossAmount"] = voucher.total
        parts["downPaymentDeductions"] = [_deduction(part) for part in voucher.deductions]
    if voucher.due:
        parts["dueDate"] = day_stamp(voucher.due)
    return parts


def _line_items(voucher: Voucher) -> list[dict[str, Any]]:
    """Return the positions; each type of document leaves out or adds what it was seen to (measured)."""
    items = [line_item(line, gross=voucher.gross_prices) for line in voucher.lines]
    for item in items:
        for name in UNSEEN.get(voucher.type, ()):
            del item[name]
        if voucher.type == "quotation":
            item |= {"alternative": False, "optional": False}
    return items


def as_json(voucher: Voucher, organisation: Organisation) -> dict[str, Any]:
    """Return a sales document as the service shows it, absent fields left out."""
    shares = voucher.shares
    answer: dict[str, Any] = {
        "id": voucher.id,
        "organizationId": organisation.id,
        "createdDate": stamp(voucher.created),
        "updatedDate": stamp(voucher.updated),
        "version": voucher.version,
        "language": "de",
        "archived": False,
        "voucherStatus": voucher.status,
        "voucherNumber": voucher.number,
        "voucherDate": day_stamp(voucher.day) if voucher.day else None,
        "address": _address(voucher),
        "electronicDocumentProfile": voucher.profile,
        "lineItems": _line_items(voucher),
        "totalPrice": {
            "currency": "EUR",
            "totalNetAmount": sum((share.net for share in shares), ZERO),
            "totalGrossAmount": voucher.full_total,
            "totalTaxAmount": sum((share.tax for share in shares), ZERO),
        },
        "taxAmounts": [
            {"taxRatePercentage": float(share.rate), "taxAmount": share.tax, "netAmount": share.net} for share in shares
        ],
        "taxConditions": {"taxType": voucher.tax_type},
        "relatedVouchers": [
            {"id": other, "voucherNumber": number, "voucherType": kind} for other, number, kind in voucher.related
        ],
        "title": TITLES[voucher.type],
        "introduction": INTRODUCTIONS.get(voucher.type, ""),
        "remark": voucher.remark or "Vielen Dank für die gute Zusammenarbeit.",
    }
    if voucher.type in WITH_TERMS:
        answer["paymentConditions"] = terms_part(voucher.terms)
    if voucher.type in ("invoice", "downpaymentinvoice"):
        answer |= _invoice_parts(voucher)
    if voucher.type == "downpaymentinvoice":
        others = organisation.vouchers.values()
        closing = (item.id for item in others if any(part.id == voucher.id for part in item.deductions))
        answer["closingInvoiceId"] = next(closing, None)
    if voucher.type == "quotation" and voucher.day:
        answer["expirationDate"] = day_stamp(voucher.day + timedelta(days=30))
    if voucher.document_file_id and voucher.state != "draft":
        answer["files"] = {"documentFileId": voucher.document_file_id}
    answer |= voucher.written | {"totalPrice": answer["totalPrice"] | voucher.written.get("totalPrice", {})}
    if voucher.type == "deliverynote":
        del answer["totalPrice"], answer["taxAmounts"]
    return {name: value for name, value in answer.items() if value is not None}


def _dunning(call: Call) -> Voucher:
    """Return the dunning of the path's id."""
    dunning = call.organisation.dunnings.get(call.arguments["id"])
    if dunning is None:
        not_found(call)
    return dunning


def _routes(resource: str, find: Callable[[Call], Voucher]) -> tuple[Route, ...]:
    def read(call: Call) -> Response:
        return json_response(as_json(find(call), call.organisation))

    def file(call: Call) -> Response:
        return sales_document_file(call, find(call))

    def document(call: Call) -> Response:
        voucher = find(call)
        if voucher.state == "draft" and voucher.type != "dunning":
            refuse(call, 406, "Requesting PDF document is not possible in state draft.")
        return json_response({"documentFileId": voucher.document_file_id})

    scope, path = f"{resource}.read", f"/v1/{resource}/{{id}}"
    return (
        Route("GET", path, read, scope=scope),
        Route("GET", f"{path}/file", file, scope=scope),
        Route("GET", f"{path}/document", document, scope=scope),
    )


def _of_type(kind: str) -> Callable[[Call], Voucher]:
    return lambda call: find_voucher(call, (kind,))


ROUTES = (
    *(route for resource, kind in RESOURCES.items() for route in _routes(resource, _of_type(kind))),
    *_routes("dunnings", _dunning),
)
