"""One client's vouchers and bookings, prepared once and indexed for everything that follows."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise

from .amounts import Density, cents
from .contacts import parties
from .names import WordStatistics
from .numbers import Hit, Number, NumberText, wording
from .purpose import is_card, no_voucher_word
from .text import TextDate, dates_in, fold, is_collective_contact, name_words, words
from .types import BANK_PAYMENTS, CREDIT_NOTES, SET_OFF, Allocation, Transaction, Voucher

FIELDS = ("purpose", "end_to_end_id", "counterparty")
"""The fields of a transaction in which numbers are looked for, in this order."""


class Booking:
    """A transaction with everything that is read from it once; `amount` is what is left of it in cents."""

    __slots__ = (
        "amount",
        "index",
        "is_card",
        "marks",
        "names",
        "no_voucher",
        "numbers",
        "returned",
        "sign",
        "squashed",
        "t",
        "text_dates",
        "words",
    )

    def __init__(self, index: int, t: Transaction, used: int) -> None:
        self.index = index
        self.t = t
        self.sign = 1 if t.amount >= 0 else -1
        self.amount = abs(cents(t.amount)) - used
        folded = {field: fold(getattr(t, field)) for field in FIELDS}
        self.text_dates: list[TextDate] = dates_in(folded["purpose"])
        self.numbers = [
            NumberText(f, folded[f], self.text_dates if f == "purpose" else ()) for f in FIELDS if folded[f]
        ]
        joined = f"{folded['counterparty']} {folded['purpose']}"
        self.words = frozenset(words(joined.replace("'", "")))
        self.squashed = re.sub(r"[^A-Z0-9]", "", joined)
        self.names = name_words(t.counterparty)
        self.marks = self.words | _couples(folded["counterparty"] or folded["purpose"][:40])
        self.is_card = is_card(t)
        self.no_voucher = no_voucher_word(t)
        self.returned: date | None = None


def _couples(folded: str) -> frozenset[str]:
    """Neighbouring words, which mark a party where each alone is common: DB VERTRIEB."""
    found = words(folded)
    return frozenset(f"{a} {b}" for a, b in pairwise(found) if not (a + b).isdigit())


@dataclass(frozen=True, slots=True)
class Slot:
    """A payment that a voucher waits for: one bank payment item, or the total where no item is known.

    `set_off`: what of the voucher credit notes have settled beside it, as the accounting system has it. A credit note
    that was only set off has a slot too (`only_set_off`): no booking of its own pays it, but it may be part of a set.
    """

    index: int
    voucher: int
    position: int
    count: int
    amount: int
    due: date | None
    item_type: str
    set_off: int = 0

    @property
    def only_set_off(self) -> bool:
        """Whether it is a credit note that another voucher's payment has taken in."""
        return self.item_type == SET_OFF


class Claim:
    """A voucher with everything that is read from it once; amounts in cents, `dunning`: the known dunning costs."""

    __slots__ = ("contact", "dunning", "index", "number", "party", "slots", "total", "v")

    def __init__(self, index: int, v: Voucher) -> None:
        self.index = index
        self.v = v
        self.total = abs(cents(v.total))
        self.dunning = cents(sum((p.amount for p in v.payments if p.type == "dunningCosts"), Decimal(0)))
        self.number = Number(v.number)
        self.contact: tuple[str, ...] = () if is_collective_contact(v.contact) else name_words(v.contact)
        self.party = self.contact
        self.slots: list[Slot] = []


class Book:
    """All of it, with indices by amount, number and word. Deterministic: everything is ordered by id."""

    def __init__(
        self,
        vouchers: Iterable[Voucher],
        transactions: Iterable[Transaction],
        rates: Mapping[date, Mapping[str, Decimal]],
        settled: Iterable[Allocation],
    ) -> None:
        self.rates = rates
        self._rate_days = sorted(rates)
        self.currencies = frozenset(c for day in rates.values() for c in day) | {"EUR"}
        used_t: dict[str, int] = defaultdict(int)
        self._used_v: dict[str, list[int]] = defaultdict(list)
        for a in settled:
            used_t[a.transaction] += cents(a.amount)
            self._used_v[a.voucher].append(cents(a.amount))
        ordered = sorted(transactions, key=lambda t: t.id)
        self.bookings = [Booking(i, t, used_t[t.id]) for i, t in enumerate(ordered)]
        self.claims = [Claim(i, v) for i, v in enumerate(sorted(vouchers, key=lambda v: v.id))]
        self.parties = parties(c.contact for c in self.claims)
        self.slots: list[Slot] = []
        for claim in self.claims:
            claim.party = self.parties.get(tuple(sorted(claim.contact)), ())
            self._add_slots(claim)
        self.account_currencies = sorted({t.currency for t in ordered})
        self.own_accounts = frozenset(t.account for t in ordered)
        self.words = WordStatistics(b.words for b in self.bookings)
        self.density = {
            sign: Density(b.amount for b in self.bookings if b.sign == sign and b.amount > 0) for sign in (1, -1)
        }
        self._index()

    def _add_slots(self, claim: Claim) -> None:
        v = claim.v
        items = [p for p in v.payments if p.type in BANK_PAYMENTS and p.amount > 0]
        set_off = [p for p in v.payments if p.type == SET_OFF and p.amount > 0]
        if not items and v.type in CREDIT_NOTES and len(set_off) == len(v.payments):
            items = set_off
        if v.payments and not items:
            return
        expected = [(cents(p.amount), p.date, p.type) for p in items] or [(claim.total, None, "")]
        used = sorted(self._used_v.get(v.id, []))
        if used:
            if sum(used) * 100 >= sum(e[0] for e in expected) * 94:
                return
            for amount in used:
                gone = next((e for e in expected if e[0] == amount), None)
                if gone is None:
                    return
                expected.remove(gone)
        expected.sort(key=lambda e: (e[1] or date.min, e[0], e[2]))
        for position, (amount, due, item_type) in enumerate(expected, 1):
            beside = sum(cents(p.amount) for p in set_off) if len(expected) == 1 and items != set_off else 0
            slot = Slot(len(self.slots), claim.index, position, len(expected), amount, due, item_type, beside)
            self.slots.append(slot)
            claim.slots.append(slot)

    def _index(self) -> None:
        self.by_amount: dict[tuple[int, int], list[int]] = defaultdict(list)
        self.by_word: dict[str, list[int]] = defaultdict(list)
        for b in self.bookings:
            if b.amount > 0:
                self.by_amount[(b.sign, b.amount)].append(b.index)
                for word in b.words:
                    if not word.isdigit() and len(word) > 1:
                        self.by_word[word].append(b.index)
        self._sorted = {
            sign: sorted((b.amount, b.index) for b in self.bookings if b.sign == sign and b.amount > 0)
            for sign in (1, -1)
        }
        self._totals = Counter((c.v.direction, c.total) for c in self.claims)
        self.by_form: dict[str, list[int]] = defaultdict(list)
        for claim in self.claims:
            for value in claim.number.forms:
                self.by_form[value].append(claim.index)
        self.hits: list[dict[int, Hit]] = [self._find_numbers(b) for b in self.bookings]
        self.hit_by: dict[int, list[int]] = defaultdict(list)
        for b in self.bookings:
            for claim_index in self.hits[b.index]:
                self.hit_by[claim_index].append(b.index)

    def _find_numbers(self, b: Booking) -> dict[int, Hit]:
        """The best hit for each claim; a piece of a longer number is none."""
        found: list[tuple[int, Hit]] = []
        for text in b.numbers:
            for window in text.windows:
                owners = self.by_form.get(window.value)
                if not owners or text.says_no_document(window):
                    continue
                raw = text.folded[window.start : window.end]
                for index in owners:
                    number = self.claims[index].number
                    form = number.forms[window.value]
                    code = wording(number, raw)
                    hit = Hit(code, form.weight, form.whole, text.field, window.start, window.end, raw)
                    found.append((index, hit))
        whole = {hit for _, hit in found if hit.whole}
        best: dict[int, Hit] = {}
        for index, hit in found:
            if any(hit.is_part_of(other) for other in whole):
                continue
            if index not in best or hit.outdoes(best[index]):
                best[index] = hit
        return best

    def claims_of(self, direction: int, total: int) -> int:
        """How many vouchers of a direction have this total (positive cents)."""
        return self._totals[(direction, total)]

    def rate(self, currency: str, day: date) -> Decimal | None:
        """Units of the currency for one euro on the last rate day up to `day` (at most ten days before)."""
        if currency == "EUR":
            return Decimal(1)
        i = bisect_right(self._rate_days, day)
        if not i or (day - self._rate_days[i - 1]).days > 10:
            return None
        return self.rates[self._rate_days[i - 1]].get(currency)

    def near_amounts(self, sign: int, low: int, high: int) -> list[int]:
        """Indices of bookings of a direction with an amount in low..high cents."""
        rows = self._sorted[sign]
        return [i for _, i in rows[bisect_left(rows, (low, -1)) : bisect_right(rows, (high, 1 << 60))]]
