"""Customers whose payments nobody should assign without a look: wrong names, numbers, amounts, and none at all."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from sandbox.world.calendar import banking_day
from sandbox.world.deals_sales import shop_paper
from sandbox.world.desk import Desk
from sandbox.world.iban import random_iban
from sandbox.world.ledger import TRANSFER_IN
from sandbox.world.model import Contact, Terms, Transaction, Voucher
from sandbox.world.money import ZERO, Line, cents
from sandbox.world.names import FIRST_NAMES, LAST_NAMES
from sandbox.world.profiles import SKONTO_3

Deal = Callable[[Desk, Random, date], None]
WORDLESS = ("Vielen Dank", "Rechnung", "Zahlung", "lt. Rechnung", "Überweisung")
MANY_AT_ONCE = ("Sammelzahlung", "offene Posten", "diverse Rechnungen", "laut Aufstellung per Mail")
TRADE_NAMES = (
    "Restaurant Seerose",
    "Praxis am Stadtpark",
    "Hofladen Wiesengrund",
    "Studio Lichtblick",
    "Pension Edelweiß",
)
PROVIDER = "Zahlwerk Payments GmbH"


def _person(rng: Random) -> str:
    return f"{rng.choice(FIRST_NAMES)} {rng.choice(LAST_NAMES)}"


def _somebody_else(rng: Random, contact: Contact) -> str:
    """Return who pays in place of a contact: a relative or the owner, a parent company, or the name on the door."""
    if contact.person:
        return _person(rng)
    parent = f"{rng.choice(LAST_NAMES)} {rng.choice(('Holding', 'Beteiligungs', 'Verwaltungs'))} GmbH"
    return rng.choice((_person(rng), parent, rng.choice(TRADE_NAMES)))


def _receive(desk: Desk, rng: Random, contact: Contact, booked: date, amount: Decimal, purpose: str) -> Transaction:
    return desk.ledger.from_contact(rng, booked, amount, contact, purpose)


def _close(desk: Desk, rng: Random, voucher: Voucher, transaction: Transaction, booked: date, amount: Decimal) -> None:
    """Settle a voucher in full with a booking of another amount: by hand at the month's end, or through the bank
    connection with the rest written off."""
    allocated = min(amount, voucher.open_amount)
    if rng.random() < 0.6:
        desk.assign_later(rng, voucher, transaction, booked, allocated)
        return
    desk.assign(rng, voucher, transaction, booked, allocated, manual=False)
    if voucher.open_amount > ZERO:
        at = voucher.payments[-1].at
        desk.item(rng, voucher, "irrecoverableReceivable", booked, voucher.open_amount, at)


def twins(desk: Desk, rng: Random, day: date) -> None:
    """Write the same invoice to the same customer twice, a month apart; two transfers with only the name pay them."""
    customer = rng.choice(desk.book.companies)
    lines = desk.sales_lines(rng, 1)
    again = banking_day(day + timedelta(days=rng.randrange(27, 34)))
    invoices = [desk.own(rng, at, customer, lines=lines, terms=Terms(14)) for at in (day, again)]

    def pay() -> None:
        booked = banking_day(again + timedelta(days=rng.randrange(5, 12)))
        # The older debt is paid first (section 366 BGB).
        for invoice in invoices:
            transaction = _receive(desk, rng, customer, booked, invoice.total, rng.choice(WORDLESS))
            desk.assign_later(rng, invoice, transaction, booked, invoice.total)
            booked = banking_day(booked, rng.randrange(1, 4))

    desk.settle(pay)


def other_payer(desk: Desk, rng: Random, day: date) -> None:
    """Let somebody else pay a customer's invoice, without its number."""
    invoice = desk.own(rng, day, rng.choice((*desk.book.companies, *desk.book.people)))
    contact = invoice.contact or desk.book.town_hall

    def pay() -> None:
        booked = banking_day(day + timedelta(days=rng.randrange(4, 25)))
        transaction = desk.ledger.post(
            rng,
            booked,
            invoice.total,
            name=_somebody_else(rng, contact),
            purpose=rng.choice((*WORDLESS, invoice.lines[0].text.split(",")[0], f"Rechnung vom {day:%d.%m.}")),
            code=TRANSFER_IN,
            iban=random_iban(rng),
        )
        if rng.random() < 0.5:
            desk.assign(rng, invoice, transaction, booked, manual=False)
        else:
            desk.assign_later(rng, invoice, transaction, booked, invoice.total)

    desk.settle(pay)


def mistyped(desk: Desk, rng: Random, day: date) -> None:
    """Let a customer type a wrong number: that of a neighbouring invoice, or one that nobody has."""
    invoice = desk.own(rng, day, rng.choice((*desk.book.companies, *desk.book.people)))

    def pay() -> None:
        booked = banking_day(day + timedelta(days=rng.randrange(4, 20)))
        number = invoice.number or ""
        others = [
            other.number
            for other in desk.vouchers
            if other.type == "invoice" and other.number and other.number != number and other.number[:-1] == number[:-1]
        ]
        nobodys = f"{number[:-2]}{number[-1]}{number[-2]}"
        wrong = rng.choice(others) if others and (rng.random() < 0.7 or nobodys == number) else nobodys
        contact, text = invoice.contact or desk.book.town_hall, f"Rechnung {wrong}"
        transaction = _receive(desk, rng, contact, booked, invoice.total, text)
        desk.assign(rng, invoice, transaction, booked)

    desk.settle(pay)


def _wrong_amount(rng: Random, total: Decimal) -> Decimal:
    """Return what a customer pays by mistake or for simplicity: a round sum, or the total with two digits swapped."""
    step = Decimal(50 if total > 1000 else 10 if total > 100 else 5)
    rounded = cents((total / step).to_integral_value() * step)
    text = f"{total:.2f}"
    at = rng.choice([place for place in range(1, len(text)) if "." not in text[place - 1 : place + 1]])
    swapped = Decimal(text[: at - 1] + text[at] + text[at - 1] + text[at + 1 :])
    return swapped if swapped != total and abs(swapped - total) < total / 10 else rounded


def wrong_amount(desk: Desk, rng: Random, day: date) -> None:
    """Let a customer pay a round or slightly wrong amount, without a number; the difference is let go."""
    invoice = desk.own(rng, day, rng.choice((*desk.book.companies, *desk.book.people)))

    def pay() -> None:
        booked = banking_day(day + timedelta(days=rng.randrange(5, 25)))
        amount = _wrong_amount(rng, invoice.total)
        contact = invoice.contact or desk.book.town_hall
        transaction = _receive(desk, rng, contact, booked, amount, rng.choice(WORDLESS))
        _close(desk, rng, invoice, transaction, booked, amount)

    desk.settle(pay)


def wrong_skonto(desk: Desk, rng: Random, day: date) -> None:
    """Let a customer take Skonto too late, or less of it than allowed, without a word about it."""
    terms = SKONTO_3
    invoice = desk.own(rng, day, rng.choice(desk.book.companies), terms=terms)

    def pay() -> None:
        late = rng.random() < 0.5
        percent = terms.discount if late else Decimal(2)
        booked = banking_day(day + timedelta(days=rng.randrange(14, 26) if late else rng.randrange(4, 9)))
        amount = invoice.total - cents(invoice.total * percent / 100)
        contact = invoice.contact or desk.book.town_hall
        transaction = _receive(desk, rng, contact, booked, amount, rng.choice(WORDLESS))
        desk.assign_later(rng, invoice, transaction, booked, amount)

    desk.settle(pay)


def collective(desk: Desk, rng: Random, day: date) -> None:
    """Let a customer pay several invoices at once without saying which."""
    customer = rng.choice(desk.book.companies)
    days = [banking_day(day + timedelta(days=at)) for at in sorted(rng.sample(range(24), rng.choice((2, 2, 3))))]
    invoices = [desk.own(rng, at, customer, lines=desk.sales_lines(rng, 1)) for at in days]

    def pay() -> None:
        booked = banking_day(days[-1] + timedelta(days=rng.randrange(4, 15)))
        total = sum((invoice.total for invoice in invoices), ZERO)
        transaction = _receive(desk, rng, customer, booked, total, rng.choice(MANY_AT_ONCE))
        for invoice in invoices:
            desk.assign_later(rng, invoice, transaction, booked, invoice.total)

    desk.settle(pay)


def part_later(desk: Desk, rng: Random, day: date) -> None:
    """Let a customer pay a part, and the rest months later, both without a number; the last one closes the voucher."""
    invoice = desk.own(rng, day, rng.choice((*desk.book.companies, *desk.book.people)), terms=Terms(14))

    def pay() -> None:
        contact = invoice.contact or desk.book.town_hall
        first = cents((invoice.total * Decimal(rng.choice((30, 40, 50))) / 100).quantize(Decimal(1)))
        start = banking_day(day + timedelta(days=rng.randrange(8, 18)))
        end = banking_day(start + timedelta(days=rng.randrange(50, 95)))
        part = _receive(desk, rng, contact, start, first, rng.choice(WORDLESS))
        rest = _receive(desk, rng, contact, end, invoice.total - first, rng.choice(WORDLESS))
        desk.assign_later(rng, invoice, rest, end, rest.amount, ((part.ref, part.amount),))

    desk.settle(pay)


def overpaid(desk: Desk, rng: Random, day: date) -> None:
    """Let a customer pay too much, without a number; only the total settles the invoice."""
    invoice = desk.own(rng, day, rng.choice((*desk.book.companies, *desk.book.people)))

    def pay() -> None:
        booked = banking_day(day + timedelta(days=rng.randrange(4, 25)))
        more = max(cents(invoice.total * rng.randrange(1, 5) / 100), Decimal(rng.choice((5, 10, 20))))
        amount = invoice.total + more
        contact = invoice.contact or desk.book.town_hall
        transaction = _receive(desk, rng, contact, booked, amount, rng.choice(WORDLESS))
        _close(desk, rng, invoice, transaction, booked, amount)

    desk.settle(pay)


def payout(desk: Desk, rng: Random, day: date) -> None:
    """Sell something in the web shop; the payment provider pays out less its fee, naming neither buyer nor order."""
    provider = Random(f"{desk.seed}:{PROVIDER}")
    account, merchant = random_iban(provider), provider.randrange(10**6, 10**7)
    buyer = rng.choice(desk.book.people)
    total = Decimal(rng.randrange(2900, 48900)) / 100
    paper = shop_paper(desk, day, f"SHOP-{day:%y}{rng.randrange(1000, 9999)}", "Rechnung", total, buyer)
    sale = desk.booked(rng, paper, "salesinvoice", buyer)

    def pay() -> None:
        booked = banking_day(day, rng.randrange(2, 5))
        net = total - cents(total * Decimal("0.0249") + Decimal("0.35"))
        text = f"AUSZAHLUNG {merchant}-{rng.randrange(10**5, 10**6)}"
        transaction = desk.ledger.post(rng, booked, net, name=PROVIDER, purpose=text, code=TRANSFER_IN, iban=account)
        desk.assign_later(rng, sale, transaction, booked, net)

    desk.settle(pay)


def month_end(desk: Desk, rng: Random, day: date) -> None:
    """Bill the monthly service once more; the customer writes nothing, and the payment is typed in at month's end."""
    customer = desk.book.companies[0]
    text, unit, price = desk.profile.retainer
    invoice = desk.own(rng, day, customer, lines=(Line(text, Decimal(1), unit, Decimal(price), 19),))

    def pay() -> None:
        booked = banking_day(day + timedelta(days=rng.randrange(8, 40)))
        transaction = _receive(desk, rng, customer, booked, invoice.total, rng.choice(WORDLESS))
        desk.assign_later(rng, invoice, transaction, booked, invoice.total)

    desk.settle(pay)


def template(desk: Desk, rng: Random, day: date) -> None:
    """Bill the monthly service twice; the customer pays the second time with the first transfer's text."""
    customer = desk.book.companies[0]
    text, unit, price = desk.profile.retainer
    lines = (Line(text, Decimal(1), unit, Decimal(price), 19),)
    again = banking_day(day + timedelta(days=rng.randrange(27, 34)))
    invoices = [desk.own(rng, at, customer, lines=lines, terms=Terms(14)) for at in (day, again)]

    def pay() -> None:
        for invoice, sent, later in zip(invoices, (day, again), (False, rng.random() < 0.5), strict=True):
            booked = banking_day(sent + timedelta(days=rng.randrange(5, 15)))
            text = f"Rechnung {invoices[0].number}"
            transaction = _receive(desk, rng, customer, booked, invoice.total, text)
            if later:
                desk.assign_later(rng, invoice, transaction, booked, invoice.total)
            else:
                desk.assign(rng, invoice, transaction, booked)

    desk.settle(pay)


HARD_SALES: dict[str, Deal] = {
    "twins": twins,
    "other_payer": other_payer,
    "mistyped": mistyped,
    "wrong_amount": wrong_amount,
    "wrong_skonto": wrong_skonto,
    "collective": collective,
    "part_later": part_later,
    "overpaid": overpaid,
    "payout": payout,
    "month_end": month_end,
    "template": template,
}
