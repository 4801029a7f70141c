"""Reads what a client wrote as a sales document (reference: sales documents 12.2 to 12.4); refusals are 406."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sandbox.http import Call
from sandbox.resources.checks import Findings, amount_of, moment_of, text_of
from sandbox.resources.reference_data import layout_ids
from sandbox.resources.replies import refuse
from sandbox.resources.sales_documents import INTRODUCTIONS, TITLES, WITH_TERMS, contact_address, terms_part
from sandbox.resources.sales_items import Items, Rules, discount_lines, read_items, too_long
from sandbox.world.calendar import german_day, stamp
from sandbox.world.contact_details import details_of
from sandbox.world.countries import countries
from sandbox.world.model import Contact, Organisation, Terms
from sandbox.world.money import Line

TAX_TYPES = (
    "net",
    "gross",
    "vatfree",
    "intraCommunitySupply",
    "constructionService13b",
    "externalService13b",
    "thirdPartyCountryService",
    "thirdPartyCountryDelivery",
    "photovoltaicEquipment",
)
# Vat-free types that any customer may be billed with; all others need one of the contacts.
FOR_ANYBODY = ("net", "gross", "vatfree")
SHIPPED = ("invoice", "orderconfirmation", "deliverynote")
SHIPPING_TYPES = ("service", "serviceperiod", "delivery", "deliveryperiod", "none")
PERIODS = ("serviceperiod", "deliveryperiod")
WITH_DELIVERY_TERMS = ("orderconfirmation", "deliverynote")
DELIVERY_TERMS = "Lieferung an die angegebene Adresse."
LENGTHS = {"title": 25, "introduction": 2000, "remark": 2000, "deliveryTerms": 255}
ADDRESS = ("name", "supplement", "street", "city", "zip", "countryCode")
DATE_FORMAT = "muss dem Format yyyy-MM-dd'T'HH:mm:ss.SSSXXX entsprechen"
NO_ADDRESS = "Referenced contact needs to have exactly one billing address, but {} addresses were found."


@dataclass(frozen=True, slots=True)
class Written:
    """A sales document as a client wrote it, checked; ``parts`` are shown as they were written."""

    day: date
    contact: Contact | None
    contact_name: str
    lines: tuple[Line, ...]
    tax_type: str
    terms: Terms
    shipped: date | None
    profile: str
    parts: dict[str, Any]


def _moment(found: Findings, body: Mapping[str, Any], name: str, field: str = "", *, required: bool = True) -> str:
    """Read a moment and return it as the service shows it; empty when there is none."""
    moment = moment_of(body.get(name))
    if body.get(name) is None:
        if required:
            found.missing(field or name)
    elif moment is None:
        found.add("FORMAT", field or name, DATE_FORMAT)
    else:
        return stamp(moment)
    return ""


def _day(shown: str) -> date | None:
    moment = moment_of(shown)
    return german_day(moment) if moment else None


def _address(found: Findings, call: Call, body: Mapping[str, Any]) -> tuple[Contact | None, dict[str, Any]]:
    """Read whom the document is for: a customer, with or without another address, or a one-time address."""
    given = body.get("address")
    if not isinstance(given, dict):
        found.missing("address")
        return None, {}
    own = {name: given[name] for name in ADDRESS if text_of(given.get(name))}
    identity = text_of(given.get("contactId")).lower()
    if own.get("countryCode") and own["countryCode"] not in countries():
        found.add("INVALID", "address.countryCode", "ist kein gültiger Ländercode")
    if not identity:
        for name in ("name", "countryCode"):
            if name not in own:
                found.missing(f"address.{name}")
        return None, own
    contact = call.organisation.contacts.get(identity)
    if contact is None or contact.customer_number is None:
        found.add("INVALID", "address.contactId", "Der Kontakt existiert nicht oder ist kein Kunde")
        return None, own
    address = contact_address(contact)
    if own:
        return contact, {"contactId": contact.id, "name": address["name"]} | own
    billing = details_of(contact).get("addresses", {}).get("billing", [])
    if len(billing) != 1:
        refuse(call, 406, NO_ADDRESS.format(len(billing)))
    return contact, address


def _terms(found: Findings, body: Mapping[str, Any], default: Terms) -> tuple[Terms, dict[str, Any]]:
    """Read the payment terms; without any the organisation's default is in force."""
    given = body.get("paymentConditions")
    if given is None:
        return default, terms_part(default)
    if not isinstance(given, dict):
        found.add("INVALID", "paymentConditions", "ist ungültig")
        return default, {}
    discount = given.get("paymentDiscountConditions")
    if discount is not None and not isinstance(discount, dict):
        found.add("INVALID", "paymentConditions.paymentDiscountConditions", "ist ungültig")
    discount = discount if isinstance(discount, dict) else {}
    days, percent, within = (
        amount_of(source.get(name, 0))
        for source, name in (
            (given, "paymentTermDuration"),
            (discount, "discountPercentage"),
            (discount, "discountRange"),
        )
    )
    if given.get("paymentTermDuration") is None:
        found.missing("paymentConditions.paymentTermDuration")
    elif any(value is None or not 0 <= value <= 999 for value in (days, percent, within)):
        found.add("RANGE", "paymentConditions", "ist ungültig")
    terms = Terms(int(days or 0), percent or Decimal(0), int(within or 0))
    label = text_of(given.get("paymentTermLabel"))
    return terms, terms_part(terms) | ({"paymentTermLabel": label} if label else {})


def _shipping(found: Findings, call: Call, body: Mapping[str, Any], voucher_type: str) -> dict[str, Any]:
    """Read when and how was delivered: required for three types, whatever dates the way of delivery has."""
    given = body.get("shippingConditions")
    if given is None:
        if voucher_type in SHIPPED:
            refuse(call, 406, "The shipping conditions must not be null")
        return {}
    kind = given.get("shippingType") if isinstance(given, dict) else None
    if kind not in SHIPPING_TYPES:
        found.add(
            "INVALID", "shippingConditions.shippingType", f"muss einer der Werte {', '.join(SHIPPING_TYPES)} sein"
        )
        return {}
    first = _moment(found, given, "shippingDate", "shippingConditions.shippingDate", required=kind != "none")
    last = _moment(found, given, "shippingEndDate", "shippingConditions.shippingEndDate", required=kind in PERIODS)
    dates = {"shippingDate": first, "shippingEndDate": last if kind in PERIODS else ""}
    return {**{name: value for name, value in dates.items() if value}, "shippingType": kind}


def _tax_type(found: Findings, body: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    given = body.get("taxConditions")
    if not isinstance(given, dict) or given.get("taxType") is None:
        found.missing("taxConditions.taxType" if isinstance(given, dict) else "taxConditions")
        return "net", {}
    if given["taxType"] not in TAX_TYPES:
        found.add("INVALID", "taxConditions.taxType", f"muss einer der Werte {', '.join(TAX_TYPES)} sein")
        return "net", {}
    if given.get("taxSubType") is not None:
        found.add("INVALID", "taxConditions.taxSubType", "setzt Fernverkauf in den Einstellungen voraus")
    note = {"taxTypeNote": given["taxTypeNote"]} if text_of(given.get("taxTypeNote")) else {}
    return given["taxType"], {"taxType": given["taxType"], **note}


def _texts(found: Findings, body: Mapping[str, Any], voucher_type: str) -> dict[str, Any]:
    """Read the texts; the account's own stand in for those left out."""
    for name, most in LENGTHS.items():
        too_long(found, name, body.get(name), most)
    defaults = {
        "title": TITLES[voucher_type],
        "introduction": INTRODUCTIONS[voucher_type],
        "remark": "Vielen Dank für die gute Zusammenarbeit.",
    }
    if voucher_type in WITH_DELIVERY_TERMS:
        defaults["deliveryTerms"] = DELIVERY_TERMS
    return {name: text_of(body.get(name)) or default for name, default in defaults.items()}


def _others(found: Findings, body: Mapping[str, Any], organisation: Organisation) -> dict[str, Any]:
    parts: dict[str, Any] = {}
    if body.get("language") not in (None, "de", "en"):
        found.add("INVALID", "language", "muss de oder en sein")
    elif body.get("language"):
        parts["language"] = body["language"]
    layout = text_of(body.get("printLayoutId")).lower()
    if layout and layout not in layout_ids(organisation):
        found.add("INVALID", "printLayoutId", "Das Drucklayout existiert nicht")
    elif layout:
        parts["printLayoutId"] = layout
    return parts


def _total(found: Findings, body: Mapping[str, Any], voucher_type: str, items: Items) -> tuple[list[Line], Any]:
    total = body.get("totalPrice")
    if total is None and voucher_type == "deliverynote":
        return [], {}
    if not isinstance(total, dict):
        found.missing("totalPrice")
        return [], {}
    if total.get("currency") != "EUR":
        found.add("INVALID", "totalPrice.currency", "muss EUR sein")
    return discount_lines(found, total, items.lines)


def _x_rechnung(
    found: Findings, body: Mapping[str, Any], contact: Contact | None, tax_type: str
) -> tuple[str, dict[str, Any]]:
    """Return the profile of an invoice: XRechnung for contacts with its data, unless an empty reference waives it."""
    stored = details_of(contact).get("xRechnung") if contact else None
    given = body.get("xRechnung")
    reference = given.get("buyerReference") if isinstance(given, dict) else None
    if stored is None:
        if text_of(reference):
            found.add("INVALID", "xRechnung.buyerReference", "Der Kontakt hat keine Angaben für XRechnungen")
        return "NONE", {}
    if reference == "":
        return "NONE", {}
    if tax_type != "net":
        found.add("INVALID", "taxConditions.taxType", "muss bei XRechnungen net sein")
    return "XRechnung", {"xRechnung": {"buyerReference": text_of(reference) or stored["buyerReference"]}}


def read_sales_document(call: Call, body: Mapping[str, Any], voucher_type: str) -> Written:
    """Check a written sales document; refuses with 406 and names every fault."""
    found = Findings()
    voucher_date = _moment(found, body, "voucherDate")
    tax_type, tax_part = _tax_type(found, body)
    contact, address = _address(found, call, body)
    if contact is None and tax_type not in FOR_ANYBODY and address:
        found.add("NOTNULL", "address.contactId", "Dieser Steuertyp setzt einen Kontakt voraus")
    shipping = _shipping(found, call, body, voucher_type)
    days = (shipping.get("shippingDate", voucher_date), shipping.get("shippingEndDate", ""))
    decisive = tuple(day for text in days if (day := _day(text)) is not None)
    items = read_items(found, body.get("lineItems"), Rules(voucher_type, tax_type, decisive, call.organisation))
    discounts, total_part = _total(found, body, voucher_type, items)
    terms, terms_shown = (
        _terms(found, body, call.organisation.terms[0]) if voucher_type in WITH_TERMS else (Terms(0), {})
    )
    parts = {
        "voucherDate": voucher_date,
        "address": address,
        "lineItems": items.shown,
        "taxConditions": tax_part,
        **_texts(found, body, voucher_type),
        **_others(found, body, call.organisation),
    }
    if voucher_type == "quotation":
        parts["expirationDate"] = _moment(found, body, "expirationDate")
    profile = "NONE"
    if voucher_type == "invoice":
        profile, x_rechnung = _x_rechnung(found, body, contact, tax_type)
        parts |= x_rechnung
    optional = {"totalPrice": total_part, "paymentConditions": terms_shown, "shippingConditions": shipping}
    if voucher_type in ("creditnote", "quotation"):
        del optional["shippingConditions"]
    parts |= {name: part for name, part in optional.items() if part}
    found.refuse(call)
    return Written(
        day=_day(voucher_date) or call.sandbox.current_day(),
        contact=contact,
        contact_name=contact.name if contact else text_of(address.get("name")),
        lines=(*items.lines, *discounts),
        tax_type=tax_type,
        terms=terms,
        shipped=_day(shipping.get("shippingDate", "")),
        profile=profile,
        parts=parts,
    )
