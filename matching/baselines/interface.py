"""What every baseline takes and gives, and the look-ups they share."""

from __future__ import annotations

import unicodedata
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TypeAlias

from matching.engine.types import Transaction, Voucher


@dataclass(frozen=True, slots=True)
class Answer:
    """A baseline's allocation: `amount` is positive, in the transaction's currency; `confidence` is in 0..1.

    `automatic`: the system would book it without a person; otherwise it shows it.
    """

    voucher: str
    transaction: str
    amount: Decimal
    confidence: float
    automatic: bool


Baseline: TypeAlias = Callable[[Sequence[Voucher], Sequence[Transaction]], list[Answer]]
"""A baseline: all vouchers and all transactions of one client, as if every voucher were open."""

Side: TypeAlias = tuple[int, str]
"""Direction of the money (+1 in, -1 out) and currency."""


def cents(amount: Decimal) -> int:
    """An amount without its sign in whole cents."""
    return int(abs(amount) * 100)


def side_of_voucher(v: Voucher) -> Side:
    """Where a voucher's money goes, and in which currency."""
    return v.direction, v.currency


def side_of_transaction(t: Transaction) -> Side:
    """Where a transaction's money goes, and in which currency."""
    return (1 if t.amount > 0 else -1), t.currency


def in_order(transactions: Iterable[Transaction]) -> list[Transaction]:
    """By booking day, as they arrive; rows of one day by id, so that the order of a file does not matter."""
    return sorted(transactions, key=lambda t: (t.booking_date, t.id))


def days_between(voucher: Voucher, transaction: Transaction) -> int | None:
    """Days from the document to the booking, negative where the booking is earlier; None without a date."""
    return (transaction.booking_date - voucher.date).days if voucher.date else None


def fold(text: str) -> str:
    """Lower case, accents and punctuation gone, words one blank apart."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(c if c.isalnum() else " " for c in plain if not unicodedata.combining(c)).split())


def by_age(vouchers: Iterable[Voucher]) -> list[Voucher]:
    """The oldest due date first."""
    return sorted(vouchers, key=lambda v: (v.due_date or v.date or date.max, v.id))


class ByAmount:
    """The vouchers of a client by side and total, for equal amounts and for ranges of them."""

    def __init__(self, vouchers: Iterable[Voucher]) -> None:
        rows: dict[Side, list[tuple[int, str, Voucher]]] = defaultdict(list)
        for v in vouchers:
            rows[side_of_voucher(v)].append((cents(v.total), v.id, v))
        self._rows = {side: sorted(found, key=lambda row: row[:2]) for side, found in rows.items()}
        self._totals = {side: [row[0] for row in found] for side, found in self._rows.items()}

    def between(self, side: Side, low: int, high: int) -> list[Voucher]:
        """Vouchers of a side whose total lies in low..high cents, the smallest first."""
        totals = self._totals.get(side, [])
        part = slice(bisect_left(totals, low), bisect_right(totals, high))
        return [row[2] for row in self._rows.get(side, [])[part]]

    def equal(self, t: Transaction) -> list[Voucher]:
        """Vouchers of the transaction's side and amount."""
        return self.between(side_of_transaction(t), cents(t.amount), cents(t.amount))
