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
    """Where in a file: statement and entry counted from 1, the line of the file; 0 means not known.

    ``member`` is the name of the file within an archive.
    """

    statement: int = 0
    entry: int = 0
    line: int = 0
    member: str = ""

    def __str__(self) -> str:
        parts = (("statement", self.statement), ("entry", self.entry), ("line", self.line))
        where = ", ".join(f"{word} {number}" for word, number in parts if number)
        return ": ".join(filter(None, (self.member, where))) or "file"


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
    """The first record of every file: its format, such as ``camt.053.001.08`` (see `detect`).

    An archive is opened once, as ``zip:`` and the format of its members, or ``zip:mixed``.
    """

    format: str


@dataclass(frozen=True, slots=True)
class Balance:
    """A booked balance; debit balances are negative. ``code`` is OPBD, PRCD, CLBD, or ITBD (ISO 20022).

    PRCD is the closing balance of the day before, ITBD stands between the pages of a statement.
    """

    code: str
    amount: Decimal
    currency: str
    on: date | None


@dataclass(frozen=True, slots=True)
class StatementHeader:
    """Whose account, which statement, which period.

    ``message`` is ``camt.053``, ``camt.052``, ``camt.054`` (by the group element), ``mt940``, ``mt942`` or ``csv``;
    ``format`` is the exact family: ``camt.053.001.08``, ``mt940``, ``csv:dkb``. ``iban`` only where the file gives an
    IBAN, otherwise ``other_id``. ``currency``: of the account, else of the first balance, else of the first entry.
    ``page`` is as written, ``created`` too: an ISO date or moment, or empty. ``member`` is the file in an archive.
    ``more`` is what has no field of its own, by the bank's name for it (``64``, ``86``).
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
    legal_number: str = field(default="", kw_only=True)
    member: str = field(default="", kw_only=True)
    more: Mapping[str, str] = field(default_factory=dict, kw_only=True)

    @property
    def made_on(self) -> date | None:
        """The written day on which the delivery was made, whatever its time zone; None if it does not say."""
        try:
            return date.fromisoformat(self.created[:10])
        except ValueError:
            return None

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

    ``exchange_rate`` as written, between ``exchange_currencies`` (source, target; empty where not said).
    ``ultimate_debtor`` and ``ultimate_creditor`` are both of them, ``ultimate_party`` the one on the other side.
    ``purpose_code`` is the reason in four letters (SALA). ``sepa`` holds the fields that the bank wrote into the
    purpose (EREF, KREF, MREF, CRED, SVWZ, ABWA, ABWE, IBAN, BIC, …), ``more`` everything that has no field of its
    own, by the bank's name for it (PmtInfId, UETR, ChqNb, …).
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
    counterparty_bic: str = field(default="", kw_only=True)
    counterparty_bank: str = field(default="", kw_only=True)
    ultimate_debtor: str = field(default="", kw_only=True)
    ultimate_creditor: str = field(default="", kw_only=True)
    exchange_rate: Decimal | None = field(default=None, kw_only=True)
    exchange_currencies: tuple[str, str] = field(default=("", ""), kw_only=True)
    purpose_code: str = field(default="", kw_only=True)
    sepa: Mapping[str, str] = field(default_factory=dict, kw_only=True)
    more: Mapping[str, str] = field(default_factory=dict, kw_only=True)

    @property
    def purpose(self) -> str:
        """The remittance lines joined with nothing."""
        return "".join(self.purpose_lines).strip()


@dataclass(frozen=True, slots=True)
class Entry:
    """One movement of the account (``Ntry``, ``:61:``, a row of a table).

    ``status`` is BOOK, PDNG, INFO, FUTR, or empty where the file gives none; tables and MT942 say BOOK or PDNG
    themselves. ``reversal``: the entry undoes an earlier one; ``direction`` is already that of this entry. ``raw`` is
    the XML of the entry; where it has several payments, without them (they carry their own). ``more`` is what has
    no field of its own, by the bank's name for it.
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
    more: Mapping[str, str] = field(default_factory=dict, kw_only=True)

    @property
    def signed(self) -> Decimal:
        """The amount with its sign: money out is negative."""
        return self.direction.sign(self.amount)


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement when all of it is read: the final header, counts and sums.

    ``entries``, ``transactions`` and ``not_booked`` count every ``Ntry``, the sums those whose amount could be read,
    whatever their status; ``booked`` is the signed sum of the booked ones. ``unreadable`` entries were left out.
    ``complete`` is False when the file broke off inside. ``confirmed``: the statement brings totals of its entries, and
    they are right, so no entry is missing or changed.
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
    confirmed: bool = field(default=False, kw_only=True)

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
    within one statement) identify the line: the same file again, or another one over the same days, gives the same
    pairs. ``entry_key`` is shared by the lines of one split entry, of which this is ``part`` of ``parts``.

    ``family`` is the exact format of its statement. ``pending``: announced and not booked, or booked on a day that
    the delivery does not hold completely; to be shown, never money. ``entry_total`` is the signed amount of the whole
    entry, ``notification_id`` points to the camt.054 with its details. ``proprietary_code`` as the bank writes it.
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
    family: str = field(default="", kw_only=True)
    pending: bool = field(default=False, kw_only=True)
    status: str = field(default="", kw_only=True)
    counterparty_bic: str = field(default="", kw_only=True)
    counterparty_bank: str = field(default="", kw_only=True)
    ultimate_debtor: str = field(default="", kw_only=True)
    ultimate_creditor: str = field(default="", kw_only=True)
    exchange_rate: Decimal | None = field(default=None, kw_only=True)
    exchange_currencies: tuple[str, str] = field(default=("", ""), kw_only=True)
    return_info: str = field(default="", kw_only=True)
    additional_info: str = field(default="", kw_only=True)
    purpose_code: str = field(default="", kw_only=True)
    proprietary_code: str = field(default="", kw_only=True)
    entry_total: Decimal | None = field(default=None, kw_only=True)
    notification_id: str = field(default="", kw_only=True)
    batch: Batch | None = field(default=None, kw_only=True)
    sepa: Mapping[str, str] = field(default_factory=dict, kw_only=True)
    more: Mapping[str, str] = field(default_factory=dict, kw_only=True)

    @property
    def numbered_key(self) -> str:
        """Key and ordinal in one text (at most 80 characters), different for twins."""
        return self.key if self.ordinal == 1 else f"{self.key}-{self.ordinal}"


@dataclass(frozen=True, slots=True)
class Advice:
    """An entry of a camt.054: what a booked batch consists of. Never money of its own.

    It belongs to the one booked entry of the same ``account``, ``amount`` (signed), ``currency`` and ``booking_date``
    that names ``message_id`` as its ``notification_id``, or has the same ``bank_reference``. ``lines`` are its
    payments (at least one); if there are several they add up to the amount.
    """

    account: str
    message_id: str
    bank_reference: str
    booking_date: date
    amount: Decimal
    currency: str
    lines: tuple[BankLine, ...]
    place: Place


Record = Opened | StatementHeader | Entry | Statement | ReadError
LineRecord = Opened | StatementHeader | BankLine | Advice | Statement | ReadError
