"""Credit notes that belong to a payment because the accounting system set them off against what it pays.

An invoice of 275.07 with a credit note of 78.77 set off is paid with 196.30. Where that payment is found, the credit
note that was set off is part of it, although the bank's text may name neither.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from .amounts import money
from .book import Book, Slot
from .combination import Group
from .components import Edge
from .decide import Choice
from .evidence import Trait, explain
from .graph import Graph
from .sets import ChosenGroup
from .types import CREDIT_NOTES

_EARLIEST, _LATEST = 150, 10

Part = tuple[int, int, int]


def with_credit_notes(
    book: Book,
    graph: Graph,
    chosen: Mapping[Edge, Choice],
    groups: Sequence[ChosenGroup],
    refused: Collection[frozenset[tuple[str, str]]],
) -> tuple[dict[Edge, Choice], list[ChosenGroup]]:
    """The same choices and sets, automatic ones with the credit notes that were set off against their invoices."""
    singles = {e: ((e[0], e[1], graph.pairs[e].settles),) for e in sorted(chosen) if _exact(book, graph, e)}
    sets = {i: g.group.parts for i, g in enumerate(groups) if g.automatic and g.group.kind == "collective"}
    used = {e[0] for e in chosen} | {s for g in groups if g.automatic for s, _, _ in g.group.parts}
    offers = _offers(book, used)
    found: dict[object, tuple[Part, ...]] = {}
    for key, parts in [*singles.items(), *sets.items()]:
        netted = _netted(book, parts, offers)
        if netted is not None and _ids(book, netted) not in refused:
            found[key] = netted
    users = Counter(s for parts in found.values() for s, _, _ in parts)
    found = {key: parts for key, parts in found.items() if all(users[s] == 1 for s, _, _ in parts)}
    kept = {e: choice for e, choice in chosen.items() if e not in found}
    result = [replace(g, group=_turned(book, g.group, found[i])) if i in found else g for i, g in enumerate(groups)]
    for edge in sorted(e for e in chosen if e in found):
        traits = tuple((edge[1], t) for t in explain(book, graph.pairs[edge]))
        single = Group((), chosen[edge].probability, "netted", "set off", traits)
        result.append(ChosenGroup(_turned(book, single, found[edge]), True))
    return kept, result


def _exact(book: Book, graph: Graph, edge: Edge) -> bool:
    slot = book.slots[edge[0]]
    return bool(slot.set_off) and graph.pairs[edge].settles == slot.amount == book.bookings[edge[1]].amount


def _offers(book: Book, used: Collection[int]) -> dict[tuple[object, int, str, int], list[Slot]]:
    """Credit notes that nothing has used, by party, direction, currency and amount."""
    offers: dict[tuple[object, int, str, int], list[Slot]] = defaultdict(list)
    for slot in book.slots:
        claim = book.claims[slot.voucher]
        able = slot.index not in used and slot.count == 1 and not slot.only_set_off
        if able and claim.v.type in CREDIT_NOTES and claim.party:
            offers[(claim.party, claim.v.direction, claim.v.currency, slot.amount)].append(slot)
    return offers


def _netted(
    book: Book, parts: Iterable[Part], offers: Mapping[tuple[object, int, str, int], Sequence[Slot]]
) -> tuple[Part, ...] | None:
    """The parts with invoices gross and the credit notes set off; None where one is missing or not the only one."""
    whole: list[Part] = []
    taken: list[Part] = []
    for s, booking, amount in parts:
        slot = book.slots[s]
        claim = book.claims[slot.voucher]
        whole.append((s, booking, amount + slot.set_off))
        if not slot.set_off:
            continue
        key = (claim.party, -claim.v.direction, claim.v.currency, slot.set_off)
        timely = [o for o in offers.get(key, ()) if _timely(book, o, booking)]
        if len(timely) != 1 or amount != slot.amount:
            return None
        taken.append((timely[0].index, booking, slot.set_off))
    return (*whole, *taken) if taken else None


def _timely(book: Book, slot: Slot, booking: int) -> bool:
    day = book.claims[slot.voucher].v.date
    return day is None or -_LATEST <= (book.bookings[booking].t.booking_date - day).days <= _EARLIEST


def _turned(book: Book, group: Group, parts: tuple[Part, ...]) -> Group:
    traits = list(group.traits)
    for s, booking, amount in parts:
        claim = book.claims[book.slots[s].voucher]
        if claim.v.type in CREDIT_NOTES:
            shown = {"number": claim.v.number, "booked": money(amount)}
            traits.append((booking, Trait("credit_note_set_off", 2.0, shown)))
    return replace(group, parts=parts, kind="netted", traits=tuple(traits))


def _ids(book: Book, parts: Iterable[Part]) -> frozenset[tuple[str, str]]:
    return frozenset((book.claims[book.slots[s].voucher].v.id, book.bookings[b].t.id) for s, b, _ in parts)
