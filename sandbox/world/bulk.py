"""Worlds of size: many organisations with a few vouchers, and organisations with many vouchers, made in no time.

What is made here is plausible rather than told: no bank account stands behind it, and its documents are plain.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random

from sandbox.world.calendar import local
from sandbox.world.categories import usual_category
from sandbox.world.contacts import new_id
from sandbox.world.model import (
    BOOKKEEPING_TYPES,
    SALES_TYPES,
    TYPES_WITH_PAYMENTS,
    Contact,
    Organisation,
    Paper,
    Party,
    Payment,
    StoredFile,
    Voucher,
)
from sandbox.world.money import CENT, Line
from sandbox.world.names import LAST_NAMES, SOUTH, address, company_name

PREFIXES = dict(zip(TYPES_WITH_PAYMENTS, ("AR", "AG", "ER", "EG", "RE", "AB", "GS"), strict=True))
KINDS = ("partPaymentFinancialTransaction",) * 8 + ("manualPayment", "partPaymentCashBox")
DISCOUNT = Decimal("0.02")


@dataclass(frozen=True, slots=True)
class Filling:
    """What to add: how many vouchers, of which types, dated from ``first`` to ``last``, and the share that is paid.

    ``moment`` is now: nothing is created or paid after it. ``updated`` is the day on which all of them changed last
    (None: when they were created or paid).
    """

    count: int
    first: date
    last: date
    moment: datetime
    paid_share: float = 1.0
    types: tuple[str, ...] = TYPES_WITH_PAYMENTS
    updated: date | None = None


def _party(rng: Random, name: str) -> Party:
    street, postal, town = address(rng, SOUTH)
    return Party(name, street, postal, town, "", email=f"post@firma-{rng.randrange(10**6)}.example")


def _contacts(organisation: Organisation, rng: Random) -> tuple[list[Contact], list[Contact]]:
    """Return customers and vendors, invented where the organisation has none."""
    customers = [item for item in organisation.contacts.values() if item.customer_number]
    vendors = [item for item in organisation.contacts.values() if item.vendor_number]
    for group, start in ((customers, 10_002), (vendors, 70_001)):
        if group:
            continue
        for at in range(12):
            name = company_name(rng, rng.choice(LAST_NAMES))
            number = start + at
            customer, vendor = (number, None) if group is customers else (None, number)
            group.append(Contact(new_id(rng), name, _party(rng, name), False, customer, vendor, ""))
        organisation.contacts.update({item.id: item for item in group})
    return customers, vendors


def _payments(rng: Random, voucher: Voucher, amount: Decimal, moment: datetime) -> list[Payment]:
    """Return the items that settle an amount: now and then two, or one with a discount."""
    day = (voucher.day or moment.date()) + timedelta(days=rng.randrange(30))
    at = min(local(day, 10, rng.randrange(60), rng.randrange(60)) + timedelta(days=1), moment)
    day = min(day, moment.date())
    kind, draw = rng.choice(KINDS), rng.random()
    if draw < 0.06 and amount > 10:
        discount = (amount * DISCOUNT).quantize(CENT)
        return [Payment(kind, day, amount - discount, at), Payment("cashDiscount", day, discount, at)]
    if draw < 0.1 and amount > 10:
        first = (amount / 3).quantize(CENT)
        return [Payment(kind, day, first, at), Payment(kind, day, amount - first, at)]
    return [Payment(kind, day, amount, at)]


def _unpaid(rng: Random, voucher: Voucher, amount: Decimal, moment: datetime) -> None:
    """Leave a voucher open, partly paid, cancelled or unfinished."""
    draw = rng.random()
    if draw < 0.15:
        voucher.payments = _payments(rng, voucher, (amount / 2).quantize(CENT), moment)[:1]
    elif draw > 0.9:
        voucher.state = "voided"
    elif draw > 0.8:
        voucher.state = "unchecked" if voucher.type in BOOKKEEPING_TYPES else "draft"
        voucher.document_file_id = ""
        voucher.due = None


def _receipt(organisation: Organisation, voucher: Voucher, other: Party, rng: Random) -> None:
    own = voucher.type.startswith("sales")
    paper = Paper(
        heading="Gutschrift" if "credit" in voucher.type else "Rechnung",
        issuer=organisation.company if own else other,
        recipient=other if own else organisation.company,
        number=voucher.number or "",
        day=voucher.day or organisation.created.date(),
        due=voucher.due,
        lines=voucher.lines,
        gross_prices=True,
        note="",
        plain=True,
    )
    file = StoredFile(new_id(rng), voucher.id, "pdf", paper)
    organisation.files[file.id] = file
    voucher.files.append(file.id)


def fill(organisation: Organisation, filling: Filling, rng: Random) -> Sequence[Voucher]:
    """Add vouchers to an organisation and return them; each has one document, those that are paid have payments."""
    customers, vendors = _contacts(organisation, rng)
    days = (filling.last - filling.first).days + 1
    ceiling = filling.moment
    added = []
    for number in range(len(organisation.vouchers) + 1, len(organisation.vouchers) + 1 + filling.count):
        kind = rng.choice(filling.types)
        contact = rng.choice(vendors if kind.startswith("purchase") else customers)
        day = filling.first + timedelta(days=rng.randrange(days))
        created = min(
            local(day, 8 + rng.randrange(9), rng.randrange(60), rng.randrange(60), rng.randrange(999)), ceiling
        )
        amount = Decimal(rng.randrange(500, 500_000)) / 100
        voucher = Voucher(
            id=new_id(rng),
            type=kind,
            number=f"{PREFIXES[kind]}-{number:05d}",
            day=day,
            due=None if kind == "creditnote" else day + timedelta(days=14),
            contact=contact,
            contact_name=contact.name,
            lines=(Line("Leistung laut Vereinbarung", Decimal(1), "psch.", amount, rng.choice((19, 19, 19, 7))),),
            gross_prices=True,
            created=created,
            updated=created,
            tax_type="gross",
            category=usual_category(kind),
            document_file_id=new_id(rng) if kind in SALES_TYPES else "",
            plain=True,
        )
        if kind in BOOKKEEPING_TYPES:
            _receipt(organisation, voucher, contact.party, rng)
        if rng.random() < filling.paid_share:
            voucher.payments = _payments(rng, voucher, amount, ceiling)
        else:
            _unpaid(rng, voucher, amount, ceiling)
        if voucher.payments:
            voucher.updated = max(created, voucher.payments[0].at)
            voucher.version = 2
        if filling.updated:
            voucher.updated = local(filling.updated, 6 + rng.randrange(12), rng.randrange(60), rng.randrange(60))
            voucher.created = min(created, voucher.updated)
        organisation.vouchers[voucher.id] = voucher
        added.append(voucher)
    return added


def new_organisation(number: int, rng: Random, since: datetime) -> Organisation:
    """Return an organisation of a fleet, with nothing in it yet."""
    name = f"{company_name(rng, rng.choice(LAST_NAMES))} {number:05d}"
    return Organisation(
        id=new_id(rng),
        about="one of a fleet",
        company=_party(rng, name),
        tax_type="gross",
        small_business=False,
        user_id=new_id(rng),
        user_name="Frau Flora Flotte",
        created=since,
        cash_box=False,
    )
