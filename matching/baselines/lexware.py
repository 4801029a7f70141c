"""The rule that Lexware Office publishes for its assignment of bank transactions.

A document fits a line if it is of its direction and currency, the line is within 5 % of what is open, and the
document is dated from three months before the line to 15 days after its value date. Among these the invoice number,
the contact's name and the bank details decide, in this order. A smaller amount (Skonto) needs four characters in a row
in common with the purpose and with the name, and is never booked unseen. (Help centre: articles on the assignment of
payments and on Skonto.)

Read so: booked are an equal amount with the number or the name where only one document has it; everything else is
shown, at most three. Customer numbers and bank details are not on the vouchers, so they are not modelled.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from matching.engine.types import Transaction, Voucher

from .interface import Answer, ByAmount, cents, fold, in_order, side_of_transaction

BEFORE, AFTER = timedelta(92), timedelta(15)
OVERLAP = 4
SHOWN = 3


@dataclass(frozen=True, slots=True)
class _Fit:
    """A document for a line: rank 3 with the number, 2 with the name, 1 with amount and date alone."""

    rank: int
    equal: bool
    apart: int
    voucher: Voucher


def match(vouchers: Sequence[Voucher], transactions: Sequence[Transaction]) -> list[Answer]:
    """Answers for one client."""
    amounts = ByAmount(vouchers)
    names = {v.contact: fold(v.contact) for v in vouchers}
    taken: set[str] = set()
    answers: list[Answer] = []
    for t in in_order(transactions):
        name, purpose = fold(t.counterparty), fold(t.purpose)
        near = [v for v in _within(amounts, t) if v.id not in taken and _in_time(v, t)]
        fits = [fit for v in near if (fit := _fit(v, t, names[v.contact], name, purpose))]
        fits.sort(key=lambda f: (-f.rank, not f.equal, f.apart, f.voucher.id))
        alone = len([f for f in fits if f.rank == fits[0].rank and f.equal == fits[0].equal]) == 1
        for place, fit in enumerate(fits[:SHOWN]):
            booked = place == 0 and alone and fit.equal and fit.rank > 1
            confidence = 0.99 if booked else (fit.rank + fit.equal) / 5 - place * 0.01
            answers.append(Answer(fit.voucher.id, t.id, abs(t.amount), confidence, automatic=booked))
            if booked:
                taken.add(fit.voucher.id)
    return answers


def within_tolerance(document: Decimal, line: Decimal) -> bool:
    """Whether a line is within 5 % of the open amount: 95.00 for 100 is, 94.75 is not."""
    return abs(document - abs(line)) * 20 <= document


def overlaps(left: str, right: str) -> bool:
    """Whether two folded texts have four characters in a row in common, blanks apart."""
    a, b = left.replace(" ", ""), right.replace(" ", "")
    return any(a[i : i + OVERLAP] in b for i in range(len(a) - OVERLAP + 1))


def _within(amounts: ByAmount, t: Transaction) -> list[Voucher]:
    booked = cents(t.amount)
    rows = amounts.between(side_of_transaction(t), booked * 100 // 105, booked * 100 // 95 + 1)
    return [v for v in rows if within_tolerance(v.total, t.amount)]


def _in_time(v: Voucher, t: Transaction) -> bool:
    value = t.value_date or t.booking_date
    return v.date is None or -AFTER <= value - v.date <= BEFORE


def _fit(v: Voucher, t: Transaction, contact: str, name: str, purpose: str) -> _Fit | None:
    number = fold(v.number).replace(" ", "")
    by_number = len(number) >= 3 and number in purpose.replace(" ", "")
    text = f"{name} {purpose}"
    by_name = bool(contact) and (contact in text or (len(name) >= OVERLAP and name in contact))
    equal = v.total == abs(t.amount)
    if not equal and not (overlaps(f"{v.number} {contact}", purpose) and overlaps(contact, name)):
        return None
    apart = abs((t.booking_date - v.date).days) if v.date else 9999
    return _Fit(3 if by_number else 2 if by_name else 1, equal, apart, v)
