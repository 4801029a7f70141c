"""The run: prepare, examine, weigh against each other, decide, explain."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date
from decimal import Decimal

from .book import Book
from .decide import choose
from .graph import build
from .proposals import Writer
from .reversals import mark_returned
from .sets import find_sets
from .types import Allocation, Learned, Proposal, Transaction, Voucher


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
    graph, memory, names = build(book, learned, refused, report)
    chosen = choose(book, graph, last=False)
    groups = find_sets(book, graph, names, memory, chosen, refused)
    parts = [p for g in groups if g.automatic for p in g.group.parts]
    used_slots = {e[0] for e in chosen} | {p[0] for p in parts}
    used_bookings = {e[1] for e in chosen} | {p[1] for p in parts}
    chosen |= choose(book, graph, used_slots, used_bookings, last=True)
    return Writer(book, graph, chosen, groups).write()
