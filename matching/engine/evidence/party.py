"""Who paid or was paid as evidence: names, account numbers, mandates, learned names and customer numbers."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

from matching.engine.book import Book, Booking, Claim
from matching.engine.kin import NameCache
from matching.engine.memory import Known, Memory
from matching.engine.names import NameMatch

from .features import is_direct_debit
from .trait import Trait

_IBAN_KNOWN = 4.0
_CREDITOR_KNOWN = 4.0
_ALIAS_KNOWN = 3.0
_CUSTOMER_NUMBER = 3.5
_BOTH = 0.7
_OTHER_PARTY = -1.0


class PartyFit(NamedTuple):
    """Whether the party is the voucher's contact: `grade` is known, similar, partly, silent, differs, stranger.

    `match`: the comparison of the names, where it says something; `known`: what earlier matches say; `other`: whose
    account number it is instead; `series`: the party that writes such numbers, where the voucher has no contact.
    """

    grade: str
    weight: float
    match: NameMatch | None = None
    known: Known | None = None
    other: str = ""
    series: str = ""

    def traits(self, claim: Claim, b: Booking) -> list[Trait]:
        """The reasons as they are told."""
        contact = self.series or claim.v.contact
        found: list[Trait] = []
        if self.series:
            found.append(Trait("number_series", 0.0, {"number": claim.v.number, "contact": contact}, supports=True))
        if self.match is not None:
            level = self.match.level
            shown = {"contact": contact, "found": b.t.counterparty or " ".join(self.match.found)}
            if level != "none":
                shown["similarity"] = f"{self.match.similarity:.2f}"
            code = {"equal": "name_equal", "none": "name_differs"}.get(level, "name_similar")
            if self.grade in ("differs", "stranger"):
                code = "name_differs"
            found.append(Trait(code, self.match.weight, shown))
        if self.known is not None:
            found += _known_traits(self.known, contact, b)
        if self.other:
            params = {"contact": contact, "iban": b.t.counterparty_iban, "other": self.other}
            found.append(Trait("iban_foreign", _OTHER_PARTY, params))
        told = sum(trait.weight for trait in found)
        if self.known is None or not told:
            return found
        # A name and what is known of it say much the same: each is told with its share of what they say together.
        return [replace(trait, weight=trait.weight * self.weight / told) for trait in found]


_SILENT = PartyFit("silent", 0.0)


def measure_party(book: Book, claim: Claim, b: Booking, names: NameCache, memory: Memory) -> PartyFit:
    """Compare the contact with whoever the booking names."""
    if not claim.contact:
        return _by_series(book, claim, b, names, memory)
    match = names.match(claim.contact, b)
    known = memory.facts(b).get(claim.party)
    best = _known_weight(known) if known else 0.0
    level = match.level
    if level in ("equal", "similar"):
        grade = "known" if level == "equal" or best else "similar"
        return PartyFit(grade, max(match.weight, best) + (_BOTH if best else 0.0), match, known if best else None)
    if best:
        return PartyFit("known", best, None, known)
    if level == "partly":
        return PartyFit("partly", match.weight, match)
    if not any(len(w) > 2 and not w.isdigit() for w in b.words):
        return _SILENT
    other = memory.iban_of_another(claim.party, b)
    # Somebody else may pay, and be paid, for the contact. But the text of a direct debit is written by whoever takes
    # the money: what a stranger took is for a person to look at, whatever number it names.
    taken = b.t.amount < 0 and is_direct_debit(b)
    weight = match.weight + (_OTHER_PARTY if other else 0.0)
    return PartyFit("stranger" if taken else "differs", weight, match, None, other)


def _by_series(book: Book, claim: Claim, b: Booking, names: NameCache, memory: Memory) -> PartyFit:
    """A collective contact says nothing; the kind of the number may say whose document it is."""
    like = book.likely_parties.get(claim.index)
    if like is None:
        return _SILENT
    match, known = names.match(like.contact, b), memory.facts(b).get(like.party)
    best = _known_weight(known) if known else 0.0
    named = match.level in ("equal", "similar")
    if not named and not best:
        return _SILENT
    weight = max(match.weight, best) if named else best
    return PartyFit("similar", weight, match if named else None, known if best else None, "", like.v.contact)


def _known_weight(known: Known) -> float:
    return max(
        _IBAN_KNOWN if known.iban else 0.0,
        _CREDITOR_KNOWN if known.creditor else 0.0,
        _CUSTOMER_NUMBER if known.customer_number else 0.0,
        _ALIAS_KNOWN if known.alias else 0.0,
    )


def _known_traits(known: Known, contact: str, b: Booking) -> list[Trait]:
    """What earlier matches say of the party."""
    found: list[Trait] = []
    if known.iban:
        found.append(Trait("iban_known", _IBAN_KNOWN, {"contact": contact, "iban": b.t.counterparty_iban}))
    if known.creditor:
        creditor = b.t.creditor_id or b.t.mandate_id
        found.append(Trait("creditor_known", _CREDITOR_KNOWN, {"contact": contact, "creditor": creditor}))
    if known.customer_number:
        params = {"contact": contact, "found": known.customer_number}
        found.append(Trait("customer_number", _CUSTOMER_NUMBER, params))
    if known.alias:
        found.append(Trait("alias_known", _ALIAS_KNOWN, {"contact": contact, "found": known.alias}))
    return found
