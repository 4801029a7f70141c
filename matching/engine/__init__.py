"""The matching engine: which bank transaction paid which voucher, with reasons.

Pure functions over plain data: no database, no network, no clock, no randomness.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal

from .engine import run
from .model import CURRENT, Model, load
from .types import Allocation, Learned, Proposal, Transaction, Voucher

ENGINE_VERSION = f"2.0-{CURRENT}"
"""Of the engine and of what it has learned: changes whenever the same input may lead to other proposals."""

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
    model: Model | None = None,
) -> list[Proposal]:
    """Propose allocations for the vouchers and transactions of one client.

    `rates`: units of each currency for one euro, by day. `settled`: standing allocations; they use up their
    vouchers and transactions. `rejected`: sets of (voucher id, transaction id) that a person refused; exactly
    that combination is not proposed again. `learned`: identifiers people have confirmed for this client.
    `progress(done, total)` is called now and then. `model`: what was learned from data, the current one
    where none is given.

    Returns for each voucher the best proposal and up to two alternatives, ordered by voucher and probability.
    Automatic proposals never use a voucher or a transaction beyond its amount. The order of the input makes no
    difference.
    """
    report = progress or (lambda done, total: None)
    return run(
        vouchers, transactions, rates or {}, tuple(settled), frozenset(rejected), learned, report, model or load()
    )
