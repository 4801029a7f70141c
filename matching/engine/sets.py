"""Which sets are proposed, beside and after the single matches."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from .batches import Batches
from .book import Book
from .combination import Combiner, Group
from .components import Edge
from .decide import Choice
from .graph import Graph
from .kin import NameCache
from .memory import Memory
from .parts import Parts
from .payouts import Payouts
from .policy import SUGGEST_FROM, may_book_group


@dataclass(frozen=True, slots=True)
class ChosenGroup:
    """A set and whether it may be booked without a person."""

    group: Group
    automatic: bool


def named_nettings(book: Book, names: NameCache, memory: Memory) -> list[Group]:
    """Sets of invoices and credit notes that a booking names and equals exactly.

    They come before any single match: the payment of an invoice less a credit note would look like the payment of the
    invoice alone, and the credit note would be left over.
    """
    combiner = Combiner(book, names, memory, {s.index for s in book.slots})
    found = []
    for b in book.bookings:
        directions = {book.claims[i].v.direction for i, hit in book.hits[b.index].items() if hit.whole}
        if len(directions) > 1:
            found += [g for g in combiner.collective(b) if g.kind == "netted" and g.grounds == "named"]
    return [g for g in found if g.probability >= SUGGEST_FROM]


def find_sets(
    book: Book,
    graph: Graph,
    names: NameCache,
    memory: Memory,
    chosen: Mapping[Edge, Choice],
    refused: Collection[frozenset[tuple[str, str]]],
    *,
    far: bool = True,
) -> list[ChosenGroup]:
    """All sets worth showing, best first; the automatic ones never share a slot or a booking.

    `far`: with payouts and batches, which may be made of any vouchers, so that all of them must be at hand.
    """
    used_slots, used_bookings = {e[0] for e in chosen}, {e[1] for e in chosen}
    free = {s.index for s in book.slots} - used_slots
    combiner = Combiner(book, names, memory, free)
    groups = [g for b in book.bookings if b.index not in used_bookings for g in combiner.collective(b)]
    groups += Parts(book, free, used_bookings, names, memory).find()
    if far:
        busy = _busy(graph, used_bookings)
        groups += Payouts(book, free, used_bookings, busy).find()
        groups += Batches(book, free, used_bookings, busy).find()
    groups = [g for g in groups if g.probability >= SUGGEST_FROM and _ids(book, g) not in refused]
    groups.sort(key=lambda g: (-g.probability, g.parts))
    result = []
    for group in groups:
        slots, bookings = {p[0] for p in group.parts}, {p[1] for p in group.parts}
        automatic = (
            may_book_group(group.grounds, group.probability, group.rival_probability)
            and not slots & used_slots
            and not bookings & used_bookings
        )
        if automatic:
            used_slots |= slots
            used_bookings |= bookings
        result.append(ChosenGroup(group, automatic))
    return result


def _busy(graph: Graph, used_bookings: Collection[int]) -> dict[int, float]:
    """How surely a booking of its own pays each slot, as far as that booking is still free."""
    busy: dict[int, float] = {}
    for (slot, booking), probability in graph.probability.items():
        if booking not in used_bookings:
            busy[slot] = max(busy.get(slot, 0.0), probability)
    return busy


def _ids(book: Book, group: Group) -> frozenset[tuple[str, str]]:
    return frozenset((book.claims[book.slots[s].voucher].v.id, book.bookings[b].t.id) for s, b, _ in group.parts)
