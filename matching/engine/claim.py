"""A voucher, read once, and the payments that it waits for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache

from .amounts import cents
from .numbers import Number
from .text import is_collective_contact, name_words
from .types import BANK_PAYMENTS, CREDIT_NOTES, SET_OFF, Voucher


@dataclass(frozen=True, slots=True)
class Slot:
    """A payment that a voucher waits for: one bank payment item, or the total where no item is known.

    `set_off`: what of the voucher credit notes have settled beside it, as the accounting system has it. A credit note
    that was only set off has a slot too (`only_set_off`): no booking of its own pays it, but it may be part of a set.
    """

    index: int
    voucher: int
    position: int
    count: int
    amount: int
    due: date | None
    item_type: str
    set_off: int = 0

    @property
    def only_set_off(self) -> bool:
        """Whether it is a credit note that another voucher's payment has taken in."""
        return self.item_type == SET_OFF


@lru_cache(maxsize=4096)
def _contact(name: str) -> tuple[str, ...]:
    return () if is_collective_contact(name) else name_words(name)


class Claim:
    """A voucher with everything that is read from it once; amounts in cents, `dunning`: the known dunning costs."""

    __slots__ = ("contact", "dunning", "index", "number", "party", "slots", "total", "v")

    def __init__(self, index: int, v: Voucher) -> None:
        self.index = index
        self.v = v
        self.total = abs(cents(v.total))
        self.dunning = cents(sum((p.amount for p in v.payments if p.type == "dunningCosts"), Decimal(0)))
        self.number = Number(v.number)
        self.contact: tuple[str, ...] = _contact(v.contact)
        self.party = self.contact
        self.slots: list[Slot] = []

    def open_slots(self, used: Iterable[int], first: int) -> list[Slot]:
        """The payments it still waits for when those in `used` (cents) are settled; numbered from `first`."""
        v = self.v
        items = [p for p in v.payments if p.type in BANK_PAYMENTS and p.amount > 0]
        set_off = [p for p in v.payments if p.type == SET_OFF and p.amount > 0]
        if not items and v.type in CREDIT_NOTES and len(set_off) == len(v.payments):
            items = set_off
        if v.payments and not items:
            return []
        expected = [(cents(p.amount), p.date, p.type) for p in items] or [(self.total, None, "")]
        settled = sorted(used)
        if settled:
            if sum(settled) * 100 >= sum(e[0] for e in expected) * 94:
                return []
            for amount in settled:
                gone = next((e for e in expected if e[0] == amount), None)
                if gone is None:
                    return []
                expected.remove(gone)
        expected.sort(key=lambda e: (e[1] or date.min, e[0], e[2]))
        beside = sum(cents(p.amount) for p in set_off) if len(expected) == 1 and items != set_off else 0
        return [
            Slot(first + place, self.index, place + 1, len(expected), amount, due, item_type, beside)
            for place, (amount, due, item_type) in enumerate(expected)
        ]
