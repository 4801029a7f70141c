"""Ranked equality: the bank reconciliation tool of ERPNext with the additions of ALYF Banking.

rank = 1 + [reference equal] + [amount equal to what is open] + [same party], and of ALYF + [same day]
+ [number stands in the description]. The party is the contact whose name is nearest to the booking's (token set
ratio above 80, from the counterparty, else from the description); two equally near ones are nobody.
Booked alone: what carries exactly the voucher's number as its reference, each taking what is open as far as the money
goes. Otherwise up to three candidates of rank 2 and more are shown. Own knowledge of account numbers is not modelled,
vouchers have none.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal

from rapidfuzz import fuzz, process

from matching.engine.types import Transaction, Voucher

from .interface import Answer, ByAmount, Side, fold, in_order, side_of_transaction, side_of_voucher

CUTOFF = 80
SHOWN = 3
HIGHEST = 6
MANY = 50
"""Vouchers of one party that are compared; the tool's list pages as well."""


def match(vouchers: Sequence[Voucher], transactions: Sequence[Transaction]) -> list[Answer]:
    """Answers for one client."""
    amounts = ByAmount(vouchers)
    numbers: dict[tuple[Side, str], list[Voucher]] = defaultdict(list)
    of_contact: dict[tuple[Side, str], list[Voucher]] = defaultdict(list)
    for v in sorted(vouchers, key=lambda v: v.id):
        if v.number.strip():
            numbers[side_of_voucher(v), v.number.strip()].append(v)
        of_contact[side_of_voucher(v), v.contact].append(v)
    parties = {side: Parties(v.contact for v in vouchers if side_of_voucher(v) == side) for side, _ in of_contact}
    pending = {v.id: v.total for v in vouchers}
    answers: list[Answer] = []
    for t in in_order(transactions):
        side = side_of_transaction(t)
        by_reference = numbers.get((side, t.end_to_end_id.strip()), [])
        if by_reference:
            answers += _allocate(by_reference, t, pending)
            continue
        party = parties[side].of(t) if side in parties else None
        words = {number for number in _pieces(t.purpose) if (side, number) in numbers}
        named = [v for number in sorted(words) for v in numbers[side, number]]
        near = sorted(of_contact.get((side, party or ""), ()), key=lambda v: _days(v, t))[:MANY]
        candidates = {v.id: v for v in (*amounts.equal(t), *named, *near)}
        answers += _shown(candidates.values(), t, party, {v.id for v in named})
    return answers


class Parties:
    """The contacts of one side, and which of them a booking is from."""

    def __init__(self, contacts: Iterable[str]) -> None:
        self._names = {contact: fold(contact) for contact in sorted(set(contacts))}
        self._seen: dict[str, str | None] = {}

    def of(self, t: Transaction) -> str | None:
        """The contact that is nearest to the counterparty, else to the description; None where two are."""
        return self._nearest(fold(t.counterparty)) or self._nearest(fold(t.purpose))

    def _nearest(self, text: str) -> str | None:
        if text and text not in self._seen:
            best = process.extract(text, self._names, scorer=fuzz.token_set_ratio, score_cutoff=CUTOFF, limit=2)
            tie = len(best) == 2 and best[0][1] == best[1][1]
            self._seen[text] = best[0][2] if best and not tie and best[0][1] > CUTOFF else None
        return self._seen.get(text)


def _pieces(text: str) -> set[str]:
    """Every run of one to three words of a description: what can be a voucher's number."""
    words = text.split()
    joined = (" ".join(words[i : i + n]) for n in (1, 2, 3) for i in range(len(words) - n + 1))
    return {piece for run in joined for piece in (run, run.strip(",.;:()"))}


def _days(v: Voucher, t: Transaction) -> tuple[int, str]:
    return abs((t.booking_date - v.date).days) if v.date else 9999, v.id


def _allocate(vouchers: list[Voucher], t: Transaction, pending: dict[str, Decimal]) -> list[Answer]:
    """Each voucher takes what is open, as far as the booking's amount goes."""
    left = abs(t.amount)
    answers = []
    for v in vouchers:
        part = min(pending[v.id], left)
        if part > 0:
            pending[v.id] -= part
            left -= part
            answers.append(Answer(v.id, t.id, part, 1.0, automatic=True))
    return answers


def _shown(candidates: Iterable[Voucher], t: Transaction, party: str | None, named: set[str]) -> list[Answer]:
    ranks = []
    for v in candidates:
        rank = 1 + (v.total == abs(t.amount)) + (v.contact == party) + (v.date == t.booking_date) + (v.id in named)
        if rank >= 2:
            ranks.append((-rank, _days(v, t), v))
    best = sorted(ranks, key=lambda row: row[:2])[:SHOWN]
    return [Answer(v.id, t.id, min(v.total, abs(t.amount)), -rank / HIGHEST, automatic=False) for rank, _, v in best]
