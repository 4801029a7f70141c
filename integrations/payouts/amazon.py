"""Amazon: the settlement report "Flat File V2", tab separated.

Columns after https://developer-docs.amazon.com/sp-api/docs/settlement-reports-attributes. The first row below the
header is the settlement itself (``total-amount``, ``deposit-date``), each further one an amount with its
``transaction-type``, ``amount-type`` and ``amount-description``. European marketplaces write a comma for decimals and
``DD.MM.YYYY`` for days. The rows carry no id: within a settlement, which never changes, their place is one.
"""

from typing import Final

from integrations.payouts.shapes import AMAZON, UNREADABLE, Item, Kind, Payout, Report
from integrations.payouts.table import Line, Names, Table, find_table

NAMES: Final[Names] = {
    name.replace("-", "_"): (name,)
    for name in (
        "settlement-id", "deposit-date", "total-amount", "currency", "transaction-type", "order-id",
        "merchant-order-id", "marketplace-name", "amount-type", "amount-description", "amount", "posted-date", "sku",
    )
}  # fmt: skip
NEEDED: Final = ("settlement_id", "total_amount", "transaction_type", "amount_type", "amount_description", "amount")
AMOUNTS: Final = ("total_amount", "amount")
DAYS: Final = ("deposit_date", "posted_date")
_FEES: Final = ("fee", "commission", "advertising", "subscription", "service", "storage")


def read_amazon(content: bytes) -> Report | None:
    """Read the report; None where it is something else."""
    table = find_table(content, NAMES, NEEDED, AMOUNTS, DAYS)
    if table is None:
        return None
    report = Report(AMAZON)
    for number, line in enumerate(table.lines, start=1):
        try:
            _take(table, line, number, report)
        except ValueError as problem:
            report.note(line.number, UNREADABLE, text=str(problem))
    return report


def _take(table: Table, line: Line, number: int, report: Report) -> None:
    if line["total_amount"] and not line["amount"]:
        total = table.money(line, "total_amount")
        report.payouts.append(Payout(line["settlement_id"], table.day(line["deposit_date"]), total, line["currency"]))
        return
    if not line["amount"]:
        return
    amount = table.money(line, "amount")
    if not report.payouts:
        raise ValueError(line["amount"])
    settled = report.payouts[-1]
    settlement = line["settlement_id"] or settled.id
    currency = line["currency"] or settled.currency
    day = table.day(line["posted_date"]) if line["posted_date"] else settled.day
    if amount:
        kept = ("transaction_type", "amount_type", "amount_description", "marketplace_name", "sku")
        details = {name: line[name] for name in kept if line[name]}
        key = f"{settlement}:{number}"
        order = line["order_id"] or line["merchant_order_id"]
        report.items.append(Item(settlement, key, _kind(line), day, amount, currency, order, "", details))


def _kind(line: Line) -> Kind:
    what = f"{line['amount_type']} {line['amount_description']}".casefold()
    type_ = line["transaction_type"].casefold()
    if any(word in what for word in _FEES) and "itemprice" not in what and "promotion" not in what:
        return Kind.FEE
    if any(word in type_ for word in _FEES):
        return Kind.FEE
    if type_ == "order":
        return Kind.SALE
    return Kind.REFUND if "refund" in type_ or "chargeback" in type_ else Kind.OTHER
