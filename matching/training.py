"""Learning the engine's weights from data sets with known allocations.

Each payment that a voucher waits for is one question: which of its candidate bookings is it, or none? The weights
are those under which the right answers are most likely, held near nothing by a strong prior, so that only what the data
shows again and again moves the engine away from what its measures say by themselves. A booking that another voucher
claims better counts less, as in the engine itself. Deterministic: the same data gives the same weights.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from .engine.book import Book
from .engine.components import Edge
from .engine.evidence import Measure
from .engine.evidence.features import Feature, features, never_helps
from .engine.graph import examine
from .engine.model import Model
from .engine.reversals import mark_returned
from .evaluation import Dataset, classes_of
from .judging import Judge

PRIOR = 3.0
"""Precision of the prior: how many clear cases it takes to move a weight by about one."""

_ROUNDS, _STEPS, _RATE = 3, 40, 0.15
_SERIOUS = -6.0
_MAX_SCORE = 25.0


@dataclass(frozen=True, slots=True)
class Candidate:
    """A booking that may be the payment: what its measures say, its features, and whether it is the one."""

    booking: int
    base: float
    features: tuple[Feature, ...]
    right: bool


@dataclass(frozen=True, slots=True)
class Questions:
    """All payments of one client with their candidates, and what the engine measured."""

    client: str
    slots: tuple[tuple[Candidate, ...], ...]
    book: Book
    examined: Mapping[Edge, Measure]
    right: frozenset[tuple[str, str]]
    """The (voucher id, transaction id) pairs of the truth."""
    judge: Judge


def questions(dataset: Dataset, client: str) -> Questions:
    """What the engine would weigh for a client, with the right answers."""
    book = Book(dataset.vouchers[client], dataset.transactions.get(client, []), dataset.rates, ())
    mark_returned(book.bookings)
    examined, _, _ = examine(book, None, frozenset(), lambda done, total: None, Model("untrained"))
    right = _right(book, dataset, client, {e: m.base for e, m in examined.items()})
    found: dict[int, list[Candidate]] = defaultdict(list)
    for (slot, booking), m in sorted(examined.items()):
        s, b = book.slots[slot], book.bookings[booking]
        if m.base > _SERIOUS or (slot, booking) in right:
            row = features(s, book.claims[s.voucher], b, m)
            found[slot].append(Candidate(booking, m.base, row, (slot, booking) in right))
    pairs = frozenset((r["voucher"], r["transaction"]) for r in dataset.truth if r["client"] == client)
    judge = Judge(dataset.truth, classes_of(dataset))
    return Questions(client, tuple(tuple(found[s]) for s in sorted(found)), book, examined, pairs, judge)


def _right(book: Book, dataset: Dataset, client: str, base: Mapping[Edge, float]) -> set[Edge]:
    """The edges that the truth names; payments for several vouchers are no answer to any single one."""
    voucher_of = {c.v.id: c for c in book.claims}
    booking_of = {b.t.id: b.index for b in book.bookings}
    rows = [r for r in dataset.truth if r["client"] == client]
    vouchers_of: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        vouchers_of[row["transaction"]].add(row["voucher"])
    wanted: dict[str, list[int]] = defaultdict(list)
    for row in rows:
        if len(vouchers_of[row["transaction"]]) == 1:
            wanted[row["voucher"]].append(booking_of[row["transaction"]])
    found: set[Edge] = set()
    for voucher, bookings in sorted(wanted.items()):
        slots = [s.index for s in voucher_of[voucher].slots]
        if len(bookings) > len(slots):
            continue
        edges = [(s, b) for s in slots for b in bookings if (s, b) in base]
        for edge in sorted(edges, key=lambda e: (-base[e], e)):
            if all(edge[0] != s and edge[1] != b for s, b in found if s in slots):
                found.add(edge)
    return found


def train(sets: Iterable[Questions], report: Callable[[int, int], None]) -> dict[Feature, float]:
    """The weights of all features that occur with right and wrong candidates."""
    clients = list(sets)
    names = sorted({f for q in clients for slot in q.slots for c in slot for f in c.features})
    place = {name: i for i, name in enumerate(names)}
    rows = [
        [[(c.booking, c.base, [place[f] for f in c.features], c.right) for c in s] for s in q.slots] for q in clients
    ]
    bounded = [i for i, name in enumerate(names) if never_helps(name)]
    weights = [0.0] * len(names)
    first, second = [0.0] * len(names), [0.0] * len(names)
    step = 0
    for _ in range(_ROUNDS):
        flat = [slot for client in rows for slot in _with_rivals(client, weights)]
        for _ in range(_STEPS):
            step += 1
            report(step, _ROUNDS * _STEPS)
            gradient = [-PRIOR * w for w in weights]
            for slot in flat:
                _add_gradient(slot, weights, gradient)
            _climb(weights, gradient, first, second, step)
            for i in bounded:
                weights[i] = min(weights[i], 0.0)
    return {name: round(w, 3) for name, w in zip(names, weights, strict=True) if abs(w) >= 0.005}


_Row = tuple[float, list[int], bool]


def _with_rivals(
    slots: Sequence[Sequence[tuple[int, float, list[int], bool]]], weights: Sequence[float]
) -> list[list[_Row]]:
    """Each candidate with its log odds less what other vouchers claim of its booking."""
    score = [[min(_MAX_SCORE, base + sum(weights[i] for i in f)) for _, base, f, _ in slot] for slot in slots]
    weight = [[math.exp(s) for s in row] for row in score]
    free = [[1.0] * len(row) for row in score]
    for _ in range(12):
        asked: dict[int, list[tuple[int, int, float]]] = defaultdict(list)
        for s, slot in enumerate(slots):
            total = 1.0 + sum(w * f for w, f in zip(weight[s], free[s], strict=True))
            for c, (booking, *_rest) in enumerate(slot):
                asked[booking].append((s, c, weight[s][c] / (total - weight[s][c] * free[s][c])))
        for claims in asked.values():
            total = 1.0 + sum(w for _, _, w in claims)
            for s, c, w in claims:
                free[s][c] = math.sqrt(free[s][c] / (total - w))
    return [
        [(base + math.log(free[s][c]), f, right) for c, (_, base, f, right) in enumerate(slot)]
        for s, slot in enumerate(slots)
    ]


def _add_gradient(slot: Sequence[_Row], weights: Sequence[float], gradient: list[float]) -> None:
    """The pull of one question: towards the right answer, away from the others as far as they look likely."""
    odds = [math.exp(min(_MAX_SCORE, base + sum([weights[i] for i in f]))) for base, f, _ in slot]
    total = 1.0 + sum(odds)
    for (_, f, right), value in zip(slot, odds, strict=True):
        pull = right - value / total
        if abs(pull) > 1e-6:
            for i in f:
                gradient[i] += pull


def _climb(weights: list[float], gradient: Sequence[float], first: list[float], second: list[float], step: int) -> None:
    """One step of Adam's method (moments of the gradient with decay 0.9 and 0.99)."""
    for i, g in enumerate(gradient):
        first[i] = 0.9 * first[i] + 0.1 * g
        second[i] = 0.99 * second[i] + 0.01 * g * g
        if second[i]:
            mean, spread = first[i] / (1 - 0.9**step), second[i] / (1 - 0.99**step)
            weights[i] += _RATE * mean / (math.sqrt(spread) + 1e-8)
