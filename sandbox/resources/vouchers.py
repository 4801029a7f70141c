"""``/v1/vouchers``: bookkeeping vouchers (reference: vouchers 7)."""

from __future__ import annotations

from typing import Any

from sandbox import errors
from sandbox.http import Answer, Call, Response, Route, json_response
from sandbox.resources.paging import page_of, page_request
from sandbox.resources.replies import find_voucher
from sandbox.world.calendar import day_stamp, stamp
from sandbox.world.model import BOOKKEEPING_TYPES, Voucher
from sandbox.world.money import ZERO


def posting_items(voucher: Voucher) -> list[dict[str, Any]]:
    """Return the postings as they were booked, or one per tax rate; they add up to the voucher's totals."""
    if any(line.category for line in voucher.lines):
        return [
            {
                "amount": line.amount,
                "taxAmount": line.tax,
                "taxRatePercent": float(line.rate),
                "categoryId": line.category,
            }
            for line in voucher.lines
        ]
    items = []
    for share in voucher.shares:
        amount = share.gross if voucher.tax_type == "gross" else share.net
        items.append(
            {
                "amount": amount,
                "taxAmount": share.tax,
                "taxRatePercent": float(share.rate),
                "categoryId": voucher.category,
            }
        )
    return items


def as_json(voucher: Voucher, organisation_id: str, *, nulls: bool = False) -> dict[str, Any]:
    """Return a bookkeeping voucher as the service shows it; absent fields are left out, or null with ``nulls``."""
    values: dict[str, Any] = {
        "id": voucher.id,
        "organizationId": organisation_id,
        "type": voucher.type,
        "voucherStatus": voucher.status,
        "voucherNumber": voucher.number,
        "voucherDate": day_stamp(voucher.day) if voucher.day else None,
        "shippingDate": day_stamp(voucher.shipped) if voucher.shipped else None,
        "dueDate": day_stamp(voucher.due) if voucher.due else None,
        "totalGrossAmount": voucher.total if voucher.lines else None,
        "totalTaxAmount": sum((share.tax for share in voucher.shares), ZERO),
        "taxType": voucher.tax_type,
        "useCollectiveContact": voucher.contact is None,
        "contactId": voucher.contact.id if voucher.contact else None,
        "contactName": voucher.contact_name if voucher.contact is None else None,
        "remark": voucher.remark or None,
        "voucherItems": posting_items(voucher),
        "files": list(voucher.files),
        "createdDate": stamp(voucher.created),
        "updatedDate": stamp(voucher.updated),
        "version": voucher.version,
    }
    return values if nulls else {name: value for name, value in values.items() if value is not None}


def read(call: Call) -> Response:
    """Read one bookkeeping voucher."""
    voucher = find_voucher(call, BOOKKEEPING_TYPES, legacy=True)
    nulls = call.sandbox.settings.documented_nulls
    return json_response(as_json(voucher, call.organisation.id, nulls=nulls))


def by_number(call: Call) -> Response:
    """Find bookkeeping vouchers by number, exact and case-sensitive (deprecated)."""
    number = call.request.value("voucherNumber")
    if not number:
        raise Answer(errors.legacy(400, "bad_request_error", "voucherNumber parameter is required"))
    found = [
        as_json(voucher, call.organisation.id)
        for voucher in call.vouchers.values()
        if voucher.type in BOOKKEEPING_TYPES and voucher.number == number
    ]
    return json_response(page_of(found, page_request(call), None))


ROUTES = (
    Route("GET", "/v1/vouchers", by_number, scope="vouchers.read", legacy=True),
    Route("GET", "/v1/vouchers/{id}", read, scope="vouchers.read", legacy=True),
)
