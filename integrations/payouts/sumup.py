"""SumUp: the transactions report of the profile, as CSV.

A payment stands there twice: as it was made, and (with a payout id, date, fee and amount) as it was paid out. The fee
is written without a sign; payout is total less fee. There is no column for the currency.
"""

from typing import Final

from integrations.payouts.shapes import DIFFERS, SUMUP, UNREADABLE, Item, Kind, Report
from integrations.payouts.table import Line, Names, Table, find_table

NAMES: Final[Names] = {
    "date": ("Date", "Datum"),
    "id": ("Transaction ID", "Transaktions-ID", "Transaktionscode"),
    "type": ("Transaction type", "Transaktionsart", "Transaktionstyp"),
    "status": ("Status",),
    "card": ("Card type", "Kartentyp"),
    "description": ("Description", "Beschreibung"),
    "total": ("Total", "Gesamt", "Gesamtbetrag"),
    "fee": ("Fee", "Gebühr", "Gebühren"),
    "paid": ("Payout", "Auszahlung"),
    "arrives": ("Payout Date", "Auszahlungsdatum"),
    "payout": ("Payout ID", "Auszahlungs-ID"),
    "reference": ("Reference", "Referenz"),
}
NEEDED: Final = ("date", "id", "total", "fee", "paid", "payout")
AMOUNTS: Final = ("total", "fee", "paid")
DAYS: Final = ("date",)
_REFUNDS: Final = ("refund", "rückerstattung", "chargeback", "rückbuchung")


def read_sumup(content: bytes) -> Report | None:
    """Read the report; None where it is something else. Rows without a payout are not paid out yet, and left out."""
    table = find_table(content, NAMES, NEEDED, AMOUNTS, DAYS)
    if table is None:
        return None
    report = Report(SUMUP)
    for line in table.lines:
        try:
            if line["payout"]:
                _take(table, line, report)
        except ValueError as problem:
            report.note(line.number, UNREADABLE, text=str(problem))
    return report


def _take(table: Table, line: Line, report: Report) -> None:
    paid, total, fee = table.money(line, "paid"), table.money(line, "total"), abs(table.money(line, "fee"))
    back = paid < 0 or total < 0 or any(word in line["type"].casefold() for word in _REFUNDS)
    gross = -abs(total) if back else total
    kept = gross - paid
    if abs(kept) != fee:
        report.note(line.number, DIFFERS, gross=str(total), fee=str(fee), net=str(paid))
        return
    day, payout, key = table.day(line["date"]), line["payout"], line["id"]
    details = {name: line[name] for name in ("card", "description", "arrives") if line[name]}
    kind = Kind.REFUND if back else Kind.SALE
    # A payment may be paid back later: the same id, in another payout.
    key = f"{key}:{payout}"
    report.items.append(Item(payout, key, kind, day, gross, "EUR", line["reference"] or line["id"], "", details))
    if kept:
        report.items.append(Item(payout, f"{key}:fee", Kind.FEE, day, -kept, "EUR", line["id"]))
