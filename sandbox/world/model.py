"""What exists in a world: organisations with contacts, vouchers, files and bank accounts.

Plain data. Amounts are decimals in euros, days are dates, moments are aware UTC datetimes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sandbox.world.goods import Article, RecurringTemplate
from sandbox.world.money import ZERO, Line, TaxShare, tax_shares

BOOKKEEPING_TYPES = ("salesinvoice", "salescreditnote", "purchaseinvoice", "purchasecreditnote")
SALES_TYPES = ("invoice", "downpaymentinvoice", "creditnote")
TYPES_WITH_PAYMENTS = BOOKKEEPING_TYPES + SALES_TYPES
OTHER_SALES_TYPES = ("quotation", "orderconfirmation", "deliverynote")
CREDIT_NOTES = ("creditnote", "salescreditnote", "purchasecreditnote")
MONEY_IN = ("invoice", "downpaymentinvoice", "salesinvoice", "purchasecreditnote")
NO_PAYMENT_STATES = ("draft", "unchecked", "blank")


@dataclass(frozen=True, slots=True)
class Party:
    """A company or person as it stands on paper and behind a bank account."""

    name: str
    street: str
    zip: str
    city: str
    iban: str
    bic: str = ""
    vat_id: str = ""
    tax_number: str = ""
    email: str = ""
    phone: str = ""


@dataclass(slots=True)
class Contact:
    """A contact of an organisation; ``name`` is how lists show it (persons as ``Last, First``).

    ``details`` are the fields of the service's contact object that somebody wrote; None where they follow from the
    party. A change makes a new object, so that documents keep the address they were written to.
    """

    id: str
    name: str
    party: Party
    person: bool
    customer_number: int | None
    vendor_number: int | None
    our_number: str
    mandate: str = ""
    creditor_id: str = ""
    bank_names: tuple[str, ...] = ()
    version: int = 1
    archived: bool = False
    details: dict[str, Any] | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Terms:
    """Payment terms: days until due, and optionally a Skonto in percent within fewer days."""

    days: int = 14
    discount: Decimal = ZERO
    discount_days: int = 0


@dataclass(slots=True)
class Payment:
    """A payment item of a voucher.

    ``at`` is when it was registered, ``transaction`` the bank's reference of the booking behind it (if any is in the
    statements), ``allocated`` the part of that booking which settles the voucher. ``earlier`` are further bookings with
    their parts, where one item typed in by hand stands for several.
    """

    kind: str
    day: date
    amount: Decimal
    at: datetime
    transaction: str | None = None
    allocated: Decimal | None = None
    earlier: tuple[tuple[str, Decimal], ...] = ()

    @property
    def bookings(self) -> tuple[tuple[str, Decimal], ...]:
        """The bank's references of all bookings behind the item, each with the part that settles the voucher."""
        if self.transaction is None or self.allocated is None:
            return self.earlier
        return (*self.earlier, (self.transaction, self.allocated))


@dataclass(frozen=True, slots=True)
class Paper:
    """What is printed on a receipt or a sales document; never changes once it exists.

    ``deposits`` are the (number, tax share) of invoices for deposits that a closing invoice takes off. A ``plain`` one
    is printed without letterhead and table, which takes next to no time.
    """

    heading: str
    issuer: Party
    recipient: Party | None
    number: str
    day: date
    due: date | None
    lines: tuple[Line, ...]
    gross_prices: bool
    note: str
    customer_number: str = ""
    terms: Terms | None = None
    paid_by: str = ""
    deposits: tuple[tuple[str, TaxShare], ...] = ()
    plain: bool = False

    @property
    def shares(self) -> tuple[TaxShare, ...]:
        """The tax per rate."""
        return tax_shares(self.lines, gross=self.gross_prices)

    @property
    def full_total(self) -> Decimal:
        """The gross total of the lines."""
        return sum((share.gross for share in self.shares), ZERO)

    @property
    def total(self) -> Decimal:
        """The gross amount claimed: the lines less the deposits invoiced before."""
        return self.full_total - sum((share.gross for _, share in self.deposits), ZERO)


@dataclass(slots=True)
class StoredFile:
    """An uploaded receipt: how it is stored (``pdf``, ``png``, ``jpg``, ``xml``) and what it shows.

    ``size`` in bytes is what it is filled up to; 0 leaves it as it is. ``content`` are the bytes of a receipt that was
    uploaded through the service; empty where it is rendered from ``paper``. ``checksum`` is the SHA-256 of the bytes,
    empty as long as nobody has seen them.
    """

    id: str
    voucher_id: str
    extension: str
    paper: Paper
    size: int = 0
    content: bytes = field(default=b"", repr=False)
    checksum: str = ""


@dataclass(slots=True)
class Voucher:
    """A document of any type, with its payments.

    ``state`` is what cannot be derived: empty for a booked document, otherwise ``draft``, ``voided``, ``unchecked``,
    ``blank``, ``accepted`` or ``rejected``. ``total`` is gross and positive. ``gross_prices`` says that line prices
    include the tax, ``tax_type`` how its amounts are shown (``net`` or ``gross``). ``settles`` is the invoice that a
    credit note was made from, ``deductions`` the deposits that a closing invoice takes off. ``related`` lists
    (id, number, type) of connected documents. A ``plain`` document is printed on plain paper. ``shipped`` is the day of
    the delivery or service. ``written`` are the parts of a sales document as a client of the service wrote them, in the
    words of the service; they are shown instead of what is derived from the rest.
    """

    id: str
    type: str
    number: str | None
    day: date | None
    due: date | None
    contact: Contact | None
    contact_name: str
    lines: tuple[Line, ...]
    gross_prices: bool
    created: datetime
    updated: datetime
    tax_type: str = "net"
    version: int = 1
    state: str = ""
    terms: Terms = field(default_factory=Terms)
    payments: list[Payment] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    remark: str = ""
    category: str = ""
    profile: str = "NONE"
    document_file_id: str = ""
    related: list[tuple[str, str, str]] = field(default_factory=list)
    deductions: list[Voucher] = field(default_factory=list)
    settles: str | None = None
    plain: bool = False
    shipped: date | None = None
    written: dict[str, Any] = field(default_factory=dict)
    # The lines that shares and sum were last computed from, and these: lists ask for them again and again.
    _computed: tuple[tuple[Line, ...], tuple[tuple[TaxShare, ...], Decimal]] | None = field(
        default=None, repr=False, compare=False
    )

    @property
    def shares(self) -> tuple[TaxShare, ...]:
        """The tax per rate, before deposits are deducted."""
        return self._sums()[0]

    @property
    def full_total(self) -> Decimal:
        """The gross sum of the lines."""
        return self._sums()[1]

    def _sums(self) -> tuple[tuple[TaxShare, ...], Decimal]:
        if self._computed is None or self._computed[0] is not self.lines:
            shares = tax_shares(self.lines, gross=self.gross_prices)
            self._computed = (self.lines, (shares, sum((share.gross for share in shares), ZERO)))
        return self._computed[1]

    @property
    def total(self) -> Decimal:
        """The gross amount claimed: the sum of the lines less deposits already invoiced."""
        if not self.deductions:
            return self.full_total
        return self.full_total - sum((part.total for part in self.deductions), ZERO)

    @property
    def open_amount(self) -> Decimal:
        """What is still owed; never negative, zero when voided."""
        if self.state == "voided":
            return ZERO
        settled = sum((item.amount for item in self.payments if item.kind != "dunningCosts"), ZERO)
        return max(self.total - settled, ZERO)

    @property
    def status(self) -> str:
        """The stored status; ``overdue`` is never stored (reference: voucherStatus 6.4)."""
        if self.state:
            return self.state
        if self.type not in TYPES_WITH_PAYMENTS or self.open_amount > ZERO:
            return "open"
        return "paidoff" if self.type in CREDIT_NOTES else "paid"

    def touch(self, moment: datetime) -> None:
        """Record a change as the service does: a newer version and update time."""
        self.updated = max(moment, self.updated)
        self.version += 1


@dataclass(frozen=True, slots=True)
class Transaction:
    """One bank transaction; ``amount`` is signed, ``purpose`` the remittance lines, joined with nothing.

    ``code`` is (domain, family, subfamily, German transaction code); ``reason`` the code of a return.
    """

    ref: str
    amount: Decimal
    name: str
    iban: str
    purpose: tuple[str, ...]
    code: tuple[str, str, str, str]
    bic: str = ""
    end_to_end: str = ""
    mandate: str = ""
    creditor_id: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """A booked line of a bank account: one transaction, or several of an itemised batch."""

    ref: str
    booked: date
    value: date
    text: str
    transactions: tuple[Transaction, ...]

    @property
    def amount(self) -> Decimal:
        """The signed sum that the balance changes by."""
        return sum((part.amount for part in self.transactions), ZERO)


@dataclass(slots=True)
class BankAccount:
    """A bank account with statements; ``version`` is the camt.053 version, ``dialect`` the habits of its texts."""

    iban: str
    bic: str
    bank: str
    version: str
    dialect: str
    opened: date
    opening: Decimal
    entries: list[Entry] = field(default_factory=list)


@dataclass(slots=True)
class Organisation:
    """A Lexware Office account: the company, its user, and everything it has stored.

    An organisation that is not ``listed`` is opened by the special keys only. ``revision`` counts the changes made
    through the service or the control interface. Dunnings stand apart: no list has them. The first of the payment
    ``terms`` is in force where a document names none.
    """

    id: str
    about: str
    company: Party
    tax_type: str
    small_business: bool
    user_id: str
    user_name: str
    created: datetime
    cash_box: bool
    listed: bool = True
    contacts: dict[str, Contact] = field(default_factory=dict)
    vouchers: dict[str, Voucher] = field(default_factory=dict)
    files: dict[str, StoredFile] = field(default_factory=dict)
    accounts: list[BankAccount] = field(default_factory=list)
    revision: int = 0
    articles: dict[str, Article] = field(default_factory=dict)
    templates: dict[str, RecurringTemplate] = field(default_factory=dict)
    dunnings: dict[str, Voucher] = field(default_factory=dict)
    terms: tuple[Terms, ...] = (Terms(14), Terms(0), Terms(30, Decimal(3), 10))


@dataclass(slots=True)
class World:
    """All organisations, as they are on the morning of ``today``."""

    seed: int
    today: date
    kind: str
    organisations: dict[str, Organisation] = field(default_factory=dict)
