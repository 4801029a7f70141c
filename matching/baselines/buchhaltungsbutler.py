"""The rule that BuchhaltungsButler publishes for its assignment of documents to payments.

The amount is equal and the counterparty or the number agrees; the document is dated from 90 days before to 30 days
after the payment; at most 1,000 documents are pre-selected. Foreign currency and discounts cannot be matched; payments
that were posted are skipped. (Help centre: article on the automatic assignment.)

Read so: booked where one document alone fits, the ones with the number before those with the name; otherwise up to
three are shown. The payment reference of marketplaces is a field that the vouchers do not have: not modelled.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from matching.engine.types import Transaction, Voucher

from .interface import Answer, ByAmount, fold, in_order, side_of_transaction

BEFORE, AFTER = timedelta(90), timedelta(30)
PRESELECTED = 1000
SHOWN = 3


def match(vouchers: Sequence[Voucher], transactions: Sequence[Transaction]) -> list[Answer]:
    """Answers for one client."""
    amounts = ByAmount(v for v in vouchers if v.currency == "EUR")
    names = {v.contact: fold(v.contact) for v in vouchers}
    taken: set[str] = set()
    answers: list[Answer] = []
    for t in in_order(transactions):
        if side_of_transaction(t)[1] != "EUR":
            continue
        near = [v for v in amounts.equal(t) if v.id not in taken and _in_time(v, t)][:PRESELECTED]
        name, text = fold(t.counterparty), fold(f"{t.counterparty} {t.purpose}")
        joined = text.replace(" ", "")
        by_number = [v for v in near if (n := fold(v.number).replace(" ", "")) and len(n) >= 3 and n in joined]
        by_name = [v for v in near if _same_party(names[v.contact], name, text)]
        fits = by_number or by_name
        if len(fits) == 1:
            taken.add(fits[0].id)
            answers.append(Answer(fits[0].id, t.id, abs(t.amount), 1.0 if by_number else 0.95, automatic=True))
        else:
            fits = sorted(fits, key=lambda v: _apart(v, t))[:SHOWN]
            answers += [Answer(v.id, t.id, abs(t.amount), 0.5 - 0.01 * n, automatic=False) for n, v in enumerate(fits)]
    return answers


def _in_time(v: Voucher, t: Transaction) -> bool:
    return v.date is None or -AFTER <= t.booking_date - v.date <= BEFORE


def _apart(v: Voucher, t: Transaction) -> tuple[int, str]:
    return (abs((t.booking_date - v.date).days) if v.date else 9999), v.id


def _same_party(contact: str, name: str, text: str) -> bool:
    """Whether the contact's name stands in the booking, or the booking's name in it (both of three characters)."""
    return (len(contact) >= 3 and contact in text) or (len(name) >= 3 and name in contact)
