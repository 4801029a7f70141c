"""The lines that may be one movement of money, and the pairs they make."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum


class Reason(StrEnum):
    """What speaks for a pair; the values are stored and put into words elsewhere."""

    IBAN_OUT = "iban_out"
    """The outgoing line names the other account."""
    IBAN_IN = "iban_in"
    """The incoming line names the other account."""
    NAME_OUT = "name_out"
    """The outgoing line names the client as payee."""
    NAME_IN = "name_in"
    """The incoming line names the client as payer."""
    CODE = "code"
    """The bank books it as a transfer between own accounts (booking code 820, or 833 and 834 for cash pooling)."""
    PURPOSE = "purpose"
    """The purpose says so."""
    END_TO_END = "end_to_end"
    """Both carry the same end-to-end id."""


@dataclass(frozen=True, slots=True)
class Leg:
    """A line of one of the client's accounts; ``amount`` signed, ``account`` the account's id."""

    id: int
    account: int
    day: date
    amount: Decimal
    currency: str
    counterparty: str = ""
    counterparty_iban: str = ""
    purpose: str = ""
    gvc: str = ""
    end_to_end_id: str = ""


@dataclass(frozen=True, slots=True)
class Holder:
    """The client: its name, and the IBANs of its accounts by id (empty where an account has none)."""

    name: str
    ibans: Mapping[int, str]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two lines that are one movement; ``strength`` of the evidence, ``days`` banks took between them."""

    outgoing: Leg
    incoming: Leg
    reasons: tuple[Reason, ...]
    strength: int
    days: int

    @property
    def rank(self) -> tuple[int, int]:
        """The greater, the better."""
        return self.strength, -self.days
