"""``/v1/payments/{id}``: how far a document is paid (reference: payments 8)."""

from __future__ import annotations

from typing import Any

from sandbox.http import Call, Response, Route, json_response
from sandbox.resources.replies import not_found, refuse
from sandbox.world.calendar import day_stamp, stamp
from sandbox.world.model import NO_PAYMENT_STATES, TYPES_WITH_PAYMENTS, Voucher
from sandbox.world.money import ZERO


def payment_status(voucher: Voucher) -> str:
    """Return ``balanced``, or who owes: sales report ``openRevenue``, purchases ``openExpense``."""
    if voucher.open_amount == ZERO:
        return "balanced"
    return "openExpense" if voucher.type.startswith("purchase") else "openRevenue"


def read(call: Call) -> Response:
    """Read the payments of one document; documents without any such information answer 406."""
    voucher = call.vouchers.get(call.arguments["id"])
    if voucher is None:
        not_found(call)
    if voucher.state == "draft" and voucher.type in TYPES_WITH_PAYMENTS:
        refuse(call, 406, "No payment information for this invoice in draft")
    if voucher.type not in TYPES_WITH_PAYMENTS or voucher.state in NO_PAYMENT_STATES or voucher.settles:
        refuse(call, 406, "No payment information for this voucher/voucher type")
    open_amount: Any = voucher.open_amount
    if call.sandbox.settings.open_amount_as_string:
        open_amount = f"{open_amount:.2f}"
    answer: dict[str, Any] = {
        "openAmount": open_amount,
        "currency": "EUR",
        "paymentStatus": payment_status(voucher),
        "voucherType": voucher.type,
        "voucherStatus": voucher.status,
    }
    if voucher.status in ("paid", "paidoff") and voucher.payments:
        answer["paidDate"] = stamp(max(item.at for item in voucher.payments))
    elif call.sandbox.settings.documented_nulls:
        answer["paidDate"] = None
    answer["paymentItems"] = [
        {
            "paymentItemType": item.kind,
            "postingDate": day_stamp(item.day),
            "amount": item.amount,
            "currency": "EUR",
        }
        for item in voucher.payments
    ]
    return json_response(answer)


ROUTES = (Route("GET", "/v1/payments/{id}", read, scope="payments.read"),)
