"""Who paid or was paid as evidence: names, account numbers, mandates, learned names and customer numbers."""

from __future__ import annotations

from dataclasses import dataclass

from matching.engine.book import Book, Booking, Claim
from matching.engine.memory import Memory
from matching.engine.names import NameMatch, compare, contradicts, other_person

from .trait import Trait

_IBAN_KNOWN = 4.0
_CREDITOR_KNOWN = 4.0
_ALIAS_KNOWN = 3.0
_CUSTOMER_NUMBER = 3.5
_BOTH = 0.7
_OTHER_PARTY = -1.0


@dataclass(frozen=True, slots=True)
class PartyFit:
    """Whether the party is the voucher's contact: `grade` is known, similar, partly, silent, differs, stranger."""

    grade: str
    weight: float
    traits: tuple[Trait, ...]


class NameCache:
    """Name comparisons of a run: the same contact meets the same booking texts again and again."""

    __slots__ = ("_book", "_known")

    def __init__(self, book: Book) -> None:
        self._book = book
        self._known: dict[tuple[tuple[str, ...], int], NameMatch] = {}

    def match(self, contact: tuple[str, ...], b: Booking) -> NameMatch:
        """Compare a contact with a booking."""
        key = contact, b.index
        if key not in self._known:
            match = compare(contact, b.words, b.squashed, self._book.words, brand=b.is_card)
            if not b.is_card and contradicts(match, b.names):
                match = other_person(match)
            self._known[key] = match
        return self._known[key]


def fit_party(claim: Claim, b: Booking, names: NameCache, memory: Memory) -> PartyFit:
    """Compare the contact with whoever the booking names."""
    if not claim.contact:
        return PartyFit("silent", 0.0, ())
    contact = claim.v.contact
    match = names.match(claim.contact, b)
    shown = {"contact": contact, "found": b.t.counterparty or " ".join(match.found)}
    known = _known(claim, b, memory)
    best = max((k.weight for k in known), default=0.0)
    if match.level in ("equal", "similar"):
        code = "name_equal" if match.level == "equal" else "name_similar"
        shown["similarity"] = f"{match.similarity:.2f}"
        trait = Trait(code, match.weight, shown)
        grade = "known" if match.level == "equal" or known else "similar"
        return PartyFit(grade, max(match.weight, best) + (_BOTH if known else 0.0), (trait, *known))
    if known:
        return PartyFit("known", best, known)
    if match.level == "partly":
        shown["similarity"] = f"{match.similarity:.2f}"
        return PartyFit("partly", match.weight, (Trait("name_similar", match.weight, shown),))
    if not any(len(w) > 2 and not w.isdigit() for w in b.words):
        return PartyFit("silent", 0.0, ())
    weight = match.weight
    traits = [Trait("name_differs", weight, shown)]
    other = memory.iban_of_another(claim.party, b)
    if other:
        weight += _OTHER_PARTY
        params = {"contact": contact, "iban": b.t.counterparty_iban, "other": other}
        traits.append(Trait("iban_foreign", _OTHER_PARTY, params))
    # Somebody else may pay, and be paid, for the contact. But the text of a direct debit is written by whoever takes
    # the money: what a stranger took is for a person to look at, whatever number it names.
    taken = b.t.amount < 0 and _is_direct_debit(b)
    return PartyFit("stranger" if taken else "differs", weight, tuple(traits))


def _known(claim: Claim, b: Booking, memory: Memory) -> tuple[Trait, ...]:
    """What earlier matches say of the party."""
    contact = claim.v.contact
    found: list[Trait] = []
    known = memory.facts(b).get(claim.party)
    if known is None:
        return ()
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
    return tuple(found)


def _is_direct_debit(b: Booking) -> bool:
    """By its identifiers, its ISO code, or its Geschäftsvorfallcode (104 and 105: SEPA direct debits)."""
    return bool(b.t.mandate_id or b.t.creditor_id) or "RDDT" in b.t.code or b.t.code in ("104", "105")
