"""What the readers of payout reports give."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final

PAYPAL: Final = "paypal"
STRIPE: Final = "stripe"
SUMUP: Final = "sumup"
AMAZON: Final = "amazon"

# What may be wrong with a line.
UNREADABLE: Final = "unreadable"
DIFFERS: Final = "differs"
NOT_EMPTIED: Final = "not_emptied"
READER: Final = "reader"

MOST_PROBLEMS: Final = 100


class Kind(StrEnum):
    """What an item is."""

    SALE = "sale"
    REFUND = "refund"
    FEE = "fee"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Item:
    """One sale, refund or fee; ``amount`` signed as it counts for the payout.

    ``payout`` is the provider's id of the payout it belongs to, empty where the report does not say. ``key`` names the
    item for ever: the same one from another report of the provider has the same key.
    """

    payout: str
    key: str
    kind: Kind
    day: date
    amount: Decimal
    currency: str
    reference: str = ""
    counterparty: str = ""
    details: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Payout:
    """A payout as the report states it: what arrives at the bank, and when about."""

    id: str
    day: date
    amount: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a line; the line is left out."""

    line: int
    code: str
    params: Mapping[str, str]


@dataclass(slots=True)
class Report:
    """All of a report. ``problems``: what could not be read, with its line, a code of the above and its figures."""

    provider: str
    items: list[Item] = field(default_factory=list)
    payouts: list[Payout] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def note(self, line: int, code: str, **params: str) -> None:
        """Keep a problem of a line; after the first hundred the rest says nothing new."""
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(Problem(line, code, params))


class UnknownReport(Exception):
    """The file is no payout report that anybody here can read."""
