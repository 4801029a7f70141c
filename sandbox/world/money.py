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
    """One position of a document; ``price`` is per unit, net or gross as the document's tax type says.

    ``discount`` is in percent. ``tax`` is what somebody booked as the tax of this position, None where it is computed;
    ``category`` is the id of the posting category it was booked to, empty where the document has one for all.
    """

    text: str
    quantity: Decimal
    unit: str
    price: Decimal
    rate: int
    discount: Decimal = ZERO
    tax: Decimal | None = None
    category: str = ""

    @property
    def amount(self) -> Decimal:
        """Quantity times price less the discount, in whole cents."""
        if self.discount:
            return cents(self.quantity * self.price * (100 - self.discount) / 100)
        return cents(self.quantity * self.price)


def tax_shares(lines: Iterable[Line], *, gross: bool) -> tuple[TaxShare, ...]:
    """Sum the lines per tax rate and compute the tax once per rate, highest rate first.

    ``gross`` says that prices include the tax, as on a till receipt; the tax is then taken out of the sum. Where every
    line of a rate has its booked tax, their sum counts instead.
    """
    sums: dict[int, Decimal] = {}
    booked: dict[int, Decimal | None] = {}
    for line in lines:
        before = booked.get(line.rate, ZERO)
        booked[line.rate] = None if before is None or line.tax is None else before + line.tax
        sums[line.rate] = sums.get(line.rate, ZERO) + line.amount
    shares = []
    for rate, amount in sorted(sums.items(), reverse=True):
        tax = booked[rate]
        if tax is None:
            tax = cents(amount * rate / (100 + rate if gross else 100))
        shares.append(TaxShare(rate, amount - tax if gross else amount, tax))
    return tuple(shares)


def german(value: Decimal) -> str:
    """Write an amount the German way: 1234.5 becomes ``1.234,50``."""
    return f"{cents(value):,.2f}".replace(",", "·").replace(".", ",").replace("·", ".")
