"""Which pairs are chosen automatically, so that nothing is used twice."""

from __future__ import annotations

import re
from array import array
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from .book import Book, Booking, Claim
from .components import Edge
from .graph import Graph
from .policy import AHEAD, certainty, has_grounds, is_automatic
from .text import fold

_NO_MATTER = 0.01
"""What equal ones must add to a probability for it to be theirs together."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A chosen edge; `interchangeable` when an equal one would do as well."""

    edge: Edge
    probability: float
    automatic: bool
    interchangeable: bool


class Alike:
    """Slots, and bookings, that nothing visible tells apart, as far as they have pairs.

    Nothing is kept of what is the only one of its looks, as nearly everything is.
    """

    __slots__ = ("_bookings", "_mass", "_of_booking", "_of_slot", "_slots")

    def __init__(self, book: Book, graph: Graph) -> None:
        self._of_slot, self._of_booking = array("l", _slot_classes(book)), array("l", _booking_classes(book))
        self._slots = _together(self._of_slot, {s for s, _ in graph.probability})
        self._bookings = _together(self._of_booking, {b for _, b in graph.probability})
        self._mass: dict[tuple[int, int], tuple[float, float]] = {}
        for edge, probability in graph.probability.items():
            own, other = self._classes(edge)
            if own in self._slots or other in self._bookings:
                mass, strict = self._mass.get((own, other), (0.0, 0.0))
                self._mass[(own, other)] = mass + probability, strict + graph.strict[edge]

    def _classes(self, edge: Edge) -> tuple[int, int]:
        return self._of_slot[edge[0]], self._of_booking[edge[1]]

    def same(self, one: Edge, other: Edge) -> bool:
        """Whether it makes no visible difference which of two pairs it is."""
        return self._classes(one) == self._classes(other)

    def slots(self, slot: int) -> list[int]:
        """The slots that look like one, itself among them."""
        return self._slots.get(self._of_slot[slot], [slot])

    def bookings(self, booking: int) -> int:
        """How many bookings look like one, itself among them."""
        return len(self._bookings.get(self._of_booking[booking], (booking,)))

    def mass(self, edge: Edge) -> tuple[float, float]:
        """The probabilities of all pairs that look like this one, and those that are told apart by more than that."""
        return self._mass[self._classes(edge)]


def _together(classes: Sequence[int], members: Iterable[int]) -> dict[int, list[int]]:
    """The members of each class that has several."""
    found: dict[int, list[int]] = defaultdict(list)
    for member in sorted(members):
        found[classes[member]].append(member)
    return {number: together for number, together in found.items() if len(together) > 1}


class _Rivals:
    """Pairs that share a slot or a booking with another one and are not far less likely."""

    def __init__(self, graph: Graph, alike: Alike) -> None:
        self._alike = alike
        self._likely: dict[Edge, float] = {}
        self._by_slot: dict[int, list[Edge]] = defaultdict(list)
        self._by_booking: dict[int, list[Edge]] = defaultdict(list)
        for edge, probability in graph.probability.items():
            likely = max(probability, graph.strict[edge])
            if likely > 1 / (AHEAD + 1) ** 2 and min(probability, graph.strict[edge]) < AHEAD / (AHEAD + 1):
                self._likely[edge] = likely
                self._by_slot[edge[0]].append(edge)
                self._by_booking[edge[1]].append(edge)

    def leave_ahead(self, edge: Edge, probability: float) -> bool:
        """Whether all whole solutions with any one rival that makes a difference are far less likely together."""
        if probability >= AHEAD / (AHEAD + 1):
            return True
        around = (*self._by_slot.get(edge[0], ()), *self._by_booking.get(edge[1], ()))
        rivals = (e for e in around if not self._alike.same(e, edge))
        return probability >= AHEAD * max((self._likely[e] for e in rivals), default=0.0)


def choose(
    book: Book,
    graph: Graph,
    alike: Alike,
    used_slots: Collection[int] = (),
    used_bookings: Collection[int] = (),
    *,
    without: Collection[Edge] = (),
    last: bool,
) -> dict[Edge, Choice]:
    """The automatic choices, best first; never two on one slot or booking, none on those used already or `without`."""
    chosen: dict[Edge, Choice] = {}
    used_s, used_b = set(used_slots), set(used_bookings)
    rivals = _Rivals(graph, alike)
    able = (
        e for e, pair in graph.pairs.items()
        if e[0] not in used_s and e[1] not in used_b and e not in without and has_grounds(pair, last=last)
    )  # fmt: skip
    for edge in sorted(able, key=lambda e: (-graph.probability[e], -graph.pairs[e].score, e)):
        s, b = edge
        if s in used_s or b in used_b:
            continue
        own, strict = graph.probability[edge], graph.strict[edge]
        slots = alike.slots(s)
        size_s, size_b = len(slots), alike.bookings(b)
        probability = own
        if size_s > 1 and book.slots[s].count > 1:
            siblings = [(other, b) for other in slots if (other, b) in graph.pairs]
            probability = min(1.0, sum(graph.probability[e] for e in siblings))
            strict = min(1.0, sum(graph.strict[e] for e in siblings))
        elif (size_s, size_b) != (1, 1) and _may_swap(book, slots, size_b):
            served = min(size_s, size_b)
            mass, strict_mass = alike.mass(edge)
            probability = max(own, min(1.0, mass / served))
            strict = max(strict, min(1.0, strict_mass / served))
        pair = graph.pairs[edge]
        certain = certainty(pair, min(probability, strict), graph.model)
        interchangeable = probability > own + _NO_MATTER
        if not is_automatic(pair, certain, graph.model, last=last, twins=interchangeable):
            continue
        if not rivals.leave_ahead(edge, min(probability, strict)):
            continue
        chosen[edge] = Choice(edge, certain, True, interchangeable)
        used_s.add(s)
        used_b.add(b)
        if size_s > 1 and _same_document(book, slots):
            used_s.update(slots)
    return chosen


def _numbered(looks: Iterable[object]) -> Iterator[int]:
    """A number for each of the looks, so that these are compared once."""
    numbers: dict[object, int] = {}
    return (numbers.setdefault(look, len(numbers)) for look in looks)


def _may_swap(book: Book, slots: Collection[int], bookings: int) -> bool:
    """Equal slots and bookings may stand for each other where all of them are served, or all are one document."""
    return len(slots) == bookings or _same_document(book, slots)


def _same_document(book: Book, slots: Iterable[int]) -> bool:
    claims = [book.claims[i] for i in sorted({book.slots[s].voucher for s in slots})]
    return len(claims) > 1 and bool(claims[0].number.canon) and len({c.number.canon for c in claims}) == 1


def _slot_classes(book: Book) -> Iterator[int]:
    """A class for each slot: equal instalments of one voucher look alike, and so do slots of equal vouchers."""
    return _numbered((s.voucher, s.amount) if s.count > 1 else _looks(book.claims[s.voucher]) for s in book.slots)


def _looks(claim: Claim) -> object:
    v = claim.v
    return v.type, claim.party or v.contact, claim.total, v.currency, v.date, v.due_date


def _booking_classes(book: Book) -> Iterator[int]:
    return _numbered(_booking_looks(b) for b in book.bookings)


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
