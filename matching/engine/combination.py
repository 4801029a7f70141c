"""One booking for several vouchers, credit notes set off.

A set must add up exactly. All sets that do are found, within bounds; they are weighed against each other and
against chance, so two equally good sets leave both at a half.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from .amounts import money
from .book import Book, Booking, Claim, Slot
from .discounted import Discounted, discounted
from .evidence import Trait
from .evidence.day import fit_day
from .kin import NameCache
from .lists import NumberLine
from .memory import Memory
from .numbers import Hit
from .purpose import batch_size, names_several
from .subsets import exact_subsets

_POOL = 20
_EARLY, _LATE = 15, 200
_MEMBER = 2.0
"""What each member costs: a larger set must be borne by what speaks for its members."""
_UNNAMED = -4.0


@dataclass(frozen=True, slots=True)
class Group:
    """A set that adds up: (slot, booking, cents) for each part, with its probability."""

    parts: tuple[tuple[int, int, int], ...]
    probability: float
    kind: str
    grounds: str
    traits: tuple[tuple[int, Trait], ...]
    rival: tuple[tuple[int, int, int], ...] = ()
    rival_probability: float = 0.0


def weigh(scored: Iterable[tuple[float, tuple[int, ...]]]) -> list[tuple[float, tuple[int, ...]]]:
    """Turn log odds of rival solutions into probabilities, best first; none of them counts 1."""
    bounded = sorted(((min(30.0, score), solution) for score, solution in scored), key=lambda s: (-s[0], s[1]))
    total = 1.0 + sum(math.exp(score) for score, _ in bounded)
    return [(math.exp(score) / total, solution) for score, solution in bounded]


@dataclass(frozen=True, slots=True)
class _Member:
    """A voucher's payment in a set; `amount` is negative where it counts against the booking."""

    slot: Slot
    amount: int
    weight: float
    named: bool
    dated: bool
    traits: tuple[Trait, ...]


class Combiner:
    """Finds sets among the slots and bookings that single matches have left."""

    def __init__(self, book: Book, names: NameCache, memory: Memory, free_slots: Collection[int]) -> None:
        self._book = book
        self._names = names
        self._memory = memory
        self._free = [s for s in book.slots if s.index in free_slots]
        self._free_ids = {s.index for s in self._free}
        self._line = NumberLine(book)
        self._by_contact: dict[tuple[str, ...], list[Slot]] = defaultdict(list)
        self._by_party: dict[tuple[str, ...], list[Slot]] = defaultdict(list)
        self._by_word: dict[str, set[tuple[str, ...]]] = defaultdict(set)
        for slot in self._free:
            contact = book.claims[slot.voucher].contact
            self._by_contact[contact].append(slot)
            self._by_party[book.claims[slot.voucher].party].append(slot)
            for word in contact:
                self._by_word[word].add(contact)

    def collective(self, b: Booking) -> list[Group]:
        """Sets of vouchers that one booking pays, best first; at most three."""
        if b.amount <= 0 or b.returned is not None or b.t.counterparty_iban in self._book.own_accounts:
            return []
        if b.no_voucher and batch_size(b.t) is None:
            return []
        members, grounds = self._party_members(b)
        groups: list[Group] = []
        if any(m.named and m.amount < 0 for m in members):
            groups = self._solve(b, _gross(members), grounds)
        if not groups:
            groups = self._solve(b, [m for m in members if not m.slot.only_set_off], grounds)
        if not groups and grounds == "named":
            groups = self._less_discount(b, [m for m in members if m.named])
        return groups

    def _less_discount(self, b: Booking, members: Sequence[_Member]) -> list[Group]:
        """The named vouchers as a whole, less a discount on some of them."""
        ways = discounted([m.amount for m in members], b.amount)
        named = sum(m.weight for m in members)
        ranked = weigh((way.weight + named, (place,)) for place, way in enumerate(ways))
        groups = []
        for place, (probability, (index,)) in enumerate(ranked[:3]):
            way = ways[index]
            rest = [r for i, r in enumerate(ranked) if i != place]
            total = {"expected": money(sum(way.amounts)), "booked": money(b.amount), "count": str(len(members))}
            traits = [(b.index, Trait("sum_equal", 6.0, total))]
            for i, m in enumerate(members):
                traits += [(b.index, t) for t in m.traits]
                if i in way.reduced:
                    words = {"expected": money(m.amount), "booked": money(way.amounts[i]), "percent": f"{way.percent}"}
                    traits.append((b.index, Trait("amount_less_discount", 0.0, words)))
            rival = _shares(b, members, ways[rest[0][1][0]]) if rest else ()
            behind = rest[0][0] if rest else 0.0
            parts = _shares(b, members, way)
            groups.append(Group(parts, probability, "collective", "named, discount", tuple(traits), rival, behind))
        return groups

    def _party_members(self, b: Booking) -> tuple[list[_Member], str]:
        """Vouchers named in the text, and those of the party that the booking or they name."""
        hits = {i: h for i, h in self._book.hits[b.index].items() if self._free_slot(i)}
        whole = {i for i, h in hits.items() if h.whole}
        contacts = {self._book.claims[i].contact for i in whole}
        seen: set[tuple[str, ...]] = set()
        for word in sorted(b.words):
            if len(word) > 2 and self._book.words.count(word) < 400:
                seen |= self._by_word.get(word, set())
        for contact in sorted(seen):
            known = contact and self._names.match(contact, b).level in ("equal", "similar")
            if known:
                contacts.add(contact)
        kin = {s.voucher for c in contacts if c for s in self._by_contact[c]}
        for party, facts in self._memory.facts(b).items():
            if facts.iban:
                kin |= {s.voucher for s in self._by_party.get(party, ())}
        named = self._apart({i: h for i, h in hits.items() if i in whole or i in kin}, b)
        for index, hit in self._line.listed(self._book, b, kin | whole).items():
            named.setdefault(index, hit)
        members = [m for i in sorted(kin | set(named)) for m in self._members(i, b, named.get(i), bool(named))]
        return members, "named" if named else "party"

    def _apart(self, named: dict[int, Hit], b: Booking) -> dict[int, Hit]:
        """Without credit notes whose number stands nowhere but where that of an invoice does."""
        direction = {i: self._book.claims[i].v.direction for i in named}
        taken = {(h.field, h.start, h.end) for i, h in named.items() if direction[i] == b.sign}
        return {i: h for i, h in named.items() if direction[i] == b.sign or (h.field, h.start, h.end) not in taken}

    def _free_slot(self, claim: int) -> bool:
        return any(s.index in self._free_ids for s in self._book.claims[claim].slots)

    def _members(self, index: int, b: Booking, hit: Hit | None, others_named: bool) -> Iterable[_Member]:
        claim = self._book.claims[index]
        if claim.v.currency != b.t.currency:
            return
        for slot in claim.slots:
            if slot.only_set_off and (hit is None or claim.v.direction == b.sign):
                continue
            if slot.index in self._free_ids and self._in_time(claim, b):
                yield self._member(slot, claim, b, hit, others_named)

    def _in_time(self, claim: Claim, b: Booking) -> bool:
        if claim.v.date is None:
            return True
        return -_EARLY <= (b.t.booking_date - claim.v.date).days <= _LATE

    def _member(self, slot: Slot, claim: Claim, b: Booking, hit: Hit | None, others_named: bool) -> _Member:
        day = fit_day(slot, claim, b)
        traits = list(day.traits)
        weight = sum(t.weight for t in day.traits) - _MEMBER
        if hit is not None:
            params = {"number": claim.v.number}
            traits.insert(0, Trait(hit.code, hit.weight, params, (hit.field, hit.start, hit.end)))
            weight += hit.weight
        elif others_named:
            weight += _UNNAMED
        amount = slot.amount if claim.v.direction == b.sign else -slot.amount
        return _Member(slot, amount, weight, hit is not None, day.grade == "equal", tuple(traits))

    def _solve(self, b: Booking, members: Sequence[_Member], grounds: str) -> list[Group]:
        if len(members) < 2 or sum(m.amount for m in members if m.amount > 0) < b.amount:
            return []
        whole = sorted((m for m in members if m.named), key=lambda m: m.slot.index)
        rest = sorted((m for m in members if not m.named), key=lambda m: (-m.weight, m.slot.index))
        pool = [*whole, *rest[: max(0, _POOL - len(whole))]]
        solutions = None
        if len(whole) > 1 and sum(m.amount for m in whole) == b.amount:
            solutions = [tuple(range(len(whole)))]
        elif len(whole) <= _POOL:
            solutions = exact_subsets([m.amount for m in pool], b.amount)
        dated = [i for i, m in enumerate(pool) if m.dated]
        if solutions is None and len(dated) > 1 and sum(pool[i].amount for i in dated) == b.amount:
            solutions = [tuple(dated)]
        if not solutions:
            return []
        chance = min(0.5, 2.0 ** min(len(pool), 40) / max(1, sum(abs(m.amount) for m in pool)))
        base = math.log(0.5 / chance)
        scored: list[tuple[float, tuple[int, ...]]] = []
        for solution in solutions:
            score = base + sum(pool[i].weight for i in solution)
            score -= sum(max(0.0, pool[i].weight) for i in range(len(pool)) if i not in set(solution))
            scored.append((score, solution))
        ranked = weigh(scored)
        return [self._group(b, pool, ranked, i, grounds) for i in range(min(3, len(ranked)))]

    def _group(
        self,
        b: Booking,
        pool: Sequence[_Member],
        ranked: Sequence[tuple[float, tuple[int, ...]]],
        place: int,
        grounds: str,
    ) -> Group:
        probability, solution = ranked[place]
        members = [pool[i] for i in solution]
        if grounds == "named" and not all(m.named for m in members):
            grounds = "partly named"
        if grounds == "party" and all(m.dated for m in members):
            grounds = "party and day"
        if grounds == "party" and (names_several(b.t) or 2 * sum(m.dated for m in members) >= len(members)):
            grounds = "party, several"
        rivals = [r for i, r in enumerate(ranked) if i != place]
        rival = tuple((pool[i].slot.index, b.index, abs(pool[i].amount)) for i in rivals[0][1]) if rivals else ()
        netted = any(m.amount < 0 for m in members)
        total = {
            "expected": money(sum(m.amount for m in members)),
            "booked": money(b.amount),
            "count": str(len(members)),
        }
        traits = [(b.index, Trait("sum_equal", 6.0, total))]
        traits += [(b.index, t) for m in members for t in m.traits]
        parts = tuple((m.slot.index, b.index, abs(m.amount)) for m in members)
        return Group(
            parts, probability, "netted" if netted else "collective", grounds, tuple(traits), rival,
            rivals[0][0] if rivals else 0.0,
        )  # fmt: skip


def _shares(b: Booking, members: Sequence[_Member], way: Discounted) -> tuple[tuple[int, int, int], ...]:
    return tuple((m.slot.index, b.index, amount) for m, amount in zip(members, way.amounts, strict=True))


def _gross(members: Sequence[_Member]) -> list[_Member]:
    """The members as they are where their credit notes are part of the same payment: invoices with their totals."""
    return [replace(m, amount=m.amount + m.slot.set_off) if m.amount > 0 else m for m in members]
