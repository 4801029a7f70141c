"""Weighted similarity with thresholds: the inbox matching of Midday, its automatic mode switched on.

confidence = (10 name + 30 amount + 15 date + 5 currency) / 60 with floors and cuts; shown from 0.6, booked from 0.9
with a name of 0.4 and more. A booking sees at most 30 candidates: of its currency and within a quarter (at least 1)
of its amount, or of a similar name, in a window of days around the document. Bookings come first, each takes its best
free document; then the documents left look for a free booking. One document, one booking.

The original's automatic mode also wants three earlier confirmations of the pair of names. The data has no
history, with it nothing would ever be booked, so that guard (and the learned thresholds and penalties) is left out.
A voucher that is due on its own day is a receipt, any other an invoice; only vouchers of the booking's direction
are looked at.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta

from matching.engine.types import Transaction, Voucher

from .interface import Answer, ByAmount, days_between, in_order, side_of_transaction
from .weighted_scores import (
    amount_score,
    confidence,
    date_score,
    foreign_amount_score,
    name_score,
    resembles,
    trigrams,
)

SUGGEST, AUTOMATIC, AUTOMATIC_NAME = 0.6, 0.9, 0.4
WINDOW_BEFORE, WINDOW_AFTER_INVOICE, WINDOW_AFTER_RECEIPT = 90, 123, 30
LIMIT = 30
SIMILAR = 0.3

Scored = tuple[float, float, str, Voucher, Transaction]
"""Confidence, name score, id that breaks ties, and the pair."""


def match(vouchers: Sequence[Voucher], transactions: Sequence[Transaction]) -> list[Answer]:
    """Answers for one client."""
    shelf = _Shelf(vouchers)
    answers: list[Answer] = []
    claimed: set[str] = set()
    used: set[str] = set()
    of_voucher: dict[str, list[Scored]] = defaultdict(list)
    for t in in_order(transactions):
        scored = sorted((score(v, t) for v in shelf.candidates(t)), key=lambda row: (-row[0], row[2]))
        good = [row for row in scored if row[0] >= SUGGEST]
        for row in good:
            of_voucher[row[3].id].append(row)
        free = next((row for row in good if row[3].id not in claimed), None)
        if free:
            claimed.add(free[3].id)
            used.add(t.id)
            answers.append(_answer(free))
    for v in sorted(vouchers, key=lambda v: v.id):
        if v.id not in claimed:
            open_rows = [row for row in of_voucher[v.id] if row[4].id not in used]
            if open_rows:
                best = min(open_rows, key=lambda row: (-row[0], row[4].id))
                used.add(best[4].id)
                answers.append(_answer(best))
    return answers


def score(v: Voucher, t: Transaction) -> Scored:
    """How well a document fits a booking."""
    name = max(name_score(v.contact, t.counterparty), _number_score(v, t))
    same = v.currency == t.currency
    document, booked = float(v.total), float(abs(t.amount))
    amount = amount_score(document, booked) if same else foreign_amount_score(document, booked)
    days = days_between(v, t)
    date = 0.5 if days is None else date_score(days, invoice=is_invoice(v))
    return confidence(name, amount, date, same_currency=same), name, v.id, v, t


def is_invoice(v: Voucher) -> bool:
    """Whether a voucher has a term of payment; otherwise it is a receipt, paid where it was made."""
    return v.due_date is not None and v.date is not None and v.due_date > v.date


def _number_score(v: Voucher, t: Transaction) -> float:
    number = v.number.lower()
    return 0.95 if len(number) >= 4 and number in f"{t.counterparty} {t.purpose}".lower() else 0.0


def _answer(row: Scored) -> Answer:
    total, name, _, v, t = row
    booked = total >= AUTOMATIC and name >= AUTOMATIC_NAME
    return Answer(v.id, t.id, abs(t.amount), total, automatic=booked)


class _Shelf:
    """Retrieval: the documents that a booking is compared with."""

    def __init__(self, vouchers: Sequence[Voucher]) -> None:
        self._amounts = ByAmount(vouchers)
        self._of_contact: dict[tuple[int, str], list[Voucher]] = defaultdict(list)
        self._contacts: dict[str, set[str]] = defaultdict(set)
        self._alike: dict[str, dict[str, float]] = {}
        for v in vouchers:
            self._of_contact[v.direction, v.contact].append(v)
            for part in trigrams(v.contact):
                self._contacts[part].add(v.contact)

    def candidates(self, t: Transaction) -> list[Voucher]:
        """At most 30: the most similar names first, then the nearest amounts, then the nearest days."""
        side = side_of_transaction(t)
        booked = abs(t.amount)
        low = min(booked - 1, booked * 100 / 125)
        high = max(booked + 1, booked * 100 / 75)
        alike = self._names_like(t.counterparty)
        found = {v.id: v for v in self._amounts.between(side, int(low * 100) + 1, int(high * 100))}
        for contact, similar in alike.items():
            if similar >= SIMILAR:
                found |= {v.id: v for v in self._of_contact.get((side[0], contact), ())}
        rows = [
            (-alike.get(v.contact, 0.0), abs(v.total - booked) / max(v.total, booked), abs(days_between(v, t) or 0), v)
            for v in found.values()
            if _in_window(v, t)
        ]
        return [row[3] for row in sorted(rows, key=lambda row: (*row[:3], row[3].id))[:LIMIT]]

    def _names_like(self, name: str) -> dict[str, float]:
        if name not in self._alike:
            near = {contact for part in trigrams(name) for contact in self._contacts.get(part, ())}
            self._alike[name] = {contact: resembles(contact, name) for contact in near}
        return self._alike[name]


def _in_window(v: Voucher, t: Transaction) -> bool:
    if v.date is None:
        return True
    after = WINDOW_AFTER_INVOICE if is_invoice(v) else WINDOW_AFTER_RECEIPT
    return -timedelta(WINDOW_BEFORE) <= t.booking_date - v.date <= timedelta(after)
