"""Amounts and VAT as German bookkeeping computes them: decimals, rounded half up to the cent."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
ZERO = Decimal("0.00")


def cents(value: Decimal | int | str) -> Decimal:
    """Round to whole cents, half up (commercial rounding)."""
    return Decimal(value).quantize(CENT, rounding=ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class TaxShare:
    """The part of a document taxed at one rate: rate in percent, net and tax in euros."""

    rate: int
    net: Decimal
    tax: Decimal

    @property
    def gross(self) -> Decimal:
        """Net plus tax."""
        return self.net + self.tax


@dataclass(frozen=True, slots=True)
class Line:
    """One position of a document; ``price`` is per unit, net or gross as the document's tax type says."""

    text: str
    quantity: Decimal
    unit: str
    price: Decimal
    rate: int

    @property
    def amount(self) -> Decimal:
        """Quantity times price, in whole cents."""
        return cents(self.quantity * self.price)


def tax_shares(lines: Iterable[Line], *, gross: bool) -> tuple[TaxShare, ...]:
    """Sum the lines per tax rate and compute the tax once per rate, highest rate first.

    ``gross`` says that prices include the tax, as on a till receipt; the tax is then taken out of the sum.
    """
    sums: dict[int, Decimal] = {}
    for line in lines:
        sums[line.rate] = sums.get(line.rate, ZERO) + line.amount
    shares = []
    for rate, amount in sorted(sums.items(), reverse=True):
        if gross:
            tax = cents(amount * rate / (100 + rate))
            shares.append(TaxShare(rate, amount - tax, tax))
        else:
            shares.append(TaxShare(rate, amount, cents(amount * rate / 100)))
    return tuple(shares)


def german(value: Decimal) -> str:
    """Write an amount the German way: 1234.5 becomes ``1.234,50``."""
    return f"{cents(value):,.2f}".replace(",", "·").replace(".", ",").replace("·", ".")
