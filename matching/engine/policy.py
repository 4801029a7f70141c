"""What may be booked without a person: thresholds as data.

A probability alone is not enough: an automatic match also needs grounds that a person would accept, and the
rarer the kind of evidence, the higher the threshold. The first rule that fits decides.
"""

from __future__ import annotations

from dataclasses import dataclass

from .evidence import Pair

ANY = frozenset({"*"})
_NAMED_PARTY = frozenset({"known", "similar"})


@dataclass(frozen=True, slots=True)
class Rule:
    """Grounds for an automatic match: the grades it asks for, and the probability it needs."""

    name: str
    threshold: float
    number: frozenset[str]
    amount: frozenset[str]
    party: frozenset[str]
    day: frozenset[str]
    once: bool = False
    """Only where the same amount by the same party occurs once."""


RULES: tuple[Rule, ...] = (
    Rule(
        "whole number and equal amount",
        0.97,
        frozenset({"strong"}),
        frozenset({"amount_equal"}),
        frozenset({"known", "similar", "partly", "silent"}),
        ANY,
    ),
    Rule(
        "whole number and equal amount, paid by somebody else",
        0.98,
        frozenset({"strong"}),
        frozenset({"amount_equal"}),
        frozenset({"differs"}),
        frozenset({"equal", "near", "plausible"}),
    ),
    Rule(
        "whole number and a difference with a name",
        0.98,
        frozenset({"strong"}),
        frozenset({"usual"}),
        frozenset({"known", "similar", "partly"}),
        frozenset({"equal", "near", "plausible"}),
    ),
    Rule(
        "part of the number, equal amount, party",
        0.985,
        frozenset({"weak"}),
        frozenset({"amount_equal"}),
        frozenset({"known", "similar", "partly"}),
        frozenset({"equal", "near", "plausible"}),
    ),
    Rule(
        "equal amount by the party on the payment day",
        0.99,
        frozenset({"none"}),
        frozenset({"amount_equal"}),
        _NAMED_PARTY,
        frozenset({"equal"}),
    ),
    Rule(
        "equal amount by the party, once",
        0.995,
        frozenset({"none"}),
        frozenset({"amount_equal"}),
        _NAMED_PARTY,
        frozenset({"near", "plausible"}),
        once=True,
    ),
    Rule(
        "original amount by the party",
        0.99,
        frozenset({"none", "weak", "strong"}),
        frozenset({"amount_original"}),
        _NAMED_PARTY,
        frozenset({"equal", "near"}),
    ),
)

SUGGEST_FROM = 0.01
"""Below this probability nothing is shown."""

MARGIN = 0.9
"""How far the second-best explanation must be behind an automatic match."""


def rule_for(pair: Pair) -> Rule | None:
    """The first rule whose grounds a pair meets."""
    amount = {pair.amount} | ({"usual"} if pair.amount_usual else set())
    for rule in RULES:
        if (
            _meets(rule.number, {pair.number})
            and _meets(rule.amount, amount)
            and _meets(rule.party, {pair.party})
            and _meets(rule.day, {pair.day})
            and (not rule.once or pair.same_kind == 1)
        ):
            return rule
    return None


def is_automatic(pair: Pair, probability: float) -> bool:
    """Whether a pair may be booked without a person at this probability."""
    rule = rule_for(pair)
    return rule is not None and probability >= rule.threshold


def _meets(wanted: frozenset[str], given: set[str]) -> bool:
    return wanted is ANY or bool(wanted & given)
