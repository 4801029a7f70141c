"""The run: prepare, examine, weigh against each other, decide, explain."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date
from decimal import Decimal

from .book import Book
from .decide import Choice, choose
from .graph import Graph, build
from .policy import SUGGEST_FROM
from .reversals import mark_returned
from .types import Allocation, Evidence, Learned, Permission, Proposal, RunnerUp, Transaction, Voucher

_ALTERNATIVES = 2


def run(
    vouchers: Iterable[Voucher],
    transactions: Iterable[Transaction],
    rates: Mapping[date, Mapping[str, Decimal]],
    settled: Iterable[Allocation],
    refused: Collection[frozenset[tuple[str, str]]],
    learned: Learned | None,
    report: Callable[[int, int], None],
) -> list[Proposal]:
    """All proposals for one client, ordered by voucher and then by probability."""
    book = Book(vouchers, transactions, rates, settled)
    mark_returned(book.bookings)
    graph, _, _ = build(book, learned, refused, report)
    chosen = choose(book, graph)
    proposals = _proposals(book, graph, chosen)
    return sorted(proposals, key=_order)


def _order(p: Proposal) -> tuple[str, int, float, tuple[str, ...]]:
    automatic = 0 if p.permission is Permission.AUTOMATIC else 1
    return p.allocations[0].voucher, automatic, -p.probability, tuple(a.transaction for a in p.allocations)


def _proposals(book: Book, graph: Graph, chosen: Mapping[tuple[int, int], Choice]) -> list[Proposal]:
    by_slot, by_booking = graph.by_slot(), graph.by_booking()
    proposals: list[Proposal] = []
    for claim in book.claims:
        automatic = [c for s in claim.slots for e in by_slot.get(s.index, ()) if (c := chosen.get(e))]
        done = {c.edge for c in automatic}
        if automatic:
            proposals.append(_together(book, graph, automatic, by_slot, by_booking))
        open_slots = {s.index for s in claim.slots} - {c.edge[0] for c in automatic}
        rest = [e for s in claim.slots for e in by_slot.get(s.index, ()) if e not in done]
        rest.sort(key=lambda e: (e[0] not in open_slots, -graph.probability[e], -graph.pairs[e].score, e))
        seen = {e[1] for e in done}
        shown = 0
        for edge in rest:
            limit = _ALTERNATIVES + (1 if open_slots else 0) * max(1, len(open_slots))
            if shown >= limit or edge[1] in seen:
                continue
            if graph.probability[edge] < SUGGEST_FROM and (shown or automatic):
                continue
            seen.add(edge[1])
            shown += 1
            choice = Choice(edge, graph.probability[edge], False, False)
            proposals.append(_together(book, graph, [choice], by_slot, by_booking))
    return proposals


def _together(
    book: Book,
    graph: Graph,
    choices: list[Choice],
    by_slot: Mapping[int, list[tuple[int, int]]],
    by_booking: Mapping[int, list[tuple[int, int]]],
) -> Proposal:
    allocations, evidence = [], []
    for choice in choices:
        allocations.append(_allocation(book, graph, choice.edge))
        evidence += _evidence(book, graph, choice.edge)
        if choice.interchangeable:
            evidence.append(Evidence("interchangeable", True, 0.0, {}))
    first = choices[0].edge
    rivals = [e for c in choices for e in (*by_slot.get(c.edge[0], ()), *by_booking.get(c.edge[1], ()))]
    taken = {c.edge for c in choices}
    rivals = sorted({e for e in rivals if e not in taken}, key=lambda e: (-graph.probability[e], e))
    runner = None
    if rivals:
        best = rivals[0]
        runner = RunnerUp(
            (_allocation(book, graph, best),), round(graph.probability[best], 6), tuple(_evidence(book, graph, best))
        )
        if graph.probability[best] >= SUGGEST_FROM:
            evidence.append(_other(book, graph, best))
    automatic = choices[0].automatic
    kind = "partial" if book.slots[first[0]].count > 1 else "single"
    return Proposal(
        tuple(allocations),
        round(min(c.probability for c in choices), 6),
        Permission.AUTOMATIC if automatic else Permission.SUGGEST,
        tuple(evidence),
        runner,
        kind,
    )


def _other(book: Book, graph: Graph, edge: tuple[int, int]) -> Evidence:
    params = {
        "voucher": book.claims[book.slots[edge[0]].voucher].v.id,
        "transaction": book.bookings[edge[1]].t.id,
        "probability": f"{graph.probability[edge]:.4f}",
    }
    return Evidence("other_candidate", False, 0.0, params)


def _allocation(book: Book, graph: Graph, edge: tuple[int, int]) -> Allocation:
    voucher = book.claims[book.slots[edge[0]].voucher].v.id
    amount = Decimal(graph.pairs[edge].settles) / 100
    return Allocation(voucher, book.bookings[edge[1]].t.id, amount.quantize(Decimal("0.01")))


def _evidence(book: Book, graph: Graph, edge: tuple[int, int]) -> list[Evidence]:
    t = book.bookings[edge[1]].t
    return [trait.evidence(t) for trait in graph.pairs[edge].traits]
