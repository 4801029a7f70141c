"""PayPal: the activity report, read by the same reader that takes it as a bank file.

PayPal's rows name no payout. A withdrawal to the bank empties the balance or a part of it; what came between two
withdrawals belongs to the second one where it adds up to it exactly, and to none where it does not.

A payment in another currency comes with two conversions that name its transaction: one takes it out of the balance of
its currency, the other puts it into the balance that is paid out. Together they are one sale with its fee, in the
currency of the payout.
"""

from collections import defaultdict
from dataclasses import dataclass, replace
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
_FEES: Final = tuple(map(normal_name, ("Gebühr", "Entgelt", "Fee")))
_CONVERSIONS: Final = tuple(map(normal_name, ("Währungsumrechnung", "Currency Conversion")))
# Money that came from the own bank account, to pay for something: no sale.
_FUNDING: Final = tuple(
    map(normal_name, ("Bankgutschrift auf PayPal-Konto", "Bank Deposit to PP Account", "Einzahlung"))
)
RELATED: Final = "Reference Txn ID"
CENT: Final = Decimal("0.01")


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
    # Read by currency; in the file they stand by time.
    entries.sort(key=lambda entry: entry.place.line or 0)
    days = [day for entry in entries if (day := entry.booking_date)]
    if days and days[0] > days[-1]:
        entries.reverse()  # newest first
    rows = converted([Row.of(entry) for entry in entries])
    for currency in sorted({row.currency for row in rows}):
        _group([row for row in rows if row.currency == currency], report)
    return report


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the report. ``amount`` is net and signed, ``fee`` what PayPal kept of it.

    ``related`` is the transaction that the row belongs to; ``original`` what a converted payment was, gross.
    """

    id: str
    line: int
    day: date
    amount: Decimal
    fee: Decimal
    currency: str
    type: str
    name: str
    related: str = ""
    original: str = ""

    @classmethod
    def of(cls, entry: Entry) -> "Row":
        """A row of an entry that is booked."""
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
            detail.more.get(RELATED, "") if detail else "",
        )

    @property
    def is_conversion(self) -> bool:
        """Whether it is one side of a conversion."""
        return self.says(_CONVERSIONS)

    @property
    def is_withdrawal(self) -> bool:
        """Whether it is money on its way to the bank."""
        return self.amount < 0 and self.says(_WITHDRAWALS) and not self.says(_REFUNDS)

    @property
    def is_sale(self) -> bool:
        """Whether it is money of a customer."""
        return self.amount > 0 and not self.says((*_CONVERSIONS, *_FUNDING, *_REFUNDS))

    def says(self, words: tuple[str, ...]) -> bool:
        """Whether its type has one of these words."""
        text = normal_name(self.type)
        return any(word in text for word in words)


def converted(rows: list[Row]) -> list[Row]:
    """The rows, with each converted payment in the place and the currency of the money that it became.

    Only where the conversions take the payment out of its balance to the cent and put it into one other currency;
    whatever else a conversion is, stays as it stands. The sum of every other balance stays the same.
    """
    sides: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if row.is_conversion and row.related:
            sides[row.related].append(row)
    payments = {row.id: row for row in rows if not row.is_conversion}
    instead: dict[str, Row] = {}
    gone: set[str] = set()
    for id_, legs in sides.items():
        payment = payments.get(id_)
        if payment is None:
            continue
        out = sum((leg.amount for leg in legs if leg.currency == payment.currency), Decimal(0))
        into = [leg for leg in legs if leg.currency != payment.currency]
        if not payment.amount or out != -payment.amount or len({leg.currency for leg in into}) != 1:
            continue
        gone |= {payment.id, *(leg.id for leg in legs)}
        instead[into[0].id] = _as(payment, into)
    return [instead.get(row.id, row) for row in rows if row.id in instead or row.id not in gone]


def _as(payment: Row, into: list[Row]) -> Row:
    """A payment as the money that it became: the net amount as it arrived, the fee by the same rate."""
    amount = sum((leg.amount for leg in into), Decimal(0))
    fee = (payment.fee * amount / payment.amount).quantize(CENT)
    original = f"{payment.amount + payment.fee:.2f} {payment.currency}"
    return replace(
        payment,
        line=into[0].line,
        day=into[0].day,
        amount=amount,
        fee=fee,
        currency=into[0].currency,
        original=original,
    )


def _group(rows: list[Row], report: Report) -> None:
    waiting: list[Row] = []
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


def _take(row: Row, payout: str, report: Report) -> None:
    """What the customer paid (net and fee together), and the fee."""
    fee = row.fee
    if row.says(_REFUNDS) and row.amount < 0:
        # of a refund PayPal gives its fee back or keeps it, the net amount holds either
        fee, kind = Decimal(0), Kind.REFUND
    else:
        kind = Kind.FEE if row.says(_FEES) else Kind.SALE if row.is_sale else Kind.OTHER
    details = {name: said for name, said in (("type", row.type), ("original", row.original)) if said}
    gross = row.amount + fee
    report.items.append(Item(payout, row.id, kind, row.day, gross, row.currency, row.id, row.name, details))
    if fee:
        report.items.append(Item(payout, f"{row.id}:fee", Kind.FEE, row.day, -fee, row.currency, row.id))
