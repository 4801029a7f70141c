"""All evidence about one voucher's payment and one booking: measured first, put into words when it is shown."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import replace
from typing import NamedTuple

from matching.engine.amounts import money as money_text
from matching.engine.book import Book, Booking, Claim, Slot
from matching.engine.kin import NameCache
from matching.engine.memory import Known, Memory
from matching.engine.purpose import paid_otherwise

from .amount import AmountFit, measure_amount
from .day import DayMeasure, measure_day
from .features import OWN_WORDS, Feature, features
from .number import WHOLE, NumberFit, measure_number
from .party import PartyFit, measure_party
from .trait import Trait, balanced

_APART = 10
_MOST_ALIKE = 100
_PAID_BY_BANK = 2.5
_NO_VOUCHER = -4.0
_RETURNED = -16.0
_PAID_OTHERWISE = -3.0
_UNLEARNED: Mapping[Feature, float] = {}


class Repeated(NamedTuple):
    """What another payment of the same voucher with its number says: paid_before, or paid_again."""

    code: str
    weight: float
    day: str


class Measure:
    """A slot and a booking: the grades the policy looks at, raw numbers, and the log odds that they belong together.

    `alone`: whether the same party has other bookings of this amount (once: none, apart: weeks away, no: near).
    `rare`: no other booking and no other voucher of this direction has the amount; where the number has a slip, none of
    the party is enough. `same_amount`: bookings that have
    it. `barred`: never automatic, the booking came back or is of a kind that needs no voucher, or the voucher was paid
    otherwise by its remark.
    `base`: the log odds by the measures alone; `overlap`: what amount and party say both; `weights`: what was learned.
    """

    __slots__ = (
        "alone",
        "amount_fit",
        "barred",
        "base",
        "booking",
        "day_fit",
        "number_fit",
        "overlap",
        "party_fit",
        "rare",
        "remark",
        "repeated",
        "same_amount",
        "score",
        "slot",
        "weights",
    )
    slot: int
    booking: int
    score: float
    base: float
    overlap: float
    number_fit: NumberFit
    amount_fit: AmountFit
    party_fit: PartyFit
    day_fit: DayMeasure
    alone: str
    rare: bool
    remark: str
    barred: bool
    same_amount: int
    weights: Mapping[Feature, float]
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
        other.base += repeated.weight
        other.repeated = repeated
        return other


def measure(book: Book, slot: Slot, b: Booking, names: NameCache, memory: Memory) -> Measure:
    """Measure everything once; nothing is put into words here, for nearly all pairs are never shown."""
    claim = book.claims[slot.voucher]
    m = Measure()
    m.slot, m.booking, m.weights = slot.index, b.index, _UNLEARNED
    m.number_fit = number = measure_number(book, claim, b)
    m.amount_fit = measure_amount(book, slot, claim, b)
    m.day_fit = measure_day(slot, claim, b)
    m.same_amount = book.same_amount(b)
    m.rare = m.same_amount == 1 and book.claims_of(b.sign, claim.total) == 1
    m.repeated = None
    m.remark = paid_otherwise(claim.v.remark) if claim.v.remark else ""
    m.barred = b.returned is not None or (bool(b.no_voucher or m.remark) and number.grade not in WHOLE)
    _add_up(book, m, measure_party(book, claim, b, names, memory), names)
    return m


def is_known(book: Book, slot: Slot, b: Booking, memory: Memory) -> bool:
    """Whether the memory ties a booking to a slot's party."""
    claim = book.claims[slot.voucher]
    like = claim if claim.contact else book.likely_parties.get(claim.index)
    return like is not None and like.party in memory.facts(b)


def learn(book: Book, m: Measure, names: NameCache, memory: Memory) -> None:
    """Measure again what may have changed since the memory knows more: the party."""
    slot, b = book.slots[m.slot], book.bookings[m.booking]
    claim = book.claims[slot.voucher]
    if is_known(book, slot, b, memory) or memory.iban_of_another(claim.party, b):
        _add_up(book, m, measure_party(book, claim, b, names, memory), names)


def _add_up(book: Book, m: Measure, party: PartyFit, names: NameCache) -> None:
    """Complete a measure with its party and add up what its parts say."""
    b = book.bookings[m.booking]
    claim = book.claims[book.slots[m.slot].voucher]
    number, money, day = m.number_fit, m.amount_fit, m.day_fit
    m.party_fit = party
    m.alone, m.overlap = "once", 0.0
    if party.weight > 0 and money.code == "amount_equal":
        others, days = names.others(claim.contact, b) if claim.contact else (0, None)
        if party.known is not None:
            more, nearest = _with_the_same_mark(book, b, party.known)
            others, days = max(others, more), nearest if days is None else days
        m.alone = "once" if days is None else "apart" if days > _APART else "no"
        ceiling = math.log(0.7 * book.total / (others + 0.05))
        m.overlap = min(0.0, ceiling - money.weight - party.weight)
    m.base = _PAID_BY_BANK + money.weight + party.weight + m.overlap + day.weight + number.weight
    m.base += day.document_weight + day.period_weight
    if b.no_voucher and number.grade not in WHOLE:
        m.base += _NO_VOUCHER
    if m.remark:
        m.base += _PAID_OTHERWISE
    if b.returned is not None:
        m.base += _RETURNED
    m.score = m.base


def score(book: Book, m: Measure, weights: Mapping[Feature, float]) -> None:
    """Set the score of a measure by the learned weights of its features, see `model`."""
    slot = book.slots[m.slot]
    m.weights = weights
    m.score = m.base
    for feature in features(slot, book.claims[slot.voucher], book.bookings[m.booking], m):
        m.score += weights.get(feature, 0.0)


def explain(book: Book, m: Measure) -> list[Trait]:
    """What was measured, in reasons whose weights add up to the score less what is expected of any pair."""
    slot = book.slots[m.slot]
    return tell(slot, book.claims[slot.voucher], book.bookings[m.booking], m)


def tell(slot: Slot, claim: Claim, b: Booking, m: Measure) -> list[Trait]:
    """The same without the book: for a slot, its claim and a booking."""
    learned: dict[str, float] = defaultdict(float)
    for feature in features(slot, claim, b, m):
        learned[" ".join(feature[:2]) if feature[:2] in OWN_WORDS else feature[0]] += m.weights.get(feature, 0.0)
    number = m.number_fit.traits(claim) or [Trait("number_missing", m.number_fit.weight, {"number": claim.v.number})]
    party = m.party_fit.traits(claim, b) or [Trait("contact_silent", 0.0, {"contact": claim.v.contact})]
    rarity = _rarity(b, m)
    if not rarity:
        learned["amount"] += learned["rarity"] + m.overlap
    who_and_what = [
        *_weighed(m.amount_fit.traits(claim, b), learned["amount"]),
        *_weighed(party, learned["party"]),
        *_weighed(rarity, learned["rarity"] + m.overlap),
    ]
    day = _weighed(m.day_fit.traits(slot, claim, b, learned), learned["day"])
    beside: list[Trait] = []
    if slot.count > 1:
        beside.append(Trait("instalment", 0.0, {"position": str(slot.position), "count": str(slot.count)}))
    if b.no_voucher and m.number not in WHOLE:
        beside.append(Trait("no_voucher_expected", _NO_VOUCHER, {"found": b.no_voucher}))
    if b.returned is not None:
        beside.append(Trait("returned", _RETURNED, {"date": b.returned.isoformat()}))
    if m.remark:
        beside.append(Trait("paid_otherwise", _PAID_OTHERWISE + learned["remark"], {"found": m.remark}))
    if m.repeated is not None:
        beside.append(Trait(m.repeated.code, m.repeated.weight, {"date": m.repeated.day}))
    return balanced([_weighed(number, learned["number"]), who_and_what, day, beside])


def _weighed(traits: Sequence[Trait], learned: float) -> list[Trait]:
    """The reasons of one part, the first of them with what was learned of the part."""
    if not traits or not learned:
        return list(traits)
    return [replace(traits[0], weight=traits[0].weight + learned), *traits[1:]]


def _with_the_same_mark(book: Book, b: Booking, known: Known) -> tuple[int, int | None]:
    """How many other bookings of the amount show what ties this one to its party, and the days to the nearest."""
    shelf = book.whole.shelf(b.sign, b.amount).rows
    creditor = known.creditor and bool(b.t.creditor_id)
    # A booking is looked at for all vouchers of its party one after the other, and they get the same answer.
    key = b.t.id, len(shelf), known.iban, creditor, known.alias
    if book.alike[0] == key:
        return book.alike[1]
    bookings = book.whole.bookings
    alias = frozenset(known.alias.split())
    count, nearest = 0, None
    for day, index in shelf[:_MOST_ALIKE]:
        other = bookings[index]
        alike = (
            (known.iban and other.t.counterparty_iban == b.t.counterparty_iban)
            or (creditor and other.t.creditor_id == b.t.creditor_id)
            or (alias and alias <= other.words)
        )
        if alike and other.t.id != b.t.id:
            count += 1
            gap = abs(day - b.day)
            nearest = gap if nearest is None or gap < nearest else nearest
    book.alike = key, (count, nearest)
    return count, nearest


def _rarity(b: Booking, m: Measure) -> list[Trait]:
    """How much an equal amount says here."""
    if m.amount != "amount_equal":
        return []
    booked = money_text(b.amount)
    if m.same_amount == 1:
        return [Trait("amount_rare", 0.0, {"booked": booked})]
    return [Trait("amount_common", 0.0, {"booked": booked, "count": str(m.same_amount)})]
