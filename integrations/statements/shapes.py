"""What a bank statement says, as plain data.

Amounts are `Decimal`, never negative where a direction stands beside them. Texts are stripped; a text that is
missing, or only a placeholder such as ``NOTPROVIDED``, is the empty string.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from integrations.statements.problems import TEXTS, Code, Severity


class Direction(StrEnum):
    """Money came in (CRDT) or went out (DBIT), as the bank writes it."""

    CREDIT = "CRDT"
    DEBIT = "DBIT"

    def sign(self, amount: Decimal) -> Decimal:
        """Give ``amount`` its sign: money out is negative."""
        return amount if self is Direction.CREDIT else -amount


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a file: statement and entry counted from 1, the line of the file; 0 means not known."""

    statement: int = 0
    entry: int = 0
    line: int = 0

    def __str__(self) -> str:
        parts = (("statement", self.statement), ("entry", self.entry), ("line", self.line))
        return ", ".join(f"{word} {number}" for word, number in parts if number) or "file"


@dataclass(frozen=True, slots=True)
class ReadError:
    """A problem at a place. ``str()`` gives the English sentence; `messages.describe` the translated one."""

    place: Place
    code: Code
    params: Mapping[str, str] = field(default_factory=dict)
    severity: Severity = Severity.ERROR

    @property
    def message(self) -> str:
        """The English sentence for people."""
        return TEXTS[self.code] % self.params

    def __str__(self) -> str:
        return f"{self.place}: {self.message}"


@dataclass(frozen=True, slots=True)
class Opened:
    """The first record of every file: its format, such as ``camt.053.001.08`` (see `detect`)."""

    format: str


@dataclass(frozen=True, slots=True)
class Balance:
    """A booked balance; debit balances are negative. ``code`` is OPBD, PRCD or CLBD (ISO 20022)."""

    code: str
    amount: Decimal
    currency: str
    on: date | None


@dataclass(frozen=True, slots=True)
class StatementHeader:
    """Whose account, which statement, which period.

    ``message`` is ``camt.053``, ``camt.052`` or ``camt.054`` by the group element, ``format`` adds the version.
    ``iban`` only where the file gives an IBAN, otherwise ``other_id``. ``currency``: of the account, else of the
    first balance, else of the first entry. ``page`` and ``created`` are as written.
    """

    number: int
    message: str
    format: str
    message_id: str
    statement_id: str
    sequence_number: str
    page: str
    last_page: bool | None
    created: str
    period_from: date | None
    period_to: date | None
    iban: str
    other_id: str
    currency: str
    owner: str
    bank_bic: str
    bank_name: str
    opening: Balance | None
    closing: Balance | None

    @property
    def account(self) -> str:
        """The account's key: IBAN, else the other number, in capitals without blanks."""
        return "".join((self.iban or self.other_id).split()).upper()

    @property
    def single_day(self) -> date | None:
        """The day of a statement whose opening and closing balance are of the same day."""
        if self.opening and self.closing and self.opening.code == "OPBD" and self.opening.on == self.closing.on:
            return self.closing.on
        return None


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch booking as the entry announces it; ``count`` as written."""

    message_id: str
    payment_id: str
    count: str


@dataclass(frozen=True, slots=True)
class BankCode:
    """Bank transaction code: ``iso`` as ``PMNT-RCDT-ESCT``, ``gvc`` (three digits of the German annex 3),
    ``proprietary`` as written."""

    iso: str = ""
    gvc: str = ""
    proprietary: str = ""

    def __str__(self) -> str:
        return self.iso or self.gvc or self.proprietary


@dataclass(frozen=True, slots=True)
class EntryDetail:
    """One payment within an entry (``TxDtls``).

    ``amount`` is None where the file gives none or an unreadable one. ``counterparty_iban`` may hold an account
    number that is no IBAN. ``purpose_lines`` are as delivered: the seam between two of them may split a number
    or glue two words. ``charges`` is what the bank kept, in ``charges_currency``.
    ``raw`` is the XML of this payment, only filled where the entry has several.
    """

    direction: Direction
    amount: Decimal | None
    currency: str
    counterparty: str
    counterparty_iban: str
    ultimate_party: str
    purpose_lines: tuple[str, ...]
    end_to_end_id: str
    mandate_id: str
    creditor_id: str
    bank_reference: str
    turnover_id: str
    code: BankCode
    structured_reference: str
    return_reason: str
    return_info: str
    charges: Decimal | None
    charges_currency: str
    instructed_amount: Decimal | None
    instructed_currency: str
    additional_info: str
    raw: str

    @property
    def purpose(self) -> str:
        """The remittance lines joined with nothing."""
        return "".join(self.purpose_lines).strip()


@dataclass(frozen=True, slots=True)
class Entry:
    """One movement of the account (``Ntry``).

    ``status`` is BOOK, PDNG, INFO, FUTR, or empty where the file gives none. ``reversal``: the entry undoes an
    earlier one; ``direction`` is already that of this entry. ``raw`` is the XML of the entry; where it has
    several payments, without them (they carry their own).
    """

    place: Place
    amount: Decimal
    currency: str
    direction: Direction
    booking_date: date | None
    value_date: date | None
    status: str
    reversal: bool
    bank_reference: str
    notification_id: str
    additional_info: str
    batch: Batch | None
    code: BankCode
    details: tuple[EntryDetail, ...]
    raw: str

    @property
    def signed(self) -> Decimal:
        """The amount with its sign: money out is negative."""
        return self.direction.sign(self.amount)


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement when all of it is read: the final header, counts and sums.

    ``entries``, ``transactions`` and ``not_booked`` count every ``Ntry``, the sums those whose amount could be read,
    whatever their status; ``booked`` is the signed sum of the booked ones. ``unreadable`` entries were left out.
    ``complete`` is False when the file broke off inside.
    """

    header: StatementHeader
    entries: int
    transactions: int
    not_booked: int
    unreadable: int
    credit_total: Decimal
    debit_total: Decimal
    booked: Decimal
    complete: bool

    @property
    def difference(self) -> Decimal | None:
        """Closing balance minus (opening balance plus booked entries); None if that cannot be said."""
        opening, closing = self.header.opening, self.header.closing
        if not self.complete or opening is None or closing is None:
            return None
        return closing.amount - opening.amount - self.booked


@dataclass(frozen=True, slots=True)
class BankLine:
    """A flat bank transaction, as the import takes it.

    ``amount`` is signed. ``account`` is the account's key. ``key`` (sha256, hex) and ``ordinal`` (from 1, twins
    within one delivery) identify the line: the same file again, or another one over the same days, gives the same
    pairs. ``entry_key`` is shared by the lines of one split entry, of which this is ``part`` of ``parts``.
    """

    account: str
    booking_date: date
    value_date: date | None
    amount: Decimal
    currency: str
    counterparty: str
    counterparty_iban: str
    ultimate_party: str
    purpose: str
    purpose_lines: tuple[str, ...]
    booking_text: str
    end_to_end_id: str
    mandate_id: str
    creditor_id: str
    structured_reference: str
    code: str
    gvc: str
    return_reason: str
    charges: Decimal | None
    charges_currency: str
    instructed_amount: Decimal | None
    instructed_currency: str
    bank_reference: str
    reversal: bool
    key: str
    entry_key: str
    ordinal: int
    part: int
    parts: int
    place: Place
    raw: str

    @property
    def numbered_key(self) -> str:
        """Key and ordinal in one text (at most 80 characters), different for twins."""
        return self.key if self.ordinal == 1 else f"{self.key}-{self.ordinal}"


Record = Opened | StatementHeader | Entry | Statement | ReadError
LineRecord = Opened | StatementHeader | BankLine | Statement | ReadError
