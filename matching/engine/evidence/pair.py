"""All evidence about one voucher's payment and one booking, added up."""

from __future__ import annotations

import math
from dataclasses import dataclass

from ..book import Book, Booking, Slot
from ..memory import Memory
from ..purpose import no_voucher_word
from .amount import fit
from .day import fit_day
from .number import no_number_weight, number_trait
from .party import NameCache, fit_party
from .trait import Trait

_PAID_BY_BANK = 2.5
_NO_VOUCHER = -4.0
_RETURNED = -9.0


@dataclass(frozen=True, slots=True)
class Pair:
    """A slot and a booking with the log odds that they belong together, and the grades the policy looks at."""

    slot: int
    booking: int
    score: float
    settles: int
    traits: tuple[Trait, ...]
    number: str
    amount: str
    amount_usual: bool
    party: str
    day: str
    same_kind: int


def examine(book: Book, slot: Slot, b: Booking, names: NameCache, memory: Memory) -> Pair:
    """Collect the evidence. `same_kind`: bookings of the same amount by the same party, this one included."""
    claim = book.claims[slot.voucher]
    number, number_grade = number_trait(book, claim, b)
    money = fit(book, slot, b)
    day = fit_day(slot, claim, b)
    party = fit_party(claim, b, names, memory)
    amount_weight = sum(t.weight for t in money.traits)
    same_kind = 1
    if party.weight > 0 and money.code == "amount_equal":
        same_kind = _same_kind(book, claim.contact, b, names)
        ceiling = math.log(0.7 * len(book.bookings) / (same_kind - 1 + 0.05))
        together = min(amount_weight + party.weight, ceiling)
    else:
        together = amount_weight + party.weight
    score = _PAID_BY_BANK + together + sum(t.weight for t in day.traits)
    score += number.weight if number else no_number_weight()
    traits = [*([number] if number else []), *money.traits, *party.traits, *day.traits]
    word = no_voucher_word(b.t)
    if word and number_grade != "strong":
        score += _NO_VOUCHER
        traits.append(Trait("no_voucher_expected", _NO_VOUCHER, {"found": word}))
    if b.returned is not None:
        score += _RETURNED
        traits.append(Trait("returned", _RETURNED, {"date": b.returned.isoformat()}))
    return Pair(
        slot.index, b.index, score, money.settles, tuple(traits), number_grade, money.code, money.usual,
        party.grade, day.grade, same_kind,
    )  # fmt: skip


def _same_kind(book: Book, contact: tuple[str, ...], b: Booking, names: NameCache) -> int:
    """Bookings of the same amount and direction in which the same contact is named."""
    others = book.by_amount[(b.sign, b.amount)]
    if len(others) == 1:
        return 1
    return max(1, sum(names.match(contact, book.bookings[i]).level in ("equal", "similar") for i in others))
