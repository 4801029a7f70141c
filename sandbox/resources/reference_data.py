"""Lists that other resources refer to: categories, payment terms, layouts, countries (reference: 14)."""

from __future__ import annotations

import uuid
from typing import Any

from sandbox.http import Call, Response, Route, json_response
from sandbox.world.categories import CATEGORIES
from sandbox.world.countries import countries
from sandbox.world.model import Organisation, Terms

TEMPLATES = {
    "at once": "Zahlbar sofort, rein netto",
    "net": "Zahlbar innerhalb von {paymentRange} Tagen ohne Abzug",
    "discount": "{discountRange} Tage {discount} Skonto, {paymentRange} Tage netto",
}
LAYOUTS = ("Standard", "Mit Logo rechts")


def terms_template(terms: Terms) -> str:
    """Return the template of the sentence that payment terms are printed with."""
    if terms.discount:
        return TEMPLATES["discount"]
    return TEMPLATES["net"] if terms.days else TEMPLATES["at once"]


def terms_label(terms: Terms) -> str:
    """Return the sentence that payment terms are printed with."""
    percent = f"{terms.discount.normalize():f}".replace(".", ",")
    return (
        terms_template(terms)
        .replace("{discountRange}", str(terms.discount_days))
        .replace("{discount}", f"{percent} %")
        .replace("{paymentRange}", str(terms.days))
    )


def discount_conditions(terms: Terms) -> dict[str, Any]:
    """Return the discount part of payment terms, empty where they have none."""
    if not terms.discount:
        return {}
    shown = {"discountPercentage": terms.discount, "discountRange": terms.discount_days}
    return {"paymentDiscountConditions": shown}


def _own_id(organisation: Organisation, what: str, at: int) -> str:
    """Return an id that stays the same for the organisation."""
    return str(uuid.uuid5(uuid.UUID(organisation.id), f"{what} {at}"))


def layout_ids(organisation: Organisation) -> list[str]:
    """Return the ids of the organisation's print layouts, the default first."""
    return [_own_id(organisation, "print layout", at) for at in range(len(LAYOUTS))]


def posting_categories(call: Call) -> Response:
    """List what vouchers can be booked to."""
    rows = [
        {
            "id": item.id,
            "name": item.name,
            "type": item.kind,
            "contactRequired": item.contact,
            "splitAllowed": item.split,
            "groupName": item.group,
        }
        for item in CATEGORIES.values()
    ]
    return json_response(rows)


def payment_conditions(call: Call) -> Response:
    """List the payment terms; the first is the default."""
    rows = [
        {
            "id": _own_id(call.organisation, "payment condition", at),
            "organizationDefault": at == 0,
            "paymentTermLabelTemplate": terms_template(terms),
            "paymentTermDuration": terms.days,
            **discount_conditions(terms),
        }
        for at, terms in enumerate(call.organisation.terms)
    ]
    return json_response(rows)


def print_layouts(call: Call) -> Response:
    """List the print layouts; the first is the default."""
    return json_response(
        [
            {"id": identity, "name": name, "default": name == LAYOUTS[0]}
            for identity, name in zip(layout_ids(call.organisation), LAYOUTS, strict=True)
        ]
    )


def list_countries(call: Call) -> Response:
    """List the countries with their names and what they are for VAT."""
    rows = [
        {
            "countryCode": item.code,
            "countryNameDE": item.german,
            "countryNameEN": item.english,
            "taxClassification": item.tax_class,
        }
        for item in countries().values()
    ]
    return json_response(rows)


ROUTES = (
    Route("GET", "/v1/posting-categories", posting_categories, scope="posting-categories.read"),
    Route("GET", "/v1/payment-conditions", payment_conditions, scope="payment-conditions.read"),
    Route("GET", "/v1/print-layouts", print_layouts, scope="print-layouts.read"),
    Route("GET", "/v1/countries", list_countries),
)
