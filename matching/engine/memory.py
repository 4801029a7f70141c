"""What is known of the parties: from people's decisions, and from the sure matches of the same run.

A fact never supports the booking it was learned from: each use asks for another booking that shows the same. So what
is kept of a word or an account number is how many bookings showed it with each party, and whether the booking that
asks is one of them is known from the parties it was observed with. Nothing is kept of words that occur only once.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from .booking import Booking
from .contacts import Contact
from .names import WordStatistics
from .text import name_words
from .types import Learned, Transaction

_ALIAS_SUPPORT = 2
_ALIAS_SHARE = 0.9
_COMMON = 0.2

_Seen = dict[str, dict[Contact, int]]
_Mark = tuple[str, ...]
_NOBODY: Mapping[Contact, int] = {}


@dataclass(slots=True)
class Known:
    """What ties a booking to a party: by account number, by creditor or mandate, by a number or word in its text."""

    iban: bool = False
    creditor: bool = False
    customer_number: str = ""
    alias: str = ""


class Memory:
    """Identifiers and words with the parties they were seen with. A party is named by its sorted words."""

    __slots__ = (
        "_creditors", "_facts", "_ibans", "_mark_most", "_mark_total", "_marks", "_named", "_names_with", "_observed",
        "_words",
    )  # fmt: skip

    def __init__(self, learned: Learned | None, words: WordStatistics, parties: Mapping[Contact, Contact]) -> None:
        self._words = words
        self._ibans: _Seen = defaultdict(dict)
        self._creditors: _Seen = defaultdict(dict)
        self._marks: dict[_Mark, dict[Contact, list[Booking]]] = {}
        self._mark_total: dict[_Mark, int] = {}
        self._mark_most: dict[_Mark, int] = {}
        """How many bookings showed a mark with the party that it was seen with most."""
        self._observed: dict[str, tuple[Contact, ...]] = {}
        self._facts: tuple[Transaction | None, dict[Contact, Known]] = (None, {})
        self._names_with: dict[tuple[_Mark, Contact], Counter[str]] = {}
        self._named: dict[str, set[Contact]] = defaultdict(set)
        for spelling, party in parties.items():
            for word in spelling:
                self._named[word].add(party)
        learned = learned or Learned()
        for target, source in (
            (self._ibans, learned.ibans),
            (self._creditors, learned.creditors),
            (self._creditors, learned.mandates),
        ):
            for identifier, contacts in source.items():
                for contact in contacts:
                    spelled = tuple(sorted(name_words(contact)))
                    _count(target, identifier, parties.get(spelled, spelled))

    def observe(self, party: Contact, b: Booking) -> None:
        """Take a sure match as a fact about its party."""
        before = self._observed.get(b.t.id, ())
        if not party or party in before:
            return
        self._observed[b.t.id] = (*before, party)
        self._facts = (None, {})
        if b.t.counterparty_iban:
            _count(self._ibans, b.t.counterparty_iban, party)
        for identifier in {b.t.creditor_id, b.t.mandate_id} - {""}:
            _count(self._creditors, identifier, party)
        for mark in b.marks():
            if all(self._words.count(word) > 1 for word in mark):
                seen = self._marks.setdefault(mark, {}).setdefault(party, [])
                seen.append(b)
                self._mark_most[mark] = max(self._mark_most.get(mark, 0), len(seen))
                self._mark_total[mark] = self._mark_total.get(mark, 0) + (0 if before else 1)

    def facts(self, b: Booking) -> dict[Contact, Known]:
        """The parties that something ties to the booking; those of the last booking asked for are remembered."""
        if self._facts[0] is not b.t:
            self._facts = b.t, self._collect(b)
        return self._facts[1]

    def iban_of_another(self, party: Contact, b: Booking) -> str:
        """The party the account number belongs to, where that is somebody else alone."""
        owners = self._ibans.get(b.t.counterparty_iban) if b.t.counterparty_iban else None
        if not owners or party in owners:
            return ""
        others = self._elsewhere(owners, b)
        return " ".join(others[0]).title() if others else ""

    def _elsewhere(self, owners: Mapping[Contact, int], b: Booking) -> list[Contact]:
        """The parties of an identifier that another booking, or a person, has shown."""
        own = self._observed.get(b.t.id, ())
        return sorted(party for party, count in owners.items() if count > (party in own))

    def _collect(self, b: Booking) -> dict[Contact, Known]:
        found: dict[Contact, Known] = defaultdict(Known)
        for party in self._elsewhere(self._ibans.get(b.t.counterparty_iban, _NOBODY), b):
            found[party].iban = True
        for identifier in (b.t.mandate_id, b.t.creditor_id):
            owners = self._creditors.get(identifier, _NOBODY)
            if len(owners) == 1:
                for party in self._elsewhere(owners, b):
                    found[party].creditor = True
        own = self._observed.get(b.t.id, ())
        best: dict[tuple[Contact, bool], tuple[int, str]] = {}
        for mark in sorted(mark for mark in b.marks() if mark in self._marks) if self._marks else ():
            word, is_number = " ".join(mark), mark[0].isdigit() and len(mark) == 1
            everybody = self._mark_total[mark] - bool(own)
            if not everybody or everybody > _COMMON * self._words.total:
                continue
            if self._mark_most[mark] < (1.0 if is_number else _ALIAS_SHARE) * everybody:
                # Nobody's: a word that thousands share is not to be compared with each of them for each booking.
                continue
            for party, seen in self._marks[mark].items():
                count = len(seen) - (party in own)
                enough = count >= (1 if is_number else _ALIAS_SUPPORT)
                if not enough or count < (1.0 if is_number else _ALIAS_SHARE) * everybody:
                    continue
                if is_number or self._is_name_for(party, mark, b, count):
                    best[(party, is_number)] = max(best.get((party, is_number), (0, "")), (count, word))
        for (party, is_number), (_, word) in best.items():
            if is_number:
                found[party].customer_number = word
            else:
                found[party].alias = word
        return dict(found)

    def _is_name_for(self, party: Contact, alias: _Mark, b: Booking, count: int) -> bool:
        """Whether a word, or two beside each other, under which a party was seen stands for it here as well.

        A single word of a name is not enough: it may be a family's or a town's. So it must be in nobody's name
        among the contacts, all words that have always stood with it must be here, and no name that was never there.
        `count`: the bookings that have shown it, without this one.
        """
        owners = set.intersection(*(self._named.get(word, set()) for word in alias))
        if owners - {party} or (owners and len(alias) == 1):
            return False
        names = self._names_with.get((alias, party))
        if names is None:
            names = Counter(word for seen in self._marks[alias][party] for word in _name(seen))
            self._names_with[(alias, party)] = names
        own = _name(b) if party in self._observed.get(b.t.id, ()) else frozenset[str]()
        if not all(word in b.words for word, times in names.items() if times - (word in own) == count):
            return False
        return b.is_card or all(
            names[word] > (word in own) or party in self._named.get(word, ())
            for word in b.names
            if len(word) > 2 and word.isalpha()
        )


def _count(seen: _Seen, identifier: str, party: Contact) -> None:
    seen[identifier][party] = seen[identifier].get(party, 0) + 1


def _name(b: Booking) -> frozenset[str]:
    """The words of whoever a booking names; where the field is empty, of the beginning of the text."""
    return frozenset(word for word in b.names or name_words(b.t.purpose[:40]) if word.isalpha())
