"""A balance in every row: checked from row to row, in the order in which the bank writes them."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Final

from integrations.statements.problems import Code, Severity
from integrations.statements.shapes import Balance, Place, ReadError
from integrations.statements.values import decimal_text

MAX_KEPT: Final = 100


class Chain:
    """Follows the balances of an account in both orders, and knows at the end which one it was."""

    def __init__(self, currency: str) -> None:
        self._currency = currency
        self._first: tuple[Decimal, Decimal, date | None] | None = None
        self._last: tuple[Decimal, Decimal, date | None] | None = None
        self._pending = Decimal(0)  # moved since, by rows that say no balance
        self._down: list[ReadError] = []
        self._up: list[ReadError] = []
        self._down_breaks = self._up_breaks = 0

    def see(self, moved: Decimal, balance: Decimal | None, on: date | None, place: Place) -> None:
        """Take a row: what it moved, and the balance after it."""
        if balance is None:
            self._pending += moved
            return
        if self._last is not None:
            before, its_move, _ = self._last
            # oldest first: this balance is the one above and this row; newest first: the other way round
            self._down_breaks += self._check(self._down, before + self._pending + moved, balance, place)
            self._up_breaks += self._check(self._up, before - its_move - self._pending, balance, place)
        else:
            self._first = balance, moved, on
        self._last = balance, moved, on
        self._pending = Decimal(0)

    @property
    def newest_first(self) -> bool:
        """In which order the rows stand: that of the fewer breaks, else of the days."""
        if self._up_breaks != self._down_breaks:
            return self._up_breaks < self._down_breaks
        first, last = self._first, self._last
        return bool(first and last and first[2] and last[2] and first[2] > last[2])

    def problems(self) -> Iterator[ReadError]:
        """Where a balance does not follow from the one before."""
        yield from self._up if self.newest_first else self._down

    def balances(self) -> tuple[Balance | None, Balance | None]:
        """Opening and closing balance; None where the rows say none."""
        if self._first is None or self._last is None:
            return None, None
        old, new = (self._last, self._first) if self.newest_first else (self._first, self._last)
        return (
            Balance("OPBD", old[0] - old[1], self._currency, old[2]),
            Balance("CLBD", new[0], self._currency, new[2]),
        )

    def _check(self, kept: list[ReadError], expected: Decimal, balance: Decimal, place: Place) -> int:
        if expected == balance:
            return 0
        if len(kept) < MAX_KEPT:
            params = {"expected": decimal_text(expected), "balance": decimal_text(balance)}
            kept.append(ReadError(place, Code.BALANCE_CHAIN, params, Severity.WARNING))
        return 1
