"""Why a suggestion was not booked without a person: a high probability alone is not enough, and this says what was."""

from __future__ import annotations

from .evidence import Measure
from .policy import GROUP_THRESHOLDS, MARGIN, RULES, Rule, amount_grades, meets, rule_for
from .types import Evidence

_SIGNALS = ("policy_recurring_amount", "policy_needs_day", "policy_needs_amount", "policy_needs_party")
_NUMBER = "policy_needs_number"
_ORDER = {code: place for place, code in enumerate((*_SIGNALS, _NUMBER))}
_NO_NAME = frozenset({"differs", "silent", "stranger"})
_NO_NUMBER = frozenset({"none", "typo", "cut"})


def why_not(pair: Measure, probability: float) -> list[Evidence]:
    """What keeps a pair from being automatic, at the probability it would have been judged by."""
    return [Evidence(code, False, 0.0, {}) for code in _codes(pair, probability)]


def why_not_set(grounds: str, probability: float, rival: float) -> list[Evidence]:
    """What keeps a set from being automatic."""
    threshold = GROUP_THRESHOLDS.get(grounds)
    if threshold is None:
        code = "policy_set_guessed"
    elif probability < threshold or probability - rival < MARGIN:
        code = "policy_unsure"
    else:
        code = "policy_better_explained"
    return [Evidence(code, False, 0.0, {})]


def _codes(pair: Measure, probability: float) -> list[str]:
    if pair.barred:
        return ["policy_barred"]
    if pair.number == "against":
        return ["policy_other_number"]
    if pair.number in _NO_NUMBER and pair.party in _NO_NAME:
        return ["policy_single_signal"]
    rule = rule_for(pair)
    if rule is None:
        return min((_missing(rule, pair) for rule in RULES), key=lambda m: (len(m), [_ORDER[code] for code in m]))
    return ["policy_unsure" if probability < rule.threshold else "policy_better_explained"]


def _missing(rule: Rule, pair: Measure) -> list[str]:
    """What a rule asks for and a pair does not have, in the order of `_ORDER`."""
    found = {
        "policy_recurring_amount": meets(rule.alone, {pair.alone}) and (pair.rare or not rule.rare),
        "policy_needs_day": meets(rule.day, {pair.day}),
        "policy_needs_amount": meets(rule.amount, amount_grades(pair)),
        "policy_needs_party": meets(rule.party, {pair.party}),
        _NUMBER: meets(rule.number, {pair.number}),
    }
    return [code for code, has in found.items() if not has]
