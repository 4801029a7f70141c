"""Payments to suppliers that nobody should assign without a look: other names, other amounts, netted in silence."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from sandbox.world.calendar import banking_day
from sandbox.world.contacts import Supplier
from sandbox.world.deals_purchases import credit_paper
from sandbox.world.desk import Desk
from sandbox.world.iban import random_iban
from sandbox.world.ledger import CARD, DIRECT_DEBIT, TRANSFER_OUT
from sandbox.world.model import Terms
from sandbox.world.money import Line, cents
from sandbox.world.names import FIRST_NAMES, LAST_NAMES

Deal = Callable[[Desk, Random, date], None]


def _suppliers(desk: Desk, *roles: str) -> list[Supplier]:
    return [item for item in desk.book.suppliers if item.supply.role in roles]


def silent_credit(desk: Desk, rng: Random, day: date) -> None:
    """Let a supplier collect an invoice less a credit note, naming only the customer number."""
    supplier = rng.choice(_suppliers(desk, "material"))
    paper = replace(desk.supplier_paper(rng, supplier, day), terms=Terms(10), due=day + timedelta(days=10))
    bill = desk.booked(rng, paper, "purchaseinvoice", supplier.contact)
    number = f"GU{rng.randrange(10000, 99999)}"
    back = credit_paper(paper, number, day + timedelta(days=2), rng.choice((10, 15, 20)))
    credit = desk.booked(rng, back, "purchasecreditnote", supplier.contact)

    def pay() -> None:
        booked = banking_day(max(day + timedelta(days=10), credit.created.date()))
        transaction = desk.ledger.from_contact(
            rng,
            booked,
            credit.total - bill.total,
            supplier.contact,
            f"Kundennr. {supplier.contact.our_number} {day:%m/%Y}",
            code=DIRECT_DEBIT,
            mandate=True,
        )
        # The booking settles the invoice in full: the credit note counts against it, from the same moment on.
        desk.assign_later(rng, bill, transaction, booked, bill.total)
        desk.assign_later(rng, credit, transaction, booked, credit.total)
        bill.payments[-1].at = credit.payments[-1].at = max(bill.payments[-1].at, credit.payments[-1].at)

    desk.settle(pay)


def brand_card(desk: Desk, rng: Random, day: date) -> None:
    """Pay by card where the slip shows a brand: with a tip at home, at the card's own exchange rate abroad."""
    supplier = rng.choice(_suppliers(desk, "brand", "brand_abroad"))
    abroad = supplier.supply.role == "brand_abroad"
    heading, paid_by = ("Rechnung", "Kreditkarte") if abroad else ("Kassenbon", "girocard")
    paper = desk.supplier_paper(rng, supplier, day, heading=heading, paid_by=paid_by)
    voucher = desk.booked(rng, paper, "purchaseinvoice", supplier.contact, files=("jpg",) if not abroad else ("pdf",))

    def pay() -> None:
        booked = banking_day(day, rng.choice((1, 2)))
        if abroad:
            paid = cents(voucher.total * Decimal(rng.choice((985, 991, 1004, 1009, 1017))) / 1000)
        else:
            paid = cents((voucher.total * Decimal("1.08")).to_integral_value())
        text = f"{supplier.supply.card_text} {day:%Y-%m-%d}T{rng.randrange(11, 23)}:{rng.randrange(10, 60)} Debitk.2"
        name = supplier.supply.card_text[:24].strip()
        transaction = desk.ledger.post(rng, booked, -paid, name=name, purpose=text, code=CARD)
        desk.assign_later(rng, voucher, transaction, booked, min(paid, voucher.total))

    desk.settle(pay)


def same_amount(desk: Desk, rng: Random, day: date) -> None:
    """Owe two suppliers the same amount; both are paid to accounts in other names, a day or two apart."""
    first, second = rng.sample(_suppliers(desk, "material", "service"), 2)
    paper = desk.supplier_paper(rng, first, day)
    later = banking_day(day + timedelta(days=rng.randrange(1, 4)))
    net = sum((line.amount for line in paper.lines), Decimal(0))
    lines = (Line(rng.choice(second.supply.goods), Decimal(1), "psch.", net, first.supply.rate),)
    other = replace(desk.supplier_paper(rng, second, later), lines=lines)
    vouchers = [
        desk.booked(rng, replace(item, terms=Terms(14)), "purchaseinvoice", supplier.contact)
        for item, supplier in ((paper, first), (other, second))
    ]

    known = f"{first.contact.name} {second.contact.name}"
    strangers = [name for name in LAST_NAMES if name not in known]

    def pay() -> None:
        booked = banking_day(max(day + timedelta(days=12), *(voucher.created.date() for voucher in vouchers)))
        for voucher in vouchers:
            transaction = desk.ledger.post(
                rng,
                booked,
                -voucher.total,
                name=f"{rng.choice(FIRST_NAMES)} {rng.choice(strangers)}",
                purpose=rng.choice(("Rechnung", "Ihre Rechnung", "Lieferung", "RG")),
                code=TRANSFER_OUT,
                iban=random_iban(rng),
            )
            desk.assign_later(rng, voucher, transaction, booked, voucher.total)
            booked = banking_day(booked, rng.choice((1, 2)))

    desk.settle(pay)


HARD_PURCHASES: dict[str, Deal] = {
    "silent_credit": silent_credit,
    "brand_card": brand_card,
    "same_amount": same_amount,
}
