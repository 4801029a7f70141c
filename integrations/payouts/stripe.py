"""Stripe: the itemised payout reconciliation report, and the export of the balance history.

Columns after https://docs.stripe.com/reports/report-types/payout-reconciliation: a row is a balance transaction with
``gross``, ``fee`` and ``net`` = gross - fee in the main unit of the currency; ``automatic_payout_id`` names the payout.
The balance history writes the same as ``id``, ``Amount``, ``Fee``, ``Net`` and ``Transfer``.
"""

from typing import Final

from integrations.payouts.shapes import DIFFERS, STRIPE, UNREADABLE, Item, Kind, Payout, Report
from integrations.payouts.table import Line, Names, Table, find_table

NAMES: Final[Names] = {
    "id": ("balance_transaction_id", "id"),
    "payout": ("automatic_payout_id", "Transfer"),
    "arrives": ("automatic_payout_effective_at", "automatic_payout_effective_at_utc", "Transfer Date (UTC)"),
    "created": ("created", "created_utc", "Created (UTC)"),
    "currency": ("currency",),
    "gross": ("gross", "Amount"),
    "fee": ("fee",),
    "net": ("net",),
    "category": ("reporting_category", "Type"),
    "reference": ("payment_intent_id", "charge_id", "source_id", "Source"),
    "customer": ("customer_name", "customer_email"),
    "description": ("description",),
}
NEEDED: Final = ("id", "payout", "created", "currency", "gross", "fee", "net", "category")
AMOUNTS: Final = ("gross", "fee", "net")
DAYS: Final = ("created", "arrives")

_SALES: Final = frozenset({"charge", "payment"})
_REFUNDS: Final = frozenset(
    {"refund", "partial_capture_reversal", "dispute", "dispute_reversal", "payment_refund", "payment_failure_refund"}
)
_FEES: Final = frozenset({"fee", "stripe_fee", "network_cost", "tax", "platform_earning_refund"})
_PAYOUTS: Final = frozenset({"payout", "transfer", "payout_reversal", "payout_failure"})


def read_stripe(content: bytes) -> Report | None:
    """Read the report; None where it is something else."""
    table = find_table(content, NAMES, NEEDED, AMOUNTS, DAYS)
    if table is None:
        return None
    report = Report(STRIPE)
    for line in table.lines:
        try:
            _take(table, line, report)
        except ValueError as problem:
            report.note(line.number, UNREADABLE, text=str(problem))
    return report


def _take(table: Table, line: Line, report: Report) -> None:
    gross, fee, net = (table.money(line, name) for name in AMOUNTS)
    if gross - fee != net:
        report.note(line.number, DIFFERS, gross=str(gross), fee=str(fee), net=str(net))
        return
    currency, category = line["currency"].upper(), line["category"].lower()
    if category in _PAYOUTS:
        # the payout itself: what leaves the balance arrives at the bank
        if line["reference"] or line["payout"]:
            id_ = line["payout"] or line["reference"]
            report.payouts.append(Payout(id_, table.day(line["arrives"] or line["created"]), -net, currency))
        return
    day = table.day(line["created"])
    kind = (
        Kind.SALE
        if category in _SALES
        else Kind.REFUND
        if category in _REFUNDS
        else Kind.FEE
        if category in _FEES
        else Kind.OTHER
    )
    known = {"category": line["category"], "arrives": line["arrives"], "description": line["description"]}
    details = {name: value for name, value in known.items() if value}
    payout, key = line["payout"], line["id"]
    if gross:
        report.items.append(Item(payout, key, kind, day, gross, currency, line["reference"], line["customer"], details))
    if fee:
        report.items.append(Item(payout, f"{key}:fee", Kind.FEE, day, -fee, currency, line["reference"]))
