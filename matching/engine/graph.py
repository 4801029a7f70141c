"""The pairs of a run with their probabilities, and which of them make no difference."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import date

from .book import Book
from .evidence import WHOLE, Pair, Trait, examine
from .evidence.party import NameCache
from .marginals import Edge, probabilities
from .memory import Memory
from .policy import identifies
from .preselection import candidates
from .types import Learned

_KEEP_FROM = -3.0
_UNGROUNDED = -3.0
_PAID_BEFORE = -7.0
_SURE = 0.98


@dataclass(frozen=True, slots=True)
class Graph:
    """Pairs by (slot, booking) and their probabilities.

    `strict` leaves out bookings that nothing but amount and day ties to a voucher: a rival may not be explained away
    by a stranger's booking.
    """

    pairs: dict[Edge, Pair]
    probability: dict[Edge, float]
    strict: dict[Edge, float]

    def by_slot(self) -> dict[int, list[Edge]]:
        """The edges of each slot, best first."""
        return self._grouped(0)

    def by_booking(self) -> dict[int, list[Edge]]:
        """The edges of each booking, best first."""
        return self._grouped(1)

    def _grouped(self, side: int) -> dict[int, list[Edge]]:
        grouped: dict[int, list[Edge]] = defaultdict(list)
        for edge in self.pairs:
            grouped[edge[side]].append(edge)
        for edges in grouped.values():
            edges.sort(key=lambda e: (-self.probability[e], -self.pairs[e].score, e))
        return grouped


def build(
    book: Book,
    learned: Learned | None,
    refused: Collection[frozenset[tuple[str, str]]],
    report: Callable[[int, int], None],
) -> tuple[Graph, Memory, NameCache]:
    """Examine all candidates twice: the sure matches of the first round teach the second who is who."""
    names = NameCache(book)
    chosen = [(slot, candidates(book, slot)) for slot in book.slots]
    memory = Memory(learned, len(book.bookings), book.parties)
    graph = Graph({}, {}, {})
    steps = 2 * len(chosen)
    for round_ in (0, 1):
        pairs: dict[Edge, Pair] = {}
        for done, (slot, indices) in enumerate(chosen, 1):
            if done % 500 == 0:
                report(round_ * len(chosen) + done, steps)
            voucher = book.claims[slot.voucher].v.id
            for i in indices:
                b = book.bookings[i]
                if frozenset({(voucher, b.t.id)}) in refused:
                    continue
                pair = examine(book, slot, b, names, memory)
                if pair.score >= _KEEP_FROM:
                    pairs[(slot.index, i)] = pair
        _first_of_repeated(book, pairs)
        scores = {e: p.score for e, p in pairs.items()}
        grounded = {e: s if identifies(pairs[e]) else min(s, _UNGROUNDED) for e, s in scores.items()}
        graph = Graph(pairs, probabilities(scores), probabilities(grounded))
        if round_ == 0:
            _observe(book, graph, memory)
    report(steps, steps)
    return graph, memory, names


def _first_of_repeated(book: Book, pairs: dict[Edge, Pair]) -> None:
    """Where the same voucher was paid twice with its number, the earlier booking is the payment."""
    grouped: dict[int, list[Edge]] = defaultdict(list)
    for edge, pair in pairs.items():
        alone = pair.number in WHOLE and pair.amount == "amount_equal" and book.slots[edge[0]].count == 1
        if alone and not pair.barred:
            grouped[edge[0]].append(edge)
    for edges in grouped.values():
        if len(edges) < 2:
            continue
        edges.sort(key=lambda e: (book.bookings[e[1]].t.booking_date, e))
        first = book.bookings[edges[0][1]]
        again: date | None = None
        for edge in edges[1:]:
            later = book.bookings[edge[1]]
            if not _same_party(first.t.counterparty_iban, later.t.counterparty_iban, first.names, later.names):
                continue
            again = again or later.t.booking_date
            before = Trait("paid_before", _PAID_BEFORE, {"date": first.t.booking_date.isoformat()})
            pairs[edge] = _with(pairs[edge], before)
        if again:
            pairs[edges[0]] = _with(pairs[edges[0]], Trait("paid_again", 0.0, {"date": again.isoformat()}))


def _with(pair: Pair, trait: Trait) -> Pair:
    return replace(pair, score=pair.score + trait.weight, traits=(*pair.traits, trait))


def _same_party(iban: str, other_iban: str, names: tuple[str, ...], other_names: tuple[str, ...]) -> bool:
    if iban and other_iban:
        return iban == other_iban
    return bool(set(names) & set(other_names)) or not (names and other_names)


def _observe(book: Book, graph: Graph, memory: Memory) -> None:
    for edge, pair in graph.pairs.items():
        sure = graph.probability[edge] >= _SURE and pair.amount in (
            "amount_equal",
            "amount_original",
        )
        if sure and (pair.number in WHOLE or pair.day in ("equal", "near")):
            memory.observe(book.claims[book.slots[edge[0]].voucher].party, book.bookings[edge[1]])
