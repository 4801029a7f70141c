"""The rule that DATEV Belege online and Bank online publish for the automatic assignment of documents.

The document lies between 60 days before and 7 days after the booking day, the line is 95 to 100 % of the document, and
the purpose holds the invoice number behind a keyword (Rechnung, RNR, Invoice and the like), of three
characters and more, without another digit before or after it. The purpose may name only one. Lines that were worked on
are skipped. (DATEV-Community: answers on automatic assignment.) Nothing is shown besides.

Whether "95 to 100 %" is of the line or of the document is told in both ways; read here is the one that lets a discount
pass. The list of keywords is not published in full; the usual ones are taken.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

from matching.engine.types import Transaction, Voucher

from .interface import Answer, Side, days_between, in_order, side_of_transaction, side_of_voucher

BEFORE, AFTER = 60, 7
SHORTEST = 3
_KEYWORD = (
    r"(?:rechnungs?-?(?:nummer|nr\.?|no\.?)?|rechn\.?-?(?:nr\.?)?|rg\.?-?(?:nr\.?)?|r\.?nr\.?|re\.?-?(?:nr\.?)?"
    r"|re\.?|invoice|inv\.?|beleg-?(?:nr\.?)?)"
)
_AFTER_KEYWORD = re.compile(rf"(?<![a-z]){_KEYWORD}[\s:.#]*(?=\S)", re.IGNORECASE)


def match(vouchers: Sequence[Voucher], transactions: Sequence[Transaction]) -> list[Answer]:
    """Answers for one client."""
    numbers: dict[Side, dict[str, list[Voucher]]] = defaultdict(lambda: defaultdict(list))
    for v in sorted(vouchers, key=lambda v: v.id):
        number = v.number.strip().lower()
        if len(number) >= SHORTEST:
            numbers[side_of_voucher(v)][number].append(v)
    finders = {side: Finder(known) for side, known in numbers.items()}
    taken: set[str] = set()
    answers: list[Answer] = []
    for t in in_order(transactions):
        finder = finders.get(side_of_transaction(t))
        found = finder.find(t.purpose) if finder else []
        fits = [v for v in found if v.id not in taken and _fits(v, t)]
        if len(found) == len(fits) == 1:
            taken.add(fits[0].id)
            answers.append(Answer(fits[0].id, t.id, abs(t.amount), 1.0, automatic=True))
    return answers


class Finder:
    """Finds invoice numbers behind keywords."""

    def __init__(self, known: dict[str, list[Voucher]]) -> None:
        self._known = known
        self._lengths = sorted({len(number) for number in known}, reverse=True)

    def find(self, purpose: str) -> list[Voucher]:
        """The vouchers whose number stands behind a keyword (or begins with one itself) in a purpose."""
        text = purpose.lower()
        found: dict[str, Voucher] = {}
        for hit in _AFTER_KEYWORD.finditer(text):
            for start in (hit.end(), hit.start()):
                found |= {v.id: v for v in self._at(text, start)}
        return list(found.values())

    def _at(self, text: str, start: int) -> list[Voucher]:
        before = text[start - 1 : start]
        for length in self._lengths:
            number, after = text[start : start + length], text[start + length : start + length + 1]
            if number in self._known and not before.isdigit() and not after.isdigit():
                return self._known[number]
        return []


def _fits(v: Voucher, t: Transaction) -> bool:
    days = days_between(v, t)
    booked = abs(t.amount)
    return days is not None and -AFTER <= days <= BEFORE and booked <= v.total and booked * 100 >= v.total * 95
