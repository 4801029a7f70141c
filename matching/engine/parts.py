"""Several bookings for one voucher: instalments, deposits and final payments that the payment items do not show.

The bookings are those of the voucher's party, or of whoever paid with its number before. They must add up exactly. All
sets that do are weighed against each other, against chance, and against what other vouchers make of the same bookings.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from .amounts import money
from .book import Book, Booking, Claim, Slot
from .combination import Group, weigh
from .evidence import Trait
from .kin import NameCache
from .memory import Memory
from .numbers import Hit
from .purpose import batch_size, names_a_part, names_a_prepayment
from .subsets import exact_subsets

_POOL = 14
_MAX_PARTS = 6
_EARLY, _LATE = 120, 400
_COMMON_WORD = 300
_SPLIT = 0.2
_NUMBER, _PART_OF_NUMBER, _WORDED, _NOT_WORDED = 4.0, 2.0, 2.0, -1.0
_BEFORE, _BEFORE_WORDED, _SOON, _LATER = -4.0, -0.5, 1.0, -0.5
_ITEM_DAY, _ITEM_LAST = 1.0, 2.5
_SAME_PARTS = 1.5
_RIVAL = 0.1


@dataclass(frozen=True, slots=True)
class _Part:
    """A booking that may pay a part; `worded`: the text says that it is one."""

    b: Booking
    weight: float
    named: bool
    worded: bool
    traits: tuple[Trait, ...]


class Parts:
    """The vouchers of one client that several bookings pay."""

    def __init__(
        self, book: Book, free: Collection[int], taken: Collection[int], names: NameCache, memory: Memory
    ) -> None:
        """`free`: slots not yet matched; `taken`: bookings matched."""
        self._book = book
        self._free = free
        self._taken = taken
        self._names = names
        self._memory = memory
        self._by_iban: dict[str, list[int]] = defaultdict(list)
        self._by_word: dict[str, list[int]] = defaultdict(list)
        vocabulary = {word for i in free for word in book.claims[book.slots[i].voucher].contact if len(word) > 2}
        for b in book.bookings:
            if b.index not in taken and b.amount > 0:
                if b.t.counterparty_iban:
                    self._by_iban[b.t.counterparty_iban].append(b.index)
                for word in b.words & vocabulary:
                    self._by_word[word].append(b.index)

    def find(self) -> list[Group]:
        """For each voucher up to three sets of bookings, best first; disputed ones are no better than their rival."""
        found = [g for i in sorted(self._free) for g in self._solve(self._book.slots[i])]
        best: dict[int, list[tuple[float, int]]] = defaultdict(list)
        for g in found:
            for slot, booking, _ in g.parts:
                best[booking].append((g.probability, slot))
        return [self._disputed(g, best) for g in found]

    def _disputed(self, g: Group, best: dict[int, list[tuple[float, int]]]) -> Group:
        slot = g.parts[0][0]
        rivals = [p for _, booking, _ in g.parts for p, other in best[booking] if other != slot]
        if not rivals or max(rivals) < _RIVAL:
            return g
        return replace(g, rival_probability=max(g.rival_probability, max(rivals)))

    def _solve(self, slot: Slot) -> list[Group]:
        claim = self._book.claims[slot.voucher]
        if slot.count > 1 or slot.only_set_off or claim.v.date is None:
            return []
        pool = sorted(self._pool(slot, claim), key=lambda p: (-p.weight, p.b.index))[:_POOL]
        if len(pool) < 2:
            return []
        amounts = [p.b.amount for p in pool]
        solutions = exact_subsets(amounts, slot.amount, largest=_MAX_PARTS)
        if not solutions:
            return []
        chance = min(0.5, 2.0 ** len(pool) / sum(amounts))
        base = math.log(_SPLIT / chance)
        ranked = weigh((base + self._weight(slot, [pool[i] for i in s]), s) for s in solutions)
        return [self._group(slot, claim, pool, ranked, place) for place in range(min(3, len(ranked)))]

    def _pool(self, slot: Slot, claim: Claim) -> Iterable[_Part]:
        hits = {
            i: self._book.hits[i][claim.index]
            for i in self._book.hit_by.get(claim.index, ())
            if claim.index in self._book.hits[i]
        }
        near = set(hits)
        for word in claim.contact:
            listed = self._by_word.get(word, ())
            if len(listed) <= _COMMON_WORD:
                near.update(listed)
        payers = {self._book.bookings[i].t.counterparty_iban for i, hit in hits.items() if hit.whole} - {""}
        for iban in sorted(payers):
            near.update(self._by_iban[iban])
        for i in sorted(near):
            b = self._book.bookings[i]
            if self._able(slot, claim, b):
                part = self._part(slot, claim, b, hits.get(i), payers)
                if part is not None:
                    yield part

    def _able(self, slot: Slot, claim: Claim, b: Booking) -> bool:
        day = claim.v.date
        return (
            b.index not in self._taken
            and b.sign == claim.v.direction
            and 0 < b.amount < slot.amount
            and b.t.currency == claim.v.currency
            and b.returned is None
            and not b.no_voucher
            and b.t.counterparty_iban not in self._book.own_accounts
            and batch_size(b.t) is None
            and day is not None
            and -_EARLY <= (b.t.booking_date - day).days <= _LATE
        )

    def _part(self, slot: Slot, claim: Claim, b: Booking, hit: Hit | None, payers: Collection[str]) -> _Part | None:
        whole = hit is not None and hit.whole
        others = any(h.whole for i, h in self._book.hits[b.index].items() if i != claim.index)
        match = self._names.match(claim.contact, b) if claim.contact else None
        known = match is not None and match.level in ("equal", "similar")
        known = known or b.t.counterparty_iban in payers or claim.party in self._memory.facts(b)
        if (others and not whole) or not (known or whole):
            return None
        worded = names_a_part(b.t)
        traits: list[Trait] = []
        weight = _WORDED if worded else _NOT_WORDED
        if worded:
            traits.append(Trait("part_worded", _WORDED, {}))
        if hit is not None and (whole or known):
            gain = _NUMBER if whole else _PART_OF_NUMBER
            traits.append(Trait(hit.code, gain, {"number": claim.v.number}, (hit.field, hit.start, hit.end)))
            weight += gain
        if match is not None and known and match.level in ("equal", "similar"):
            code = "name_equal" if match.level == "equal" else "name_similar"
            shown = {"contact": claim.v.contact, "found": b.t.counterparty or " ".join(match.found)}
            if code == "name_similar":
                shown["similarity"] = f"{match.similarity:.2f}"
            traits.append(Trait(code, match.weight, shown))
        weight += self._day_weight(claim, b, whole)
        return _Part(b, weight, whole, worded, tuple(traits))

    def _day_weight(self, claim: Claim, b: Booking, whole: bool) -> float:
        if claim.v.date is None:
            return 0.0
        lag = (b.t.booking_date - claim.v.date).days
        if lag < -1:
            return _BEFORE_WORDED if names_a_prepayment(b.t) or whole else _BEFORE
        return _SOON if lag <= 120 else _LATER

    def _weight(self, slot: Slot, parts: Sequence[_Part]) -> float:
        weight = sum(p.weight for p in parts)
        amounts = sorted(p.b.amount for p in parts)
        if amounts[-1] - amounts[0] <= len(amounts) or amounts[0] == amounts[-2] or amounts[1] == amounts[-1]:
            weight += _SAME_PARTS
        return weight + self._item_weight(slot, parts)

    def _item_weight(self, slot: Slot, parts: Sequence[_Part]) -> float:
        day = self._book.claims[slot.voucher].v.date
        if slot.due is None or slot.due == day:
            return 0.0
        days = sorted(p.b.t.booking_date for p in parts)
        if abs((slot.due - days[-1]).days) <= 1:
            return _ITEM_LAST
        return _ITEM_DAY if slot.due in days else 0.0

    def _group(
        self,
        slot: Slot,
        claim: Claim,
        pool: Sequence[_Part],
        ranked: Sequence[tuple[float, tuple[int, ...]]],
        place: int,
    ) -> Group:
        probability, solution = ranked[place]
        chosen = sorted((pool[i] for i in solution), key=lambda p: (p.b.t.booking_date, p.b.index))
        params = {"expected": money(slot.amount), "booked": money(slot.amount), "count": str(len(chosen))}
        traits = [(chosen[0].b.index, Trait("sum_equal", 6.0, params))]
        for position, p in enumerate(chosen, 1):
            shown = {"position": str(position), "count": str(len(chosen))}
            traits.append((p.b.index, Trait("instalment", 0.0, shown, supports=True)))
            traits += [(p.b.index, t) for t in p.traits]
        others = [r for i, r in enumerate(ranked) if i != place]
        rival = tuple((slot.index, pool[i].b.index, pool[i].b.amount) for i in others[0][1]) if others else ()
        parts = tuple((slot.index, p.b.index, p.b.amount) for p in chosen)
        grounds = self._grounds(slot, chosen)
        return Group(parts, probability, "partial", grounds, tuple(traits), rival, others[0][0] if others else 0.0)

    def _grounds(self, slot: Slot, chosen: Sequence[_Part]) -> str:
        if all(p.named for p in chosen):
            return "named parts"
        if any(p.worded or p.named for p in chosen):
            return "worded parts"
        return "parts and day" if self._item_weight(slot, chosen) >= _ITEM_LAST else "parts"
