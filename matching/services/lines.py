"""A booked line as every intake delivers it, and what came of some of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Final

LEGACY: Final = "camt.053"
"""The family of lines that came before sources were kept, and of callers that name none."""

# The columns of a transaction come from its best source (bank feeds, section 2): a statement of booked entries, then
# what a bank sends in an older form, then what an interface tells, then intraday reports, then tables for people.
RANKS: Final = (("camt.053", 1), ("mt940", 2), ("feed", 3), ("camt.052", 4), ("mt942", 5), ("csv", 6), ("camt.054", 7))
LAST_RANK: Final = 9


def rank_of(family: str) -> int:
    """How good a source is, 1 for the best, by the beginning of its family's name."""
    return next((rank for name, rank in RANKS if family.startswith(name)), LAST_RANK)


def is_money(family: str) -> bool:
    """Whether a line of this family moves money; a camt.054 only tells of what another delivery has booked."""
    return not family.startswith("camt.054")


@dataclass(frozen=True, slots=True)
class TransactionData:
    """A booked line as every intake delivers it; ``amount`` signed, ``key`` the same whenever it is delivered again.

    Real twins (two equal lines of one day) come with different keys; whoever delivers them numbers them. ``pending``:
    announced and not booked, with the bank's ``status``; shown, never money. ``entry_key``, ``part``, ``parts`` and
    ``entry_total`` (signed) tell of which entry this is one payment. ``notification`` names the advice with the details
    of an entry. ``details``: what has no field of its own, JSON. ``charges`` and ``original_amount`` are positive.
    """

    key: str
    booking_date: date
    value_date: date | None
    amount: Decimal
    currency: str
    counterparty: str = ""
    counterparty_iban: str = ""
    purpose: str = ""
    end_to_end_id: str = ""
    mandate_id: str = ""
    creditor_id: str = ""
    code: str = ""
    bank_reference: str = ""
    is_reversal: bool = False
    raw: str = ""
    counterparty_bic: str = ""
    ultimate_party: str = ""
    booking_text: str = ""
    gvc: str = ""
    structured_reference: str = ""
    return_reason: str = ""
    charges: Decimal | None = None
    original_amount: Decimal | None = None
    original_currency: str = ""
    exchange_rate: Decimal | None = None
    details: Mapping[str, Any] = field(default_factory=dict)
    entry_key: str = ""
    part: int = 1
    parts: int = 1
    entry_total: Decimal | None = None
    notification: str = ""
    pending: bool = False
    status: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True)
class ImportOutcome:
    """What came of some lines.

    ``new`` transactions were written, ``duplicate`` lines were known already. Of the duplicates ``sightings`` told of a
    transaction that this family had not delivered before. ``pending`` lines are only announced.
    """

    new: int
    duplicate: int
    sightings: int = field(default=0, compare=False)
    pending: int = field(default=0, compare=False)
