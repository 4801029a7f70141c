"""Payouts of payment providers, marketplaces and card terminals: which sales each of them pays, less what is kept.

A payout pays sales in the order of their dates, each once, less refunds and a fee. For each payout all sets of
sales are looked at that its schedule explains to the cent; they are weighed against each other and against the
chance that they only happen to add up. Sure payouts come first: their sales are gone, and what the provider's sales
have in common is learned from them, before the others are looked at again.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from .amounts import money
from .book import Book, Booking
from .combination import Group
from .evidence import Trait
from .fees import UNIT, USUAL, Run, Schedule, plausible, tolerance
from .payout_streams import Sale, Stream, belongs, foreign_words, kept_beside, sales_of, streams_of, study, window
from .subsets import subsets_near
from .timing import ASSIGNED

_POOL = 20
_POOL_UNLEARNED = 14
_LONG = 400
_ROUNDS = 5
_PAID = 0.9
_WINDOW = 18
_GUESSED = 0.3
_SURE = 0.99
_MARGIN = 0.9
_SURE_STRENGTH = 10.0

_BELONGS, _ELSEWHERE, _FOREIGN, _LATER_DUE = 4.0, -7.0, -7.0, -3.0
_ITEM_DAY, _ITEM_ASSIGNED, _ITEM_OTHER_ASSIGNED, _ITEM_LATE = 2.0, 3.0, -6.0, -0.7
_OUT_OF_ORDER = -2.5
_REFUND_KNOWN, _REFUND_UNKNOWN = 0.0, -3.0
_OLD = 0.1
_LEFT_BEFORE, _LEFT_AFTER = -1.0, -0.3
_MOST_KIND = 3.0
_MOST_SUPPORT = 12.0

_BY_SCHEDULE, _BY_INVOICE, _BY_GUESS = 0.85, 0.05, 0.02
_UNEXPLAINED = 0.1
_MOST_EXTRAS = 6
_LIKELY_EXTRA, _SURE_EXTRA = 0.01, 0.06
_KEPT_SURELY = 3
_STRANGER = 0.05


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A sale that a payout may pay: `amount` is what it adds in cents, `odds` the log odds that it is part of it."""

    sale: Sale
    amount: int
    odds: float
    sure: bool


@dataclass(frozen=True, slots=True)
class _Way:
    """A way to explain what is kept: a schedule, something deducted beside it, and how likely that is."""

    schedule: Schedule
    extra: int
    weight: float


@dataclass(frozen=True, slots=True)
class _Solution:
    """The members of a payout as a bit mask, how they are explained, and the log weight."""

    mask: int
    way: _Way
    score: float


class Payouts:
    """The payouts of one client."""

    def __init__(self, book: Book, free: Collection[int], taken: Collection[int], busy: Mapping[int, float]) -> None:
        """`free`: slots not yet matched; `taken`: bookings matched; `busy`: how surely another booking pays a slot."""
        self._book = book
        self._sales = sales_of(book, free)
        self._streams = streams_of(book, taken, self._sales) if self._sales else []
        self._busy = busy
        words = foreign_words(self._streams)
        for stream in self._streams:
            study(stream, self._sales, words)
        self._words = foreign_words(self._streams)
        self._streams = [s for s in self._streams if s.marked or s.worded or s.strength >= _SURE_STRENGTH]
        self._extras: dict[int, set[int]] = {}
        self._kept: dict[int, int] = {}
        self._fees = self._fee_invoices()
        self._used: set[int] = set()
        self._spans: dict[str, dict[int, tuple[int, int]]] = {s.key: {} for s in self._streams}
        self._kinds: dict[str, tuple[Counter[str], Counter[str]]] = {}
        self._schedules: dict[int, Schedule] = {}
        self._extra_of: dict[int, int] = {}
        self._support: dict[int, dict[Schedule, float]] = {}

    def find(self) -> list[Group]:
        """The payouts that can be explained, sure ones and others; a sure one shares no sale with another sure one."""
        sure: dict[int, list[Group]] = {}
        open_ones = [(s, place) for s in self._streams for place in range(len(s.bookings))]
        groups: dict[int, list[Group]] = {}
        for turn in range(_ROUNDS):
            groups = {s.bookings[place].index: self._solve(s, place) for s, place in open_ones}
            fresh = {i: found for i, found in groups.items() if found and _is_sure(found[0])}
            users = Counter(slot for found in fresh.values() for slot, _, _ in found[0].parts)
            fresh = {i: f for i, f in fresh.items() if all(users[slot] == 1 for slot, _, _ in f[0].parts)}
            if not fresh and turn:
                break
            sure |= fresh
            self._settle(fresh, sure)
            open_ones = [(s, place) for s, place in open_ones if s.bookings[place].index not in fresh]
        found = {**groups, **sure}
        return [g for i in sorted(found) for g in found[i]]

    def _settle(self, fresh: Mapping[int, Sequence[Group]], done: Collection[int]) -> None:
        """Take what sure payouts have paid, and learn what the sales of each provider have in common."""
        by_slot = {s.slot.index: s for s in self._sales}
        for stream in self._streams:
            paid: list[Sale] = []
            for place, b in enumerate(stream.bookings):
                if b.index in fresh:
                    members = [by_slot[slot] for slot, _, _ in fresh[b.index][0].parts]
                    self._used |= {m.slot.index for m in members}
                    days = [m.day for m in members if not m.refund]
                    self._spans[stream.key][place] = (min(days), max(days))
                    paid += [m for m in members if not m.refund]
            if paid:
                inside, _ = self._kinds.setdefault(stream.key, (Counter(), Counter()))
                inside.update(_kind(s) for s in paid)
            named = Counter(self._schedules[b.index] for b in stream.bookings if b.index in fresh)
            if stream.schedule is None and named:
                stream.schedule = min(named, key=lambda s: (-named[s], s))
        self._kept |= {i: self._extra_of[i] for i in fresh if self._extra_of[i]}
        left = [s for s in self._sales if s.slot.index not in self._used]
        self._extras = kept_beside(self._streams, left, done)
        for stream in self._streams:
            if stream.key in self._kinds:
                self._kinds[stream.key][1].clear()
                for first, last in self._spans[stream.key].values():
                    around = (s for s in self._sales if not s.refund and first <= s.day <= last)
                    self._kinds[stream.key][1].update(_kind(s) for s in around)

    def _fee_invoices(self) -> list[tuple[frozenset[str], int, int]]:
        """Purchase vouchers as (words of the contact, day, cents): a provider may deduct what it invoices."""
        found = []
        for claim in self._book.claims:
            if claim.v.type == "purchaseinvoice" and claim.v.date is not None and claim.contact:
                found.append((frozenset(claim.contact), claim.v.date.toordinal(), claim.total))
        return found

    def _ways(self, stream: Stream, b: Booking) -> list[_Way]:
        if stream.schedule is None:
            usual = sorted(USUAL)
            told = [
                sum(self._support.get(o.index, {}).get(s, 0.0) for o in stream.bookings if o.index != b.index)
                for s in usual
            ]
            total = math.log(sum(math.exp(value - max(told)) for value in told)) + max(told)
            share = math.log(_BY_SCHEDULE if stream.marked else _BY_GUESS) - total
            return [_Way(schedule, 0, share + value) for schedule, value in zip(usual, told, strict=True)]
        ways = [_Way(stream.schedule, 0, math.log(_BY_SCHEDULE))]
        day = b.t.booking_date.toordinal()
        invoiced = {c for named, d, c in self._fees if len(named & b.words) > 0 and -5 <= day - d <= 45}
        extras = dict.fromkeys(sorted(invoiced)[:3], _BY_INVOICE)
        extras = self._likely_extras(b) | extras
        return ways + [_Way(stream.schedule, e, math.log(share)) for e, share in sorted(extras.items())]

    def _likely_extras(self, b: Booking) -> dict[int, float]:
        """What other payouts of the client leave beside the fee, by how many of them."""
        others = {e: len(seen - {b.index}) for e, seen in self._extras.items()}
        for index, extra in self._kept.items():
            if index != b.index:
                others[extra] = others.get(extra, 0) + _KEPT_SURELY
        likely = sorted((e for e, count in others.items() if count), key=lambda e: (-others[e], e))[:_MOST_EXTRAS]
        return {e: min(_SURE_EXTRA, _LIKELY_EXTRA * others[e]) for e in likely}

    def _pool(self, stream: Stream, place: int) -> list[_Candidate]:
        b = stream.bookings[place]
        day = b.t.booking_date.toordinal()
        longest = window(stream, place)
        near = [
            s
            for s in self._sales
            if day - longest <= s.day <= day
            and s.slot.index not in self._used
            and s.claim.v.currency == b.t.currency
            and (self._busy.get(s.slot.index, 0.0) < _PAID or belongs(stream, s))
        ]
        bought = {s.claim.party for s in self._sales if not s.refund and s.claim.party and day - 75 <= s.day <= day}
        pool = []
        for s in near:
            sure = belongs(stream, s)
            odds = self._odds(stream, place, s, bought)
            if odds > -3.5 and (sure or day - s.day <= _WINDOW):
                pool.append(_Candidate(s, -s.gross if s.refund else s.gross, odds, sure))
        return pool

    def _odds(self, stream: Stream, place: int, s: Sale, bought: Collection[tuple[str, ...]]) -> float:
        b = stream.bookings[place]
        foreign = any(s.marks & words for key, words in self._words.items() if key != stream.key) and not (
            s.marks & stream.words
        )
        odds = 0.0
        if foreign or s.elsewhere:
            return min(_FOREIGN, _ELSEWHERE)
        if belongs(stream, s):
            odds += _BELONGS
        elif s.refund:
            odds += _REFUND_KNOWN if s.claim.party in bought else _REFUND_UNKNOWN
        else:
            odds += 0.0 if s.at_once else _LATER_DUE
            odds += self._kind_odds(stream, s)
        if self._busy.get(s.slot.index, 0.0) > 0.5:
            odds -= 2.0
        odds += _item_odds(s, b)
        odds -= max(0, b.t.booking_date.toordinal() - s.day - _WINDOW) * _OLD
        for other, (first, last) in self._spans[stream.key].items():
            if (other < place and s.day < last) or (other > place and s.day > first):
                odds += _OUT_OF_ORDER
        return odds

    def _kind_odds(self, stream: Stream, s: Sale) -> float:
        counted = self._kinds.get(stream.key)
        if counted is None:
            return 0.0
        inside, around = counted
        kind = _kind(s)
        share = (inside[kind] + 0.5) / (around[kind] + 1.0)
        return max(-_MOST_KIND, min(_MOST_KIND, math.log(share / max(0.05, 1.05 - share))))

    def _solve(self, stream: Stream, place: int) -> list[Group]:
        pool = self._pool(stream, place)
        if not any(not c.sale.refund for c in pool):
            return []
        b = stream.bookings[place]
        ways = self._ways(stream, b)
        most = _POOL if stream.schedule is not None else _POOL_UNLEARNED
        kept = sorted(pool, key=lambda c: (-c.odds, -c.sale.day, c.sale.slot.index))[:most]
        solutions: dict[tuple[Sale, ...], float] = {}
        explained: dict[tuple[Sale, ...], _Way] = {}
        kept.sort(key=lambda c: c.sale.order)
        for way in ways:
            for members in self._sets(kept, b, way):
                score = _prior(pool, members, b) + way.weight - math.log(2 * tolerance(len(members)) + 1)
                key = tuple(c.sale for c in members)
                if score > solutions.get(key, -math.inf):
                    solutions[key], explained[key] = score, way
            for members in _long_runs(pool, b, way) if len(pool) > len(kept) else ():
                score = _prior(pool, members, b) + way.weight - math.log(2 * tolerance(len(members)) + 1)
                key = tuple(c.sale for c in members)
                if score > solutions.get(key, -math.inf):
                    solutions[key], explained[key] = score, way
        return self._groups(stream, b, pool, solutions, explained)

    def _sets(self, kept: Sequence[_Candidate], b: Booking, way: _Way) -> Iterable[list[_Candidate]]:
        nets = [_net(c, way.schedule) for c in kept]
        target = (b.amount + way.extra) * UNIT
        reach = int(tolerance(len(kept)) * UNIT)
        masks = subsets_near(nets, target - reach, target + reach)
        for mask in masks or ():
            members = [c for i, c in enumerate(kept) if mask >> i & 1]
            sold = sum(not c.sale.refund for c in members)
            missing = abs(sum(_net(c, way.schedule) for c in members) - target)
            if sold and missing <= tolerance(sold) * UNIT:
                yield members

    def _groups(
        self,
        stream: Stream,
        b: Booking,
        pool: Sequence[_Candidate],
        solutions: Mapping[tuple[Sale, ...], float],
        explained: Mapping[tuple[Sale, ...], _Way],
    ) -> list[Group]:
        if not solutions:
            return self._guess(stream, b, pool)
        provider = 1.0 if stream.marked or stream.worded or stream.strength >= _SURE_STRENGTH else _STRANGER
        chance = math.log(_UNEXPLAINED / (2 * b.amount)) - math.log(provider)
        ranked = sorted(solutions.items(), key=lambda p: (-p[1], [s.order for s in p[0]]))
        top = max(chance, ranked[0][1])
        total = math.exp(chance - top) + sum(math.exp(score - top) for _, score in ranked)
        sure = {c.sale for c in pool if c.sure}
        groups: list[Group] = []
        if stream.schedule is None:
            told: dict[Schedule, float] = {}
            for key, score in solutions.items():
                one = explained[key]
                told[one.schedule] = max(told.get(one.schedule, 0.0), min(_MOST_SUPPORT, score - one.weight - chance))
            self._support[b.index] = told
        way = explained[ranked[0][0]]
        self._schedules[b.index], self._extra_of[b.index] = way.schedule, way.extra
        for place, (members, score) in enumerate(ranked[:3]):
            probability = math.exp(score - top) / total
            rivals = [r for i, r in enumerate(ranked[:4]) if i != place]
            rival, rival_score = rivals[0] if rivals else ((), -math.inf)
            written = stream.marked or stream.worded
            learned = stream.schedule is not None and stream.strength >= _SURE_STRENGTH
            grounds = "payout" if written or learned else "payout guessed"
            groups.append(
                Group(
                    _parts(members, b),
                    probability,
                    "payout",
                    grounds,
                    tuple((b.index, t) for t in _traits(stream, b, members, explained[members], sure)),
                    _parts(rival, b),
                    math.exp(rival_score - top) / total,
                )
            )
        return groups

    def _guess(self, stream: Stream, b: Booking, pool: Sequence[_Candidate]) -> list[Group]:
        """Where no fee explains the payout: all sales that name the provider, if it may have kept so much of them."""
        named = [c.sale for c in pool if c.sure and b.t.booking_date.toordinal() - c.sale.day <= _WINDOW]
        sold = [s for s in named if not s.refund]
        gross = sum(s.gross for s in sold) - sum(s.gross for s in named if s.refund)
        if not sold or not plausible(Run(len(sold), gross, gross - b.amount)):
            return []
        traits = _traits(stream, b, named, None, set(named))
        return [Group(_parts(named, b), _GUESSED, "payout", "payout guessed", tuple((b.index, t) for t in traits))]


def _is_sure(group: Group) -> bool:
    certain = group.probability >= _SURE and group.probability - group.rival_probability >= _MARGIN
    return group.grounds == "payout" and certain


def _kind(s: Sale) -> str:
    return f"{s.claim.v.type} {s.at_once} {bool(s.marks)} {sorted(c for c in s.channels if c[:7] == 'numbers')}"


def _net(c: _Candidate, schedule: Schedule) -> int:
    return c.amount * UNIT if c.sale.refund else schedule.net(c.amount)


def _item_odds(s: Sale, b: Booking) -> float:
    """What the payment item's date says: the day of the payout, the day of the sale, or another one."""
    due = s.slot.due
    if due is None:
        return 0.0
    days = min((abs((due - d).days) for d in (b.t.booking_date, b.t.value_date or b.t.booking_date)), default=0)
    if s.slot.item_type == ASSIGNED:
        return _ITEM_ASSIGNED if days <= 1 else _ITEM_OTHER_ASSIGNED
    if days == 0 and due.toordinal() != s.day:
        return _ITEM_DAY
    return _ITEM_LATE if (due - b.t.booking_date).days > 5 else 0.0


def _prior(pool: Sequence[_Candidate], members: Sequence[_Candidate], b: Booking) -> float:
    """How likely the set is before its amount is looked at: a run of sales, those between of the provider too."""
    days = [c.sale.day for c in members if not c.sale.refund]
    first, last = min(days), max(days)
    inside = {c.sale.slot.index for c in members}
    score = -math.log(1 + len({c.sale.day for c in pool}))
    for c in pool:
        if c.sale.slot.index in inside:
            score += _log_share(c.odds)
        elif first < c.sale.day < last or c.sale.refund:
            score += _log_share(-c.odds)
        elif c.sale.day in (first, last):
            score += _log_share(-c.odds) / 2
        elif c.sure:
            score += _LEFT_BEFORE if c.sale.day < first else _LEFT_AFTER
    return score


def _log_share(odds: float) -> float:
    return -math.log1p(math.exp(-odds)) if odds > -30 else odds


def _long_runs(pool: Sequence[_Candidate], b: Booking, way: _Way) -> Iterable[list[_Candidate]]:
    """Unbroken runs of the provider's own sales, refunds among them, however long: at most `_LONG` sales."""
    own = [c for c in pool if c.sure or c.sale.refund][-_LONG:]
    target = (b.amount + way.extra) * UNIT
    total = 0
    before: list[tuple[int, int]] = [(0, 0)]
    for i, c in enumerate(own, 1):
        total += _net(c, way.schedule)
        before.append((total, i))
    for i, (upper, end) in enumerate(before):
        for lower, start in before[:i]:
            if abs(upper - lower - target) <= tolerance(end - start) * UNIT:
                yield list(own[start:end])


def _parts(members: Sequence[Sale], b: Booking) -> tuple[tuple[int, int, int], ...]:
    """Each sale's share of what arrived, refunds gross: whole cents that add up to the booking, largest rests first."""
    shared = b.amount + sum(s.gross for s in members if s.refund)
    gross = sum(s.gross for s in members if not s.refund)
    shares = {s.slot.index: divmod(shared * s.gross, gross) for s in members if not s.refund}
    left = shared - sum(whole for whole, _ in shares.values())
    lifted = set(sorted(shares, key=lambda i: (-shares[i][1], i))[:left])
    return tuple(
        (i, b.index, s.gross if s.refund else shares[i][0] + (i in lifted)) for s in members for i in (s.slot.index,)
    )


def _traits(
    stream: Stream, b: Booking, members: Sequence[Sale], way: _Way | None, sure: Collection[Sale]
) -> list[Trait]:
    sold = [s for s in members if not s.refund]
    refunds = sum(s.gross for s in members if s.refund)
    gross = sum(s.gross for s in sold)
    run = {"count": str(len(sold)), "first": _iso(sold[0]), "last": _iso(sold[-1])}
    traits = [Trait("payout_of_provider", 2.0, {"found": stream.name}), Trait("payout_run", 1.0, run)]
    amounts = {"expected": money(gross), "booked": money(b.amount), "difference": money(gross - refunds - b.amount)}
    if way is None:
        traits.append(Trait("amount_less_fee", 0.0, amounts, supports=True))
    else:
        known = stream.schedule is not None
        kept = {"percent": way.schedule.percent(), "fixed": money(way.schedule.fixed)}
        code = "payout_fee_learned" if known else "payout_fee_usual"
        traits.append(Trait(code, 6.0 if known else 3.0, kept | amounts))
        if way.extra:
            traits.append(Trait("payout_extra", 0.0, {"difference": money(way.extra)}))
    if refunds:
        traits.append(Trait("payout_refund", 0.0, {"booked": money(refunds)}, supports=True))
    named = [s for s in sold if s in sure]
    if named and stream.marked:
        traits.append(Trait("payout_marked", 4.0, {"count": str(len(named)), "found": stream.channel[7:]}))
    return traits


def _iso(s: Sale) -> str:
    return s.claim.v.date.isoformat() if s.claim.v.date else ""
