"""What the engine proposes, in the form in which it is stored."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_DOWN, Decimal
from typing import Any

from matching.engine import types as engine
from matching.models import Proposal
from matching.services.usage import Share

SMALLEST = Decimal("0.0001")
# Reasons and next best are what a person sees: a shift of the probability below this is not worth a new proposal.
NOTICEABLE = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Draft:
    """One proposal of the engine, not stored yet."""

    shares: tuple[Share, ...]
    fingerprint: str
    kind: str
    permission: str
    probability: Decimal
    evidence: list[dict[str, Any]]
    runner_up: dict[str, Any] | None

    @property
    def automatic(self) -> bool:
        """Whether the engine allows it to stand without a person."""
        return self.permission == engine.Permission.AUTOMATIC

    @property
    def pairs(self) -> frozenset[tuple[str, str]]:
        """Its (voucher, transaction) pairs, as the engine writes them."""
        return frozenset((str(share.voucher), str(share.transaction)) for share in self.shares)

    def says_the_same_as(self, row: Proposal) -> bool:
        """Whether a person would see nothing new compared with a stored proposal of the same allocations."""
        return (
            (self.kind, self.permission) == (row.kind, row.permission)
            and abs(self.probability - row.probability) < NOTICEABLE
            and _seen(self.evidence) == _seen(row.evidence)
            and (self.runner_up or {}).get("allocations") == (row.runner_up or {}).get("allocations")
        )


def best_first(
    drafts: Iterable[Draft], vouchers: Iterable[engine.Voucher], transactions: Iterable[engine.Transaction]
) -> list[Draft]:
    """The most probable first. What a person sees as equally probable: the simplest, then the nearest in time.

    The same in every run: what is left equal follows the day of booking and the order of the rows.
    """
    due = {}
    for one in vouchers:
        paid = [item.date for item in one.payments if item.date]
        due[int(one.id)] = paid or ([one.date] if one.date else [])
    booked = {int(line.id): line.booking_date for line in transactions}

    def order(one: Draft) -> tuple[Any, ...]:
        away = sum(_days_between(booked[part.transaction], due[part.voucher]) for part in one.shares)
        rows = sorted((booked[part.transaction], part.transaction, part.voucher) for part in one.shares)
        return -tenths_of_percent(one.probability), len(one.shares), away, rows

    return sorted(drafts, key=order)


def _days_between(booked: date, due: Iterable[date]) -> int:
    return min((abs((booked - day).days) for day in due), default=0)


def tenths_of_percent(probability: Decimal) -> int:
    """The probability as far as a person sees it: in tenths of a percent, and never certain."""
    return min(int(probability * 1000), 999)


def draft(client_id: int, proposal: engine.Proposal) -> Draft:
    """Bring a proposal of the engine into its stored form. The ids are those of our rows."""
    shares = tuple(Share(int(part.voucher), int(part.transaction), part.amount) for part in proposal.allocations)
    return Draft(
        shares=shares,
        fingerprint=fingerprint(client_id, shares),
        kind=proposal.kind,
        permission=str(proposal.permission),
        probability=stored_probability(proposal.probability),
        evidence=[_evidence(item) for item in proposal.evidence],
        runner_up=_runner_up(proposal.runner_up),
    )


def fingerprint(client_id: int, shares: tuple[Share, ...]) -> str:
    """What makes a combination of allocations the same one: client, pairs and amounts, in any order."""
    parts = sorted(f"{share.voucher}:{share.transaction}:{share.amount:.2f}" for share in shares)
    return hashlib.sha256("|".join([str(client_id), *parts]).encode()).hexdigest()


def stored_probability(probability: float) -> Decimal:
    """Four digits, rounded down: 0.99996 must not read as certain."""
    return min(max(Decimal(repr(probability)), Decimal(0)), Decimal(1)).quantize(SMALLEST, rounding=ROUND_DOWN)


def _evidence(item: engine.Evidence) -> dict[str, Any]:
    return {
        "code": item.code,
        "supports": item.supports,
        "weight": round(float(item.weight), 4),
        "params": dict(item.params),
    }


def _runner_up(second: engine.RunnerUp | None) -> dict[str, Any] | None:
    if second is None:
        return None
    return {
        "allocations": [
            {"voucher": int(part.voucher), "transaction": int(part.transaction), "amount": f"{part.amount:.2f}"}
            for part in second.allocations
        ],
        "probability": str(stored_probability(second.probability)),
        "evidence": [_evidence(item) for item in second.evidence],
    }


def _seen(evidence: list[dict[str, Any]]) -> list[tuple[str, bool, list[tuple[str, str]]]]:
    """The part of the evidence that is put into words, without weights."""
    return sorted((item["code"], item["supports"], sorted(item["params"].items())) for item in evidence)
