"""Digit tokens with greedy fill: the reconciliation model of Odoo and OCA (account_reconcile_model_oca).

The partner is one all of whose words of three letters and more stand in the booking (the first such, ambiguous or
not). Texts are split at blanks; words of four characters and more are reduced to their digits, and four and more of
those must equal the digits of a word of the voucher's number. Hits order the candidates (then the oldest due
date) and may be booked; without any, all open vouchers of a known partner are shown. Vouchers older than 18 months
are not looked at. The set is filled in this order while there is room; one voucher of the exact amount wins alone. A
set beyond the amount is a partial one, which the default tolerance of nothing rejects; money left over always passes.
Early payment discounts need terms on the voucher, which the data does not have: not modelled.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from matching.engine.types import Transaction, Voucher

from .interface import Answer, Side, by_age, fold, in_order, side_of_transaction, side_of_voucher

SHORTEST = 4
OLDEST = 548
"""Days: 18 months."""
SHOWN = 3


@dataclass(frozen=True, slots=True)
class _Side:
    """The vouchers of one direction and currency: by token of their number, by partner, and partners' words."""

    by_token: dict[str, list[Voucher]]
    by_partner: dict[str, list[Voucher]]
    words: dict[str, list[tuple[str, frozenset[str]]]]


def match(vouchers: Sequence[Voucher], transactions: Sequence[Transaction]) -> list[Answer]:
    """Answers for one client."""
    rows: dict[Side, list[Voucher]] = defaultdict(list)
    for v in by_age(vouchers):
        rows[side_of_voucher(v)].append(v)
    sides = {side: _prepare(found) for side, found in rows.items()}
    pending = {v.id: v.total for v in vouchers}
    answers: list[Answer] = []
    for t in in_order(transactions):
        side = sides.get(side_of_transaction(t))
        if side:
            answers += _answer(side, t, pending)
    return answers


def digit_tokens(text: str, *, shortest_word: int = SHORTEST) -> set[str]:
    """The digits of every word that has at least four of them."""
    words = (word for word in text.split() if len(word) >= shortest_word)
    digits = ("".join(c for c in word if c.isdigit()) for word in words)
    return {d for d in digits if len(d) >= SHORTEST}


def fill(amount: Decimal, candidates: Sequence[tuple[str, Decimal]]) -> list[str]:
    """The keys that are taken for an amount: an equal one alone, else one after the other while there is room.

    Nothing where the set is a partial one, that is goes beyond the amount.
    """
    left, taken = amount, []
    for key, is_open in candidates:
        if is_open == amount:
            return [key]
        if left > 0:
            taken.append(key)
            left -= is_open
    return taken if left >= 0 else []


def _prepare(vouchers: list[Voucher]) -> _Side:
    side = _Side(defaultdict(list), defaultdict(list), defaultdict(list))
    for v in vouchers:
        for token in digit_tokens(v.number, shortest_word=1):
            side.by_token[token].append(v)
        side.by_partner[v.contact].append(v)
    for name in sorted(side.by_partner):
        words = frozenset(word for word in fold(name).split() if len(word) >= 3)
        if words:
            side.words[min(words)].append((name, words))
    return side


def _partner(side: _Side, t: Transaction) -> str | None:
    text = set(fold(f"{t.counterparty} {t.purpose}").split())
    names = [name for word in sorted(text) for name, words in side.words.get(word, ()) if words <= text]
    return min(names, default=None)


def _answer(side: _Side, t: Transaction, pending: dict[str, Decimal]) -> list[Answer]:
    partner = _partner(side, t)
    hits: dict[str, int] = defaultdict(int)
    found: dict[str, Voucher] = {}
    for token in digit_tokens(f"{t.purpose} {t.end_to_end_id} {t.counterparty}"):
        for v in side.by_token.get(token, ()):
            if (partner is None or v.contact == partner) and _usable(v, t, pending):
                hits[v.id] += 1
                found[v.id] = v
    ordered = sorted(by_age(found.values()), key=lambda v: -hits[v.id])
    if not ordered:
        open_ones = [v for v in side.by_partner.get(partner or "", ()) if _usable(v, t, pending)]
        taken = fill(abs(t.amount), [(v.id, pending[v.id]) for v in open_ones])
        rest = [v.id for v in open_ones if v.id not in taken][: max(0, SHOWN - len(taken))]
        shown = [(key, 0.5) for key in taken] + [(key, 0.25) for key in rest]
        return [Answer(key, t.id, min(pending[key], abs(t.amount)), c, automatic=False) for key, c in shown]
    taken = fill(abs(t.amount), [(v.id, pending[v.id]) for v in ordered])
    answers = [Answer(key, t.id, pending[key], 1.0, automatic=True) for key in taken]
    for key in taken:
        pending[key] = Decimal(0)
    rest = [v.id for v in ordered if v.id not in taken][:SHOWN]
    return answers + [Answer(key, t.id, min(pending[key], abs(t.amount)), 0.5, automatic=False) for key in rest]


def _usable(v: Voucher, t: Transaction, pending: dict[str, Decimal]) -> bool:
    return pending[v.id] > 0 and (v.date is None or (t.booking_date - v.date).days <= OLDEST)
