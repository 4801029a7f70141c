"""Invoices and the other documents written inside Lexware Office (reference: sales documents 12)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sandbox.http import Call, Response, Route, json_response
from sandbox.resources.downloads import sales_document_file
from sandbox.resources.replies import find_voucher, refuse
from sandbox.world.calendar import day_stamp, stamp
from sandbox.world.model import Terms, Voucher
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
}

INTRODUCTIONS = {
    "invoice": "Unsere Lieferungen/Leistungen stellen wir Ihnen wie folgt in Rechnung.",
    "downpaymentinvoice": "Für den laufenden Auftrag stellen wir Ihnen den folgenden Abschlag in Rechnung.",
    "creditnote": "Unsere Rechnung korrigieren wir wie folgt.",
    "quotation": "Gern bieten wir Ihnen die folgenden Leistungen an.",
    "orderconfirmation": "Wir bestätigen Ihren Auftrag wie folgt.",
    "deliverynote": "Wir liefern Ihnen wie folgt.",
}


def terms_label(terms: Terms) -> tuple[str, str]:
    """Return the sentence of the payment terms and the template it was made from."""
    if terms.discount:
        percent = f"{terms.discount.normalize():f}".replace(".", ",")
        return (
            f"{terms.discount_days} Tage {percent} % Skonto, {terms.days} Tage netto",
            "{discountRange} Tage {discount} Skonto, {paymentRange} Tage netto",
        )
    if terms.days == 0:
        return "Zahlbar sofort, rein netto", "Zahlbar sofort, rein netto"
    return (
        f"Zahlbar innerhalb von {terms.days} Tagen ohne Abzug",
        "Zahlbar innerhalb von {paymentRange} Tagen ohne Abzug",
    )


def _line(line: Line, voucher: Voucher) -> dict[str, Any]:
    factor = 100 + line.rate
    net = cents(line.price * 100 / factor) if voucher.gross_prices else line.price
    gross = line.price if voucher.gross_prices else cents(line.price * factor / 100)
    return {
        "type": "custom",
        "name": line.text,
        "quantity": line.quantity,
        "unitName": line.unit,
        "unitPrice": {
            "currency": "EUR",
            "netAmount": net,
            "grossAmount": gross,
            "taxRatePercentage": float(line.rate),
        },
        "discountPercentage": 0,
        "lineItemAmount": line.amount,
    }


def _address(voucher: Voucher) -> dict[str, Any]:
    if voucher.contact is None:
        return {"name": voucher.contact_name, "countryCode": "DE"}
    party = voucher.contact.party
    return {
        "contactId": voucher.contact.id,
        "name": party.name,
        "street": party.street,
        "zip": party.zip,
        "city": party.city,
        "countryCode": "DE",
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
    label, template = terms_label(voucher.terms)
    conditions: dict[str, Any] = {
        "paymentTermLabel": label,
        "paymentTermLabelTemplate": template,
        "paymentTermDuration": voucher.terms.days,
    }
    if voucher.terms.discount:
        conditions["paymentDiscountConditions"] = {
            "discountPercentage": voucher.terms.discount,
            "discountRange": voucher.terms.discount_days,
        }
    parts: dict[str, Any] = {"paymentConditions": conditions}
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


def as_json(voucher: Voucher, organisation_id: str) -> dict[str, Any]:
    """Return a sales document as the service shows it, absent fields left out."""
    shares = voucher.shares
    answer: dict[str, Any] = {
        "id": voucher.id,
        "organizationId": organisation_id,
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
        "lineItems": [_line(line, voucher) for line in voucher.lines],
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
    if voucher.type in ("invoice", "downpaymentinvoice"):
        answer |= _invoice_parts(voucher)
    if voucher.type == "quotation" and voucher.day:
        answer["expirationDate"] = day_stamp(voucher.day + timedelta(days=30))
    if voucher.type == "deliverynote":
        del answer["totalPrice"], answer["taxAmounts"]
    if voucher.document_file_id and voucher.state != "draft":
        answer["files"] = {"documentFileId": voucher.document_file_id}
    return answer


def _routes(resource: str, kind: str) -> tuple[Route, ...]:
    def read(call: Call) -> Response:
        return json_response(as_json(find_voucher(call, (kind,)), call.organisation.id))

    def file(call: Call) -> Response:
        return sales_document_file(call, find_voucher(call, (kind,)))

    def document(call: Call) -> Response:
        voucher = find_voucher(call, (kind,))
        if voucher.state == "draft":
            refuse(call, 406, "Requesting PDF document is not possible in state draft.")
        return json_response({"documentFileId": voucher.document_file_id})

    scope, path = f"{resource}.read", f"/v1/{resource}/{{id}}"
    return (
        Route("GET", path, read, scope=scope),
        Route("GET", f"{path}/file", file, scope=scope),
        Route("GET", f"{path}/document", document, scope=scope),
    )


ROUTES = tuple(route for resource, kind in RESOURCES.items() for route in _routes(resource, kind))
