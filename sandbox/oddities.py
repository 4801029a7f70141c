"""Answers as they might be tomorrow: fields and values nobody knows yet, amounts as text (reference: 3.1, 18.12)."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from sandbox.http import Request, Response, to_json
from sandbox.settings import Settings

NEW_FIELD = "addedLater"
NEW_STATUS = "disputed"
NEW_TYPE = "selfbilledinvoice"
NEW_PAYMENT_TYPE = "partPaymentVoucherCard"
RESOURCES = (
    "/v1/voucherlist",
    "/v1/vouchers",
    "/v1/payments",
    "/v1/invoices",
    "/v1/credit-notes",
    "/v1/down-payment-invoices",
    "/v1/quotations",
    "/v1/order-confirmations",
    "/v1/delivery-notes",
    "/v1/profile",
)

Change = Callable[[dict[str, Any], str], None]


def _hit(share: float, text: str) -> bool:
    """Say whether a thing belongs to the share; the same thing always answers the same."""
    return zlib.crc32(text.encode()) / 2**32 < share


def _walk(value: Any, path: str, change: Change) -> None:
    """Apply a change to every object; ``path`` leads with the id of the innermost object that has one."""
    if isinstance(value, dict):
        own = str(value.get("id", path))
        for name, part in list(value.items()):
            _walk(part, f"{own}.{name}", change)
        change(value, own)
    elif isinstance(value, list):
        for at, part in enumerate(value):
            _walk(part, f"{path}.{at}", change)


def _changes(settings: Settings) -> list[Change]:
    def field(item: dict[str, Any], _: str) -> None:
        item[NEW_FIELD] = {"values": [1, None, "x"]}

    def amount(item: dict[str, Any], _: str) -> None:
        for name, value in item.items():
            if name.lower().endswith("amount") and isinstance(value, (int, Decimal)) and not isinstance(value, bool):
                item[name] = f"{value:.2f}" if value == round(value, 2) else str(value)

    def value_of(name: str, new: str, share: float) -> Change:
        def change(item: dict[str, Any], path: str) -> None:
            if name in item and _hit(share, f"{name} {path}"):
                item[name] = new

        return change

    changes: list[Change] = []
    if settings.amounts_as_strings:
        changes.append(amount)
    for name, new, share in (
        ("voucherStatus", NEW_STATUS, settings.unknown_status),
        ("voucherType", NEW_TYPE, settings.unknown_type),
        ("paymentItemType", NEW_PAYMENT_TYPE, settings.unknown_payment_type),
    ):
        if share:
            changes.append(value_of(name, new, share))
    if settings.unknown_fields:
        changes.append(field)
    return changes


def made_odd(settings: Settings, request: Request, response: Response) -> Response:
    """Return the answer as the settings want it; answers of other resources, errors and files stay as they are.

    What a document's status, type or payments are called is the same in the list, in the document and in its payments.
    """
    changes = _changes(settings)
    if not changes or request.method != "GET" or response.status != 200:
        return response
    if response.content_type != "application/json" or not request.path.startswith(RESOURCES):
        return response
    body = json.loads(response.body, parse_float=Decimal)
    identity = request.path.split("/")[3] if request.path.count("/") > 2 else ""
    for change in changes:
        _walk(body, identity, change)
    response.body = to_json(body)
    return response
