"""The desk at which a company's deals of one year are written down: documents, bookings, payments."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import cycle
from random import Random

from sandbox.world.bank_texts import STYLES, STYLES_A_YEAR
from sandbox.world.calendar import banking_day, local, month_end
from sandbox.world.contacts import AddressBook, Supplier, new_id
from sandbox.world.ledger import Ledger
from sandbox.world.model import (
    Contact,
    Organisation,
    Paper,
    Payment,
    StoredFile,
    Terms,
    Transaction,
    Voucher,
)
from sandbox.world.money import Line, cents
from sandbox.world.profiles import Profile, Supply

SERVICES = "8f8664a0-fd86-11e1-a21f-0800200c9a66"
GOODS_SOLD = "8f8664a8-fd86-11e1-a21f-0800200c9a66"
PURCHASES = "16d04a28-fd91-11e1-a21f-0800200c9a66"
OWN_TYPES = ("invoice", "downpaymentinvoice", "creditnote", "quotation", "deliverynote")
EPOCH = date(2020, 1, 1)
BANK = "partPaymentFinancialTransaction"


@dataclass(slots=True)
class Desk:
    """One company in one year. Deals draw documents first; numbers follow in order of date; then ``settle`` runs."""

    organisation: Organisation
    profile: Profile
    book: AddressBook
    ledger: Ledger
    year: int
    seed: int
    vouchers: list[Voucher] = field(default_factory=list)
    settlements: list[Callable[[], object]] = field(default_factory=list)
    state_from: dict[str, tuple[datetime, str]] = field(default_factory=dict)
    styles: Iterator[str] = field(init=False)

    def __post_init__(self) -> None:
        offset = self.seed + self.year * STYLES_A_YEAR
        self.styles = cycle(STYLES[offset % len(STYLES) :] + STYLES[: offset % len(STYLES)])

    # documents

    def _moment(self, rng: Random, day: date) -> datetime:
        return local(day, rng.randrange(8, 18), rng.randrange(60), rng.randrange(60), rng.randrange(1000))

    def sales_lines(self, rng: Random, count: int | None = None) -> tuple[Line, ...]:
        """Draw positions from what the company sells."""
        chosen = rng.sample(self.profile.goods, count or rng.choice((1, 1, 2, 3)))
        lines = []
        for text, unit, low, high in chosen:
            price = cents(Decimal(rng.randrange(low * 20, high * 20 + 1)) / 20)
            hourly = unit in ("Std.", "m²", "lfm")
            quantity = (
                Decimal(rng.randrange(6, 90)) / 2
                if hourly
                else Decimal(rng.choice((1, 1, 1, 2)) if price < 1000 else 1)
            )
            lines.append(Line(text, quantity, unit, price, 19))
        return tuple(lines)

    def own(
        self,
        rng: Random,
        day: date,
        contact: Contact,
        kind: str = "invoice",
        lines: tuple[Line, ...] | None = None,
        terms: Terms | None = None,
        state: str = "",
    ) -> Voucher:
        """Write a document inside the software; it gets its number later."""
        terms = terms or rng.choice(self.profile.terms)
        created = self._moment(rng, day)
        has_due = kind in ("invoice", "downpaymentinvoice") and state != "draft"
        voucher = Voucher(
            id=new_id(rng),
            type=kind,
            number=None,
            day=day,
            due=day + timedelta(days=terms.days) if has_due else None,
            contact=contact,
            contact_name=contact.name,
            lines=lines or self.sales_lines(rng),
            gross_prices=self.profile.gross_prices,
            tax_type=self.organisation.tax_type,
            created=created,
            updated=created + timedelta(seconds=rng.randrange(2, 900)),
            state=state,
            terms=terms,
            category=SERVICES,
            document_file_id="" if state == "draft" else new_id(rng),
        )
        self.vouchers.append(voucher)
        return voucher

    def booked(
        self,
        rng: Random,
        paper: Paper,
        kind: str,
        contact: Contact | None,
        *,
        name: str = "",
        files: tuple[str, ...] = ("pdf",),
        state: str = "",
    ) -> Voucher:
        """Book a receipt from elsewhere; ``name`` goes with the collective contact, ``files`` are extensions."""
        uploaded = banking_day(paper.day + timedelta(days=rng.choice((0, 1, 1, 2, 3, 6))))
        created = self._moment(rng, uploaded)
        voucher = Voucher(
            id=new_id(rng),
            type=kind,
            number=paper.number,
            day=paper.day,
            due=None if state else (paper.due or paper.day),
            contact=contact,
            contact_name=contact.name if contact else name,
            lines=paper.lines,
            gross_prices=paper.gross_prices,
            tax_type=rng.choice(("gross", "gross", "net")),
            created=created,
            updated=created + timedelta(seconds=rng.randrange(60, 6000)),
            version=2,
            state=state,
            category=PURCHASES if kind.startswith("purchase") else GOODS_SOLD,
        )
        for position, extension in enumerate(files):
            shown = paper if position == 0 else delivery_note(paper)
            stored = StoredFile(new_id(rng), voucher.id, extension, shown)
            self.organisation.files[stored.id] = stored
            voucher.files.append(stored.id)
        self.vouchers.append(voucher)
        return voucher

    def supplier_paper(
        self, rng: Random, supplier: Supplier, day: date, *, heading: str = "Rechnung", paid_by: str = ""
    ) -> Paper:
        """Draw an invoice of a supplier, in its price range and with its form of number."""
        supply = supplier.supply
        target = Decimal(rng.randrange(supply.low * 100, supply.high * 100 + 1)) / 100
        texts = rng.sample(supply.goods, min(len(supply.goods), rng.choice((1, 1, 2))))
        gross_prices = heading == "Kassenbon"
        parts = []
        for position, text in enumerate(texts):
            share = target if position == len(texts) - 1 else cents(target * Decimal(rng.randrange(25, 60)) / 100)
            target -= share
            parts.append(Line(text, Decimal(1), "Stück" if len(texts) > 1 else "psch.", share, supply.rate))
        terms = None if paid_by else supply.terms
        return Paper(
            heading=heading,
            issuer=supplier.contact.party,
            recipient=None if gross_prices else self.organisation.company,
            number=self.supplier_number(rng, supply, day),
            day=day,
            due=day + timedelta(days=terms.days) if terms else None,
            lines=tuple(parts),
            gross_prices=gross_prices,
            note="Steuerschuldnerschaft des Leistungsempfängers (Reverse Charge)."
            if supply.abroad
            else "Vielen Dank für Ihren Einkauf.",
            customer_number=supplier.contact.our_number,
            terms=terms,
            paid_by=paid_by,
        )

    def supplier_number(self, rng: Random, supply: Supply, day: date) -> str:
        """Form a supplier's document number; its counter has a start and a pace of its own."""
        own = Random(f"{self.seed}:{supply.name}:numbers")
        start, pace = own.randrange(1_000, 400_000), own.choice((2, 5, 11, 40))
        days = day.timetuple().tm_yday if "{y" in supply.pattern else (day - EPOCH).days
        counter = days * pace + rng.randrange(pace) + (0 if "{y" in supply.pattern else start)
        return supply.pattern.format(y=day.year, yy=f"{day:%y}", n=counter)

    # payments

    def settle(self, action: Callable[[], object]) -> None:
        """Run ``action`` once all documents have their numbers."""
        self.settlements.append(action)

    def assign(
        self,
        rng: Random,
        voucher: Voucher,
        transaction: Transaction,
        booked: date,
        amount: Decimal | None = None,
        *,
        allocated: Decimal | None = None,
        manual: bool | None = None,
    ) -> None:
        """Assign a booking to a voucher, mostly through the bank connection, sometimes by hand a few days off."""
        amount = voucher.open_amount if amount is None else amount
        by_hand = rng.random() < 0.12 if manual is None else manual
        kind = "manualPayment" if by_hand else BANK
        day = booked + timedelta(days=rng.choice((0, 0, 1, 2, -2))) if by_hand else booked
        at = max(
            self._moment(rng, banking_day(booked + timedelta(days=1), rng.choice((0, 0, 0, 1, 2)))), voucher.updated
        )
        voucher.payments.append(
            Payment(kind, day, amount, at, transaction.ref, amount if allocated is None else allocated)
        )

    def assign_later(
        self,
        rng: Random,
        voucher: Voucher,
        transaction: Transaction,
        booked: date,
        allocated: Decimal,
        earlier: tuple[tuple[str, Decimal], ...] = (),
    ) -> None:
        """Type in by hand that all is paid when the month of ``booked`` is closed, dated its last day.

        ``allocated`` is what of the booking settles the voucher; ``earlier`` are bookings of parts before it. The one
        item has the open amount, whatever the bank says.
        """
        day = month_end(booked)
        at = max(self._moment(rng, banking_day(day + timedelta(days=1), rng.choice((0, 1, 3)))), voucher.updated)
        voucher.payments.append(
            Payment("manualPayment", day, voucher.open_amount, at, transaction.ref, allocated, earlier)
        )

    def item(
        self, rng: Random, voucher: Voucher, kind: str, day: date, amount: Decimal, at: datetime | None = None
    ) -> None:
        """Add a payment item that has no booking in the statements."""
        at = max(at or self._moment(rng, day + timedelta(days=1)), voucher.updated)
        voucher.payments.append(Payment(kind, day, amount, at))

    # finishing

    def number_documents(self) -> None:
        """Number the company's own documents in order of date, each kind in its own range."""
        counters: dict[str, int] = {}
        prefixes = {"creditnote": "GS", "quotation": "AG", "deliverynote": "LS"}
        own = [voucher for voucher in self.vouchers if voucher.type in OWN_TYPES]
        for voucher in sorted(own, key=lambda item: (item.day or date.min, item.created)):
            prefix = prefixes.get(voucher.type, self.profile.prefix)
            counters[prefix] = counters.get(prefix, 0) + 1
            voucher.number = f"{prefix}{self.year % 100:02d}{counters[prefix]:03d}"

    def finish(self) -> None:
        """Number the documents, then pay them."""
        self.number_documents()
        for action in self.settlements:
            action()


def delivery_note(paper: Paper) -> Paper:
    """Return the delivery note that came with an invoice: the same goods without terms."""
    return Paper(
        heading="Lieferschein",
        issuer=paper.issuer,
        recipient=paper.recipient,
        number=f"L-{paper.number}",
        day=paper.day,
        due=None,
        lines=paper.lines,
        gross_prices=paper.gross_prices,
        note="Ware bitte sofort auf Vollständigkeit prüfen.",
        customer_number=paper.customer_number,
    )


def customer_number(contact: Contact) -> str:
    """Return the number that a customer quotes, or ours at a supplier."""
    return str(contact.customer_number) if contact.customer_number else contact.our_number
