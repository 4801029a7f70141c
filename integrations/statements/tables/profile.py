"""What is known about the export of a bank."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from integrations.statements.tables.columns import Columns, normal_name


class Certainty(StrEnum):
    """How sure a profile is."""

    SEEN = "seen"  # read from real files
    REPORTED = "reported"  # header and values as several public importers describe them
    PARTLY = "partly"  # some of it only from single descriptions


class Sign(StrEnum):
    """How the one amount column says which way the money went."""

    UNKNOWN = ""  # by the file: asked where no amount is negative
    SIGNED = "signed"  # money out is negative
    REVERSED = "reversed"  # money out is positive, as in the statements of some cards


class Kind(StrEnum):
    """What a row is."""

    BOOKED = "BOOK"
    PENDING = "PDNG"
    NOTHING = "nothing"  # a message of the bank, a memo
    REFUSED = "refused"
    # moves the balance of the account for a while, and is no payment (holds of PayPal)
    HOLD = "hold"
    # says the balance before the first row, or behind the last one
    OPENING = "opening"
    CLOSING = "closing"


@dataclass(slots=True)
class Cells:
    """A row while it is read: texts by role. Profiles may correct it before it becomes an entry."""

    text: dict[str, str]
    names: tuple[str, ...]  # the normal names of all columns, and their cells
    cells: tuple[str, ...]
    purpose: list[str]
    amount: Decimal
    kind: Kind = Kind.BOOKED
    reason: str = ""  # why the row is no booking, as the bank says it
    sepa: dict[str, str] = field(default_factory=dict)
    charges: Decimal | None = None
    gross: Decimal | None = None
    more: dict[str, str] = field(default_factory=dict)

    def every(self) -> Mapping[str, str]:
        """All cells by the normal name of their column."""
        return dict(zip(self.names, self.cells, strict=True))


def nothing(cells: Cells) -> None:
    """Leave a row as it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """The export of a bank: ``name`` as in the format ``csv:dkb``.

    ``marks`` are columns (alternatives within a tuple) that must all be there; ``header`` stands in for a header where
    the bank writes none. ``dates`` and ``decimal`` are the usual forms, overruled only where the file can be
    read in no other way. ``pending`` and ``void`` are words of the status column, as normal names. ``finish``
    takes apart what the bank keeps in one column.
    """

    name: str
    bank: str
    certainty: Certainty
    columns: Columns
    marks: tuple[tuple[str, ...], ...]
    dates: tuple[str, ...] = ("D.M.Y", "D.M.y")
    decimal: str = ","
    currency: str = "EUR"
    header: tuple[str, ...] = ()
    pending: tuple[str, ...] = ()
    void: tuple[str, ...] = ()
    # the words of the bank for a row without date that is a sum or a balance, as normal names
    footer: tuple[str, ...] = ()
    finish: Callable[[Cells], None] = nothing
    sign: Sign = Sign.SIGNED
    account: str = ""  # whose table this is, where a person said so
    # a person said so, nothing overrules it
    sure_dates: bool = False
    sure_decimal: bool = False
    # banks that share a layout: the profile for an own IBAN
    by_account: "Callable[[str], Profile] | None" = None
    # rows with amount 0 are messages of the bank
    zero_is_message: bool = True
    # what the columns behind the last name hold, where the bank gives them none
    unnamed: tuple[str, ...] = ()

    @property
    def format(self) -> str:
        """Such as ``csv:dkb``."""
        return f"csv:{self.name}"

    def fits(self, header: set[str]) -> int:
        """How many of the marks a header has (normal names), 0 unless all."""
        if not self.marks or self.header:
            return 0
        found = sum(any(normal_name(name) in header for name in mark) for mark in self.marks)
        return found if found == len(self.marks) else 0
