"""The pairs of a run with their probabilities, and which of them make no difference."""

from __future__ import annotations

import math
from array import array
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from .book import Book, Slot
from .components import Edge
from .evidence import UNSURE, WHOLE, Measure, Repeated, is_known, learn, measure, score
from .kin import NameCache
from .marginals import probabilities
from .memory import Memory
from .model import Model
from .policy import identifies
from .preselection import candidates
from .types import Learned

KEEP_FROM = -3.0
_UNGROUNDED = -3.0
_PAID_BEFORE = -16.0
_SURE = 0.98
_HOPELESS = -6.0
_REPORT_EVERY = 2000


@dataclass(frozen=True, slots=True)
class Graph:
    """Pairs by (slot, booking) and their probabilities.

    `strict` leaves out bookings that nothing but amount and day ties to any voucher: a rival may not be explained
    away by a stranger's booking.
    """

    pairs: dict[Edge, Measure]
    probability: dict[Edge, float]
    strict: dict[Edge, float]
    model: Model

    def by_slot(self) -> dict[int, list[Edge]]:
        """The edges of each slot."""
        return self._grouped(0)

    def by_booking(self) -> dict[int, list[Edge]]:
        """The edges of each booking."""
        return self._grouped(1)

    def _grouped(self, side: int) -> dict[int, list[Edge]]:
        grouped: dict[int, list[Edge]] = defaultdict(list)
        for edge in self.pairs:
            grouped[edge[side]].append(edge)
        return grouped


def build(
    book: Book,
    learned: Learned | None,
    refused: Collection[frozenset[tuple[str, str]]],
    report: Callable[[int, int], None],
    model: Model,
) -> tuple[Graph, Memory, NameCache]:
    """The graph of a book's pairs, and what was learned of its parties on the way."""
    examined, memory, names = examine(book, learned, refused, report, model, _HOPELESS)
    return weighed(book, examined, model), memory, names


def examine(
    book: Book,
    learned: Learned | None,
    refused: Collection[frozenset[tuple[str, str]]],
    report: Callable[[int, int], None],
    model: Model,
    floor: float = -math.inf,
) -> tuple[dict[Edge, Measure], Memory, NameCache]:
    """Measure all candidates; then the sure matches teach who is who, and what they teach is measured again.

    The first round judges by the measures alone: the weights were learned from pairs whose parties are known. It goes
    booking by booking, so that what is read in a text for one voucher is there for the next. Pairs below `floor` (log
    odds) are not kept, unless what is learned of their party lifts them.
    """
    names = NameCache(book)
    # One number for each pair, for there may be millions of them.
    base = len(book.slots)
    chosen = array("q", sorted(i * base + slot.index for slot in book.slots for i in candidates(book, slot)))
    memory = Memory(learned, book.words, book.parties)
    examined: dict[Edge, Measure] = {}
    shared: dict[object, Any] = {}
    for done, code in enumerate(chosen, 1):
        if done % _REPORT_EVERY == 0:
            report(done, 2 * len(chosen))
        i, s = divmod(code, base)
        if refused and not _allowed(book, book.slots[s], i, refused):
            continue
        pair = measure(book, book.slots[s], book.bookings[i], names, memory)
        if pair.base >= floor:
            examined[(pair.slot, pair.booking)] = _with_shared(pair, shared)
    _observe(book, _by_measures(book, examined), memory)
    for done, code in enumerate(chosen, 1):
        if done % _REPORT_EVERY == 0:
            report(len(chosen) + done, 2 * len(chosen))
        i, s = divmod(code, base)
        kept = examined.get((s, i))
        if kept is not None:
            learn(book, kept, names, memory)
        elif is_known(book, book.slots[s], book.bookings[i], memory):
            if refused and not _allowed(book, book.slots[s], i, refused):
                continue
            pair = measure(book, book.slots[s], book.bookings[i], names, memory)
            if pair.base < floor:
                continue
            examined[(pair.slot, pair.booking)] = kept = _with_shared(pair, shared)
        else:
            continue
        score(book, kept, model.weights)
        if max(kept.score, kept.base) < KEEP_FROM and floor > -math.inf:
            del examined[(s, i)]
    report(2 * len(chosen), 2 * len(chosen))
    return examined, memory, names


def _with_shared(pair: Measure, shared: dict[object, Any]) -> Measure:
    """With what it has in common with other pairs kept once: most fit in one of a few ways."""
    pair.amount_fit = shared.setdefault(pair.amount_fit, pair.amount_fit)
    pair.day_fit = shared.setdefault(pair.day_fit, pair.day_fit)
    pair.number_fit = shared.setdefault(pair.number_fit, pair.number_fit)
    party = pair.party_fit
    if party.known is None:
        # The comparison of the names is one object for all who ask, and costs less to tell by that than to compare.
        pair.party_fit = shared.setdefault((*party[:2], id(party.match), *party[3:]), party)
    return pair


def _allowed(book: Book, slot: Slot, booking: int, refused: Collection[frozenset[tuple[str, str]]]) -> bool:
    pair = book.claims[slot.voucher].v.id, book.bookings[booking].t.id
    return frozenset({pair}) not in refused


def weighed(book: Book, examined: Mapping[Edge, Measure], model: Model) -> Graph:
    """The pairs worth keeping, with their probabilities given all others."""
    pairs = {edge: pair for edge, pair in examined.items() if max(pair.score, pair.base) >= KEEP_FROM}
    _first_of_repeated(book, pairs)
    _rare_in_the_party(book, examined, pairs)
    scores = {e: p.score for e, p in pairs.items()}
    tied = {booking for (_, booking), pair in pairs.items() if identifies(pair)}
    grounded = {e: s if e[1] in tied else min(s, _UNGROUNDED) for e, s in scores.items()}
    return Graph(pairs, probabilities(scores), probabilities(grounded), model)


def _rare_in_the_party(book: Book, examined: Mapping[Edge, Measure], pairs: Mapping[Edge, Measure]) -> None:
    """A slip in the number counts where the party has no other voucher and no other booking of the amount."""
    slips = {edge: pair for edge, pair in pairs.items() if pair.number in UNSURE and not pair.rare}
    if not slips:
        return
    wanted = {booking for _, booking in slips}
    vouchers: dict[tuple[int, tuple[str, ...]], set[int]] = defaultdict(set)
    for (slot, booking), pair in examined.items():
        if booking in wanted and pair.amount == "amount_equal":
            claim = book.claims[book.slots[slot].voucher]
            vouchers[(booking, claim.party)].add(claim.index)
    for (slot, booking), pair in slips.items():
        party = book.claims[book.slots[slot].voucher].party
        pair.rare = bool(party) and pair.alone == "once" and len(vouchers[(booking, party)]) == 1


def _first_of_repeated(book: Book, pairs: dict[Edge, Measure]) -> None:
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
            before = Repeated("paid_before", _PAID_BEFORE, first.t.booking_date.isoformat())
            pairs[edge] = pairs[edge].with_repeated(before)
        if again:
            pairs[edges[0]] = pairs[edges[0]].with_repeated(Repeated("paid_again", 0.0, again.isoformat()))


def _same_party(iban: str, other_iban: str, names: tuple[str, ...], other_names: tuple[str, ...]) -> bool:
    if iban and other_iban:
        return iban == other_iban
    return bool(set(names) & set(other_names)) or not (names and other_names)


def _by_measures(book: Book, examined: Mapping[Edge, Measure]) -> dict[Edge, Measure]:
    """The pairs that are sure by their measures alone."""
    pairs = {edge: pair for edge, pair in examined.items() if pair.base >= KEEP_FROM}
    _first_of_repeated(book, pairs)
    probability = probabilities({e: p.base for e, p in pairs.items()})
    return {e: p for e, p in pairs.items() if probability[e] >= _SURE}


def _observe(book: Book, sure: Mapping[Edge, Measure], memory: Memory) -> None:
    for edge, pair in sure.items():
        exact = pair.amount in ("amount_equal", "amount_original")
        if exact and (pair.number in WHOLE or pair.day in ("equal", "near")):
            memory.observe(book.claims[book.slots[edge[0]].voucher].party, book.bookings[edge[1]])
