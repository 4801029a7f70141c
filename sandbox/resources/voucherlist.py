"""``/v1/voucherlist``, the index over all documents (reference: voucherlist 6)."""

from __future__ import annotations

import html
import re
import uuid
from collections.abc import Callable
from datetime import date
from typing import Any, NoReturn

from sandbox import errors
from sandbox.http import Answer, Call, Response, Route, json_response
from sandbox.resources.paging import page_of, page_request, sort_entry
from sandbox.resources.replies import refuse
from sandbox.world.calendar import day_stamp, german_day, stamp
from sandbox.world.model import OTHER_SALES_TYPES, TYPES_WITH_PAYMENTS, Voucher

TYPES = frozenset(TYPES_WITH_PAYMENTS + OTHER_SALES_TYPES)
STATUSES = frozenset(
    [
        "draft",
        "open",
        "overdue",
        "paid",
        "paidoff",
        "voided",
        "transferred",
        "sepadebit",
        "accepted",
        "rejected",
        "unchecked",
        "blank",
    ]
)
DUE_STATES = ("open", "sepadebit")
DATE_FILTERS = ("voucherDate", "createdDate", "updatedDate")
DATE_RANGES = [f"{name}{end}" for name in DATE_FILTERS for end in ("From", "To")]
FILTERS = (
    "voucherType",
    "voucherStatus",
    "archived",
    "contactId",
    "voucherNumber",
    "page",
    "size",
    "sort",
    *DATE_RANGES,
)
SORTS: dict[str, Callable[[Voucher], Any]] = {
    "voucherDate": lambda voucher: voucher.day or date.min,
    "voucherNumber": lambda voucher: voucher.number or "",
    "createdDate": lambda voucher: voucher.created,
    "updatedDate": lambda voucher: voucher.updated,
}


def shown_status(voucher: Voucher, today: date) -> str:
    """Return the status as the list shows it: open and past its due date reads ``overdue``, by German calendar."""
    status = voucher.status
    if status in DUE_STATES and voucher.due is not None and voucher.due < today:
        return "overdue"
    return status


def row(voucher: Voucher, today: date, *, nulls: bool = False) -> dict[str, Any]:
    """Build one row; absent values are left out, or printed as null when ``nulls`` is set."""
    status = shown_status(voucher, today)
    has_open_amount = voucher.type in TYPES_WITH_PAYMENTS and status not in ("draft", "unchecked", "blank")
    values: dict[str, Any] = {
        "id": voucher.id,
        "voucherType": voucher.type,
        "voucherStatus": status,
        "voucherNumber": voucher.number,
        "voucherDate": day_stamp(voucher.day) if voucher.day else None,
        "createdDate": stamp(voucher.created, milliseconds=False),
        "updatedDate": stamp(voucher.updated, milliseconds=False),
        "dueDate": day_stamp(voucher.due) if voucher.due else None,
        "contactId": voucher.contact.id if voucher.contact else None,
        "contactName": voucher.contact_name,
        "totalAmount": voucher.total,
        "openAmount": voucher.open_amount if has_open_amount else None,
        "currency": "EUR",
        "archived": False,
    }
    return values if nulls else {name: value for name, value in values.items() if value is not None}


def _invalid(call: Call, name: str, value: str) -> NoReturn:
    refuse(call, 400, f"Invalid value '{value}' received for request parameter '{name}'")


def _choices(call: Call, name: str, allowed: frozenset[str]) -> frozenset[str]:
    """Read a mandatory comma list; an empty element is the service's own failure (500, measured)."""
    value = call.request.value(name)
    if not value:
        refuse(call, 400, "Missing required request parameters")
    elements = [element.strip() for element in value.split(",")]
    if "" in elements:
        raise Answer(errors.gateway(500, None))
    if elements == ["any"]:
        return allowed
    for element in elements:
        if element not in allowed:
            _invalid(call, name, element)
    if "overdue" in elements and len(elements) > 1:
        _invalid(call, name, value)
    return frozenset(elements)


def _day(call: Call, name: str) -> date | None:
    """Read a date filter; only ``yyyy-MM-dd`` is understood."""
    value = call.request.value(name)
    if value is None:
        return None
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", value, re.ASCII):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    _invalid(call, name, value)


def _sorting(call: Call) -> tuple[str, bool]:
    """Return the property and whether it descends; without a direction it ascends (measured)."""
    value = call.request.value("sort")
    if not value:
        return "voucherDate", True
    prop, _, direction = value.partition(",")
    if prop not in SORTS or direction.upper() not in ("", "ASC", "DESC"):
        refuse(call, 400, "parameter 'sort' is invalid")
    return prop, direction.upper() == "DESC"


def _text_filters(call: Call) -> Callable[[Voucher], bool]:
    """Read ``contactId``, ``archived`` and ``voucherNumber``.

    A number must match as a whole, in any case; ``&``, ``<`` and ``>`` must come HTML-encoded (reference: 3.6).
    """
    contact = call.request.value("contactId")
    if contact is not None:
        try:
            contact = str(uuid.UUID(contact))
        except ValueError:
            _invalid(call, "contactId", contact)
    archived = call.request.value("archived")
    if archived is not None and archived.lower() not in ("true", "false"):
        _invalid(call, "archived", archived)
    number = call.request.value("voucherNumber")

    def matches(voucher: Voucher) -> bool:
        if contact is not None and (voucher.contact is None or voucher.contact.id != contact):
            return False
        if archived is not None and archived.lower() == "true":
            return False
        own = html.escape(voucher.number or "", quote=False).lower()
        return number is None or own == number.lower()

    return matches


def voucherlist(call: Call) -> Response:
    """List the rows that match all filters, one page of them."""
    for name in FILTERS:
        if len(call.request.values(name)) > 1:
            refuse(call, 400, f"Parameter '{name}' must not be used more than once")
    types = _choices(call, "voucherType", TYPES)
    statuses = _choices(call, "voucherStatus", STATUSES)
    matches = _text_filters(call)
    ranges = [(name, _day(call, f"{name}From"), _day(call, f"{name}To")) for name in DATE_FILTERS]
    prop, descending = _sorting(call)
    page = page_request(call)
    today = call.sandbox.current_day()
    days: dict[str, Callable[[Voucher], date | None]] = {
        "voucherDate": lambda voucher: voucher.day,
        "createdDate": lambda voucher: german_day(voucher.created),
        "updatedDate": lambda voucher: german_day(voucher.updated),
    }

    def in_ranges(voucher: Voucher) -> bool:
        for name, first, last in ranges:
            if first is None and last is None:
                continue
            day = days[name](voucher)
            if day is None or (first and day < first) or (last and day > last):
                return False
        return True

    def has_status(voucher: Voucher) -> bool:
        if statuses == STATUSES:
            return True
        return voucher.status in statuses or shown_status(voucher, today) in statuses

    vouchers = call.vouchers

    def select() -> list[Voucher]:
        found = [
            voucher
            for voucher in vouchers.values()
            if voucher.type in types and in_ranges(voucher) and matches(voucher) and has_status(voucher)
        ]
        found.sort(key=lambda voucher: voucher.id)
        found.sort(key=SORTS[prop], reverse=descending)
        return found

    query = tuple(call.request.value(name) for name in FILTERS if name not in ("page", "size"))
    present = vouchers is call.organisation.vouchers
    found = call.sandbox.lists.rows(call.organisation, query, today, select) if present else select()
    start = page.number * page.size
    nulls = call.sandbox.settings.documented_nulls
    rows = [row(voucher, today, nulls=nulls) for voucher in found[start : start + page.size]]
    return json_response(page_of(rows, page, sort_entry(prop, descending=descending), total=len(found)))


ROUTES = (Route("GET", "/v1/voucherlist", voucherlist, scope="voucherlist.read"),)
