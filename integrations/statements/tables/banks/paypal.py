"""PayPal activity report in German and English (reference: bank feeds 4).

The money of a row is its net amount, which moves the balance; the fee is a charge within it, the gross amount what
the customer paid. The shorter layout without a status has only rows that moved the balance, calls the type a
description, and the fee ``Entgelt``. Holds and their releases move the balance for a while and are no bookings; memos
move nothing.
"""

from typing import Final

from integrations.statements.tables.columns import Columns, normal_name
from integrations.statements.tables.profile import Cells, Certainty, Kind, Profile

_HOLDS: Final = frozenset(
    map(
        normal_name,
        (
            "Einbehaltung für offene Autorisierung",
            "Rückbuchung allgemeiner Einbehaltung",
            "Allgemeine Einbehaltung",
            "Freigabe allgemeiner Einbehaltung",
            "Account Hold for Open Authorization",
            "Reversal of General Account Hold",
            "General Account Hold",
            "Hold on Balance for Dispute Investigation",
            "Cancellation of Hold for Dispute Resolution",
        ),
    )
)
_EFFECTS: Final = frozenset({"soll", "haben", "debit", "credit", ""})
_RELATED: Final = ("zugehoerigertransaktionscode", "referencetxnid")


def _finish(cells: Cells) -> None:
    every, text = cells.every(), cells.text
    effect = normal_name(every.get("auswirkungaufguthaben") or every.get("balanceimpact") or "")
    if cells.kind is Kind.REFUSED:
        return
    if effect not in _EFFECTS:
        cells.kind, cells.reason = Kind.NOTHING, every.get("auswirkungaufguthaben") or every.get("balanceimpact", "")
    elif normal_name(text.get("booking_text", "")) in _HOLDS:
        cells.kind, cells.reason = Kind.HOLD, text["booking_text"]
    related = next((every[name] for name in _RELATED if every.get(name)), "")
    if related:
        cells.more["Reference Txn ID"] = related
    if cells.charges:
        cells.charges = -cells.charges


PAYPAL = Profile(
    name="paypal",
    bank="PayPal",
    certainty=Certainty.REPORTED,
    marks=(
        ("Datum", "Date"),
        ("Uhrzeit", "Time"),
        ("Status", "Guthaben", "Balance"),
        ("Brutto", "Gross"),
        ("Netto", "Net"),
        ("Transaktionscode", "Transaction ID"),
    ),
    columns=Columns(
        booking_date=("Datum", "Date"),
        amount=("Netto", "Net"),
        currency=("Währung", "Currency"),
        counterparty=("Name",),
        booking_text=("Typ", "Type", "Beschreibung", "Description"),
        reference=("Transaktionscode", "Transaction ID"),
        balance=("Guthaben", "Balance"),
        status=("Status",),
        fee=("Gebühr", "Entgelt", "Fee"),
        original_amount=("Brutto", "Gross"),
        purpose=(
            "Betreff",
            "Subject",
            "Hinweis",
            "Note",
            "Artikelbezeichnung",
            "Item Title",
            "Rechnungsnummer",
            "Invoice Number",
        ),
    ),
    dates=("D.M.Y",),
    decimal=",",
    pending=("ausstehend", "pending", "offen", "nichtabgeschlossen"),
    void=(
        "abgelehnt",
        "storniert",
        "abgebrochen",
        "denied",
        "canceled",
        "cancelled",
        "expired",
        "abgelaufen",
        "failed",
        "entfernt",
        "removed",
    ),
    finish=_finish,
)
