"""What happens with suppliers: every kind of purchase, from receipt to payment."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from sandbox.world.bank_texts import remittance
from sandbox.world.calendar import banking_day
from sandbox.world.contacts import Supplier
from sandbox.world.desk import Desk
from sandbox.world.ledger import BATCH_OUT, CARD, DEBIT_RETURNED, DIRECT_DEBIT
from sandbox.world.model import Paper, Payment, Terms, Transaction, Voucher
from sandbox.world.money import Line, cents

Deal = Callable[[Desk, Random, date], None]
OPEN_STYLES = ("exact", "rewritten", "exact", "customer", "exact", "torn")


def _supplier(desk: Desk, rng: Random, *roles: str) -> Supplier:
    return rng.choice([item for item in desk.book.suppliers if item.supply.role in roles])


def _files(rng: Random, *, goods: bool = False) -> tuple[str, ...]:
    """Return how a receipt was kept: a PDF, a photograph, or lost; with ``goods`` sometimes a delivery note too."""
    kept: tuple[tuple[str, ...], ...] = (("pdf",), ("jpg",), ("png",), (), ("pdf", "pdf"))
    return rng.choices(kept, (76, 8, 6, 5, 30 if goods else 0))[0]


def _bill(desk: Desk, rng: Random, supplier: Supplier, day: date, terms: Terms | None = None) -> Voucher:
    paper = desk.supplier_paper(rng, supplier, day)
    if terms is not None:
        paper = replace(paper, terms=terms, due=day + timedelta(days=terms.days))
    goods = supplier.supply.role == "material"
    return desk.booked(rng, paper, "purchaseinvoice", supplier.contact, files=_files(rng, goods=goods))


def _send(desk: Desk, rng: Random, voucher: Voucher, supplier: Supplier, booked: date, amount: Decimal) -> None:
    style = rng.choice(OPEN_STYLES)
    day = voucher.day or booked
    purpose, _ = remittance(rng, style, voucher.number or "", day, supplier.contact.our_number)
    transaction = desk.ledger.from_contact(rng, booked, -amount, supplier.contact, purpose)
    desk.assign(rng, voucher, transaction, booked, amount)


def _transfer_day(rng: Random, voucher: Voucher) -> date:
    due = voucher.due or voucher.day or date.min
    return banking_day(max(due - timedelta(days=rng.randrange(5)), voucher.created.date()))


def bill(desk: Desk, rng: Random, day: date) -> None:
    """Pay a supplier's invoice by transfer."""
    supplier = _supplier(desk, rng, "material", "service")
    voucher = _bill(desk, rng, supplier, day, Terms(14))
    desk.settle(lambda: _send(desk, rng, voucher, supplier, _transfer_day(rng, voucher), voucher.total))


def bill_skonto(desk: Desk, rng: Random, day: date) -> None:
    """Pay a supplier's invoice early and keep the Skonto."""
    supplier = rng.choice([item for item in desk.book.suppliers if item.supply.terms.discount])
    terms = supplier.supply.terms
    voucher = _bill(desk, rng, supplier, day)

    def pay() -> None:
        booked = banking_day(max(day + timedelta(days=terms.discount_days - 3), voucher.created.date()))
        discount = cents(voucher.total * terms.discount / 100)
        _send(desk, rng, voucher, supplier, booked, voucher.total - discount)
        desk.item(rng, voucher, "cashDiscount", booked, discount, voucher.payments[-1].at)

    desk.settle(pay)


def collected(desk: Desk, rng: Random, day: date, supplier: Supplier) -> None:
    """Let a supplier collect its invoice by direct debit."""
    voucher = _bill(desk, rng, supplier, day, Terms(7))

    def pay() -> None:
        booked = banking_day(day + timedelta(days=rng.randrange(5, 9)))
        text = rng.choice(
            (
                f"{voucher.number} KD {supplier.contact.our_number}",
                f"Rechnung {voucher.number}",
                f"Kundennr. {supplier.contact.our_number} {day:%m/%Y}",
                "Einzug gemäß Mandat",
            )
        )
        transaction = desk.ledger.from_contact(
            rng, booked, -voucher.total, supplier.contact, text, code=DIRECT_DEBIT, mandate=True
        )
        desk.assign(rng, voucher, transaction, booked)

    desk.settle(pay)


def charged(desk: Desk, rng: Random, day: date, supplier: Supplier) -> None:
    """Let a supplier from abroad charge the debit card; the tax is ours to declare."""
    voucher = _bill(desk, rng, supplier, day, Terms(0))

    def pay() -> None:
        booked = banking_day(day, 1)
        name = supplier.contact.name.split()[0].upper()
        text = f"{name}*{voucher.number} DUBLIN IE {day:%d.%m} KARTE 5512"
        transaction = desk.ledger.post(rng, booked, -voucher.total, name=name, purpose=text, code=CARD)
        desk.assign(rng, voucher, transaction, booked)

    desk.settle(pay)


def returned_debit(desk: Desk, rng: Random, day: date) -> None:
    """Let a direct debit come back for lack of funds; a transfer pays it later."""
    supplier = _supplier(desk, rng, "debit")
    voucher = _bill(desk, rng, supplier, day, Terms(7))

    def pay() -> None:
        booked = banking_day(day + timedelta(days=7))
        contact, text = supplier.contact, f"Rechnung {voucher.number}"
        desk.ledger.from_contact(rng, booked, -voucher.total, contact, text, code=DIRECT_DEBIT, mandate=True)
        back = banking_day(booked, 3)
        desk.ledger.from_contact(
            rng, back, voucher.total, contact, f"Rueckgabe {text}", code=DEBIT_RETURNED, mandate=True, reason="AM04"
        )
        paid = banking_day(back, 6)
        transaction = desk.ledger.from_contact(
            rng, paid, -voucher.total, contact, f"{voucher.number} nach Ruecklastschrift"
        )
        desk.assign(rng, voucher, transaction, paid, manual=False)

    desk.settle(pay)


def _slip(desk: Desk, rng: Random, supplier: Supplier, day: date, paid_by: str) -> Paper:
    return desk.supplier_paper(rng, supplier, day, heading="Kassenbon", paid_by=paid_by)


def card(desk: Desk, rng: Random, day: date) -> None:
    """Buy something with the bank card."""
    supplier = _supplier(desk, rng, "card")
    paper = _slip(desk, rng, supplier, day, "girocard")
    collective = rng.random() < 0.4
    name = rng.choice((supplier.contact.name, "Sammellieferant"))
    voucher = desk.booked(
        rng, paper, "purchaseinvoice", None if collective else supplier.contact, name=name, files=_files(rng)
    )

    def pay() -> None:
        booked = banking_day(day, rng.choice((1, 1, 2)))
        time = f"{rng.randrange(8, 19):02d}:{rng.randrange(60):02d}"
        text = f"{supplier.supply.card_text} {day:%Y-%m-%d}T{time} Debitk.2 {day.year + 2}-12"
        transaction = desk.ledger.post(
            rng, booked, -voucher.total, name=supplier.supply.card_text[:24].strip(), purpose=text, code=CARD
        )
        desk.assign(rng, voucher, transaction, booked)

    desk.settle(pay)


def cash_receipt(desk: Desk, rng: Random, day: date) -> None:
    """Pay a small receipt from the cash box."""
    supplier = _supplier(desk, rng, "cash")
    voucher = desk.booked(
        rng,
        _slip(desk, rng, supplier, day, "bar"),
        "purchaseinvoice",
        None,
        name=supplier.contact.name,
        files=_files(rng),
    )
    desk.settle(lambda: desk.item(rng, voucher, "partPaymentCashBox", day, voucher.total))


def private_receipt(desk: Desk, rng: Random, day: date) -> None:
    """Pay a small receipt with private money; it is marked as paid by hand."""
    supplier = _supplier(desk, rng, "private")
    voucher = desk.booked(
        rng, _slip(desk, rng, supplier, day, "bar"), "purchaseinvoice", None, name="Sammellieferant", files=_files(rng)
    )
    voucher.remark = "privat verauslagt"
    desk.settle(lambda: desk.item(rng, voucher, "manualPayment", day, voucher.total))


def unconnected(desk: Desk, rng: Random, day: date) -> None:
    """Pay an invoice with a company card whose account has no statements here."""
    supplier = _supplier(desk, rng, "unconnected")
    paper = desk.supplier_paper(rng, supplier, day, paid_by="Firmenkreditkarte")
    voucher = desk.booked(rng, paper, "purchaseinvoice", supplier.contact, files=_files(rng))
    kind = rng.choice(("manualPayment", "partPaymentFinancialTransaction"))
    desk.settle(lambda: desk.item(rng, voucher, kind, banking_day(day, 2), voucher.total))


def batch(desk: Desk, rng: Random, day: date) -> None:
    """Pay three suppliers in one collective transfer that the bank itemises."""
    suppliers = [item for item in desk.book.suppliers if item.supply.role in ("material", "service")]
    bills = [
        (_bill(desk, rng, supplier, day + timedelta(days=at), Terms(14)), supplier)
        for at, supplier in enumerate(rng.sample(suppliers, min(3, len(suppliers))))
    ]

    def pay() -> None:
        booked = banking_day(day + timedelta(days=13))
        transactions: list[Transaction] = []
        for voucher, supplier in bills:
            contact = supplier.contact
            transactions.append(
                desk.ledger.transaction(
                    rng,
                    booked,
                    -voucher.total,
                    name=contact.name,
                    purpose=f"{voucher.number} / {contact.our_number}",
                    code=BATCH_OUT,
                    iban=contact.party.iban,
                    bic=contact.party.bic,
                    end_to_end=f"SAMMEL{booked:%y%m%d}-{len(transactions) + 1}",
                )
            )
        desk.ledger.book(rng, booked, transactions)
        for (voucher, _), transaction in zip(bills, transactions, strict=True):
            desk.assign(rng, voucher, transaction, booked, manual=False)

    desk.settle(pay)


def credit_paper(paper: Paper, number: str, day: date, share: int) -> Paper:
    """Write the credit note for ``share`` percent of an invoice."""
    lines = tuple(
        Line(f"Rücknahme {line.text}", line.quantity, line.unit, cents(line.price * share / 100), line.rate)
        for line in paper.lines
    )
    return replace(paper, heading="Gutschrift", number=number, day=day, due=None, terms=None, lines=lines, note="")


def supplier_credit(desk: Desk, rng: Random, day: date) -> None:
    """Get money back from a supplier for goods returned."""
    supplier = _supplier(desk, rng, "material")
    paper = credit_paper(desk.supplier_paper(rng, supplier, day), f"GU{rng.randrange(10000, 99999)}", day, 30)
    credit = desk.booked(rng, paper, "purchasecreditnote", supplier.contact)

    def pay() -> None:
        booked = banking_day(day + timedelta(days=rng.randrange(4, 12)))
        transaction = desk.ledger.from_contact(
            rng, booked, credit.total, supplier.contact, f"Gutschrift {credit.number}"
        )
        desk.assign(rng, credit, transaction, booked, manual=False)

    desk.settle(pay)


def supplier_netted(desk: Desk, rng: Random, day: date) -> None:
    """Take a supplier's credit note off the next transfer."""
    supplier = _supplier(desk, rng, "material")
    voucher = _bill(desk, rng, supplier, day, Terms(14))
    source = desk.organisation.files[voucher.files[0]].paper if voucher.files else None
    paper = source or desk.supplier_paper(rng, supplier, day)
    later = day + timedelta(days=3)
    credit = desk.booked(
        rng, credit_paper(paper, f"GU{rng.randrange(10000, 99999)}", later, 15), "purchasecreditnote", supplier.contact
    )

    def pay() -> None:
        booked = banking_day(max(day + timedelta(days=12), credit.created.date()))
        amount = voucher.total - credit.total
        text = f"{voucher.number} abzgl. Gutschrift {credit.number}"
        transaction = desk.ledger.from_contact(rng, booked, -amount, supplier.contact, text)
        desk.assign(rng, voucher, transaction, booked, amount, allocated=voucher.total, manual=False)
        at = max(voucher.payments[-1].at, credit.updated)
        voucher.payments.append(Payment("partPaymentCreditNote", booked, credit.total, at))
        credit.payments.append(
            Payment("partPaymentCreditNote", booked, credit.total, at, transaction.ref, credit.total)
        )

    desk.settle(pay)


def einvoice(desk: Desk, rng: Random, day: date) -> None:
    """Receive an e-invoice and pay it."""
    supplier = _supplier(desk, rng, "einvoice")
    paper = desk.supplier_paper(rng, supplier, day)
    voucher = desk.booked(rng, paper, "purchaseinvoice", supplier.contact, files=("xml",))
    desk.settle(lambda: _send(desk, rng, voucher, supplier, _transfer_day(rng, voucher), voucher.total))


def unpaid_bill(desk: Desk, rng: Random, day: date) -> None:
    """Leave a supplier's invoice unpaid."""
    _bill(desk, rng, _supplier(desk, rng, "material", "service"), day, Terms(30))


def unchecked(desk: Desk, rng: Random, day: date) -> None:
    """Upload a receipt that nobody has checked yet."""
    supplier = _supplier(desk, rng, "material", "service")
    paper = desk.supplier_paper(rng, supplier, day)
    desk.booked(rng, paper, "purchaseinvoice", None, name="Sammellieferant", state="unchecked")


def unread(desk: Desk, rng: Random, day: date) -> None:
    """Upload a receipt that the text recognition could not read: it has neither number nor date nor amounts."""
    paper = desk.supplier_paper(rng, _supplier(desk, rng, "material", "service"), day)
    voucher = desk.booked(
        rng, paper, "purchaseinvoice", None, name="Sammellieferant", files=("jpg",), state="unchecked"
    )
    voucher.number, voucher.day, voucher.lines = None, None, ()


PURCHASE_DEALS: dict[str, Deal] = {
    "bill": bill,
    "bill_skonto": bill_skonto,
    "card": card,
    "cash_receipt": cash_receipt,
    "private_receipt": private_receipt,
    "unconnected": unconnected,
    "batch": batch,
    "supplier_credit": supplier_credit,
    "supplier_netted": supplier_netted,
    "returned_debit": returned_debit,
    "einvoice": einvoice,
    "unpaid_bill": unpaid_bill,
    "unchecked": unchecked,
    "unread": unread,
}
REGULAR: dict[str, Callable[[Desk, Random, date, Supplier], None]] = {
    "debit": collected,
    "subscription": collected,
    "foreign": charged,
}
