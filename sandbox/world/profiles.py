"""What describes a company of the demo world: who it is, what it sells and buys, how many deals of a kind a year."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from sandbox.world.model import Terms
from sandbox.world.names import SOUTH, Region

NET_14 = Terms(14)
NET_30 = Terms(30)
AT_ONCE = Terms(0)
SKONTO_3 = Terms(30, Decimal(3), 10)
SKONTO_2 = Terms(30, Decimal(2), 14)


@dataclass(frozen=True, slots=True)
class Supply:
    """A supplier: how it bills, what it sells, and its price range per document in euros.

    ``pattern`` forms its invoice numbers from ``{y}`` (year), ``{yy}`` and ``{n}`` (a growing number). ``per_year``
    makes it bill that often, at even distances.
    """

    role: str
    name: str
    goods: tuple[str, ...]
    low: int
    high: int
    pattern: str = "{n}"
    rate: int = 19
    terms: Terms = NET_14
    card_text: str = ""
    per_year: int = 0

    @property
    def abroad(self) -> bool:
        """Whether it bills from Ireland, where the tax is the buyer's to declare."""
        return self.role in ("foreign", "brand_abroad")


@dataclass(frozen=True, slots=True)
class BankProfile:
    """A bank account: bank, BIC, bank code, camt version and habits of its texts."""

    bank: str
    bic: str
    code: str
    version: str
    dialect: str
    opening: Decimal


@dataclass(frozen=True, slots=True)
class Profile:
    """One company of the demo world.

    ``deals`` says how many deals of each kind happen in a full year; ``prefix`` starts its invoice numbers.
    ``hard`` of a year's deals at least need a person to assign their payments; kinds named in ``never`` do not occur.
    ``salaries`` are the employees with their net wage, ``retainer`` is what one customer gets again and again (text,
    unit, price), ``months_of_oldest`` is how many months of the oldest year are in the books (it began with the
    software then).
    """

    slug: str
    about: str
    name: str
    street: str
    zip: str
    city: str
    user: str
    email: str
    since: tuple[int, int]
    prefix: str
    goods: tuple[tuple[str, str, int, int], ...]
    terms: tuple[Terms, ...]
    banks: tuple[BankProfile, ...]
    supplies: tuple[Supply, ...]
    deals: dict[str, int]
    salaries: tuple[tuple[str, int], ...]
    rent: int
    owner_draw: int
    loan: int = 0
    cash_deposit: int = 0
    months_of_oldest: int = 0
    gross_prices: bool = False
    region: Region = SOUTH
    retainer: tuple[str, str, int] = ("Wartung", "psch.", 100)
    fund: str = "Handwerkskrankenkasse Mitte"
    hard: int = 0
    never: tuple[str, ...] = ()
    companies: int = 10
    people: int = 6
