"""What is known of the parties: from people's decisions, and from the sure matches of the same run.

A fact never supports the booking it was learned from: each use asks for another booking that shows the same.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from .book import Booking
from .contacts import Contact
from .text import name_words
from .types import Learned

_ALIAS_SUPPORT = 2
_ALIAS_SHARE = 0.9
_COMMON = 0.2

_Seen = dict[str, dict[Contact, set[int]]]


@dataclass(slots=True)
class Known:
    """What ties a booking to a party: by account number, by creditor or mandate, by a number or word in its text."""

    iban: bool = False
    creditor: bool = False
    customer_number: str = ""
    alias: str = ""


class Memory:
    """Identifiers and words with the parties they were seen with. A party is named by its sorted words."""

    __slots__ = ("_creditors", "_facts", "_ibans", "_named", "_seen", "_total", "_word_all", "_words")

    def __init__(self, learned: Learned | None, total: int, parties: Mapping[Contact, Contact]) -> None:
        self._total = total
        self._ibans: _Seen = defaultdict(lambda: defaultdict(set))
        self._creditors: _Seen = defaultdict(lambda: defaultdict(set))
        self._words: _Seen = defaultdict(lambda: defaultdict(set))
        self._word_all: dict[str, set[int]] = defaultdict(set)
        self._facts: dict[int, dict[Contact, Known]] = {}
        self._seen: dict[int, Booking] = {}
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
                    words = tuple(sorted(name_words(contact)))
                    target[identifier][parties.get(words, words)].add(-1)

    def observe(self, party: Contact, b: Booking) -> None:
        """Take a sure match as a fact about its party."""
        if not party:
            return
        self._facts.clear()
        self._seen[b.index] = b
        if b.t.counterparty_iban:
            self._ibans[b.t.counterparty_iban][party].add(b.index)
        for identifier in (b.t.creditor_id, b.t.mandate_id):
            if identifier:
                self._creditors[identifier][party].add(b.index)
        for word in b.marks:
            if len(word) >= (5 if word.isdigit() else 3):
                self._words[word][party].add(b.index)
                self._word_all[word].add(b.index)

    def facts(self, b: Booking) -> dict[Contact, Known]:
        """The parties that something ties to the booking."""
        if b.index not in self._facts:
            self._facts[b.index] = self._collect(b)
        return self._facts[b.index]

    def iban_of_another(self, party: Contact, b: Booking) -> str:
        """The party the account number belongs to, where that is somebody else alone."""
        owners = self._ibans.get(b.t.counterparty_iban) if b.t.counterparty_iban else None
        if not owners or party in owners:
            return ""
        others = sorted(key for key, seen in owners.items() if seen - {b.index})
        return " ".join(others[0]).title() if others else ""

    def _collect(self, b: Booking) -> dict[Contact, Known]:
        found: dict[Contact, Known] = defaultdict(Known)
        for party in self._elsewhere(self._ibans, b.t.counterparty_iban, b):
            found[party].iban = True
        for identifier in (b.t.mandate_id, b.t.creditor_id):
            if len(self._creditors.get(identifier, ())) == 1:
                for party in self._elsewhere(self._creditors, identifier, b):
                    found[party].creditor = True
        best: dict[tuple[Contact, bool], tuple[int, str]] = {}
        for word in sorted(b.marks):
            if word not in self._words:
                continue
            is_number = word.isdigit()
            everybody = len(self._word_all[word] - {b.index})
            if not everybody or everybody > _COMMON * self._total:
                continue
            for party, seen in self._words[word].items():
                count = len(seen - {b.index})
                enough = count >= (1 if is_number else _ALIAS_SUPPORT)
                if not enough or count < (1.0 if is_number else _ALIAS_SHARE) * everybody:
                    continue
                if is_number or self._is_name_for(party, word, seen - {b.index}, b):
                    best[(party, is_number)] = max(best.get((party, is_number), (0, "")), (count, word))
        for (party, is_number), (_, word) in best.items():
            if is_number:
                found[party].customer_number = word
            else:
                found[party].alias = word
        return dict(found)

    def _is_name_for(self, party: Contact, alias: str, seen: Collection[int], b: Booking) -> bool:
        """Whether a word, or two beside each other, under which a party was `seen` stands for it here as well.

        A single word of a name is not enough: it may be a family's or a town's. So it must be in nobody's name
        among the contacts, all words that have always stood with it must be here, and no name that was never there.
        """
        words = alias.split()
        owners = set.intersection(*(self._named.get(word, set()) for word in words))
        if owners - {party} or (owners and len(words) == 1):
            return False
        names = [_name(self._seen[i]) for i in seen]
        if not frozenset.intersection(*names) <= b.words:
            return False
        familiar = frozenset[str]().union(*names).union(word for word in b.names if party in self._named.get(word, ()))
        return b.is_card or all(word in familiar for word in b.names if len(word) > 2 and word.isalpha())

    def _elsewhere(self, facts: _Seen, identifier: str, b: Booking) -> list[Contact]:
        known = facts.get(identifier, {}) if identifier else {}
        return sorted(party for party, seen in known.items() if seen - {b.index})


def _name(b: Booking) -> frozenset[str]:
    """The words of whoever a booking names; where the field is empty, of the beginning of the text."""
    return frozenset(word for word in b.names or name_words(b.t.purpose[:40]) if word.isalpha())
