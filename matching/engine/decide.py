"""Which pairs are chosen automatically, so that nothing is used twice."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from .book import Book, Booking, Claim
from .graph import Graph
from .marginals import Edge
from .policy import certainty, is_automatic
from .text import fold


@dataclass(frozen=True, slots=True)
class Choice:
    """A chosen edge; `interchangeable` when an equal one would do as well."""

    edge: Edge
    probability: float
    automatic: bool
    interchangeable: bool


def choose(
    book: Book,
    graph: Graph,
    used_slots: Collection[int] = (),
    used_bookings: Collection[int] = (),
    *,
    without: Collection[Edge] = (),
    last: bool,
) -> dict[Edge, Choice]:
    """The automatic choices, best first; never two on one slot or booking, none on those used already or `without`."""
    slot_class, booking_class = _slot_classes(book), _booking_classes(book)
    members_s: dict[object, set[int]] = defaultdict(set)
    members_b: dict[object, set[int]] = defaultdict(set)
    mass: dict[tuple[object, object], float] = defaultdict(float)
    strict_mass: dict[tuple[object, object], float] = defaultdict(float)
    for (s, b), p in graph.probability.items():
        members_s[slot_class[s]].add(s)
        members_b[booking_class[b]].add(b)
        mass[(slot_class[s], booking_class[b])] += p
        strict_mass[(slot_class[s], booking_class[b])] += graph.strict[(s, b)]
    chosen: dict[Edge, Choice] = {}
    used_s, used_b = set(used_slots), set(used_bookings)
    order = sorted(graph.pairs, key=lambda e: (-graph.probability[e], -graph.pairs[e].score, e))
    for edge in order:
        s, b = edge
        if s in used_s or b in used_b or edge in without:
            continue
        own, strict = graph.probability[edge], graph.strict[edge]
        classes = slot_class[s], booking_class[b]
        size_s, size_b = len(members_s[classes[0]]), len(members_b[classes[1]])
        probability = own
        if size_s > 1 and book.slots[s].count > 1:
            siblings = [(other, b) for other in members_s[classes[0]] if (other, b) in graph.pairs]
            probability = min(1.0, sum(graph.probability[e] for e in siblings))
            strict = min(1.0, sum(graph.strict[e] for e in siblings))
        elif (size_s, size_b) != (1, 1) and _may_swap(book, members_s[classes[0]], size_b):
            served = min(size_s, size_b)
            probability = max(own, min(1.0, mass[classes] / served))
            strict = max(strict, min(1.0, strict_mass[classes] / served))
        pair = graph.pairs[edge]
        certain = certainty(pair, min(probability, strict), graph.model)
        if not is_automatic(pair, certain, graph.model, last=last):
            continue
        chosen[edge] = Choice(edge, certain, True, probability > own + 0.01)
        used_s.add(s)
        used_b.add(b)
        if size_s > 1 and _same_document(book, members_s[classes[0]]):
            used_s |= members_s[classes[0]]
    return chosen


def _may_swap(book: Book, slots: set[int], bookings: int) -> bool:
    """Equal slots and bookings may stand for each other where all of them are served, or all are one document."""
    return len(slots) == bookings or _same_document(book, slots)


def _same_document(book: Book, slots: set[int]) -> bool:
    claims = [book.claims[i] for i in sorted({book.slots[s].voucher for s in slots})]
    return len(claims) > 1 and bool(claims[0].number.canon) and len({c.number.canon for c in claims}) == 1


def _slot_classes(book: Book) -> dict[int, object]:
    """Slots that nothing visible tells apart get the same class, and equal instalments of one voucher."""
    classes: dict[int, object] = {}
    for slot in book.slots:
        claim = book.claims[slot.voucher]
        if slot.count > 1:
            classes[slot.index] = slot.voucher, slot.amount
        else:
            classes[slot.index] = _looks(claim)
    return classes


def _looks(claim: Claim) -> object:
    v = claim.v
    return v.type, claim.party or v.contact, claim.total, v.currency, v.date, v.due_date


def _booking_classes(book: Book) -> dict[int, object]:
    return {b.index: _booking_looks(b) for b in book.bookings}


def _booking_looks(b: Booking) -> object:
    if b.is_card:
        words = _WORD.findall(fold(f"{b.t.counterparty} {b.t.purpose}"))
        merchant = next((w for w in words if w not in _CARD_WORDS), "")
        return b.t.account, b.t.booking_date, b.amount * b.sign, b.t.currency, merchant
    name = re.sub(r"[\d\W]", "", b.t.counterparty.upper())
    letters = frozenset(w for w in b.words if not any(c.isdigit() for c in w))
    return b.t.account, b.t.booking_date, b.amount * b.sign, b.t.currency, name, letters


# A card slip names its merchant first; order numbers, branches, places and times follow.
_WORD = re.compile(r"[A-Z]{3,}")
_CARD_WORDS = frozenset({"VISA", "MASTERCARD", "MAESTRO", "GIROCARD", "KARTENZAHLUNG", "DEBITKARTENUMSATZ", "CARD"})
