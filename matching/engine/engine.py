"""The run: prepare, examine, weigh against each other, decide, explain."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date
from decimal import Decimal

from .book import Book
from .components import Edge
from .decide import Alike, Choice, choose
from .graph import Graph, build
from .kin import NameCache
from .lists import named_together
from .memory import Memory
from .model import Model
from .netting import with_credit_notes
from .policy import NAMED
from .proposals import Writer
from .reversals import mark_returned
from .sets import ChosenGroup, find_sets, named_nettings
from .types import Allocation, Learned, Proposal, Transaction, Voucher


def run(
    vouchers: Iterable[Voucher],
    transactions: Iterable[Transaction],
    rates: Mapping[date, Mapping[str, Decimal]],
    settled: Iterable[Allocation],
    refused: Collection[frozenset[tuple[str, str]]],
    learned: Learned | None,
    report: Callable[[int, int], None],
    model: Model,
) -> list[Proposal]:
    """All proposals for one client, ordered by voucher and then by probability."""
    book = Book(vouchers, transactions, rates, settled)
    mark_returned(book.bookings)
    graph, memory, names = build(book, learned, refused, report, model)
    return conclude(book, graph, memory, names, refused)


def conclude(
    book: Book,
    graph: Graph,
    memory: Memory,
    names: NameCache,
    refused: Collection[frozenset[tuple[str, str]]],
    *,
    far: bool = True,
) -> list[Proposal]:
    """From weighed pairs to proposals: single matches, then sets, then what only counts where no set explains more.

    `far`: with the sets that may be made of any vouchers of the client, for which the book must be the whole one.
    """
    nettings = named_nettings(book, names, memory)
    held = [p for g in nettings for p in g.parts]
    alike = Alike(book, graph)
    later = _listed_elsewhere(book, graph)
    chosen = choose(book, graph, alike, {p[0] for p in held}, {p[1] for p in held}, without=later, last=False)
    chosen = _without_refused(book, chosen, refused)
    groups = find_sets(book, graph, names, memory, chosen, refused, far=far)
    parts = [p for g in groups if g.automatic for p in g.group.parts]
    used_slots = {e[0] for e in chosen} | {p[0] for p in parts}
    used_bookings = {e[1] for e in chosen} | {p[1] for p in parts}
    better = {p[:2] for p in held} | _explained(graph, groups)
    chosen |= choose(book, graph, alike, used_slots, used_bookings, without=better, last=True)
    chosen = _without_refused(book, chosen, refused)
    chosen, groups = with_credit_notes(book, graph, chosen, groups, refused)
    return Writer(book, graph, chosen, groups).write()


def _listed_elsewhere(book: Book, graph: Graph) -> set[Edge]:
    """Pairs that no number speaks for, of vouchers that the list in another booking's text names: sets come first."""
    listed = named_together(book)
    found = set()
    for edge, pair in graph.pairs.items():
        by = listed.get(book.slots[edge[0]].voucher)
        if by and edge[1] not in by and pair.number not in NAMED:
            found.add(edge)
    return found


def _explained(graph: Graph, groups: Iterable[ChosenGroup]) -> set[Edge]:
    """Pairs whose amounts differ where a credit note would explain the difference exactly."""
    netted = {p[:2] for g in groups if g.group.kind == "netted" for p in g.group.parts}
    return {edge for edge in netted if edge in graph.pairs and graph.pairs[edge].amount != "amount_equal"}


def _without_refused(
    book: Book, chosen: Mapping[Edge, Choice], refused: Collection[frozenset[tuple[str, str]]]
) -> dict[Edge, Choice]:
    """Take apart what a person refused: the instalments of one voucher in exactly this combination."""
    by_claim: dict[int, list[Edge]] = defaultdict(list)
    for edge in chosen:
        by_claim[book.slots[edge[0]].voucher].append(edge)
    kept = dict(chosen)
    for claim, edges in by_claim.items():
        pairs = frozenset((book.claims[claim].v.id, book.bookings[b].t.id) for _, b in edges)
        if pairs in refused:
            for edge in edges:
                del kept[edge]
    return kept
