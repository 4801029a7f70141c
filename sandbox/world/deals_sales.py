"""What happens with customers: every kind of deal, from offer to payment."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from sandbox.world.bank_texts import remittance, several
from sandbox.world.calendar import banking_day, local
from sandbox.world.desk import Desk, customer_number
from sandbox.world.model import Contact, Paper, Payment, Terms, Transaction, Voucher
from sandbox.world.money import Line, cents
from sandbox.world.profiles import SKONTO_3

Deal = Callable[[Desk, Random, date], None]


def _customer(desk: Desk, rng: Random, people: float = 0.35) -> Contact:
    return rng.choice(desk.book.people if rng.random() < people else desk.book.companies)


def _account(desk: Desk, rng: Random) -> int:
    return rng.choices(range(len(desk.ledger.accounts)), (3, 1)[: len(desk.ledger.accounts)])[0]


def _pay_day(rng: Random, voucher: Voucher) -> date:
    """Return when a customer pays: mostly around the due date, some early, some late."""
    day, due = voucher.day or date.min, voucher.due or voucher.day or date.min
    early = day + timedelta(days=rng.randrange(2, 9))
    late = due + timedelta(days=rng.choice((-3, -1, 0, 1, 2, 5, 11, 19)))
    return banking_day(max(rng.choice((early, late, late)), day + timedelta(days=1)))


def _receive(
    desk: Desk,
    rng: Random,
    voucher: Voucher,
    booked: date,
    amount: Decimal | None = None,
    *,
    style: str | None = None,
    payer: Contact | None = None,
) -> Transaction:
    """Book a customer's transfer for a document and assign it."""
    contact = payer or voucher.contact or rng.choice(desk.book.people)
    style = style or next(desk.styles)
    purpose, reference = remittance(rng, style, voucher.number or "", voucher.day or booked, customer_number(contact))
    amount = voucher.open_amount if amount is None else amount
    transaction = desk.ledger.from_contact(
        rng, booked, amount, contact, purpose, account=_account(desk, rng), end_to_end=reference
    )
    desk.assign(rng, voucher, transaction, booked, amount)
    return transaction


def transfer(desk: Desk, rng: Random, day: date) -> None:
    """Write an invoice; one transfer pays it."""
    invoice = desk.own(rng, day, _customer(desk, rng))
    desk.settle(lambda: _receive(desk, rng, invoice, _pay_day(rng, invoice)))


def retainer(desk: Desk, rng: Random, day: date) -> None:
    """Bill the same customer the same amount once more."""
    customer = desk.book.companies[0]
    text, unit, price = desk.profile.retainer
    lines = (Line(text, Decimal(1), unit, Decimal(price), 19),)
    invoice = desk.own(rng, day, customer, lines=lines)
    style = rng.choice(("missing", "customer", "exact"))
    desk.settle(lambda: _receive(desk, rng, invoice, _pay_day(rng, invoice), style=style))


def skonto(desk: Desk, rng: Random, day: date) -> None:
    """Write an invoice with Skonto; the customer takes it."""
    terms = SKONTO_3
    invoice = desk.own(rng, day, rng.choice(desk.book.companies), terms=terms)

    def pay() -> None:
        booked = banking_day(day + timedelta(days=rng.randrange(4, terms.discount_days - 1)))
        discount = cents(invoice.total * terms.discount / 100)
        _receive(desk, rng, invoice, booked, invoice.total - discount, style=rng.choice(("exact", "rewritten")))
        desk.item(rng, invoice, "cashDiscount", booked, discount, invoice.payments[-1].at)

    desk.settle(pay)


def parts(desk: Desk, rng: Random, day: date) -> None:
    """Write an invoice; two transfers pay it."""
    invoice = desk.own(rng, day, rng.choice(desk.book.people), terms=Terms(14))

    def pay() -> None:
        first = cents(invoice.total * Decimal(rng.choice((30, 40, 50))) / 100)
        start = banking_day(day + timedelta(days=rng.randrange(8, 16)))
        _receive(desk, rng, invoice, start, first, style="exact")
        _receive(desk, rng, invoice, banking_day(start + timedelta(days=30)), style="rewritten")

    desk.settle(pay)


def pair(desk: Desk, rng: Random, day: date) -> None:
    """Write two invoices to one customer; a single transfer pays both."""
    customer = rng.choice(desk.book.companies)
    invoices = [
        desk.own(rng, day, customer),
        desk.own(rng, banking_day(day + timedelta(days=rng.randrange(3, 9))), customer),
    ]

    def pay() -> None:
        booked = _pay_day(rng, invoices[1])
        total = sum((invoice.total for invoice in invoices), Decimal(0))
        text = several([invoice.number or "" for invoice in invoices])
        transaction = desk.ledger.from_contact(rng, booked, total, customer, text)
        for invoice in invoices:
            desk.assign(rng, invoice, transaction, booked, manual=False)

    desk.settle(pay)


def deposit(desk: Desk, rng: Random, day: date) -> None:
    """Bill a deposit first, and the rest when the work is done."""
    customer = _customer(desk, rng, 0.6)
    full = desk.sales_lines(rng, 3)
    net = sum((line.amount for line in full), Decimal(0))
    part = (Line("Abschlag gemäß Auftrag", Decimal(1), "psch.", cents(net * 40 / 100), 19),)
    first = desk.own(rng, day, customer, "downpaymentinvoice", part, Terms(7))
    closing = desk.own(
        rng, banking_day(day + timedelta(days=rng.randrange(25, 45))), customer, lines=full, terms=Terms(14)
    )
    closing.deductions.append(first)

    def pay() -> None:
        closing.related.append((first.id, first.number or "", first.type))
        _receive(desk, rng, first, _pay_day(rng, first), style="exact")
        _receive(desk, rng, closing, _pay_day(rng, closing))

    desk.settle(pay)


def _credit(desk: Desk, rng: Random, day: date, contact: Contact, net: Decimal, text: str) -> Voucher:
    return desk.own(rng, day, contact, "creditnote", (Line(text, Decimal(1), "psch.", net, 19),))


def reduced(desk: Desk, rng: Random, day: date) -> None:
    """Correct an invoice with a credit note made from it; the customer pays what is left."""
    invoice = desk.own(rng, day, rng.choice(desk.book.companies), lines=desk.sales_lines(rng, 2))
    net = cents(invoice.total / 10)
    corrected = banking_day(day + timedelta(days=4))
    credit = _credit(desk, rng, corrected, invoice.contact or desk.book.town_hall, net, "Minderung wegen Mangel")
    credit.settles = invoice.id
    credit.payments.append(Payment("partPaymentCreditNote", corrected, credit.total, credit.created))

    def pay() -> None:
        credit.related.append((invoice.id, invoice.number or "", invoice.type))
        desk.item(rng, invoice, "partPaymentCreditNote", corrected, credit.total, credit.created)
        _receive(desk, rng, invoice, banking_day(day + timedelta(days=rng.randrange(10, 18))), style="exact")

    desk.settle(pay)


def goodwill(desk: Desk, rng: Random, day: date) -> None:
    """Write a credit note of its own and pay it out."""
    credit = _credit(
        desk, rng, day, rng.choice(desk.book.people), Decimal(rng.randrange(40, 190)), "Gutschrift aus Kulanz"
    )

    def pay() -> None:
        contact = credit.contact or desk.book.town_hall
        booked = banking_day(day + timedelta(days=rng.randrange(2, 6)))
        transaction = desk.ledger.from_contact(rng, booked, -credit.total, contact, f"Gutschrift {credit.number}")
        desk.assign(rng, credit, transaction, booked, manual=False)

    desk.settle(pay)


def netted(desk: Desk, rng: Random, day: date) -> None:
    """Let a customer take a credit note off the next invoice."""
    customer = rng.choice(desk.book.companies)
    credit = _credit(desk, rng, day, customer, Decimal(rng.randrange(60, 180)), "Gutschrift Rücknahme")
    invoice = desk.own(rng, banking_day(day + timedelta(days=6)), customer, lines=desk.sales_lines(rng, 2))

    def pay() -> None:
        booked = _pay_day(rng, invoice)
        text = f"{invoice.number} abzgl. {credit.number}"
        amount = invoice.total - credit.total
        transaction = desk.ledger.from_contact(rng, booked, amount, customer, text)
        # The booking settles the invoice in full: the credit note counts against it.
        desk.assign(rng, invoice, transaction, booked, amount, allocated=invoice.total, manual=False)
        at = invoice.payments[-1].at
        invoice.payments.append(Payment("partPaymentCreditNote", booked, credit.total, at))
        credit.payments.append(
            Payment("partPaymentCreditNote", booked, credit.total, at, transaction.ref, credit.total)
        )

    desk.settle(pay)


def cash_sale(desk: Desk, rng: Random, day: date) -> None:
    """Write an invoice that a customer pays in cash."""
    lines = (Line("Kleinreparatur", Decimal(1), "psch.", Decimal(rng.randrange(35, 160)), 19),)
    invoice = desk.own(rng, day, rng.choice(desk.book.people), lines=lines, terms=Terms(0))
    desk.settle(lambda: desk.item(rng, invoice, "partPaymentCashBox", day, invoice.total))


def dunned(desk: Desk, rng: Random, day: date) -> None:
    """Write an invoice that is paid after a reminder, with the dunning fee."""
    invoice = desk.own(rng, day, _customer(desk, rng), terms=Terms(14))

    def pay() -> None:
        booked = banking_day(day + timedelta(days=rng.randrange(34, 50)))
        contact, fee = invoice.contact or desk.book.town_hall, Decimal("5.00")
        purpose = f"{invoice.number} zzgl. Mahnkosten"
        transaction = desk.ledger.from_contact(rng, booked, invoice.total + fee, contact, purpose)
        desk.assign(rng, invoice, transaction, booked, manual=False)
        desk.item(rng, invoice, "dunningCosts", booked, fee, invoice.payments[-1].at)

    desk.settle(pay)


def written_off(desk: Desk, rng: Random, day: date) -> None:
    """Write an invoice of which the customer pays half; the rest is written off."""
    invoice = desk.own(rng, day, rng.choice(desk.book.companies), terms=Terms(14))

    def pay() -> None:
        booked = banking_day(day + timedelta(days=rng.randrange(20, 40)))
        _receive(desk, rng, invoice, booked, cents(invoice.total / 2), style="exact")
        lost = booked + timedelta(days=45)
        desk.item(rng, invoice, "irrecoverableReceivable", lost, invoice.open_amount)

    desk.settle(pay)


def public(desk: Desk, rng: Random, day: date) -> None:
    """Write an e-invoice to a municipality."""
    invoice = desk.own(rng, day, desk.book.town_hall, terms=Terms(30))
    invoice.profile = "XRechnung"
    desk.settle(lambda: _receive(desk, rng, invoice, banking_day(day + timedelta(days=24)), style="exact"))


def late(desk: Desk, rng: Random, day: date) -> None:
    """Write an invoice that nobody pays."""
    desk.own(rng, day, _customer(desk, rng))


def void(desk: Desk, rng: Random, day: date) -> None:
    """Write an invoice and cancel it a few days later."""
    invoice = desk.own(rng, day, _customer(desk, rng))
    desk.state_from[invoice.id] = (local(day + timedelta(days=3), 11, rng.randrange(60)), "voided")


def draft(desk: Desk, rng: Random, day: date) -> None:
    """Begin an invoice and leave it."""
    desk.own(rng, day, _customer(desk, rng), state="draft")


def quotation(desk: Desk, rng: Random, day: date) -> None:
    """Write an offer; the customer may decide."""
    offer = desk.own(rng, day, _customer(desk, rng), "quotation")
    decision = rng.choice(("accepted", "rejected", ""))
    if decision:
        desk.state_from[offer.id] = (local(day + timedelta(days=8), 9, rng.randrange(60)), decision)


def delivery(desk: Desk, rng: Random, day: date) -> None:
    """Write a delivery note."""
    desk.own(rng, day, _customer(desk, rng), "deliverynote")


def shop_paper(desk: Desk, day: date, number: str, heading: str, total: Decimal, buyer: Contact) -> Paper:
    """Write a document of the web shop, whose prices are gross."""
    lines = (Line("Verkauf laut Aufstellung", Decimal(1), "psch.", total, 19),)
    company = desk.organisation.company
    return Paper(
        heading, company, buyer.party, number, day, day + timedelta(days=10), lines, True, "Danke für Ihre Bestellung."
    )


def shop_sale(desk: Desk, rng: Random, day: date) -> None:
    """Book an invoice of the web shop; the buyer pays in advance by transfer."""
    buyer = rng.choice(desk.book.people)
    total = Decimal(rng.randrange(2900, 48900)) / 100
    paper = shop_paper(desk, day, f"SHOP-{day:%y}{rng.randrange(1000, 9999)}", "Rechnung", total, buyer)
    collective = rng.random() < 0.5
    name = rng.choice((buyer.name, "Sammelkunde"))
    sale = desk.booked(rng, paper, "salesinvoice", None if collective else buyer, name=name)
    booked = banking_day(day + timedelta(days=rng.randrange(1, 7)))
    desk.settle(lambda: _receive(desk, rng, sale, booked, payer=buyer))


def shop_refund(desk: Desk, rng: Random, day: date) -> None:
    """Book a return to the web shop; the money goes back."""
    buyer = rng.choice(desk.book.people)
    total = Decimal(rng.randrange(1900, 14900)) / 100
    paper = shop_paper(desk, day, f"SHOP-G{day:%y}{rng.randrange(1000, 9999)}", "Gutschrift", total, buyer)
    paper = replace(paper, due=None)
    credit = desk.booked(rng, paper, "salescreditnote", buyer)
    booked = banking_day(day + timedelta(days=rng.randrange(1, 5)))

    def pay() -> None:
        transaction = desk.ledger.from_contact(rng, booked, -credit.total, buyer, f"Erstattung {credit.number}")
        desk.assign(rng, credit, transaction, booked, manual=False)

    desk.settle(pay)


def till(desk: Desk, rng: Random, day: date) -> None:
    """Book the takings of two months from the cash register."""
    company = desk.organisation.company
    lines = (
        Line("Einnahmen 19 %", Decimal(1), "psch.", Decimal(rng.randrange(160000, 310000)) / 100, 19),
        Line("Einnahmen 7 %", Decimal(1), "psch.", Decimal(rng.randrange(900, 9000)) / 100, 7),
    )
    paper = Paper(
        "Kassenbon", company, None, f"Z-{day:%Y%m%d}", day, None, lines, True, "Kassenabschluss", paid_by="bar"
    )
    sale = desk.booked(rng, paper, "salesinvoice", None, name="Sammelkunde")
    desk.settle(lambda: desk.item(rng, sale, "partPaymentCashBox", day, sale.total))


SALES_DEALS: dict[str, Deal] = {
    "transfer": transfer,
    "retainer": retainer,
    "skonto": skonto,
    "parts": parts,
    "pair": pair,
    "deposit": deposit,
    "reduced": reduced,
    "goodwill": goodwill,
    "netted": netted,
    "cash_sale": cash_sale,
    "dunned": dunned,
    "written_off": written_off,
    "public": public,
    "late": late,
    "void": void,
    "draft": draft,
    "quotation": quotation,
    "delivery": delivery,
    "shop_sale": shop_sale,
    "shop_refund": shop_refund,
    "till": till,
}
