"""Reads the positions of a written sales document, and what they add up to (reference: sales documents 12.2)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from sandbox.resources.checks import Findings, amount_of, text_of
from sandbox.world.model import Organisation
from sandbox.world.money import ZERO, Line, cents

MOST_ITEMS = 300
TYPES = ("custom", "material", "service", "text")
WITH_ARTICLE = ("material", "service")
ONLY_ARTICLES = "Only line items of type 'material' or 'service' can contain an ID"
LENGTHS = {"name": 255, "description": 2000}


@dataclass(slots=True)
class Items:
    """The positions as they are shown, and as lines that count; optional and alternative ones do not."""

    shown: list[dict[str, Any]] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Rules:
    """What the positions of a document have to fit: its type, tax type and the days that decide the tax rate."""

    voucher_type: str
    tax_type: str
    days: tuple[date, ...]
    organisation: Organisation


def rates_on(day: date) -> tuple[int, ...]:
    """Return the tax rates of Germany on a day (documented: lower ones in the second half of 2020)."""
    return (0, 5, 16) if date(2020, 7, 1) <= day <= date(2020, 12, 31) else (0, 7, 19)


def too_long(found: Findings, name: str, value: object, most: int) -> None:
    """Note a text that is longer than the service takes."""
    if isinstance(value, str) and len(value) > most:
        found.add("SIZE", name, f"Länge muss zwischen 0 und {most} liegen")


def _rate(found: Findings, name: str, value: object, rules: Rules) -> int:
    rate = amount_of(value)
    if value is None:
        found.missing(name)
    elif rate is None or not all(rate in rates_on(day) for day in rules.days):
        found.add("TAXRATE", name, "ist zu diesem Zeitpunkt kein gültiger Steuersatz")
    elif rate and rules.tax_type not in ("net", "gross"):
        found.add("TAXRATE", name, "muss bei steuerfreien Umsätzen 0 sein")
    else:
        return int(rate)
    return 0


def _number(found: Findings, name: str, value: object, digits: int) -> Decimal:
    """Read an amount with at most so many decimal places."""
    number = amount_of(value)
    if value is None:
        found.missing(name)
    elif number is None or round(number, digits) != number:
        found.add("DIGITS", name, f"muss eine Zahl mit höchstens {digits} Nachkommastellen sein")
    else:
        return number
    return ZERO


def _article(found: Findings, field_name: str, item: dict[str, Any], kind: str, rules: Rules) -> str | None:
    """Read the id of the article; only material and service have one, and must."""
    identity = text_of(item.get("id")).lower() or None
    if kind not in WITH_ARTICLE:
        if identity:
            found.add("INVALID", f"{field_name}.id", ONLY_ARTICLES)
        return None
    if identity is None:
        found.missing(f"{field_name}.id")
    elif identity not in rules.organisation.articles:
        found.add("INVALID", f"{field_name}.id", "Der Artikel existiert nicht")
    return identity


def _priced(found: Findings, field_name: str, item: dict[str, Any], kind: str, rules: Rules) -> tuple[Line, Any]:
    """Read a position that costs something; returns its line and how its price is shown."""
    price = item.get("unitPrice")
    if price is None and rules.voucher_type == "deliverynote":
        # Delivery notes need no prices (the vendor's own samples have none).
        price = {"currency": "EUR", "netAmount": 0, "grossAmount": 0, "taxRatePercentage": 0}
    if not isinstance(price, dict):
        found.missing(f"{field_name}.unitPrice")
        price = {}
    elif price.get("currency") != "EUR":
        found.add("INVALID", f"{field_name}.unitPrice.currency", "muss EUR sein")
    gross = rules.tax_type == "gross"
    leading = "grossAmount" if gross else "netAmount"
    amount = _number(found, f"{field_name}.unitPrice.{leading}", price.get(leading), 4)
    rate = _rate(found, f"{field_name}.unitPrice.taxRatePercentage", price.get("taxRatePercentage"), rules)
    quantity = _number(found, f"{field_name}.quantity", item.get("quantity"), 4)
    unit = text_of(item.get("unitName"))
    if not unit:
        found.add("NOTEMPTY", f"{field_name}.unitName", "darf nicht leer sein")
    discount = _number(found, f"{field_name}.discountPercentage", item.get("discountPercentage") or 0, 2)
    if not 0 <= discount <= 100:
        found.add("RANGE", f"{field_name}.discountPercentage", "muss zwischen 0 und 100 liegen")
    other = cents(amount * 100 / (100 + rate)) if gross else cents(amount * (100 + rate) / 100)
    net, whole = (other, amount) if gross else (amount, other)
    shown = {"currency": "EUR", "netAmount": net, "grossAmount": whole, "taxRatePercentage": float(rate)}
    return Line(text_of(item.get("name")), quantity, unit, amount, rate, discount), shown


def _read_item(found: Findings, field_name: str, item: Any, rules: Rules, items: Items, *, counts: bool) -> Any:
    """Read one position and return it as it is shown; ``counts`` says whether it adds to the total."""
    if not isinstance(item, dict):
        found.missing(field_name)
        return {}
    kind = item.get("type")
    if kind not in TYPES:
        found.add("INVALID", f"{field_name}.type", f"muss einer der Werte {', '.join(TYPES)} sein")
        return {}
    for name, most in LENGTHS.items():
        too_long(found, f"{field_name}.{name}", item.get(name), most)
    texts = {name: item[name] for name in ("name", "description") if text_of(item.get(name))}
    identity = _article(found, field_name, item, kind, rules)
    if "name" not in texts and not (kind == "text" and texts):
        found.add("NOTEMPTY", f"{field_name}.name", "darf nicht leer sein")
    if kind == "text":
        return {"type": kind, **texts}
    line, price = _priced(found, field_name, item, kind, rules)
    shown: dict[str, Any] = {"id": identity} if identity else {}
    shown |= {"type": kind, **texts, "quantity": line.quantity, "unitName": line.unit, "unitPrice": price}
    if rules.voucher_type not in ("creditnote", "deliverynote"):
        shown["discountPercentage"] = line.discount
    if rules.voucher_type != "deliverynote":
        shown["lineItemAmount"] = line.amount
    if rules.voucher_type == "quotation":
        _quotation_parts(found, field_name, item, rules, items, shown)
    if counts and not shown.get("optional") and not shown.get("alternative"):
        items.lines.append(line)
    return shown


def _quotation_parts(
    found: Findings, field_name: str, item: dict[str, Any], rules: Rules, items: Items, shown: dict[str, Any]
) -> None:
    """Add what only quotations have: flags, and alternatives below a position."""
    for flag in ("alternative", "optional"):
        shown[flag] = item.get(flag) is True
    below = item.get("subItems") or []
    if not isinstance(below, list):
        found.add("INVALID", f"{field_name}.subItems", "muss eine Liste sein")
        return
    read = [
        _read_item(found, f"{field_name}.subItems[{at}]", sub, rules, items, counts=False)
        for at, sub in enumerate(below)
    ]
    if read:
        shown["subItems"] = read
        if not all(sub.get("alternative") for sub in read):
            found.add("INVALID", f"{field_name}.subItems", "dürfen nur Alternativen enthalten")


def read_items(found: Findings, value: Any, rules: Rules) -> Items:
    """Read all positions; an empty list is fine for a draft (recorded in 2023)."""
    items = Items()
    if not isinstance(value, list):
        found.missing("lineItems")
        return items
    if len(value) > MOST_ITEMS:
        found.add("SIZE", "lineItems", f"Anzahl muss zwischen 0 und {MOST_ITEMS} liegen")
        return items
    for at, item in enumerate(value):
        items.shown.append(_read_item(found, f"lineItems[{at}]", item, rules, items, counts=True))
    return items


def discount_lines(found: Findings, total_price: dict[str, Any], lines: list[Line]) -> tuple[list[Line], Any]:
    """Return what a discount on the whole document takes off, one line per tax rate, and how it is shown."""
    shown = {
        name: amount
        for name in ("totalDiscountAbsolute", "totalDiscountPercentage")
        if total_price.get(name) is not None
        and (amount := _number(found, f"totalPrice.{name}", total_price[name], 2)) != 0
    }
    sums: dict[int, Decimal] = {}
    for line in lines:
        sums[line.rate] = sums.get(line.rate, ZERO) + line.amount
    whole = sum(sums.values(), ZERO)
    off = shown.get("totalDiscountAbsolute", cents(whole * shown.get("totalDiscountPercentage", ZERO) / 100))
    if not 0 <= off <= whole or len(shown) == 2:
        found.add("RANGE", "totalPrice", "Der Rabatt passt nicht zum Gesamtbetrag")
        return [], {}
    taken, left = [], off
    for at, (rate, amount) in enumerate(sorted(sums.items(), reverse=True), 1):
        part = left if at == len(sums) else cents(off * amount / whole if whole else ZERO)
        left -= part
        if part:
            taken.append(Line("Rabatt", Decimal(1), "", -part, rate))
    return taken, shown
