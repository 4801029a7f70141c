"""One client's vouchers and bookings, prepared once and indexed for everything that follows."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from decimal import Decimal
from functools import cached_property

from .amounts import Density, cents
from .booking import FIELDS, Booking, Pool
from .claim import Claim, Slot
from .contacts import Contact, parties
from .names import WordStatistics
from .numbers import STRONG, Hit, wording
from .series import likely_parties
from .shelves import AmountShelf, Calendar
from .types import Allocation, Transaction, Voucher

__all__ = ["FIELDS", "Book", "Booking", "Claim", "Slot"]

_NONE: Mapping[int, Hit] = {}


class Book:
    """All of it, with indices by amount, number and word. Deterministic: everything is ordered by id.

    Nothing here grows faster than the rows: the numbers in a text are generated once and looked up among the known
    forms of all document numbers, and only what was found is kept; words are indexed only where they are in the name
    of a contact.
    """

    def __init__(
        self,
        vouchers: Iterable[Voucher],
        transactions: Iterable[Transaction],
        rates: Mapping[date, Mapping[str, Decimal]],
        settled: Iterable[Allocation],
        whole: Book | None = None,
        silent: Collection[str] = (),
    ) -> None:
        self._whole = whole
        self.alike: tuple[object, tuple[int, int | None]] = None, (0, None)
        """How many bookings show the mark of the one asked for last, see `evidence.pair`."""
        self.total: int
        """Bookings that rarity is judged by."""
        self.words: WordStatistics
        self.density: Mapping[int, Density]
        self.account_currencies: list[str]
        self.own_accounts: frozenset[str]
        self.parties: Mapping[Contact, Contact]
        self.rates = rates
        self._rate_days = sorted(rates)
        self.currencies = frozenset(c for day in rates.values() for c in day) | {"EUR"}
        used_t: dict[str, int] = defaultdict(int)
        used_v: dict[str, list[int]] = defaultdict(list)
        for a in settled:
            used_t[a.transaction] += cents(a.amount)
            used_v[a.voucher].append(cents(a.amount))
        ordered = sorted(transactions, key=lambda t: t.id)
        self.pool = Pool()
        self.bookings = [Booking(i, t, used_t.get(t.id, 0), self.pool) for i, t in enumerate(ordered)]
        self.claims = [Claim(i, v) for i, v in enumerate(sorted(vouchers, key=lambda v: v.id))]
        self.parties = whole.parties if whole else parties(c.contact for c in self.claims)
        self.slots: list[Slot] = []
        for claim in self.claims:
            claim.party = self.party(claim.contact)
            # What is silent waits for nothing here; it is only known by its number.
            used = used_v.get(claim.v.id, ())
            claim.slots = [] if claim.v.id in silent else claim.open_slots(used, len(self.slots))
            self.slots += claim.slots
        if whole:
            self.total, self.words, self.density = whole.total, whole.words, whole.density
            self.account_currencies, self.own_accounts = whole.account_currencies, whole.own_accounts
            self.likely_parties = whole.likely_among(self.claims)
        else:
            self.total = len(self.bookings)
            self.words = WordStatistics(b.words for b in self.bookings)
            self.density = {
                sign: Density(b.amount for b in self.bookings if b.sign == sign and b.amount > 0) for sign in (1, -1)
            }
            self.account_currencies = sorted({t.currency for t in ordered})
            self.own_accounts = frozenset(t.account for t in ordered)
            self.likely_parties = likely_parties(self.claims)
        self.vocabulary = {word for contact in {c.contact for c in self.claims} for word in contact}
        self._index_bookings()
        self._index_numbers()

    @property
    def whole(self) -> Book:
        """The book of the whole client, where this one holds only some of its rows: rarity is judged by that."""
        # Not kept as an attribute of itself: a run ends with nothing that Python's cycle collector has to look for.
        return self._whole or self

    def _index_bookings(self) -> None:
        self.shelves: dict[tuple[int, int], AmountShelf] = {}
        self.calendar = Calendar()
        """Bookings by direction and a contact's word; all of a direction by an empty one."""
        several = len(self.account_currencies) > 1 or any(
            c.v.currency not in self.account_currencies for c in self.claims
        )
        self.foreign = several
        for b in sorted(self.bookings, key=lambda b: (b.day, b.index)):
            self.put_on_shelves(b)

    def put_on_shelves(self, b: Booking) -> None:
        """Make a booking found by its amount, its day and the contacts' words in it."""
        if b.amount <= 0:
            return
        words = b.words & self.vocabulary
        self.shelf(b.sign, b.amount).add(b, words)
        for word in words:
            self.put_under_word(word, b)
        if self.foreign:
            self.calendar.add((b.sign, ""), b.amount, b.day, b.index)

    def put_under_word(self, word: str, b: Booking) -> None:
        """Make a booking found by a word of a contact, where it is a telling one."""
        if len(word) > 2 and not word.isdigit():
            self.calendar.add((b.sign, word), b.amount, b.day, b.index)

    def take_off_shelves(self, b: Booking) -> None:
        """Make a booking found no more."""
        if b.amount <= 0:
            return
        self.shelf(b.sign, b.amount).remove(b)
        for word in (*(b.words & self.vocabulary), ""):
            self.calendar.remove((b.sign, word), b.amount, b.day, b.index)

    def shelf(self, sign: int, amount: int) -> AmountShelf:
        """The bookings of a direction and amount (positive cents)."""
        return self.shelves.setdefault((sign, amount), AmountShelf())

    def _index_numbers(self) -> None:
        self.totals = Counter((c.v.direction, c.total) for c in self.claims)
        self.by_form: dict[str, int | tuple[int, ...]] = {}
        """The voucher, or the vouchers, that a number may mean."""
        for claim in self.claims:
            self.add_forms(claim)
        self.hits: list[Mapping[int, Hit]] = [self.find_numbers(b) for b in self.bookings]
        self.hit_by: dict[int, list[int]] = defaultdict(list)
        for b in self.bookings:
            for claim_index in self.hits[b.index]:
                self.hit_by[claim_index].append(b.index)
        self.pointing = {b.index for b in self.bookings if self.hits[b.index] and self.points_at_some(b)}
        """Bookings whose text names a voucher of their direction with its whole number."""

    def add_forms(self, claim: Claim) -> None:
        """Know all ways to write a voucher's number."""
        for value in claim.number.pointing:
            owners = self.by_form.get(value)
            if owners is None:
                self.by_form[value] = claim.index
            else:
                before = (owners,) if isinstance(owners, int) else owners
                self.by_form[value] = (*before, claim.index)

    def forget_forms(self, claim: Claim) -> None:
        """Know the ways to write a voucher's number no more."""
        for value in claim.number.pointing:
            owners = self.by_form[value]
            left = () if isinstance(owners, int) else tuple(i for i in owners if i != claim.index)
            if left:
                self.by_form[value] = left
            else:
                del self.by_form[value]

    def points_at_some(self, b: Booking) -> bool:
        """Whether a booking names a voucher of its direction with its whole number."""
        hits = self.hits[b.index].items()
        return any(h.whole and h.weight >= STRONG and self.claims[i].v.direction == b.sign for i, h in hits)

    def find_numbers(self, b: Booking) -> Mapping[int, Hit]:
        """The best hit for each claim; a piece of a longer number is none."""
        found: list[tuple[int, Hit]] = []
        for text in b.numbers:
            for window in text.windows:
                owners = self.by_form.get(window.value)
                if owners is None or text.says_no_document(window):
                    continue
                if isinstance(owners, int):
                    owners = (owners,)
                raw = text.folded[window.start : window.end]
                for index in owners:
                    number = self.claims[index].number
                    form = number.forms[window.value]
                    code = wording(number, raw)
                    hit = Hit(code, form.weight, form.whole, text.field, window.start, window.end, raw)
                    found.append((index, hit))
        if not found:
            return _NONE
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
        return self.whole.totals[(direction, total)]

    def same_amount(self, b: Booking) -> int:
        """How many bookings have a booking's direction and amount, itself among them."""
        return len(self.whole.shelf(b.sign, b.amount)) if b.amount > 0 else 0

    @cached_property
    def index_of(self) -> dict[str, int]:
        """The bookings' indices by the ids of their transactions."""
        return {b.t.id: b.index for b in self.bookings}

    def party(self, contact: Contact) -> Contact:
        """The party of a contact: the sorted words of its most frequent spelling, or its own where it is a new one."""
        spelled = tuple(sorted(contact))
        return self.parties.get(spelled, spelled)

    def likely_among(self, claims: Iterable[Claim]) -> dict[int, Claim]:
        """What is likely of these vouchers, by their index in their own book."""
        known = {self.claims[index].v.id: like for index, like in self.likely_parties.items()}
        return {c.index: known[c.v.id] for c in claims if c.v.id in known}

    def rate(self, currency: str, day: date) -> Decimal | None:
        """Units of the currency for one euro on the last rate day up to `day` (at most ten days before)."""
        if currency == "EUR":
            return Decimal(1)
        i = bisect_right(self._rate_days, day)
        if not i or (day - self._rate_days[i - 1]).days > 10:
            return None
        return self.rates[self._rate_days[i - 1]].get(currency)
