"""DKB: accounts and cards, each in the export of the banking since 2023, and the one before (reference: bank feeds 4).

The exports of cards name no account. A booking of a card is dated by the day on which it moved the balance; the day of
the purchase stands in ``Belegdatum``, alone while the booking is announced.
"""

import re
from typing import Final

from integrations.statements.tables.columns import Columns
from integrations.statements.tables.profile import Cells, Certainty, Profile

_FOREIGN: Final = re.compile(r"[A-Z]{3}$")


def _finish_card(cells: Cells) -> None:
    """``-37,00 DKK``: the currency stands beside the original amount."""
    foreign = _FOREIGN.search(cells.text.get("original_amount", ""))
    cells.text["original_currency"] = foreign[0] if foreign else ""
    if bought := cells.text.get("announced"):
        cells.more["Belegdatum"] = bought


NEW = Profile(
    name="dkb",
    bank="DKB",
    certainty=Certainty.REPORTED,
    marks=(
        ("Buchungsdatum",),
        ("Status",),
        ("Zahlungspflichtige*r",),
        ("Zahlungsempfänger*in",),
        ("Betrag (€)", "Betrag"),
    ),
    columns=Columns(
        booking_date=("Buchungsdatum",),
        value_date=("Wertstellung",),
        amount=("Betrag (€)", "Betrag"),
        payer=("Zahlungspflichtige*r",),
        payee=("Zahlungsempfänger*in",),
        iban=("IBAN",),
        booking_text=("Umsatztyp",),
        end_to_end_id=("Kundenreferenz",),
        mandate_id=("Mandatsreferenz",),
        creditor_id=("Gläubiger-ID",),
        status=("Status",),
        purpose=("Verwendungszweck",),
    ),
    dates=("D.M.y", "D.M.Y"),
    pending=("vorgemerkt",),
)

OLD = Profile(
    name="dkb",
    bank="DKB",
    certainty=Certainty.REPORTED,
    marks=(("Buchungstag",), ("Wertstellung",), ("Auftraggeber / Begünstigter",), ("Kontonummer",), ("Betrag (EUR)",)),
    columns=Columns(
        booking_date=("Buchungstag",),
        value_date=("Wertstellung",),
        amount=("Betrag (EUR)",),
        counterparty=("Auftraggeber / Begünstigter",),
        iban=("Kontonummer",),
        bic=("BLZ",),
        booking_text=("Buchungstext",),
        end_to_end_id=("Kundenreferenz",),
        mandate_id=("Mandatsreferenz",),
        creditor_id=("Gläubiger-ID",),
        purpose=("Verwendungszweck",),
    ),
)

CARD = Profile(
    name="dkb-card",
    bank="DKB",
    certainty=Certainty.REPORTED,
    marks=(
        ("Belegdatum",),
        ("Wertstellung",),
        ("Status",),
        ("Beschreibung",),
        ("Betrag (€)", "Betrag"),
        ("Fremdwährungsbetrag",),
    ),
    columns=Columns(
        booking_date=("Wertstellung",),
        announced=("Belegdatum",),
        amount=("Betrag (€)", "Betrag"),
        counterparty=("Beschreibung",),
        booking_text=("Umsatztyp",),
        original_amount=("Fremdwährungsbetrag",),
        status=("Status",),
    ),
    dates=("D.M.y", "D.M.Y"),
    pending=("vorgemerkt",),
    finish=_finish_card,
)

CARD_OLD = Profile(
    name="dkb-card-2022",
    bank="DKB",
    certainty=Certainty.REPORTED,
    marks=(
        ("Umsatz abgerechnet und nicht im Saldo enthalten",),
        ("Wertstellung",),
        ("Belegdatum",),
        ("Beschreibung",),
        ("Betrag (EUR)",),
    ),
    columns=Columns(
        booking_date=("Wertstellung",),
        announced=("Belegdatum",),
        amount=("Betrag (EUR)",),
        counterparty=("Beschreibung",),
        original_amount=("Ursprünglicher Betrag",),
    ),
    finish=_finish_card,
)
