"""``/v1/recurring-templates``: invoices made on a schedule, to be read only (reference: recurring templates 13)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from sandbox.http import Call, Response, Route, json_response
from sandbox.resources.paging import page_of, page_request, sort_entry
from sandbox.resources.replies import not_found, refuse
from sandbox.resources.sales_documents import contact_address, line_item, terms_part
from sandbox.world.calendar import stamp
from sandbox.world.goods import RecurringTemplate
from sandbox.world.money import ZERO, tax_shares

SORTS: dict[str, Callable[[RecurringTemplate], date | datetime]] = {
    "createdDate": lambda item: item.created,
    "updatedDate": lambda item: item.updated,
    "lastExecutionDate": lambda item: item.last or date.min,
    "nextExecutionDate": lambda item: item.next or date.min,
}


def _settings(template: RecurringTemplate) -> dict[str, Any]:
    days = {
        "startDate": template.start,
        "endDate": template.end,
        "nextExecutionDate": template.next,
        "lastExecutionDate": template.last,
    }
    return {
        "id": template.settings_id,
        **{name: day.isoformat() for name, day in days.items() if day},
        "finalize": template.finalize,
        "shippingType": "serviceperiod",
        "retroactiveInvoice": False,
        "executionInterval": template.interval,
        "lastExecutionFailed": False,
        "executionStatus": template.status,
    }


def row(template: RecurringTemplate, organisation_id: str) -> dict[str, Any]:
    """Return a template as the list shows it: shorter than the template itself, without its version."""
    shares = tax_shares(template.lines, gross=template.gross_prices)
    return {
        "id": template.id,
        "organizationId": organisation_id,
        "title": "Rechnung",
        "createdDate": stamp(template.created),
        "updatedDate": stamp(template.updated),
        "address": {"contactId": template.contact.id, "name": template.contact.party.name},
        "totalPrice": {
            "currency": "EUR",
            "totalNetAmount": sum((share.net for share in shares), ZERO),
            "totalGrossAmount": sum((share.gross for share in shares), ZERO),
        },
        "paymentConditions": terms_part(template.terms),
        "recurringTemplateSettings": _settings(template),
    }


def as_json(template: RecurringTemplate, organisation_id: str) -> dict[str, Any]:
    """Return a template in full."""
    answer = row(template, organisation_id)
    shares = tax_shares(template.lines, gross=template.gross_prices)
    answer["totalPrice"]["totalTaxAmount"] = sum((share.tax for share in shares), ZERO)
    return answer | {
        "version": template.version,
        "language": "de",
        "archived": False,
        "address": contact_address(template.contact),
        "lineItems": [line_item(line, gross=template.gross_prices) for line in template.lines],
        "taxAmounts": [
            {"taxRatePercentage": float(share.rate), "taxAmount": share.tax, "netAmount": share.net} for share in shares
        ],
        "taxConditions": {"taxType": "gross" if template.gross_prices else "net"},
        "introduction": "Unsere Leistungen stellen wir Ihnen wie folgt in Rechnung.",
        "remark": "Vielen Dank für die gute Zusammenarbeit.",
    }


def listing(call: Call) -> Response:
    """List the templates, last changed first unless told otherwise."""
    page = page_request(call)
    name, _, direction = (call.request.value("sort") or "updatedDate,DESC").partition(",")
    if name not in SORTS or direction.upper() not in ("", "ASC", "DESC"):
        refuse(call, 400, "parameter 'sort' is invalid")
    descending = direction.upper() == "DESC"
    found = sorted(call.organisation.templates.values(), key=lambda item: item.id)
    found.sort(key=SORTS[name], reverse=descending)
    rows = [row(template, call.organisation.id) for template in found]
    entry = sort_entry(name, descending=descending) | {"property": name}
    return json_response(page_of(rows, page, entry))


def read(call: Call) -> Response:
    """Read one template."""
    template = call.organisation.templates.get(call.arguments["id"])
    if template is None:
        not_found(call)
    return json_response(as_json(template, call.organisation.id))


ROUTES = (
    Route("GET", "/v1/recurring-templates", listing, scope="recurring-templates.read"),
    Route("GET", "/v1/recurring-templates/{id}", read, scope="recurring-templates.read"),
)
