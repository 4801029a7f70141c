"""Who pays out: the incoming bookings of one provider, and which sales were paid through it.

A provider is known by what it does and by what is written: bookings of one account number or name that equal no
voucher, words like "payout", a name that vouchers carry as their way of payment. No list of brands is needed.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from .book import Book, Booking, Claim, Slot
from .fees import UNIT, Run, Schedule, learn, plausible, tolerance
from .purpose import paid_elsewhere
from .text import fold, is_collective_contact, words

_PAYS_OUT = re.compile(
    r"PAY ?OUT|AUSZAHLUNG|SETTLEMENT|DISBURSEMENT|HAENDLER|GIROCARD|KREDITK|KARTENUMS|TERMINAL|MERCHANT|ACQUIR"
    r"|\b(TA|VU|PID|MID)[ .:-]{0,2}(NR|ID)?[ .:-]{0,2}\d|PAYPAL|STRIPE|SUMUP|SUM UP|KLARNA|MOLLIE|ADYEN|PAYONE|ZETTLE"
    r"|SHOPIFY|EBAY|ETSY|AMAZON PAY|OTTO MARKET|KAUFLAND|UNZER|CONCARDIS|NEXI|NETS\b|WORLDLINE|TELECASH|VIREMENT VENTES"
)
_NO_MARK = frozenset(
    [
        "BEZAHLT",
        "PER",
        "VIA",
        "MIT",
        "DURCH",
        "ZAHLUNGSART",
        "ZAHLUNG",
        "ZAHLWEISE",
        "PAID",
        "PAYMENT",
        "METHOD",
        "BY",
        "WITH",
        "UEBER",
        "AUF",
        "VON",
        "VOM",
        "AM",
        "DER",
        "DIE",
        "DAS",
        "GEPRUEFT",
        "WIEDERVORLAGE",
        "ERLEDIGT",
        "KST",
        "PROJEKT",
        "SKONTO",
        "ABZGL",
        "GEZOGEN",
        "UND",
        "THE",
        "KONTO",
        "BESTELLUNG",
        "ORDER",
        "NR",
        "ONLINE",
        "SHOP",
        "GUTHABEN",
        "VERKAUF",
        "RECHNUNG",
        "KUNDE",
    ]
)
_WINDOW = 18
"""Days before a payout in which its sales lie where nothing names the provider."""
_LONGEST = 45
_MOST_RUNS = 24
_LONGEST_RUN = 16
_NAMED_CHANNEL = 6.0
_ALONE = 3
_UNMARKED = "unmarked"
HIGHEST_EXTRA = 20_000
"""What a provider usually keeps beside its fee at most, in cents."""
_REPEATED = 3
_VAT = (100, 107, 119, 120, 121)


@dataclass(slots=True)
class Stream:
    """The payouts of one provider: their bookings in order of time, its words, and what was learned of it."""

    key: str
    bookings: list[Booking]
    words: frozenset[str]
    worded: bool
    marked: bool = False
    channel: str = ""
    schedule: Schedule | None = None
    strength: float = 0.0

    @property
    def name(self) -> str:
        """The provider as its last booking names it."""
        last = self.bookings[-1].t
        return last.counterparty or last.purpose[:40]


@dataclass(frozen=True, slots=True)
class Sale:
    """A voucher that a provider may have paid; `marks`: words of its remark, `channels`: what it has in common."""

    slot: Slot
    claim: Claim
    day: int
    gross: int
    refund: bool
    at_once: bool
    elsewhere: bool
    marks: frozenset[str]
    channels: frozenset[str]

    @property
    def order(self) -> tuple[int, str, int]:
        """The place in the order of sales."""
        return self.day, self.claim.number.canon, self.slot.index


def sales_of(book: Book, free: Collection[int]) -> list[Sale]:
    """The sales and refunds among the free slots, in order of time."""
    found = []
    for slot in book.slots:
        claim = book.claims[slot.voucher]
        v = claim.v
        refund = v.type in ("creditnote", "salescreditnote")
        sold = v.type in ("invoice", "salesinvoice", "downpaymentinvoice")
        if slot.index not in free or slot.count > 1 or slot.only_set_off or v.date is None or not (refund or sold):
            continue
        remark = fold(v.remark)
        said = words(remark) + (words(fold(v.contact)) if is_collective_contact(v.contact) else [])
        marks = frozenset(w for w in said if len(w) > 2 and not w.isdigit() and w not in _NO_MARK)
        channels = {f"remark {w}" for w in marks}
        if not marks:
            channels.add("contact " + " ".join(claim.contact or words(fold(v.contact))))
            channels.add("numbers " + re.match(r"[A-Z]*", claim.number.canon).group())  # type: ignore[union-attr]
            channels.add(_UNMARKED)
        at_once = v.due_date is None or v.due_date <= v.date
        elsewhere = paid_elsewhere(v.remark) or not marks.isdisjoint(("UEBERWEISUNG", "VORKASSE"))
        found.append(
            Sale(slot, claim, v.date.toordinal(), slot.amount, refund, at_once, elsewhere, marks, frozenset(channels))
        )
    return sorted(found, key=lambda s: s.order)


def streams_of(book: Book, taken: Collection[int], sales: Sequence[Sale]) -> list[Stream]:
    """The providers among the incoming bookings that nothing else explains."""
    grouped: dict[str, list[Booking]] = defaultdict(list)
    for b in book.bookings:
        if b.sign > 0 and b.amount > 0 and b.index not in taken and b.returned is None and not b.no_voucher:
            if b.t.counterparty_iban in book.own_accounts:
                continue
            grouped[_key(b)].append(b)
    remarked = {w for s in sales for w in s.marks}
    customers = {s.claim.contact for s in sales if s.claim.contact}
    streams = []
    for key, bookings in sorted(grouped.items()):
        bookings.sort(key=lambda b: (b.t.booking_date, b.t.id))
        named = frozenset().union(*(b.words for b in bookings)) & remarked
        worded = any(_PAYS_OUT.search(fold(f"{b.t.counterparty} {b.t.purpose}")) for b in bookings)
        stranger = len(bookings) >= _ALONE and not any(set(c) <= b.words for b in bookings for c in customers)
        if worded or named or stranger:
            streams.append(Stream(key, bookings, named, worded, bool(named)))
    return streams


def _key(b: Booking) -> str:
    t = b.t
    who = t.creditor_id or t.counterparty_iban or " ".join(sorted(b.names))
    if not who:
        who = " ".join([w for w in words(fold(t.purpose)) if not any(c.isdigit() for c in w)][:3])
    return f"{t.currency} {who}"


def window(stream: Stream, place: int) -> int:
    """How many days before a payout its sales may lie where something names the provider."""
    if not place:
        return _LONGEST
    gap = (stream.bookings[place].t.booking_date - stream.bookings[place - 1].t.booking_date).days
    return max(_WINDOW, min(_LONGEST, gap + 10))


def study(stream: Stream, sales: Sequence[Sale], others: Mapping[str, frozenset[str]]) -> None:
    """Learn which sales the provider pays and what it keeps; `others`: the words of each other provider by key."""
    foreign = frozenset().union(*(named for key, named in others.items() if key != stream.key)) - stream.words
    usable = [s for s in sales if not s.refund and not s.elsewhere and not s.marks & foreign]
    named = sorted(f"remark {w}" for w in stream.words)
    sizes = Counter(c for s in usable if s.at_once for c in s.channels)
    common = [c for c, count in sorted(sizes.items(), key=lambda p: (-p[1], p[0])) if count >= 2][:8]
    best: tuple[float, str, Schedule | None] = (0.0, named[0] if named else "", None)
    for channel in named or common:
        # Where only some vouchers name the provider, its runs have unmarked sales among them.
        for wanted in ({channel}, {channel, _UNMARKED}) if channel in named else ({channel},):
            members = [s for s in usable if wanted & s.channels and (s.at_once or (channel in s.channels and named))]
            learned = learn([_runs(stream, place, members) for place in range(len(stream.bookings))])
            weight = (learned[1] if learned else 0.0) + (_NAMED_CHANNEL if channel in named else 0.0)
            if learned and weight > best[0]:
                best = (weight, channel, learned[0])
    stream.strength, stream.channel, stream.schedule = best
    if not stream.words and stream.schedule is None:
        stream.channel = ""


def _runs(stream: Stream, place: int, members: Sequence[Sale]) -> list[Run]:
    b = stream.bookings[place]
    day = b.t.booking_date.toordinal()
    near = [s for s in members if day - _WINDOW <= s.day <= day and s.claim.v.currency == b.t.currency]
    found: list[Run] = []
    for last in range(len(near) - 1, -1, -1):
        gross = 0
        for first in range(last, max(-1, last - _LONGEST_RUN), -1):
            gross += near[first].gross
            run = Run(last - first + 1, gross, gross - b.amount)
            if plausible(run):
                found.append(run)
            elif run.fee > 0:
                break
    return found[:_MOST_RUNS]


def belongs(stream: Stream, sale: Sale) -> bool:
    """Whether something says that the provider paid the sale: its name, or what its sales have in common."""
    return bool(sale.marks & stream.words) or (stream.channel in sale.channels and not sale.refund and sale.at_once)


def foreign_words(streams: Iterable[Stream]) -> dict[str, frozenset[str]]:
    """The words of each provider that vouchers name, with those learned for it."""
    return {s.key: s.words | ({s.channel[7:]} if s.channel.startswith("remark ") else set()) for s in streams}


def kept_beside(streams: Iterable[Stream], sales: Sequence[Sale], done: Collection[int]) -> dict[int, set[int]]:
    """What providers may keep beside their fee, in cents, with the bookings whose own sales leave just that.

    Monthly prices and advertising: whole amounts, with or without value added tax; others only where three bookings
    leave them. Only runs count that leave nothing out. `sales`: those not yet paid; `done`: bookings explained.
    """
    gaps: list[tuple[int, int]] = []
    for stream in streams:
        if stream.schedule is None:
            continue
        members = [s for s in sales if not s.refund and belongs(stream, s)]
        for place, b in enumerate(stream.bookings):
            if b.index in done:
                continue
            runs = _runs(stream, place, members)
            longest = max((r.count for r in runs), default=0)
            for run in runs:
                gap = run.fee - run.count * stream.schedule.fixed - run.gross * stream.schedule.rate / UNIT
                if run.count == longest and tolerance(run.count) < gap <= HIGHEST_EXTRA:
                    gaps.append((round(gap), b.index))
    found: dict[int, set[int]] = {}
    for extra in sorted({gap + step for gap, _ in gaps for step in (-1, 0, 1)}):
        seen = {index for gap, index in gaps if abs(gap - extra) <= 1}
        if is_price(extra) or len(seen) >= _REPEATED:
            found[extra] = seen
    return found


def is_price(cents: int) -> bool:
    """Whether an amount is a whole number of units, with or without one of the usual rates of value added tax."""
    return any(round(round(cents / vat) * vat) == cents for vat in _VAT)
