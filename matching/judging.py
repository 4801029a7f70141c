"""Says of predicted allocations whether they are right.

A prediction is right when its pair is an allocation of the truth and its amount lies in the accepted range,
two cents either way. Where nothing visible tells vouchers or bookings apart (the set's equivalence classes), any
one-to-one assignment inside a class is right; using one of them twice is not.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from .engine.types import Transaction, Voucher

TOLERANCE = Decimal("0.0201")

Classes = Mapping[str, Sequence[Sequence[str]]]
"""Lists of ids that nothing visible tells apart, under "vouchers" and "transactions"."""


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

    client: str
    voucher: str
    transaction: str
    low: Decimal
    high: Decimal

    def accepts(self, amount: Decimal) -> bool:
        """Whether an amount is right for it."""
        return self.low - TOLERANCE <= amount <= self.high + TOLERANCE


class Judge:
    """Knows the truth and says of predictions whether they are right."""

    def __init__(self, truth: Sequence[Mapping[str, str]], equivalence: Classes) -> None:
        self._class_of = {
            (side, member): (side, number)
            for side in ("vouchers", "transactions")
            for number, members in enumerate(equivalence.get(side, ()))
            for member in members
        }
        self.entries = [
            Truth(
                row["client"],
                row["voucher"],
                row["transaction"],
                Decimal(row.get("amount_min") or row["amount"]),
                Decimal(row.get("amount_max") or row["amount"]),
            )
            for row in truth
        ]
        self._exact = {(e.voucher, e.transaction): i for i, e in enumerate(self.entries)}
        self._by_class: dict[tuple[object, object], list[int]] = defaultdict(list)
        self.of_voucher: dict[str, list[int]] = defaultdict(list)
        self.of_transaction: dict[str, list[int]] = defaultdict(list)
        for i, e in enumerate(self.entries):
            self._by_class[self.key(e.voucher, e.transaction)].append(i)
            self.of_voucher[e.voucher].append(i)
            self.of_transaction[e.transaction].append(i)

    def key(self, voucher: str, transaction: str) -> tuple[object, object]:
        """The pair with each side replaced by its class."""
        left = self._class_of.get(("vouchers", voucher), voucher)
        return left, self._class_of.get(("transactions", transaction), transaction)

    def possible(self, voucher: str, transaction: str) -> bool:
        """Whether the pair alone could be right, swaps allowed."""
        return self.key(voucher, transaction) in self._by_class

    def fits(self, prediction: Prediction) -> bool:
        """Whether pair and amount alone could be right, swaps allowed."""
        entries = self._by_class.get(self.key(prediction.voucher, prediction.transaction), ())
        return any(self.entries[i].accepts(prediction.amount) for i in entries)

    def judge(self, predictions: Sequence[Prediction]) -> list[tuple[Prediction, bool, int | None]]:
        """Each prediction, the surest first, with whether it is right and which true allocation it stands for."""
        used: set[int] = set()
        seen: set[tuple[str, str]] = set()
        taken: set[tuple[str, object]] = set()
        judged: list[tuple[Prediction, bool, int | None]] = []
        order = sorted(predictions, key=lambda p: (-p.confidence, (p.voucher, p.transaction) not in self._exact))
        for p in order:
            pair = p.voucher, p.transaction
            left, right = self.key(*pair)
            entry = None if pair in seen else self._free_entry(pair, (left, right), used, taken)
            if entry is not None and self.entries[entry].client != p.client:
                judged.append((p, False, None))
                continue
            seen.add(pair)
            if entry is None:
                judged.append((p, False, None))
                continue
            used.add(entry)
            taken |= {(p.voucher, right), (p.transaction, left)}
            judged.append((p, self.entries[entry].accepts(p.amount), entry))
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


def visible_classes(
    vouchers: Mapping[str, Iterable[Voucher]],
    transactions: Mapping[str, Iterable[Transaction]],
    truth: Sequence[Mapping[str, str]],
) -> dict[str, list[list[str]]]:
    """Classes of a set that names none: vouchers and bookings (by client) with equal visible data, singly allocated.

    Same client, type, contact, total, currency and dates; bookings of one account, day, amount and counterparty; and
    no number of the class in any of their texts.
    """
    bookings = {t.id: t for rows in transactions.values() for t in rows}
    paid_by: dict[str, list[str]] = defaultdict(list)
    for row in truth:
        paid_by[row["voucher"]].append(row["transaction"])
    payers = Counter(row["transaction"] for row in truth)
    groups: dict[object, list[Voucher]] = defaultdict(list)
    for client, rows in vouchers.items():
        for v in rows:
            groups[client, v.type, v.contact, str(v.total), v.currency, v.date, v.due_date].append(v)
    classes: dict[str, list[list[str]]] = {"vouchers": [], "transactions": []}
    for members in groups.values():
        if len(members) < 2 or any(len(paid_by[v.id]) != 1 or payers[paid_by[v.id][0]] != 1 for v in members):
            continue
        own = [bookings[paid_by[v.id][0]] for v in members]
        text = " ".join(_bare(f"{t.purpose} {t.end_to_end_id}") for t in own)
        if len({_looks(t) for t in own}) == 1 and not any(_bare(v.number) in text for v in members):
            classes["vouchers"].append([v.id for v in members])
            classes["transactions"].append([t.id for t in own])
    return classes


def _bare(text: str) -> str:
    return re.sub(r"[^A-Z0-9]", "", text.upper())


def _looks(t: Transaction) -> object:
    return t.account, t.booking_date, str(t.amount), re.sub(r"[\d\W]", "", t.counterparty.upper())
