"""What may be booked without a person: thresholds as data.

A probability alone is not enough: an automatic match also needs grounds that a person would accept, and the
rarer the kind of evidence, the higher the threshold. The first rule that fits decides.
"""

from __future__ import annotations

from dataclasses import dataclass

from .evidence import Measure

ANY = frozenset({"*"})
_PARTY = frozenset({"known", "similar"})
_PARTY_PARTLY = frozenset({"known", "similar", "partly"})


@dataclass(frozen=True, slots=True)
class Rule:
    """Grounds for an automatic match: the grades it asks for, and the probability it needs."""

    name: str
    threshold: float
    number: frozenset[str]
    amount: frozenset[str]
    party: frozenset[str]
    day: frozenset[str]
    alone: frozenset[str] = ANY
    """Whether the party may have other bookings of this amount: once (none), apart (weeks away)."""
    rare: bool = False
    """Only where neither another booking nor another voucher has the amount."""
    last: bool = False
    """Only after the sets: what looks like one voucher with a difference may be a payment for several."""


_NEAR = frozenset({"equal", "near"})
_TIMELY = frozenset({"equal", "near", "plausible"})
_EQUAL = frozenset({"amount_equal"})
_SAME_DAY = frozenset({"equal"})
_ONCE = frozenset({"once"})
_ALONE = frozenset({"once", "apart"})
_STRONG = frozenset({"strong", "only"})
_WEAK = frozenset({"weak"})
_NONE = frozenset({"none", "cut"})
_SLIP = frozenset({"typo", "cut"})
_USUAL = frozenset({"usual"})
_DIFFERS = frozenset({"amount_differs"})

RULES: tuple[Rule, ...] = (
    Rule("whole number, equal amount", 0.97, _STRONG, _EQUAL, frozenset({"known", "similar", "partly", "silent"}), ANY),
    Rule("whole number, equal amount, other payer", 0.98, _STRONG, _EQUAL, frozenset({"differs"}), _TIMELY),
    Rule("whole number, usual difference", 0.98, _STRONG, _USUAL, _PARTY_PARTLY, _TIMELY, last=True),
    Rule("whole number alone, party, any difference", 0.99, frozenset({"only"}), _DIFFERS, _PARTY, _TIMELY, last=True),
    Rule("part of the number, equal amount", 0.985, _WEAK, _EQUAL, _PARTY_PARTLY, _TIMELY),
    Rule("part of the number, equal amount, other payer", 0.995, _WEAK, _EQUAL, frozenset({"differs"}), _SAME_DAY),
    Rule("part of the number, usual difference", 0.99, _WEAK, _USUAL, _PARTY, _NEAR, last=True),
    Rule("slip in the number, rare amount, party", 0.985, _SLIP, _EQUAL, _PARTY, _TIMELY, _ONCE, rare=True),
    Rule("party, equal amount, payment day", 0.99, _NONE, _EQUAL, _PARTY, _SAME_DAY),
    Rule("party, equal amount, near the payment day", 0.995, _NONE, _EQUAL, _PARTY, _NEAR, _ALONE),
    Rule("party, equal amount, once", 0.995, _NONE, _EQUAL, _PARTY, _TIMELY, _ONCE),
    Rule("likely party, equal amount, once", 0.995, _NONE, _EQUAL, frozenset({"partly"}), _NEAR, _ONCE),
    Rule("party, usual difference, payment day", 0.995, _NONE, _USUAL, _PARTY, _SAME_DAY, last=True),
    Rule("party, original amount", 0.99, ANY, frozenset({"amount_original"}), _PARTY, _TIMELY),
    Rule("party, converted amount", 0.995, ANY, frozenset({"usual_converted"}), _PARTY, _NEAR),
)

GROUP_THRESHOLDS: dict[str, float] = {
    "named": 0.98,
    "partly named": 0.99,
    "party and day": 0.99,
    "batch": 0.99,
    "named parts": 0.98,
    "worded parts": 0.99,
    "parts and day": 0.995,
    "party, several": 0.995,
    "payout": 0.99,
}
"""The probability that a set needs, by what it rests on; other sets are only suggested."""

SUGGEST_FROM = 0.01
"""Below this probability nothing is shown."""

MARGIN = 0.9
"""How far the second-best explanation must be behind an automatic match."""


def rule_for(pair: Measure) -> Rule | None:
    """The first rule whose grounds a pair meets."""
    if pair.barred or pair.number == "against":
        return None
    amount = amount_grades(pair)
    for rule in RULES:
        if (
            meets(rule.number, {pair.number})
            and meets(rule.amount, amount)
            and meets(rule.party, {pair.party})
            and meets(rule.day, {pair.day})
            and meets(rule.alone, {pair.alone})
            and (pair.rare or not rule.rare)
        ):
            return rule
    return None


def amount_grades(pair: Measure) -> set[str]:
    """The grades of amount that a pair meets: its code, and whether the difference is a usual one."""
    if pair.amount == "amount_converted" and pair.amount_usual:
        return {"usual_converted"}
    return {pair.amount} | ({"usual"} if pair.amount_usual else set())


def identifies(pair: Measure) -> bool:
    """Whether anything beyond amount and day ties the booking to the voucher: the party or the number."""
    return not pair.barred and (pair.party in _PARTY_PARTLY or pair.number in ("only", "strong", "weak"))


def is_automatic(pair: Measure, probability: float, *, last: bool) -> bool:
    """Whether a pair may be booked without a person at this probability, before or after the sets (`last`)."""
    rule = rule_for(pair)
    return rule is not None and probability >= rule.threshold and (last or not rule.last)


def meets(wanted: frozenset[str], given: set[str]) -> bool:
    """Whether any of the given grades is wanted."""
    return wanted is ANY or bool(wanted & given)


def may_book_group(grounds: str, probability: float, rival: float) -> bool:
    """Whether a set may be booked without a person."""
    threshold = GROUP_THRESHOLDS.get(grounds)
    return threshold is not None and probability >= threshold and probability - rival >= MARGIN
