"""Articles and recurring templates: what a company sells, and what it bills again and again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from sandbox.world.money import Line, cents

if TYPE_CHECKING:
    from sandbox.world.model import Contact, Terms

KINDS = ("PRODUCT", "SERVICE")
RATES = (0, 7, 19)


@dataclass(slots=True)
class Article:
    """A product or service with the price that leads: ``net`` or ``gross`` is what was entered, the other follows."""

    id: str
    title: str
    kind: str
    unit: str
    price: Decimal
    leads: str
    rate: int
    created: datetime
    updated: datetime
    number: str | None = None
    gtin: str | None = None
    description: str | None = None
    note: str | None = None
    version: int = 1

    @property
    def net(self) -> Decimal:
        """The price without tax, in euros."""
        return self.price if self.leads == "NET" else cents(self.price * 100 / (100 + self.rate))

    @property
    def gross(self) -> Decimal:
        """The price with tax, in euros."""
        return cents(self.price * (100 + self.rate) / 100) if self.leads == "NET" else self.price


@dataclass(slots=True)
class RecurringTemplate:
    """A template that invoices one customer on a schedule; made in the web application alone."""

    id: str
    settings_id: str
    contact: Contact
    lines: tuple[Line, ...]
    gross_prices: bool
    terms: Terms
    interval: str
    start: date
    end: date | None
    next: date | None
    last: date | None
    finalize: bool
    status: str
    created: datetime
    updated: datetime
    version: int = 1
