"""All evidence about one voucher's payment and one booking, added up."""

from __future__ import annotations

import math
from dataclasses import dataclass

from matching.engine.amounts import money as money_text
from matching.engine.book import Book, Booking, Slot
from matching.engine.memory import Memory

from .amount import fit
from .day import fit_day
from .number import WHOLE, no_number_weight, number_trait
from .party import NameCache, fit_party
from .trait import Trait

_APART = 10
_PAID_BY_BANK = 2.5
_NO_VOUCHER = -4.0
_RETURNED = -16.0


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
    alone: str
    rare: bool
    """No other booking and no other voucher of this direction has the amount."""
    barred: bool
    """Never automatic: the booking came back, or it is of a kind that needs no voucher."""


def examine(book: Book, slot: Slot, b: Booking, names: NameCache, memory: Memory) -> Pair:
    """Collect the evidence. `alone`: whether the same party has other bookings of this amount (once, apart, no)."""
    claim = book.claims[slot.voucher]
    number, number_grade = number_trait(book, claim, b)
    money = fit(book, slot, b)
    day = fit_day(slot, claim, b)
    party = fit_party(claim, b, names, memory)
    amount_weight = sum(t.weight for t in money.traits)
    alone = "once"
    if party.weight > 0 and money.code == "amount_equal":
        others = _same_kind(book, claim.contact, b, names)
        alone = _alone(book, b, others)
        ceiling = math.log(0.7 * len(book.bookings) / (len(others) + 0.05))
        together = min(amount_weight + party.weight, ceiling)
    else:
        together = amount_weight + party.weight
    score = _PAID_BY_BANK + together + sum(t.weight for t in day.traits)
    score += number.weight if number else no_number_weight()
    traits = [*([number] if number else []), *money.traits, *party.traits, *day.traits]
    traits += _remarks(book, slot, b, money.code)
    word = b.no_voucher
    if word and number_grade not in WHOLE:
        score += _NO_VOUCHER
        traits.append(Trait("no_voucher_expected", _NO_VOUCHER, {"found": word}))
    if b.returned is not None:
        score += _RETURNED
        traits.append(Trait("returned", _RETURNED, {"date": b.returned.isoformat()}))
    return Pair(
        slot=slot.index,
        booking=b.index,
        score=score,
        settles=money.settles,
        traits=tuple(traits),
        number=number_grade,
        amount=money.code,
        amount_usual=money.usual,
        party=party.grade,
        day=day.grade,
        alone=alone,
        rare=len(book.by_amount[(b.sign, b.amount)]) == 1 and book.claims_of(b.sign, claim.total) == 1,
        barred=b.returned is not None or bool(b.no_voucher and number_grade not in WHOLE),
    )


def _remarks(book: Book, slot: Slot, b: Booking, amount: str) -> list[Trait]:
    """What helps a reader but is weighed elsewhere already."""
    found = []
    if slot.count > 1:
        params = {"position": str(slot.position), "count": str(slot.count)}
        found.append(Trait("instalment", 0.0, params, supports=True))
    if amount == "amount_equal":
        count = len(book.by_amount[(b.sign, b.amount)])
        booked = money_text(b.amount)
        if count == 1:
            found.append(Trait("amount_rare", 0.0, {"booked": booked}, supports=True))
        elif count > 2:
            found.append(Trait("amount_common", 0.0, {"booked": booked, "count": str(count)}, supports=False))
    return found


def _same_kind(book: Book, contact: tuple[str, ...], b: Booking, names: NameCache) -> list[int]:
    """Other bookings of the same amount and direction in which the same contact is named."""
    same = book.by_amount[(b.sign, b.amount)]
    return [i for i in same if i != b.index and names.match(contact, book.bookings[i]).level in ("equal", "similar")]


def _alone(book: Book, b: Booking, others: list[int]) -> str:
    if not others:
        return "once"
    days = (abs((book.bookings[i].t.booking_date - b.t.booking_date).days) for i in others)
    return "apart" if min(days) > _APART else "no"
