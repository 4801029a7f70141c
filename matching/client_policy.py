"""What a firm allows to be matched without a person, and its application to what the engine proposes. Pure.

A policy only ever holds back: what the engine suggests stays a suggestion, whatever the policy allows.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from typing import Final

from matching.engine.types import Evidence, Permission, Proposal


class MatchKind(StrEnum):
    """The shape of a match, as a policy knows it."""

    SINGLE = "single"
    INSTALMENTS = "instalments"
    COLLECTIVE = "collective"
    NETTED = "netted"
    PAYOUT = "payout"


class Difference(StrEnum):
    """What lies between the voucher and the payment, as a policy knows it."""

    DISCOUNT = "discount"
    FEE = "fee"
    ROUNDING = "rounding"
    DUNNING = "dunning"
    EXCHANGE = "exchange"
    OVERPAYMENT = "overpayment"
    UNDERPAYMENT = "underpayment"


_KINDS: Final = {
    "single": MatchKind.SINGLE,
    "partial": MatchKind.INSTALMENTS,
    "instalments": MatchKind.INSTALMENTS,
    "collective": MatchKind.COLLECTIVE,
    "batch": MatchKind.COLLECTIVE,
    "netted": MatchKind.NETTED,
    "payout": MatchKind.PAYOUT,
}
_DIFFERENCES: Final = {
    "amount_less_discount": Difference.DISCOUNT,
    "amount_less_fee": Difference.FEE,
    "amount_rounded": Difference.ROUNDING,
    "amount_plus_dunning": Difference.DUNNING,
    "amount_plus_tax": Difference.OVERPAYMENT,
    "amount_rounded_up": Difference.OVERPAYMENT,
    "amount_twice": Difference.OVERPAYMENT,
    "amount_converted": Difference.EXCHANGE,
    "amount_original": Difference.EXCHANGE,
}
# Codes of the same family that name no difference.
_NO_DIFFERENCE: Final = frozenset({"amount_equal", "amount_rare", "amount_common"})

THRESHOLD, AMOUNT = "policy_client_threshold", "policy_client_amount"
KIND, DIFFERENCE = "policy_client_kind", "policy_client_difference"
_UNKNOWN: Final = "other"


@dataclass(frozen=True, slots=True)
class Policy:
    """What may stand without a person.

    ``threshold``: the least probability (0 to 1). ``highest``: the highest amount of one match in euros, None for no
    limit. ``kinds`` and ``differences``: what is allowed. Without a difference a match is always allowed; a kind or
    difference that this version does not know is allowed only where nothing of its sort is forbidden.
    """

    threshold: Decimal = Decimal(0)
    highest: Decimal | None = None
    kinds: frozenset[MatchKind] = frozenset(MatchKind)
    differences: frozenset[Difference] = frozenset(Difference)

    @property
    def key(self) -> str:
        """A short text that is the same for the same contents."""
        parts = [
            f"{self.threshold:.4f}",
            "" if self.highest is None else f"{self.highest:.2f}",
            *sorted(self.kinds),
            "|",
            *sorted(self.differences),
        ]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12]


def apply_policy(proposal: Proposal, policy: Policy, euros: Decimal | None) -> Proposal:
    """The proposal as the policy allows it: unchanged, or only suggested, with the reasons as evidence.

    ``euros``: what the match moves in euros; None where that is not known (a currency without a rate), which is above
    every limit. Without a limit it does not matter.
    """
    if proposal.permission != Permission.AUTOMATIC:
        return proposal
    held = tuple(_objections(proposal, policy, euros))
    if not held:
        return proposal
    return replace(proposal, permission=Permission.SUGGEST, evidence=(*proposal.evidence, *held))


def kind_of(proposal: Proposal) -> MatchKind | None:
    """The shape of a proposal; None for one that this version does not know."""
    return _KINDS.get(proposal.kind)


def differences_of(evidence: Iterable[Evidence]) -> frozenset[Difference | None]:
    """What the engine needed to explain the amounts; None stands for what this version does not know.

    A payment item of the accounting system that equals the booking leaves no difference, whatever the total is.
    """
    found: set[Difference | None] = set()
    for item in evidence:
        if item.code in _DIFFERENCES:
            found.add(_DIFFERENCES[item.code])
        elif item.code == "amount_differs":
            found.add(_over_or_under(item))
        elif item.code.startswith("amount_") and item.code not in _NO_DIFFERENCE:
            found.add(None)
    return frozenset(found)


def _objections(proposal: Proposal, policy: Policy, euros: Decimal | None) -> Iterable[Evidence]:
    if Decimal(repr(proposal.probability)) < policy.threshold:
        yield _held(THRESHOLD, threshold=f"{policy.threshold:.4f}")
    if policy.highest is not None and (euros is None or euros > policy.highest):
        yield _held(AMOUNT, limit=f"{policy.highest:.2f}")
    kind = kind_of(proposal)
    if kind not in policy.kinds if kind is not None else policy.kinds != frozenset(MatchKind):
        yield _held(KIND, kind=kind or _UNKNOWN)
    for found in sorted(differences_of(proposal.evidence), key=lambda found: found or ""):
        if found not in policy.differences if found is not None else policy.differences != frozenset(Difference):
            yield _held(DIFFERENCE, kind=found or _UNKNOWN)


def _over_or_under(item: Evidence) -> Difference | None:
    try:
        expected, booked = abs(Decimal(item.params["expected"])), abs(Decimal(item.params["booked"]))
    except (KeyError, ArithmeticError):
        return None
    return Difference.OVERPAYMENT if booked > expected else Difference.UNDERPAYMENT


def _held(code: str, **params: str) -> Evidence:
    return Evidence(code, supports=False, weight=0.0, params={name: str(value) for name, value in params.items()})
