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

from .book import Book, Booking
from .combination import Group
from .fees import UNIT, USUAL, Schedule, tolerance
from .payout_open import deductions, guess
from .payout_sets import Between, Candidate, Way, exactly, fit, item_odds, kind_of, long_runs, net_of, prior
from .payout_streams import Sale, Stream, belongs, foreign_words, kept_beside, sales_of, streams_of, study, window
from .payout_told import open_cents, parts_of, traits_of
from .subsets import subsets_near

_POOL = 20
_POOL_UNLEARNED = 14
_ROUNDS = 5
_PAID = 0.9
_WINDOW = 18
_GUESSED, _GUESSED_UNNAMED = 0.3, 0.1
_UNLIKELY = 0.1
_OPEN_CENTS = 3
"""So many cents one sale's share may be off: shares that are open by more are shown to a person."""
_SURE = 0.99
_MARGIN = 0.9
_SURE_STRENGTH = 10.0

_BELONGS, _ELSEWHERE, _FOREIGN, _LATER_DUE = 4.0, -7.0, -7.0, -3.0
_OUT_OF_ORDER = -2.5
_REFUND_KNOWN, _REFUND_UNKNOWN = 0.0, -3.0
_OLD = 0.1
_MOST_KIND = 3.0
_MOST_SUPPORT = 12.0

_BY_SCHEDULE, _BY_INVOICE, _BY_GUESS = 0.85, 0.05, 0.02
_UNEXPLAINED = 0.1
_MOST_EXTRAS = 6
_LIKELY_EXTRA, _SURE_EXTRA = 0.01, 0.06
_KEPT_SURELY = 3
_STRANGER = 0.05


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
        self._exact: Counter[str] = Counter()

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
                    way = Way(self._schedules[b.index], self._extra_of[b.index], 0.0)
                    self._exact[stream.key] += exactly(members, b, way)
                    days = [m.day for m in members if not m.refund]
                    self._spans[stream.key][place] = (min(days), max(days))
                    paid += [m for m in members if not m.refund]
            if paid:
                inside, _ = self._kinds.setdefault(stream.key, (Counter(), Counter()))
                inside.update(kind_of(s) for s in paid)
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
                    self._kinds[stream.key][1].update(kind_of(s) for s in around)

    def _fee_invoices(self) -> list[tuple[frozenset[str], int, int]]:
        """Purchase vouchers as (words of the contact, day, cents): a provider may deduct what it invoices."""
        found = []
        for claim in self._book.claims:
            if claim.v.type == "purchaseinvoice" and claim.v.date is not None and claim.contact:
                found.append((frozenset(claim.contact), claim.v.date.toordinal(), claim.total))
        return found

    def _ways(self, stream: Stream, b: Booking) -> list[Way]:
        if stream.schedule is None:
            usual = sorted(USUAL)
            told = [
                sum(self._support.get(o.index, {}).get(s, 0.0) for o in stream.bookings if o.index != b.index)
                for s in usual
            ]
            total = math.log(sum(math.exp(value - max(told)) for value in told)) + max(told)
            share = math.log(_BY_SCHEDULE if stream.marked else _BY_GUESS) - total
            return [Way(schedule, 0, share + value) for schedule, value in zip(usual, told, strict=True)]
        ways = [Way(stream.schedule, 0, math.log(_BY_SCHEDULE))]
        day = b.t.booking_date.toordinal()
        invoiced = {c for named, d, c in self._fees if len(named & b.words) > 0 and -5 <= day - d <= 45}
        extras = dict.fromkeys(sorted(invoiced)[:3], _BY_INVOICE)
        extras = self._likely_extras(b) | extras
        return ways + [Way(stream.schedule, e, math.log(share)) for e, share in sorted(extras.items())]

    def _likely_extras(self, b: Booking) -> dict[int, float]:
        """What other payouts of the client leave beside the fee, by how many of them."""
        others = {e: len(seen - {b.index}) for e, seen in self._extras.items()}
        for index, extra in self._kept.items():
            if index != b.index:
                others[extra] = others.get(extra, 0) + _KEPT_SURELY
        likely = sorted((e for e, count in others.items() if count), key=lambda e: (-others[e], e))[:_MOST_EXTRAS]
        return {e: min(_SURE_EXTRA, _LIKELY_EXTRA * others[e]) for e in likely}

    def _pool(self, stream: Stream, place: int) -> list[Candidate]:
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
                pool.append(Candidate(s, -s.gross if s.refund else s.gross, odds, sure))
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
        odds += item_odds(s, b)
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
        kind = kind_of(s)
        share = (inside[kind] + 0.5) / (around[kind] + 1.0)
        return max(-_MOST_KIND, min(_MOST_KIND, math.log(share / max(0.05, 1.05 - share))))

    def _solve(self, stream: Stream, place: int) -> list[Group]:
        pool = self._pool(stream, place)
        if not any(not c.sale.refund for c in pool):
            return []
        b = stream.bookings[place]
        most = _POOL if stream.schedule is not None else _POOL_UNLEARNED
        kept = sorted(pool, key=lambda c: (-c.odds, -c.sale.day, c.sale.slot.index))[:most]
        kept.sort(key=lambda c: c.sale.order)
        spans = self._spans[stream.key]
        between = Between(place - 1 in spans, place + 1 in spans)
        exact = (self._exact[stream.key] + 2) / (len(spans) + 4)
        solutions: dict[tuple[Sale, ...], tuple[float, Way]] = {}

        def add(members: Sequence[Candidate], way: Way, score: float) -> None:
            key = tuple(c.sale for c in members)
            if key not in solutions or score > solutions[key][0]:
                solutions[key] = score, way

        for way in self._ways(stream, b):
            for members in self._sets(kept, b, way):
                add(members, way, prior(pool, members, between) + way.weight + fit(members, b, way, exact))
            for members in long_runs(pool, b, way) if len(pool) > len(kept) else ():
                add(members, way, prior(pool, members, between) + way.weight + fit(members, b, way, exact))
        if stream.schedule is not None:
            for members, way, score in deductions(pool, b, stream.schedule, between):
                add(members, way, score)
        groups = self._groups(stream, b, pool, solutions) if solutions else []
        if max((g.probability for g in groups), default=0.0) < _UNLIKELY:
            groups += self._guess(stream, b, pool)
        return groups

    def _sets(self, kept: Sequence[Candidate], b: Booking, way: Way) -> Iterable[list[Candidate]]:
        nets = [net_of(c, way.schedule) for c in kept]
        target = (b.amount + way.extra) * UNIT
        reach = int(tolerance(len(kept)) * UNIT)
        masks = subsets_near(nets, target - reach, target + reach)
        for mask in masks or ():
            members = [c for i, c in enumerate(kept) if mask >> i & 1]
            sold = sum(not c.sale.refund for c in members)
            missing = abs(sum(net_of(c, way.schedule) for c in members) - target)
            if sold and missing <= tolerance(sold) * UNIT:
                yield members

    def _groups(
        self,
        stream: Stream,
        b: Booking,
        pool: Sequence[Candidate],
        solutions: Mapping[tuple[Sale, ...], tuple[float, Way]],
    ) -> list[Group]:
        provider = 1.0 if stream.marked or stream.worded or stream.strength >= _SURE_STRENGTH else _STRANGER
        chance = math.log(_UNEXPLAINED / (2 * b.amount)) - math.log(provider)
        ranked = sorted(solutions.items(), key=lambda p: (-p[1][0], [s.order for s in p[0]]))
        top = max(chance, ranked[0][1][0])
        total = math.exp(chance - top) + sum(math.exp(score - top) for _, (score, _) in ranked)
        sure = {c.sale for c in pool if c.sure}
        groups: list[Group] = []
        if stream.schedule is None:
            told: dict[Schedule, float] = {}
            for score, one in solutions.values():
                told[one.schedule] = max(told.get(one.schedule, 0.0), min(_MOST_SUPPORT, score - one.weight - chance))
            self._support[b.index] = told
        way = ranked[0][1][1]
        self._schedules[b.index], self._extra_of[b.index] = way.schedule, way.extra
        for place, (members, (score, way)) in enumerate(ranked[:3]):
            probability = math.exp(score - top) / total
            rivals = [(other, s) for i, (other, (s, _)) in enumerate(ranked[:4]) if i != place]
            rival, rival_score = rivals[0] if rivals else ((), -math.inf)
            groups.append(
                Group(
                    parts_of(members, b),
                    probability,
                    "payout",
                    _grounds(stream, b, members, way),
                    tuple((b.index, t) for t in traits_of(stream, b, members, way, sure)),
                    parts_of(rival, b) if rival else (),
                    math.exp(rival_score - top) / total,
                )
            )
        return groups

    def _guess(self, stream: Stream, b: Booking, pool: Sequence[Candidate]) -> list[Group]:
        """Where no fee explains the payout: sales that it may pay, if something says that it is one."""
        found = guess(pool, b) if stream.marked or stream.worded else []
        if not found:
            return []
        named, members = {c.sale for c in found if c.sure}, [c.sale for c in found]
        probability = _GUESSED if all(c.sure or c.sale.refund for c in found) else _GUESSED_UNNAMED
        traits = traits_of(stream, b, members, None, named)
        grounds = "payout, fee unknown"
        return [Group(parts_of(members, b), probability, "payout", grounds, tuple((b.index, t) for t in traits))]


def _grounds(stream: Stream, b: Booking, members: Sequence[Sale], way: Way) -> str:
    if way.once:
        return "payout, deduction"
    learned = stream.schedule is not None and stream.strength >= _SURE_STRENGTH
    if not (stream.marked or stream.worded or learned):
        return "payout guessed"
    return "payout" if open_cents(members, b) <= _OPEN_CENTS else "payout, cents"


def _is_sure(group: Group) -> bool:
    certain = group.probability >= _SURE and group.probability - group.rival_probability >= _MARGIN
    return group.grounds in ("payout", "payout, cents") and certain
