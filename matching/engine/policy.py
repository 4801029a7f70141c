"""What may be booked without a person: grounds, as data.

A high probability is not enough. A pair also needs one of the grounds below: enough in the text and in the amounts that
a person who looks at it later understands why it was booked. Amount and day alone are none, however likely; nor is a
booking that names another document, came back, is of a kind that needs no voucher, or is a stranger's direct debit.
How sure a pair must be is learned and kept with the model, see `model.Model.thresholds`.
"""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass
from functools import lru_cache

from .evidence import Measure
from .model import Model

ANY = frozenset({"*"})
_PARTY = frozenset({"known", "similar"})
_PARTY_PARTLY = frozenset({"known", "similar", "partly"})


@dataclass(frozen=True, slots=True)
class Grounds:
    """What an automatic match rests on: the grades it asks for. Its name is that of its curve and threshold."""

    name: str
    number: frozenset[str]
    amount: frozenset[str]
    party: frozenset[str]
    day: frozenset[str]
    alone: frozenset[str] = ANY
    """Whether the party may have other bookings of this amount: once (none), apart (weeks away)."""
    rare: bool = False
    """Only where neither another booking nor another voucher of the party has the amount, or none of anybody."""
    last: bool = False
    """Only after the sets: what looks like one voucher with a difference may be a payment for several."""


_NEAR = frozenset({"equal", "near"})
_TIMELY = frozenset({"equal", "near", "plausible"})
_EQUAL = frozenset({"amount_equal"})
_SAME_DAY = frozenset({"equal"})
_ONCE = frozenset({"once"})
_STRONG = frozenset({"strong", "only"})
_WEAK = frozenset({"weak"})
NAMED = _STRONG | _WEAK
"""The grades of a number that stands in the text, as a whole or the telling part of it."""
_NONE = frozenset({"none", "cut"})
_SLIP = frozenset({"typo", "cut"})
_USUAL = frozenset({"usual"})
_DIFFERS = frozenset({"amount_differs", "amount_plus_tax", "amount_rounded_up", "amount_twice"})
_OTHER = frozenset({"differs"})
_CONVERTED = frozenset({"amount_original", "usual_converted"})

ALL_GROUNDS: tuple[Grounds, ...] = (
    Grounds("number", _STRONG, _EQUAL, _PARTY_PARTLY | {"silent"}, ANY),
    Grounds("number, other payer", _STRONG, _EQUAL, _OTHER, _TIMELY),
    Grounds("number, difference", _STRONG, _CONVERTED, _PARTY_PARTLY, _TIMELY),
    Grounds("number, difference", _STRONG, _USUAL, _PARTY_PARTLY, _TIMELY, last=True),
    Grounds("number, difference", frozenset({"only"}), _DIFFERS, _PARTY, _TIMELY, last=True),
    Grounds("part of the number", _WEAK, _EQUAL, _PARTY_PARTLY | {"silent"}, _TIMELY),
    Grounds("part of the number", _WEAK, _EQUAL, _OTHER, _SAME_DAY),
    Grounds("part of the number", _WEAK, _USUAL, _PARTY, _TIMELY, last=True),
    Grounds("slip in the number", _SLIP, _EQUAL, _PARTY, _TIMELY, _ONCE, rare=True),
    Grounds("slip in the number", _SLIP, _USUAL, _PARTY, _TIMELY, _ONCE, rare=True, last=True),
    Grounds("party", _NONE, _EQUAL, _PARTY_PARTLY, _TIMELY),
    Grounds("party, difference", _NONE, _CONVERTED, _PARTY, _TIMELY),
    Grounds("party, difference", _NONE, _USUAL, _PARTY, _TIMELY, last=True),
)

NO_GROUNDS = "no grounds"
"""The name of the curve for everything else; such pairs are suggested at most."""

THRESHOLD = 0.97
"""What an automatic match needs where the model names no other threshold for its grounds."""

AMONG_EQUALS = 0.99
"""What it needs where the party has another booking of the amount within days, and only days tell which is which."""

GROUP_THRESHOLDS: dict[str, float] = {
    "named": 0.98,
    "named, discount": 0.99,
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
"""How far the second-best set must be behind one that is booked without a person."""

AHEAD = 4.0
"""How many times as likely as any rival a pair must be: all whole solutions with it against all with the rival, and
so against the best of these as well."""


def grounds_of(pair: Measure) -> Grounds | None:
    """The first grounds that a pair meets."""
    if pair.barred or pair.number == "against":
        return None
    grades = frozenset(amount_grades(pair))
    return _first_met(pair.number, grades, pair.party, pair.day, pair.alone, pair.rare)


@lru_cache(maxsize=4096)
def _first_met(number: str, amount: frozenset[str], party: str, day: str, alone: str, rare: bool) -> Grounds | None:
    for grounds in ALL_GROUNDS:
        if (
            number in grounds.number
            and meets(grounds.amount, amount)
            and party in grounds.party
            and meets(grounds.day, {day})
            and meets(grounds.alone, {alone})
            and (rare or not grounds.rare)
        ):
            return grounds
    return None


def has_grounds(pair: Measure, *, last: bool) -> bool:
    """Whether a pair could be booked at all, before or after the sets (`last`), if it were certain."""
    grounds = grounds_of(pair)
    return grounds is not None and (last or not grounds.last)


def certainty(pair: Measure, probability: float, model: Model) -> float:
    """How often pairs with such grounds and such a probability were right."""
    grounds = grounds_of(pair)
    return model.calibrated(grounds.name if grounds else NO_GROUNDS, probability)


def threshold_of(grounds: Grounds, model: Model) -> float:
    """The certainty that an automatic match with these grounds usually needs."""
    return model.thresholds.get(grounds.name, THRESHOLD)


def needed(grounds: Grounds, pair: Measure, model: Model, *, twins: bool = False) -> float:
    """The certainty that this pair needs: more where only days tell equal payments of a party apart.

    `twins`: where all of them are paid, and nothing visible tells which by which, no day has to tell it either.
    """
    usual = threshold_of(grounds, model)
    if twins:
        return usual
    by_days_alone = pair.alone == "no" and pair.number not in NAMED and pair.day != "equal"
    return max(usual, AMONG_EQUALS) if by_days_alone else usual


def amount_grades(pair: Measure) -> set[str]:
    """The grades of amount that a pair meets: its code, and whether the difference is a usual one."""
    if pair.amount == "amount_converted" and pair.amount_usual:
        return {"usual_converted"}
    return {pair.amount} | ({"usual"} if pair.amount_usual else set())


def identifies(pair: Measure) -> bool:
    """Whether anything beyond amount and day ties the booking to the voucher: the party or the number."""
    return not pair.barred and (pair.party in _PARTY_PARTLY or pair.number in NAMED)


def is_automatic(pair: Measure, certain: float, model: Model, *, last: bool, twins: bool = False) -> bool:
    """Whether a pair may be booked without a person at this certainty, before or after the sets (`last`)."""
    grounds = grounds_of(pair)
    return grounds is not None and certain >= needed(grounds, pair, model, twins=twins) and (last or not grounds.last)


def meets(wanted: frozenset[str], given: Set[str]) -> bool:
    """Whether any of the given grades is wanted."""
    return wanted is ANY or bool(wanted & given)


def may_book_group(grounds: str, probability: float, rival: float) -> bool:
    """Whether a set may be booked without a person."""
    threshold = GROUP_THRESHOLDS.get(grounds)
    return threshold is not None and probability >= threshold and probability - rival >= MARGIN
