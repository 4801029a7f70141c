"""Reads what a client wrote as a bookkeeping voucher, and refuses what does not add up (reference: vouchers 7).

All refusals are 406 in the older shape (measured).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sandbox.resources.checks import Issues, amount_of, day_of, text_of
from sandbox.world.categories import CATEGORIES, INCOME, OUTGO
from sandbox.world.model import BOOKKEEPING_TYPES, Contact, Organisation
from sandbox.world.money import CENT, ZERO, Line, cents

TAX_TYPES = ("net", "gross", "vatfree")
RATES = (0, 5, 7, 16, 19)
COLLECTIVE = {True: "Sammelkunde", False: "Sammellieferant"}


@dataclass(frozen=True, slots=True)
class Written:
    """A voucher as a client wrote it, checked."""

    type: str
    number: str | None
    day: date | None
    shipped: date | None
    due: date | None
    contact: Contact | None
    contact_name: str
    lines: tuple[Line, ...]
    tax_type: str
    remark: str


def is_sales(voucher_type: str) -> bool:
    """Say whether a type stands for money from customers."""
    return voucher_type.startswith("sales")


def _expected_tax(amount: Decimal, rate: int, tax_type: str) -> Decimal:
    if tax_type == "vatfree":
        return ZERO
    return cents(amount * rate / (100 + rate if tax_type == "gross" else 100))


def _item(item: Any, at: int, tax_type: str, voucher_type: str, issues: Issues) -> Line | None:
    """Read one posting; all four fields are required, and the tax must fit to the cent."""
    field = f"voucherItems[{at}]"
    if not isinstance(item, dict):
        issues.invalid(field)
        return None
    before = len(issues.issues)
    values: dict[str, Decimal] = {}
    for name in ("amount", "taxAmount", "taxRatePercent"):
        value = amount_of(item.get(name))
        if item.get(name) is None:
            issues.missing(f"{field}.{name}")
        elif value is None or (name != "taxRatePercent" and value != cents(value)):
            issues.invalid(f"{field}.{name}")
        else:
            values[name] = value
    if "taxRatePercent" in values and values["taxRatePercent"] not in RATES:
        issues.invalid(f"{field}.taxRatePercent")
    category = CATEGORIES.get(text_of(item.get("categoryId")).lower())
    if item.get("categoryId") is None:
        issues.missing(f"{field}.categoryId")
    elif category is None or category.kind != (INCOME if is_sales(voucher_type) else OUTGO):
        issues.invalid(f"{field}.categoryId")
    if len(issues.issues) > before or category is None:
        return None
    amount, tax, rate = values["amount"], values["taxAmount"], int(values["taxRatePercent"])
    if abs(_expected_tax(amount, rate, tax_type) - tax) > CENT:
        issues.add("invalid_taxamount", f"{field}.taxAmount")
    return Line(category.name, Decimal(1), "", cents(amount), rate, tax=cents(tax), category=category.id)


def _totals(body: Mapping[str, Any], lines: tuple[Line, ...], gross: bool, issues: Issues, *, complete: bool) -> None:
    """Compare the totals with the postings; there is no tolerance (measured)."""
    tax = sum((line.tax or ZERO for line in lines), ZERO)
    total = sum((line.amount for line in lines), ZERO) + (ZERO if gross else tax)
    for name, expected, key in (
        ("totalGrossAmount", total, "invalid_total_amount"),
        ("totalTaxAmount", tax, "invalid_taxamount"),
    ):
        if body.get(name) is None:
            if complete:
                issues.missing(name)
        elif amount_of(body[name]) != expected:
            issues.add(key, name)


def _contact(
    body: Mapping[str, Any], organisation: Organisation, voucher_type: str, issues: Issues
) -> tuple[Contact | None, str]:
    """Read whom the voucher is about: the collective contact, which may bear a name, or one of the contacts."""
    identity, name = text_of(body.get("contactId")), text_of(body.get("contactName"))
    if body.get("useCollectiveContact") is True:
        return None, name or COLLECTIVE[is_sales(voucher_type)]
    if not identity:
        issues.add("Missing_ContactId", "contactId")
        return None, ""
    if name:
        issues.add("custom_contact_name_for_referenced_contact_not_allowed", "contactName")
    contact = organisation.contacts.get(identity.lower())
    # That vendors alone fit purchases is a guess of the reference (19.2); customers fit everything (documented).
    if contact is None or (is_sales(voucher_type) and contact.customer_number is None):
        issues.invalid("contactId")
        return None, ""
    return contact, contact.name


def _day(body: Mapping[str, Any], name: str, issues: Issues) -> date | None:
    """Read a date; None when there is none."""
    day = day_of(body.get(name))
    if body.get(name) is not None and day is None:
        issues.invalid(name)
    return day


def _lines(body: Mapping[str, Any], tax_type: str, voucher_type: str, issues: Issues) -> tuple[Line, ...]:
    items = body.get("voucherItems")
    if items is not None and not isinstance(items, list):
        issues.invalid("voucherItems")
        return ()
    read = [_item(item, at, tax_type, voucher_type, issues) for at, item in enumerate(items or [])]
    return tuple(line for line in read if line is not None)


def _categories(lines: tuple[Line, ...], contact: Contact | None, issues: Issues) -> None:
    """Apply the rules of the categories: a named contact, and one tax rate in one voucher."""
    for at, line in enumerate(lines):
        category = CATEGORIES[line.category]
        if category.contact and contact is None:
            issues.add("Missing_ContactId", "contactId")
        if not category.split and len({other.rate for other in lines}) > 1:
            issues.invalid(f"voucherItems[{at}].taxRatePercent")


def read_voucher(body: Mapping[str, Any], organisation: Organisation, *, complete: bool) -> Written:
    """Check a written voucher; one that stays unchecked need not be ``complete``. Refuses with 406, naming all faults.

    The status can be left out or ``open``; nothing else can be written (measured in August 2026).
    """
    issues = Issues()
    voucher_type, tax_type = text_of(body.get("type")), text_of(body.get("taxType"))
    for name, value, allowed in (("type", voucher_type, BOOKKEEPING_TYPES), ("taxType", tax_type, TAX_TYPES)):
        if body.get(name) is None:
            issues.missing(name)
        elif value not in allowed:
            issues.invalid(name)
    if body.get("voucherStatus") not in (None, "open"):
        issues.invalid("voucherStatus")
    issues.refuse()
    number = text_of(body.get("voucherNumber")) or None
    day, due, shipped = (_day(body, name, issues) for name in ("voucherDate", "dueDate", "shippingDate"))
    contact, contact_name = _contact(body, organisation, voucher_type, issues)
    before = len(issues.issues)
    lines = _lines(body, tax_type, voucher_type, issues)
    if complete:
        if number is None:
            issues.missing("voucherNumber")
        if body.get("voucherDate") is None:
            issues.missing("voucherDate")
        if not body.get("voucherItems"):
            issues.missing("voucherItems")
    if len(issues.issues) == before:
        _categories(lines, contact, issues)
    if lines and not any((source or "").startswith("voucherItems") for _, source in issues.issues):
        _totals(body, lines, tax_type == "gross", issues, complete=complete)
    issues.refuse()
    return Written(
        type=voucher_type,
        number=number,
        day=day,
        shipped=shipped if is_sales(voucher_type) else None,
        due=due or (day if complete else None),
        contact=contact,
        contact_name=contact_name,
        lines=lines,
        tax_type=tax_type,
        remark=text_of(body.get("remark")),
    )
