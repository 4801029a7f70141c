"""PayPal: the activity report, read by the same reader that takes it as a bank file.

PayPal's rows name no payout. A withdrawal to the bank empties the balance or a part of it; what came between two
withdrawals belongs to the second one where it adds up to it exactly, and to none where it does not.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from integrations.payouts.shapes import NOT_EMPTIED, PAYPAL, READER, Item, Kind, Payout, Report
from integrations.statements.problems import Severity
from integrations.statements.read import read_statements
from integrations.statements.shapes import Entry, Opened, ReadError
from integrations.statements.tables.columns import normal_name

FORMAT: Final = "csv:paypal"
BOOKED: Final = "BOOK"
_WITHDRAWALS: Final = tuple(
    map(normal_name, ("Abbuchung", "Auszahlung", "Withdrawal", "Transfer to Bank", "Bankgutschrift auf Bankkonto"))
)
_REFUNDS: Final = tuple(map(normal_name, ("Rückzahlung", "Rückerstattung", "Rückbuchung", "Refund", "Reversal")))
_FEES: Final = tuple(map(normal_name, ("Gebühr", "Fee")))


def read_paypal(content: bytes) -> Report | None:
    """Read the report; None where it is something else."""
    report = Report(PAYPAL)
    entries: list[Entry] = []
    for record in read_statements(content):
        if isinstance(record, Opened) and record.format != FORMAT:
            return None
        if isinstance(record, ReadError) and record.severity is Severity.ERROR:
            report.note(record.place.line or 0, READER, text=record.message)
        elif isinstance(record, Entry) and record.status == BOOKED and record.booking_date is not None:
            entries.append(record)
    days = [day for entry in entries if (day := entry.booking_date)]
    if days and days[0] > days[-1]:
        entries.reverse()  # newest first
    for currency in sorted({entry.currency for entry in entries}):
        _group([_Row.of(entry) for entry in entries if entry.currency == currency], report)
    return report


@dataclass(frozen=True, slots=True)
class _Row:
    """A row of the report. ``amount`` is net and signed, ``fee`` what PayPal kept of it."""

    id: str
    line: int
    day: date
    amount: Decimal
    fee: Decimal
    currency: str
    type: str
    name: str

    @classmethod
    def of(cls, entry: Entry) -> "_Row":
        assert entry.booking_date is not None  # noqa: S101 - the others are left out
        detail = entry.details[0] if entry.details else None
        return cls(
            entry.bank_reference or f"line-{entry.place.line}",
            entry.place.line or 0,
            entry.booking_date,
            entry.signed,
            (detail.charges if detail else None) or Decimal(0),
            entry.currency,
            entry.additional_info,
            detail.counterparty if detail else "",
        )

    @property
    def is_withdrawal(self) -> bool:
        """Whether it is money on its way to the bank."""
        return self.amount < 0 and self.says(_WITHDRAWALS) and not self.says(_REFUNDS)

    def says(self, words: tuple[str, ...]) -> bool:
        """Whether its type has one of these words."""
        text = normal_name(self.type)
        return any(word in text for word in words)


def _group(rows: list[_Row], report: Report) -> None:
    waiting: list[_Row] = []
    for row in rows:
        if not row.is_withdrawal:
            waiting.append(row)
            continue
        report.payouts.append(Payout(row.id, row.day, -row.amount, row.currency))
        complete = sum((one.amount for one in waiting), Decimal(0)) == -row.amount
        if waiting and not complete:
            report.note(row.line, NOT_EMPTIED, amount=str(-row.amount))
        for one in waiting:
            _take(one, row.id if complete else "", report)
        waiting = []
    for one in waiting:
        _take(one, "", report)


def _take(row: _Row, payout: str, report: Report) -> None:
    """What the customer paid (net and fee together), and the fee."""
    fee = row.fee
    if row.says(_REFUNDS) and row.amount < 0:
        # of a refund PayPal gives its fee back or keeps it, the net amount holds either
        fee, kind = Decimal(0), Kind.REFUND
    else:
        kind = Kind.FEE if row.says(_FEES) else Kind.SALE if row.amount > 0 else Kind.OTHER
    details = {"type": row.type} if row.type else {}
    gross = row.amount + fee
    report.items.append(Item(payout, row.id, kind, row.day, gross, row.currency, row.id, row.name, details))
    if fee:
        report.items.append(Item(payout, f"{row.id}:fee", Kind.FEE, row.day, -fee, row.currency, row.id))
