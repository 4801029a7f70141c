"""What is known of the parties: from people's decisions, and from the sure matches of the same run.

A fact never supports the booking it was learned from: each use asks for another booking that shows the same.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from .book import Booking
from .contacts import Contact
from .text import name_words
from .types import Learned

_ALIAS_SUPPORT = 2
_ALIAS_SHARE = 0.9
_COMMON = 0.2


class Memory:
    """Identifiers and words with the contacts they were seen with."""

    __slots__ = ("_creditors", "_ibans", "_learned", "_total", "_word_all", "_word_contact")

    def __init__(self, learned: Learned | None, total: int, parties: Mapping[Contact, Contact]) -> None:
        self._total = total
        self._ibans: dict[str, dict[Contact, set[int]]] = defaultdict(lambda: defaultdict(set))
        self._creditors: dict[str, dict[Contact, set[int]]] = defaultdict(lambda: defaultdict(set))
        self._word_contact: dict[str, dict[Contact, set[int]]] = defaultdict(lambda: defaultdict(set))
        self._word_all: dict[str, set[int]] = defaultdict(set)
        learned = learned or Learned()
        for target, source in (
            (self._ibans, learned.ibans),
            (self._creditors, learned.creditors),
            (self._creditors, learned.mandates),
        ):
            for identifier, contacts in source.items():
                for contact in contacts:
                    words = name_words(contact)
                    target[identifier][_key(parties.get(words, words))].add(-1)

    def observe(self, contact: Contact, b: Booking) -> None:
        """Take a sure match as a fact about its contact."""
        if not contact:
            return
        key = _key(contact)
        if b.t.counterparty_iban:
            self._ibans[b.t.counterparty_iban][key].add(b.index)
        for identifier in (b.t.creditor_id, b.t.mandate_id):
            if identifier:
                self._creditors[identifier][key].add(b.index)
        for word in b.marks:
            if len(word) >= (5 if word.isdigit() else 3):
                self._word_contact[word][key].add(b.index)
                self._word_all[word].add(b.index)

    def knows_iban(self, contact: Contact, b: Booking) -> bool:
        """Whether the booking's account number was seen with the contact elsewhere."""
        return self._supported(self._ibans, b.t.counterparty_iban, contact, b)

    def knows_creditor(self, contact: Contact, b: Booking) -> bool:
        """Whether the mandate or creditor was seen with the contact elsewhere, and with nobody else."""
        return any(
            self._supported(self._creditors, identifier, contact, b) and len(self._creditors[identifier]) == 1
            for identifier in (b.t.mandate_id, b.t.creditor_id)
            if identifier
        )

    def iban_of_another(self, contact: Contact, b: Booking) -> str:
        """The contact the account number belongs to, where that is somebody else alone."""
        owners = self._ibans.get(b.t.counterparty_iban) if b.t.counterparty_iban else None
        if not owners or _key(contact) in owners:
            return ""
        others = sorted(key for key, seen in owners.items() if seen - {b.index})
        return " ".join(others[0]).title() if others else ""

    def customer_number(self, contact: Contact, b: Booking) -> str:
        """A number in the text that was seen with this contact and with nobody else."""
        return self._word(contact, b, numbers=True)

    def alias(self, contact: Contact, b: Booking) -> str:
        """A word in the text under which this contact, and hardly anybody else, is booked."""
        return self._word(contact, b, numbers=False)

    def _word(self, contact: Contact, b: Booking, *, numbers: bool) -> str:
        key = _key(contact)
        best = (0, "")
        for word in sorted(b.marks):
            seen = self._word_contact.get(word, {}).get(key)
            if not seen or word.isdigit() != numbers:
                continue
            count, everybody = len(seen - {b.index}), len(self._word_all[word] - {b.index})
            if count < (1 if numbers else _ALIAS_SUPPORT) or everybody > _COMMON * self._total:
                continue
            if count >= (1.0 if numbers else _ALIAS_SHARE) * everybody:
                best = max(best, (count, word))
        return best[1]

    def _supported(
        self, facts: dict[str, dict[Contact, set[int]]], identifier: str, contact: Contact, b: Booking
    ) -> bool:
        return bool(identifier) and bool(facts.get(identifier, {}).get(_key(contact), set()) - {b.index})


def _key(contact: Contact) -> Contact:
    return tuple(sorted(contact))
