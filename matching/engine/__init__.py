"""The matching engine: which bank transaction paid which voucher, with reasons.

Pure functions over plain data: no database, no network, no clock, no randomness.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal

from .types import Allocation, Evidence, Learned, Permission, Proposal, Transaction, Voucher

ENGINE_VERSION = "1.0"
"""Changes whenever the same input may lead to other proposals."""

__all__ = ["ENGINE_VERSION", "propose"]


def propose(
    vouchers: Iterable[Voucher],
    transactions: Iterable[Transaction],
    *,
    rates: Mapping[date, Mapping[str, Decimal]] | None = None,
    settled: Iterable[Allocation] = (),
    rejected: Iterable[frozenset[tuple[str, str]]] = (),
    learned: Learned | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> list[Proposal]:
    """Propose allocations for the vouchers and transactions of one client."""
    del rates, learned
    used_v = {a.voucher for a in settled}
    used_t = {a.transaction for a in settled}
    refused = set(rejected)
    by_amount: dict[tuple[str, Decimal], list[Transaction]] = {}
    for t in sorted(transactions, key=lambda t: t.id):
        if t.id not in used_t:
            by_amount.setdefault((t.currency, t.amount), []).append(t)
    ordered = sorted((v for v in vouchers if v.id not in used_v), key=lambda v: v.id)
    found: list[Proposal] = []
    for done, v in enumerate(ordered, 1):
        if progress:
            progress(done, len(ordered))
        for t in by_amount.get((v.currency, v.direction * v.total), []):
            if v.number and v.number in t.purpose and frozenset({(v.id, t.id)}) not in refused:
                evidence = (
                    Evidence("number_in_text", True, 6.0, {"number": v.number, "found": v.number}),
                    Evidence(
                        "amount_equal", True, 3.0, {"expected": f"{v.total:.2f}", "booked": f"{t.amount:.2f}"}
                    ),
                )
                allocation = Allocation(v.id, t.id, v.total)
                found.append(Proposal((allocation,), 0.9, Permission.SUGGEST, evidence, None, "single"))
                break
    return found
