"""Predictions against the truth of a benchmark set: precision, recall, ranking, by scenario.

A prediction is right when its pair is an allocation of the truth and its amount lies in the accepted range,
two cents either way. Where nothing visible tells vouchers or bookings apart (the set's equivalence classes), any
one-to-one assignment inside a class is right; using one of them twice is not.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

TOLERANCE = Decimal("0.0201")


@dataclass(frozen=True, slots=True)
class Prediction:
    """One predicted allocation; `decision` is auto or suggest, `amount` positive in the transaction's currency."""

    client: str
    voucher: str
    transaction: str
    amount: Decimal
    confidence: float
    decision: str


@dataclass(frozen=True, slots=True)
class Truth:
    """One true allocation with the range of amounts that is accepted."""

    voucher: str
    transaction: str
    low: Decimal
    high: Decimal


class Judge:
    """Knows the truth and says of predictions whether they are right."""

    def __init__(self, truth: Sequence[Mapping[str, str]], equivalence: Mapping[str, Sequence[Sequence[str]]]) -> None:
        self._class_of = {
            (side, member): (side, number)
            for side in ("vouchers", "transactions")
            for number, members in enumerate(equivalence.get(side, ()))
            for member in members
        }
        self.entries = [
            Truth(
                row["voucher"],
                row["transaction"],
                Decimal(row.get("amount_min") or row["amount"]),
                Decimal(row.get("amount_max") or row["amount"]),
            )
            for row in truth
        ]
        self._exact = {(e.voucher, e.transaction): i for i, e in enumerate(self.entries)}
        self._by_class: dict[tuple[object, object], list[int]] = defaultdict(list)
        for i, e in enumerate(self.entries):
            self._by_class[self.key(e.voucher, e.transaction)].append(i)
        self.of_voucher: dict[str, list[int]] = defaultdict(list)
        for i, e in enumerate(self.entries):
            self.of_voucher[e.voucher].append(i)

    def key(self, voucher: str, transaction: str) -> tuple[object, object]:
        """The pair with each side replaced by its class."""
        left = self._class_of.get(("vouchers", voucher), voucher)
        return left, self._class_of.get(("transactions", transaction), transaction)

    def possible(self, voucher: str, transaction: str) -> bool:
        """Whether the pair alone could be right, swaps allowed."""
        return self.key(voucher, transaction) in self._by_class

    def judge(self, predictions: Sequence[Prediction]) -> list[tuple[Prediction, bool, int | None]]:
        """Each prediction with whether it is right and which true allocation it stands for."""
        used: set[int] = set()
        seen: set[tuple[str, str]] = set()
        taken: set[tuple[str, object]] = set()
        judged: list[tuple[Prediction, bool, int | None]] = []
        order = sorted(predictions, key=lambda p: (-p.confidence, (p.voucher, p.transaction) not in self._exact))
        for p in order:
            pair = p.voucher, p.transaction
            left, right = self.key(*pair)
            entry = None if pair in seen else self._free_entry(pair, (left, right), used, taken)
            seen.add(pair)
            if entry is None:
                judged.append((p, False, None))
                continue
            used.add(entry)
            taken |= {(p.voucher, right), (p.transaction, left)}
            e = self.entries[entry]
            judged.append((p, e.low - TOLERANCE <= p.amount <= e.high + TOLERANCE, entry))
        return judged

    def _free_entry(
        self, pair: tuple[str, str], key: tuple[object, object], used: set[int], taken: set[tuple[str, object]]
    ) -> int | None:
        entry = self._exact.get(pair)
        if entry in used:
            entry = None
        voucher_in, transaction_in = (key[0] != pair[0]), (key[1] != pair[1])
        if not voucher_in and not transaction_in:
            return entry
        if (voucher_in and (pair[0], key[1]) in taken) or (transaction_in and (pair[1], key[0]) in taken):
            return None
        if entry is not None:
            return entry
        return next((i for i in self._by_class.get(key, ()) if i not in used), None)


def score(
    truth: Sequence[Mapping[str, str]], meta: Mapping[str, Any], predictions: Iterable[Prediction]
) -> dict[str, Any]:
    """Figures of a set of predictions: auto (precision, recall, wrong), ranking, and the same by scenario."""
    rows = list(predictions)
    judge = Judge(truth, meta.get("equivalence") or {})
    judged = judge.judge([p for p in rows if p.decision == "auto"])
    first, three = _ranking(judge, rows)
    result = _figures(judged, judge, set(judge.of_voucher), first, three)
    scenarios: dict[str, set[str]] = defaultdict(set)
    for voucher, name in (meta.get("voucher_scenario") or {}).items():
        scenarios[name].add(voucher)
    result["scenarios"] = {
        name: _figures([j for j in judged if j[0].voucher in members], judge, members, first, three)
        for name, members in sorted(scenarios.items())
    }
    return result


def _figures(
    judged: Sequence[tuple[Prediction, bool, int | None]],
    judge: Judge,
    vouchers: set[str],
    first: set[str],
    three: set[str],
) -> dict[str, Any]:
    wanted = sum(len(judge.of_voucher[v]) for v in vouchers if v in judge.of_voucher)
    paid = [v for v in vouchers if v in judge.of_voucher]
    right = sum(ok for _, ok, _ in judged)
    return {
        "allocations": wanted,
        "auto": len(judged),
        "wrong": len(judged) - right,
        "precision": _ratio(right, len(judged)),
        "recall": _ratio(right, wanted),
        "recall_at_1": _ratio(sum(v in first for v in paid), len(paid)),
        "recall_at_3": _ratio(sum(v in three for v in paid), len(paid)),
    }


def _ranking(judge: Judge, rows: Sequence[Prediction]) -> tuple[set[str], set[str]]:
    """The vouchers whose best, and one of whose best three proposals is right."""
    by_voucher: dict[str, list[Prediction]] = defaultdict(list)
    for p in rows:
        by_voucher[p.voucher].append(p)
    first: set[str] = set()
    three: set[str] = set()
    for voucher, own in by_voucher.items():
        if voucher not in judge.of_voucher:
            continue
        ranked = sorted(own, key=lambda p: (-p.confidence, p.decision != "auto", p.transaction))
        order = list(dict.fromkeys(p.transaction for p in ranked))
        fits = [judge.possible(voucher, t) for t in order[:3]]
        if fits and fits[0]:
            first.add(voucher)
        if any(fits):
            three.add(voucher)
    return first, three


def _ratio(part: int, whole: int) -> float | None:
    return round(part / whole, 6) if whole else None
