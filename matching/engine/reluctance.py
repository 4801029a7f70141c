"""Why a suggestion was not booked without a person: a high probability alone is not enough, and this says what was."""

from __future__ import annotations

from .evidence import Measure
from .model import Model
from .policy import (
    ALL_GROUNDS,
    GROUP_THRESHOLDS,
    MARGIN,
    Grounds,
    amount_grades,
    grounds_of,
    meets,
    needed,
)
from .types import Evidence

_SIGNALS = ("policy_recurring_amount", "policy_needs_day", "policy_needs_amount", "policy_needs_party")
_NUMBER = "policy_needs_number"
_ORDER = {code: place for place, code in enumerate((*_SIGNALS, _NUMBER))}
_NO_NAME = frozenset({"differs", "silent", "stranger"})
_SHOWN_ONLY = {
    "payout, fee unknown": "policy_fee_unknown",
    "payout, deduction": "policy_deduction",
    "payout, cents": "policy_open_cents",
}
_NO_NUMBER = frozenset({"none", "typo", "cut"})


def why_not(pair: Measure, certain: float, model: Model) -> list[Evidence]:
    """What keeps a pair from being automatic, at the certainty it would have been judged by."""
    return [Evidence(code, False, 0.0, {}) for code in _codes(pair, certain, model)]


def why_not_set(grounds: str, probability: float, rival: float) -> list[Evidence]:
    """What keeps a set from being automatic."""
    threshold = GROUP_THRESHOLDS.get(grounds)
    if threshold is None:
        code = _SHOWN_ONLY.get(grounds, "policy_set_guessed")
    elif probability < threshold or probability - rival < MARGIN:
        code = "policy_unsure"
    else:
        code = "policy_better_explained"
    return [Evidence(code, False, 0.0, {})]


def _codes(pair: Measure, certain: float, model: Model) -> list[str]:
    if pair.barred:
        return ["policy_barred"]
    if pair.number == "against":
        return ["policy_other_number"]
    if pair.number in _NO_NUMBER and pair.party in _NO_NAME:
        return ["policy_single_signal"]
    grounds = grounds_of(pair)
    if grounds is None:
        return min((_missing(g, pair) for g in ALL_GROUNDS), key=lambda m: (len(m), [_ORDER[code] for code in m]))
    if certain >= needed(grounds, pair, model):
        return ["policy_better_explained"]
    return ["policy_recurring_amount" if pair.alone != "once" else "policy_unsure"]


def _missing(grounds: Grounds, pair: Measure) -> list[str]:
    """What grounds ask for and a pair does not have, in the order of `_ORDER`."""
    found = {
        "policy_recurring_amount": meets(grounds.alone, {pair.alone}) and (pair.rare or not grounds.rare),
        "policy_needs_day": meets(grounds.day, {pair.day}),
        "policy_needs_amount": meets(grounds.amount, amount_grades(pair)),
        "policy_needs_party": meets(grounds.party, {pair.party}),
        _NUMBER: meets(grounds.number, {pair.number}),
    }
    return [code for code, has in found.items() if not has]
