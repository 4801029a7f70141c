"""Figures of predictions against the truth of a benchmark set, in total and by scenario."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .calibration import Outcome, calibration_error
from .judging import Judge, Prediction

__all__ = ["Prediction", "outcomes", "score", "wilson_interval", "wilson_low"]

SMALLEST_SET, LARGEST_SET = 2, 8
"""How many vouchers the sets have that are counted by themselves."""

DISCOUNT = "skonto"
"""What the names of scenarios with a cash discount begin with."""

Judged = tuple[Prediction, bool, int | None]


@dataclass(frozen=True, slots=True)
class _Ranked:
    """Vouchers whose best proposal, one of the best three, and best proposal with its amount are right."""

    first: set[str]
    three: set[str]
    whole: set[str]


def score(
    truth: Sequence[Mapping[str, str]], meta: Mapping[str, Any], predictions: Iterable[Prediction]
) -> dict[str, Any]:
    """Figures of a set of predictions: auto (precision, recall, wrong), ranking, sets, discounts, calibration.

    `scenarios` has the first of these for each scenario of the set. Shares are 0..1, None where nothing is counted.
    `decidable_at_1` and `_at_3` are shares of the vouchers less those that the set says nobody could decide; the set
    gives their number only, so that a lucky hit among them counts.
    """
    rows = list(predictions)
    judge = Judge(truth, meta.get("equivalence") or {})
    judged = judge.judge([p for p in rows if p.decision == "auto"])
    ranked = _ranking(judge, rows)
    scenarios: dict[str, set[str]] = defaultdict(set)
    for voucher, name in (meta.get("voucher_scenario") or {}).items():
        scenarios[name].add(voucher)
    result = _figures(judged, judge, set(judge.of_voucher), ranked)
    undecidable = int((meta.get("ambiguity") or {}).get("undecidable", 0))
    discounted = {v for name, members in scenarios.items() if name.startswith(DISCOUNT) for v in members}
    result |= {
        "precision_lower_95": wilson_low(result["auto"] - result["wrong"], result["auto"]),
        "decidable_at_1": _ratio_of_decidable(len(ranked.first), len(judge.of_voucher), undecidable),
        "decidable_at_3": _ratio_of_decidable(len(ranked.three), len(judge.of_voucher), undecidable),
        "falsely_matched": _falsely_matched(judged, judge),
        **_sets(judge, rows),
        **_discounts(judged, judge, discounted, ranked),
        "calibration_error": calibration_error(outcomes(judge, rows)),
    }
    result["scenarios"] = {
        name: _figures([j for j in judged if j[0].voucher in members], judge, members, ranked)
        for name, members in sorted(scenarios.items())
    }
    return result


def wilson_interval(right: int, whole: int, z: float = 1.96) -> tuple[float, float]:
    """Both ends of the Wilson interval of a share, 95 % for the default `z`; all of 0..1 where nothing is counted."""
    if not whole:
        return 0.0, 1.0
    p = right / whole
    middle, root = p + z * z / (2 * whole), z * math.sqrt(p * (1 - p) / whole + z * z / (4 * whole * whole))
    scale = 1 + z * z / whole
    return max(0.0, min(p, (middle - root) / scale)), min(1.0, max(p, (middle + root) / scale))


def wilson_low(right: int, whole: int) -> float | None:
    """The lower end of the 95 % Wilson interval of a share; None where nothing is counted."""
    return round(wilson_interval(right, whole)[0], 6) if whole else None


def outcomes(judge: Judge, rows: Sequence[Prediction]) -> list[Outcome]:
    """Of all predictions, automatic or not: the stated probability and whether it was right."""
    return [(p.confidence, ok) for p, ok, _ in judge.judge(rows)]


def _figures(judged: Sequence[Judged], judge: Judge, vouchers: set[str], ranked: _Ranked) -> dict[str, Any]:
    wanted = sum(len(judge.of_voucher[v]) for v in vouchers if v in judge.of_voucher)
    paid = [v for v in vouchers if v in judge.of_voucher]
    right = sum(ok for _, ok, _ in judged)
    return {
        "allocations": wanted,
        "auto": len(judged),
        "wrong": len(judged) - right,
        "precision": _ratio(right, len(judged)),
        "recall": _ratio(right, wanted),
        "recall_at_1": _ratio(sum(v in ranked.first for v in paid), len(paid)),
        "recall_at_3": _ratio(sum(v in ranked.three for v in paid), len(paid)),
    }


def _ranking(judge: Judge, rows: Sequence[Prediction]) -> _Ranked:
    by_voucher: dict[str, list[Prediction]] = defaultdict(list)
    for p in rows:
        by_voucher[p.voucher].append(p)
    ranked = _Ranked(set(), set(), set())
    for voucher, own in by_voucher.items():
        if voucher not in judge.of_voucher:
            continue
        own.sort(key=lambda p: (-p.confidence, p.decision != "auto", p.transaction))
        best = {p.transaction: p for p in reversed(own)}
        order = list(dict.fromkeys(p.transaction for p in own))
        fits = [judge.possible(voucher, t) for t in order[:3]]
        if fits[0]:
            ranked.first.add(voucher)
        if any(fits):
            ranked.three.add(voucher)
        if judge.fits(best[order[0]]):
            ranked.whole.add(voucher)
    return ranked


def _falsely_matched(judged: Sequence[Judged], judge: Judge) -> int:
    """Vouchers without a booking that got one; a twin in its equal's place is none of them, the equal then is."""
    shift: Counter[str] = Counter()
    for p, _, entry in judged:
        if entry is not None and judge.entries[entry].voucher != p.voucher:
            shift[judge.entries[entry].voucher] -= 1
            shift[p.voucher] += 1
    matched = {p.voucher for p, _, _ in judged}
    return sum(len(judge.of_voucher.get(v, ())) + shift[v] <= 0 for v in matched)


def _sets(judge: Judge, rows: Sequence[Prediction]) -> dict[str, Any]:
    """Bookings that paid 2 to 8 vouchers: exactly these with right amounts, automatic, or first of what is proposed."""
    of_booking: dict[str, list[Prediction]] = defaultdict(list)
    for p in rows:
        of_booking[p.transaction].append(p)
    total = booked = found = 0
    for transaction, entries in judge.of_transaction.items():
        if not SMALLEST_SET <= len(entries) <= LARGEST_SET:
            continue
        total += 1
        true = sorted(repr(judge.key(judge.entries[i].voucher, transaction)) for i in entries)
        own = of_booking.get(transaction, [])
        automatic = [p for p in own if p.decision == "auto"]
        highest = max((p.confidence for p in own), default=0.0)
        best = automatic or [p for p in own if p.confidence == highest]
        exact = true == sorted(repr(judge.key(p.voucher, transaction)) for p in best) and all(map(judge.fits, best))
        found += exact
        booked += exact and bool(automatic)
    return {"sets": total, "sets_booked": _ratio(booked, total), "sets_found": _ratio(found, total)}


def _discounts(judged: Sequence[Judged], judge: Judge, vouchers: set[str], ranked: _Ranked) -> dict[str, Any]:
    paid = [v for v in vouchers if v in judge.of_voucher]
    booked = {p.voucher for p, ok, _ in judged if ok}
    return {
        "discounts": len(paid),
        "discounts_booked": _ratio(sum(v in booked for v in paid), len(paid)),
        "discounts_found": _ratio(sum(v in ranked.whole for v in paid), len(paid)),
    }


def _ratio(part: int, whole: int) -> float | None:
    return round(part / whole, 6) if whole else None


def _ratio_of_decidable(hits: int, vouchers: int, undecidable: int) -> float | None:
    share = _ratio(hits, max(0, vouchers - undecidable))
    return share if share is None else min(1.0, share)
