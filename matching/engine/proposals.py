"""From chosen edges and sets to proposals with their reasons."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal

from .book import Book, Booking, Claim, Slot
from .components import Edge
from .decide import Choice
from .evidence import Measure, tell
from .graph import Graph
from .policy import SUGGEST_FROM, certainty
from .reluctance import why_not, why_not_set
from .sets import ChosenGroup
from .types import Allocation, Evidence, Permission, Proposal, Reasons, RunnerUp

_ALTERNATIVES = 2


class Writer:
    """Writes the proposals of a run: for each voucher the best, then up to two alternatives."""

    def __init__(self, book: Book, graph: Graph, chosen: Mapping[Edge, Choice], groups: Sequence[ChosenGroup]) -> None:
        self._book = book
        self._graph = graph
        self._chosen = chosen
        self._groups = groups
        self._by_slot, self._by_booking = graph.by_slot(), graph.by_booking()

    def write(self) -> list[Proposal]:
        """All proposals, ordered by voucher, automatic ones first, then by probability."""
        written = self._sets()
        for claim_index in range(len(self._book.claims)):
            written += self._singles(claim_index)
        return sorted(written, key=order)

    def _sets(self) -> list[Proposal]:
        """Automatic sets, and for each voucher up to three others."""
        self._in_set: dict[int, float] = {}
        self._covered: dict[int, set[int]] = defaultdict(set)
        shown: dict[int, int] = defaultdict(int)
        written = []
        booked = {s for g in self._groups if g.automatic for s, _, _ in g.group.parts}
        booked |= {e[0] for e in self._chosen}
        for entry in self._groups:
            slots = {s for s, _, _ in entry.group.parts}
            if not entry.automatic and (slots & booked or any(shown[s] > _ALTERNATIVES for s in slots)):
                continue
            for slot, booking, _ in entry.group.parts:
                shown[slot] += 1
                self._covered[slot].add(booking)
                if entry.automatic:
                    self._in_set[slot] = 1.0
                self._in_set[slot] = max(self._in_set.get(slot, 0.0), entry.group.probability)
            written.append(self._set_proposal(entry))
        return written

    def _singles(self, claim_index: int) -> list[Proposal]:
        claim = self._book.claims[claim_index]
        edges = [e for s in claim.slots for e in self._by_slot.get(s.index, ())]
        automatic = [self._chosen[e] for e in edges if e in self._chosen]
        written = [self._single_proposal(automatic)] if automatic else []
        settled = {c.edge[0] for c in automatic}
        settled |= {s.index for s in claim.slots if self._in_set.get(s.index) == 1.0}
        seen = {c.edge[1] for c in automatic}.union(*(self._covered[s.index] for s in claim.slots))
        waiting = len(claim.slots) - len(settled)
        edges.sort(key=lambda e: (e[0] in settled, -self._graph.probability[e], -self._graph.pairs[e].score, e))
        room = waiting + _ALTERNATIVES
        for edge in edges:
            probability = self._graph.probability[edge]
            too_weak = probability < SUGGEST_FROM and (room < waiting + _ALTERNATIVES or settled)
            if room <= 0 or edge[1] in seen or edge in self._chosen or too_weak:
                continue
            seen.add(edge[1])
            room -= 1
            # What a set explains better cannot be the single match as well.
            certain = certainty(self._graph.pairs[edge], probability, self._graph.model)
            left = certain * max(0.0, 1.0 - self._in_set.get(edge[0], 0.0))
            written.append(self._single_proposal([Choice(edge, left, False, False)]))
        return written

    def _single_proposal(self, choices: Sequence[Choice]) -> Proposal:
        told = _Told(tuple(self._part(c.edge) for c in choices), tuple(c.interchangeable for c in choices))
        taken = {c.edge for c in choices}
        around = {e for c in choices for e in (*self._by_slot.get(c.edge[0], ()), *self._by_booking.get(c.edge[1], ()))}
        best = min(around - taken, key=lambda e: (-self._graph.probability[e], e), default=None)
        runner = None
        if best is not None:
            probability = self._graph.probability[best]
            other = _Told((self._part(best),))
            runner = RunnerUp((self._allocation(best),), round(probability, 6), Reasons(other))
            if probability >= SUGGEST_FROM:
                told.other, told.other_probability = self._part(best), probability
        if not choices[0].automatic:
            edge = choices[0].edge
            sure = min(self._graph.probability[edge], self._graph.strict[edge])
            pair, model = self._graph.pairs[edge], self._graph.model
            told.reluctance = why_not(pair, certainty(pair, sure, model), model)
        return Proposal(
            tuple(self._allocation(c.edge) for c in choices),
            round(min(c.probability for c in choices), 6),
            Permission.AUTOMATIC if choices[0].automatic else Permission.SUGGEST,
            Reasons(told),
            runner,
            "partial" if self._book.slots[choices[0].edge[0]].count > 1 else "single",
        )

    def _set_proposal(self, entry: ChosenGroup) -> Proposal:
        group = entry.group
        runner = None
        if group.rival:
            allocations = self._part_allocations(group.rival)
            runner = RunnerUp(allocations, round(group.rival_probability, 6), ())
        evidence = [trait.evidence(self._book.bookings[b].t) for b, trait in group.traits]
        if not entry.automatic:
            evidence += why_not_set(group.grounds, group.probability, group.rival_probability)
        return Proposal(
            self._part_allocations(group.parts),
            round(group.probability, 6),
            Permission.AUTOMATIC if entry.automatic else Permission.SUGGEST,
            tuple(evidence),
            runner,
            group.kind,
        )

    def _part_allocations(self, parts: Sequence[tuple[int, int, int]]) -> tuple[Allocation, ...]:
        return tuple(self._allocate(s, b, cents) for s, b, cents in parts)

    def _allocation(self, edge: Edge) -> Allocation:
        return self._allocate(edge[0], edge[1], self._graph.pairs[edge].settles)

    def _allocate(self, slot: int, booking: int, cents: int) -> Allocation:
        voucher = self._book.claims[self._book.slots[slot].voucher].v.id
        return Allocation(voucher, self._book.bookings[booking].t.id, (Decimal(cents) / 100).quantize(Decimal("0.01")))

    def _part(self, edge: Edge) -> _Part:
        slot = self._book.slots[edge[0]]
        return slot, self._book.claims[slot.voucher], self._book.bookings[edge[1]], self._graph.pairs[edge]


_Part = tuple[Slot, Claim, Booking, Measure]


class _Told:
    """The reasons of a proposal for one voucher, from what was measured."""

    __slots__ = ("_interchangeable", "_parts", "other", "other_probability", "reluctance")

    def __init__(self, parts: tuple[_Part, ...], interchangeable: tuple[bool, ...] = ()) -> None:
        self._parts, self._interchangeable = parts, interchangeable
        self.other: _Part | None = None
        self.other_probability = 0.0
        self.reluctance: Sequence[Evidence] = ()

    def __call__(self) -> list[Evidence]:
        found: list[Evidence] = []
        for place, (slot, claim, b, measure) in enumerate(self._parts):
            found += [trait.evidence(b.t) for trait in tell(slot, claim, b, measure)]
            if self._interchangeable and self._interchangeable[place]:
                found.append(Evidence("interchangeable", True, 0.0, {}))
        if self.other is not None:
            _, claim, b, _ = self.other
            params = {"voucher": claim.v.id, "transaction": b.t.id, "probability": f"{self.other_probability:.4f}"}
            found.append(Evidence("other_candidate", False, 0.0, params))
        return [*found, *self.reluctance]


def order(p: Proposal) -> tuple[str, int, float, tuple[tuple[str, str], ...]]:
    """By voucher, automatic ones first, then by probability."""
    pairs = tuple((a.voucher, a.transaction) for a in p.allocations)
    return pairs[0][0], 0 if p.permission is Permission.AUTOMATIC else 1, -p.probability, pairs
