"""All evidence about one voucher's payment and one booking: measured first, put into words when it is shown."""

from __future__ import annotations

import math
from copy import copy
from typing import NamedTuple

from matching.engine.amounts import money as money_text
from matching.engine.book import Book, Booking, Slot
from matching.engine.memory import Memory

from .amount import AmountFit, measure_amount
from .day import DayMeasure, measure_day
from .number import WHOLE, NumberFit, measure_number
from .party import NameCache, PartyFit, measure_party
from .trait import Trait

_APART = 10
_PAID_BY_BANK = 2.5
_NO_VOUCHER = -4.0
_RETURNED = -16.0


class Repeated(NamedTuple):
    """What another payment of the same voucher with its number says: paid_before, or paid_again."""

    code: str
    weight: float
    day: str


class Measure:
    """A slot and a booking: the grades the policy looks at, raw numbers, and the log odds that they belong together.

    `alone`: whether the same party has other bookings of this amount (once: none, apart: weeks away, no: near).
    `rare`: no other booking and no other voucher of this direction has the amount. `same_amount`: bookings that have
    it. `barred`: never automatic, the booking came back or is of a kind that needs no voucher.
    """

    __slots__ = (
        "alone",
        "amount_fit",
        "barred",
        "booking",
        "day_fit",
        "number_fit",
        "party_fit",
        "rare",
        "repeated",
        "same_amount",
        "score",
        "slot",
    )
    slot: int
    booking: int
    score: float
    number_fit: NumberFit
    amount_fit: AmountFit
    party_fit: PartyFit
    day_fit: DayMeasure
    alone: str
    rare: bool
    barred: bool
    same_amount: int
    repeated: Repeated | None

    @property
    def number(self) -> str:
        """The grade of the number: only, strong, weak, typo, cut, none, against."""
        return self.number_fit.grade

    @property
    def amount(self) -> str:
        """The evidence code of the amount."""
        return self.amount_fit.code

    @property
    def amount_usual(self) -> bool:
        """Whether the amount is equal or its difference a usual one."""
        return self.amount_fit.usual

    @property
    def party(self) -> str:
        """The grade of the party: known, similar, partly, silent, differs, stranger."""
        return self.party_fit.grade

    @property
    def day(self) -> str:
        """The grade of the day: equal, near, plausible, far."""
        return self.day_fit.grade

    @property
    def settles(self) -> int:
        """The cents of the booking that settle the voucher."""
        return self.amount_fit.settles

    def with_repeated(self, repeated: Repeated) -> Measure:
        """The same measure with what another payment of the voucher says."""
        other = copy(self)
        other.score += repeated.weight
        other.repeated = repeated
        return other


def measure(book: Book, slot: Slot, b: Booking, names: NameCache, memory: Memory) -> Measure:
    """Measure everything once; nothing is put into words here, for nearly all pairs are never shown."""
    claim = book.claims[slot.voucher]
    m = Measure()
    m.slot, m.booking = slot.index, b.index
    m.number_fit = number = measure_number(book, claim, b)
    m.amount_fit = money = measure_amount(book, slot, claim, b)
    m.day_fit = day = measure_day(slot, claim, b)
    m.party_fit = party = measure_party(claim, b, names, memory)
    together = money.weight + party.weight
    m.alone = "once"
    same = book.by_amount[(b.sign, b.amount)]
    if party.weight > 0 and money.code == "amount_equal":
        others = _same_kind(book, same, claim.contact, b, names)
        m.alone = _alone(book, b, others)
        together = min(together, math.log(0.7 * len(book.bookings) / (len(others) + 0.05)))
    m.score = _PAID_BY_BANK + together + day.weight + day.document_weight + number.weight
    needless = bool(b.no_voucher) and number.grade not in WHOLE
    if needless:
        m.score += _NO_VOUCHER
    if b.returned is not None:
        m.score += _RETURNED
    m.same_amount = len(same)
    m.rare = len(same) == 1 and book.claims_of(b.sign, claim.total) == 1
    m.barred = b.returned is not None or needless
    m.repeated = None
    return m


def explain(book: Book, m: Measure) -> list[Trait]:
    """What was measured, in reasons with their weights."""
    slot, b = book.slots[m.slot], book.bookings[m.booking]
    claim = book.claims[slot.voucher]
    traits = [
        *m.number_fit.traits(claim),
        *m.amount_fit.traits(claim, b),
        *m.party_fit.traits(claim, b),
        *m.day_fit.traits(slot, claim, b),
        *_remarks(slot, b, m),
    ]
    if b.no_voucher and m.number not in WHOLE:
        traits.append(Trait("no_voucher_expected", _NO_VOUCHER, {"found": b.no_voucher}))
    if b.returned is not None:
        traits.append(Trait("returned", _RETURNED, {"date": b.returned.isoformat()}))
    if m.repeated is not None:
        traits.append(Trait(m.repeated.code, m.repeated.weight, {"date": m.repeated.day}))
    return traits


def _remarks(slot: Slot, b: Booking, m: Measure) -> list[Trait]:
    """What helps a reader but is weighed elsewhere already."""
    found = []
    if slot.count > 1:
        params = {"position": str(slot.position), "count": str(slot.count)}
        found.append(Trait("instalment", 0.0, params, supports=True))
    if m.amount == "amount_equal":
        booked = money_text(b.amount)
        if m.same_amount == 1:
            found.append(Trait("amount_rare", 0.0, {"booked": booked}, supports=True))
        elif m.same_amount > 2:
            found.append(Trait("amount_common", 0.0, {"booked": booked, "count": str(m.same_amount)}, supports=False))
    return found


def _same_kind(book: Book, same: list[int], contact: tuple[str, ...], b: Booking, names: NameCache) -> list[int]:
    """Other bookings of the same amount and direction in which the same contact is named."""
    return [i for i in same if i != b.index and names.match(contact, book.bookings[i]).level in ("equal", "similar")]


def _alone(book: Book, b: Booking, others: list[int]) -> str:
    if not others:
        return "once"
    days = (abs((book.bookings[i].t.booking_date - b.t.booking_date).days) for i in others)
    return "apart" if min(days) > _APART else "no"
