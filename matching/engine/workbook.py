"""A client that stays open: what a new row changes is found without a run over everything.

A full run leaves behind the book with its indices, the memory of who is who, and the pairs that compete with each
other. A new booking or voucher then reaches only so far:

- its own pairs, and those whose rarity it changes (the same amount, or the same party at that amount);
- from there along competing pairs and common proposals, until the component is closed;
- the free vouchers of the parties that its bookings name, for a set may be made of them.

These rows alone are judged again, in the order of their ids, against the rarity of the whole client. So it makes no
difference in which order or in what portions rows come, and the answer is that of a run over all rows which takes
words, densities, spellings of parties and the memory of sure matches from the same full run. Those are only renewed by
the next full run, and only it looks for payouts of providers and batches without details, which may be made of any
vouchers at all; what it found of them stays as it is until then.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from .book import Book
from .booking import Booking
from .claim import Claim, Slot
from .engine import conclude
from .evidence import measure, score
from .graph import KEEP_FROM, Graph, build, weighed
from .growing import GrowingBook
from .kin import NameCache
from .model import Model, load
from .preselection import candidates
from .proposals import order
from .purpose import is_return
from .reversals import mark_returned, may_give_back
from .types import Allocation, Learned, Permission, Proposal, Transaction, Voucher

_RARE = 4
_SET_EARLY, _SET_LATE = 15, 200
_MOST_IN_SET = 40
_MOST_CENTS = 10**10


@dataclass(slots=True)
class _Rows:
    """Rows by their ids, and the bookings that have been given up."""

    vouchers: set[str]
    transactions: set[str]
    gone: list[Booking]


class Workbook:
    """All proposals for one client, kept up to date row by row."""

    def __init__(
        self,
        vouchers: Iterable[Voucher],
        transactions: Iterable[Transaction],
        *,
        rates: Mapping[date, Mapping[str, Decimal]] | None = None,
        settled: Iterable[Allocation] = (),
        rejected: Iterable[frozenset[tuple[str, str]]] = (),
        learned: Learned | None = None,
        progress: Callable[[int, int], None] | None = None,
        model: Model | None = None,
    ) -> None:
        self._settled, self._refused = tuple(settled), frozenset(rejected)
        self._model = model or load()
        self._book = GrowingBook(vouchers, transactions, rates or {}, self._settled)
        mark_returned(self._book.bookings)
        self._returns = [b for b in self._book.bookings if is_return(b.t)]
        graph, self._memory, self._names = build(
            self._book, learned, self._refused, progress or (lambda done, total: None), self._model
        )
        self._paid_by: dict[str, set[str]] = defaultdict(set)
        self._pays: dict[str, set[str]] = defaultdict(set)
        self._touching: dict[str, list[Proposal]] = defaultdict(list)
        self._link(self._book, graph)
        found = self._keep(conclude(self._book, graph, self._memory, self._names, self._refused))
        self._far = {id(p): p for p in found if p.permission is Permission.AUTOMATIC and _reaches_far(p)}

    def proposals(self) -> list[Proposal]:
        """All proposals as they stand, ordered by voucher and then by probability."""
        unique = {id(p): p for found in self._touching.values() for p in found}
        return sorted(unique.values(), key=order)

    def everything(self) -> list[Proposal]:
        """Judge all rows anew against the same rarity and memory: what the proposals are to be at any time."""
        return self._decide(set(self._book.claim_of), set(self._book.index_of))

    def add(self, vouchers: Iterable[Voucher] = (), transactions: Iterable[Transaction] = ()) -> list[Proposal]:
        """Take in rows; one with a known id takes the place of the former.

        Answers the proposals of all vouchers that they concern, which replace the former ones.
        """
        new_v, new_t = list(vouchers), list(transactions)
        concerned = self._without(
            {v.id for v in new_v} & self._book.claim_of.keys(), {t.id for t in new_t} & self._book.index_of.keys()
        )
        return self._renew(concerned, new_v, new_t)

    def remove(self, vouchers: Iterable[str] = (), transactions: Iterable[str] = ()) -> list[Proposal]:
        """Give up rows by their ids; the proposals of all vouchers that this concerns.

        Raises KeyError, and gives up nothing, where one is not known.
        """
        gone_v, gone_t = set(vouchers), set(transactions)
        unknown = (gone_v - self._book.claim_of.keys()) | (gone_t - self._book.index_of.keys())
        if unknown:
            raise KeyError(min(unknown))
        return self._renew(self._without(gone_v, gone_t), [], [])

    def _renew(self, concerned: _Rows, vouchers: list[Voucher], transactions: list[Transaction]) -> list[Proposal]:
        book, claims, bookings = self._book, concerned.vouchers, concerned.transactions
        for v in vouchers:
            claim, named = book.add_voucher(v)
            claims.add(v.id)
            bookings |= {b.t.id for b in named}
            claims |= self._claims_as_rare(claim)
        fresh = []
        for t in transactions:
            b = book.add_transaction(t)
            self._names.forget(b.sign, b.amount)
            bookings.add(t.id)
            fresh.append(b)
        bookings |= self._returned(fresh, concerned.gone)
        claims &= book.claim_of.keys()
        bookings &= book.index_of.keys()
        fresh_v, fresh_t = set(claims), set(bookings)
        for b in fresh:
            bookings |= self._as_rare(b)
        return self._judge(fresh_v, fresh_t, claims, bookings)

    def _without(self, vouchers: set[str], transactions: set[str]) -> _Rows:
        """Take these rows out of the book; what they were tied to is to be judged anew."""
        book, rows = self._book, _Rows(set(), set(), [])
        for proposal in list(self._far.values()):
            if any(a.voucher in vouchers or a.transaction in transactions for a in proposal.allocations):
                del self._far[id(proposal)]
                rows.vouchers |= {a.voucher for a in proposal.allocations}
                rows.transactions |= {a.transaction for a in proposal.allocations}
        for key in sorted(vouchers):
            rows.vouchers |= self._claims_as_rare(book.claim_of[key])
            rows.transactions |= self._paid_by[key] | self._free_bookings(key)
            self._forget({key})
            rows.transactions |= {b.t.id for b in book.remove_voucher(key)}
        for key in sorted(transactions):
            b = book.bookings[book.index_of[key]]
            rows.vouchers |= self._pays[key]
            rows.transactions |= self._as_rare(b)
            rows.gone.append(book.remove_transaction(key))
            self._names.forget(b.sign, b.amount)
            for voucher in self._pays.pop(key, ()):
                self._paid_by[voucher].discard(key)
        return rows

    def _claims_as_rare(self, claim: Claim) -> set[str]:
        """The vouchers of a voucher's total that are more or less rare with it than without it."""
        book, direction = self._book, claim.v.direction
        few = book.claims_of(direction, claim.total) <= _RARE
        return {c.v.id for c in book.claims_with(direction, claim.total)} if few else set()

    def _returned(self, fresh: Iterable[Booking], gone: Iterable[Booking]) -> set[str]:
        """Bookings that new ones give back, or that are given back differently now."""
        changed = [*fresh, *gone]
        again = any(is_return(b.t) or b.returned is not None for b in changed)
        again = again or any(may_give_back(r, b) for b in changed for r in self._returns)
        if not again:
            return set()
        present = [b for b in self._book.bookings if self._book.index_of.get(b.t.id) == b.index]
        self._returns = [b for b in present if is_return(b.t)]
        before = {b.t.id: b.returned for b in present if b.returned is not None}
        for b in present:
            b.returned = None
        mark_returned(present)
        after = {b.t.id: b.returned for b in present if b.returned is not None}
        return {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)}

    def _as_rare(self, b: Booking) -> set[str]:
        """The other bookings of its amount that are less rare since it has come."""
        rows = self._book.shelf(b.sign, b.amount).rows if b.amount > 0 else []
        if len(rows) <= _RARE:
            return {self._book.bookings[i].t.id for _, i in rows}
        found = set()
        for contact in {self._book.claims[s.voucher].contact for s in self._book.slots_for(b)}:
            same = self._names.namesakes(contact, b.sign, b.amount) if contact else []
            if (b.day, b.index) in same:
                found |= {self._book.bookings[i].t.id for _, i in same}
        return found

    def _judge(self, fresh_v: set[str], fresh_t: set[str], claims: set[str], bookings: set[str]) -> list[Proposal]:
        """Close the component around these rows and decide it anew."""
        book = self._book
        waiting_v, waiting_t = sorted(claims), sorted(bookings)
        claims, bookings = set(), set()
        far = {a.transaction for p in self._far.values() for a in p.allocations}
        while waiting_v or waiting_t:
            if waiting_t:
                key = waiting_t.pop()
                if key not in bookings and key not in far:
                    bookings.add(key)
                    b = book.bookings[book.index_of[key]]
                    near = set(self._pays[key])
                    if key in fresh_t:
                        near |= {book.claims[s.voucher].v.id for s in book.slots_for(b) if self._counts(s, b)}
                        near |= self._for_sets(b)
                    waiting_v += sorted(near - claims)
                continue
            voucher = waiting_v.pop()
            if voucher not in claims:
                claims.add(voucher)
                near = set(self._paid_by[voucher])
                if voucher in fresh_v:
                    for s in book.claim_of[voucher].slots:
                        rows = [book.bookings[i] for i in candidates(book, s)]
                        near |= {b.t.id for b in rows if self._counts(s, b)}
                    near |= self._free_bookings(voucher)
                waiting_t += sorted(near - bookings)
        return self._decide(claims, bookings)

    def _counts(self, slot: Slot, b: Booking) -> bool:
        pair = measure(self._book, slot, b, self._names, self._memory)
        score(self._book, pair, self._model.weights)
        return max(pair.score, pair.base) >= KEEP_FROM

    def _for_sets(self, b: Booking) -> set[str]:
        """Vouchers that the booking's text names, and free ones of the parties in it, the nearest of them."""
        book = self._book
        named = {book.claims[i].v.id for i in book.hits[b.index]}
        found = set()
        for contact in book.contacts_in(b):
            if self._names.match(contact, b).level not in ("equal", "similar"):
                continue
            near = [c for c in book.claims_of_contact(contact) if c.v.date and not self._is_settled(c.v.id)]
            lag = {c.v.id: b.day - c.v.date.toordinal() for c in near if c.v.date}
            within = [c.v.id for c in near if -_SET_EARLY <= lag[c.v.id] <= _SET_LATE]
            found |= set(sorted(within, key=lambda key: (abs(lag[key]), key))[:_MOST_IN_SET])
        return named | found

    def _free_bookings(self, voucher: str) -> set[str]:
        """Bookings that name the party of a voucher and that nothing settles, the nearest of them."""
        book, claim = self._book, self._book.claim_of[voucher]
        day = claim.v.date.toordinal() if claim.v.date else 0
        found = {}
        for word in claim.contact:
            first, last = day - _SET_EARLY, day + _SET_LATE
            for i in book.calendar.between((claim.v.direction, word), 1, _MOST_CENTS, first, last, 10 * _MOST_IN_SET):
                b = book.bookings[i]
                taken = any(
                    p.permission is Permission.AUTOMATIC and any(a.transaction == b.t.id for a in p.allocations)
                    for v in self._pays[b.t.id]
                    for p in self._touching[v]
                )
                if not taken and self._names.match(claim.contact, b).level in ("equal", "similar"):
                    found[b.t.id] = abs(b.day - day)
        return set(sorted(found, key=lambda key: (found[key], key))[:_MOST_IN_SET])

    def _is_settled(self, voucher: str) -> bool:
        return any(p.permission is Permission.AUTOMATIC for p in self._touching.get(voucher, ()))

    def _decide(self, claims: set[str], bookings: set[str]) -> list[Proposal]:
        book = self._book
        fixed = {a.voucher for p in self._far.values() for a in p.allocations}
        ids = [book.index_of[key] for key in bookings]
        silent = {book.claims[k].v.id for i in ids for k in book.hits[i]} - claims | fixed & claims
        part = Book(
            [book.claim_of[key].v for key in claims | silent], [book.bookings[i].t for i in ids],
            book.rates, self._settled, book, silent,
        )  # fmt: skip
        for b in part.bookings:
            b.returned = book.bookings[book.index_of[b.t.id]].returned
        names = NameCache(part, self._names)
        place = {book.index_of[b.t.id]: b for b in part.bookings}
        edges = sorted(
            (place[i].index, mine.index)
            for claim in part.claims
            for mine, slot in zip(claim.slots, book.claim_of[claim.v.id].slots, strict=False)
            for i in candidates(book, slot)
            if i in place and frozenset({(claim.v.id, place[i].t.id)}) not in self._refused
        )
        pairs = {}
        for i, s in edges:
            pairs[(s, i)] = pair = measure(part, part.slots[s], part.bookings[i], names, self._memory)
            score(part, pair, self._model.weights)
        graph = weighed(part, pairs, self._model)
        changed = claims - fixed
        self._forget(changed)
        self._link(part, graph)
        return self._keep(conclude(part, graph, self._memory, names, self._refused, far=False), changed)

    def _forget(self, claims: set[str]) -> None:
        for voucher in claims:
            for key in self._paid_by.pop(voucher, ()):
                self._pays[key].discard(voucher)
            for proposal in list(self._touching[voucher]):
                if id(proposal) not in self._far:
                    for a in proposal.allocations:
                        self._touching[a.voucher] = [p for p in self._touching[a.voucher] if p is not proposal]

    def _keep(self, proposals: Iterable[Proposal], claims: set[str] | None = None) -> list[Proposal]:
        kept = []
        for proposal in proposals:
            owners = {a.voucher for a in proposal.allocations}
            if claims is None or owners & claims:
                kept.append(proposal)
                for voucher in owners:
                    self._touching[voucher].append(proposal)
                    for a in proposal.allocations:
                        self._paid_by[voucher].add(a.transaction)
                        self._pays[a.transaction].add(voucher)
        return kept

    def _link(self, book: Book, graph: Graph) -> None:
        """Remember which rows compete."""
        for (slot, booking), probability in graph.probability.items():
            if probability > 0:
                voucher, key = book.claims[book.slots[slot].voucher].v.id, book.bookings[booking].t.id
                self._paid_by[voucher].add(key)
                self._pays[key].add(voucher)


def _reaches_far(proposal: Proposal) -> bool:
    return proposal.kind != "single" and any(e.code.startswith(("payout_", "batch_")) for e in proposal.evidence)
