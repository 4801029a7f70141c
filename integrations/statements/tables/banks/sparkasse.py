"""Sparkassen (Finanz Informatik): CSV-CAMT in its versions V2 and V8, and CSV-MT940 (reference: bank feeds 4)."""

from integrations.statements.tables.columns import Columns
from integrations.statements.tables.profile import Cells, Certainty, Profile
from integrations.statements.tables.purpose import sepa_fields


def _finish(cells: Cells) -> None:
    cells.sepa = sepa_fields(" ".join(cells.purpose))
    # in CSV-MT940 all fields stand in one string, of which only this one was meant to be read
    if "SVWZ" in cells.sepa:
        cells.purpose = [cells.sepa["SVWZ"]]


_PENDING = ("umsatzvorgemerkt", "vorgemerkt", "umsatzvorgemerktundnichtgebucht")

CAMT = Profile(
    name="sparkasse",
    bank="Sparkasse",
    certainty=Certainty.REPORTED,
    marks=(
        ("Auftragskonto",),
        ("Buchungstag",),
        ("Beguenstigter/Zahlungspflichtiger",),
        ("Kontonummer/IBAN",),
        ("Betrag",),
        ("Info",),
    ),
    columns=Columns(
        booking_date=("Buchungstag",),
        value_date=("Valutadatum",),
        amount=("Betrag",),
        currency=("Waehrung",),
        counterparty=("Beguenstigter/Zahlungspflichtiger",),
        iban=("Kontonummer/IBAN", "Kontonummer"),
        bic=("BIC (SWIFT-Code)", "BLZ"),
        booking_text=("Buchungstext",),
        end_to_end_id=("Kundenreferenz (End-to-End)",),
        mandate_id=("Mandatsreferenz",),
        creditor_id=("Glaeubiger ID",),
        original_amount=("Lastschrift Ursprungsbetrag",),
        fee=("Auslagenersatz Ruecklastschrift",),
        status=("Info",),
        account=("Auftragskonto",),
        purpose=("Verwendungszweck",),
    ),
    dates=("D.M.y", "D.M.Y"),
    pending=_PENDING,
    finish=_finish,
)

MT940 = Profile(
    name="sparkasse",
    bank="Sparkasse",
    certainty=Certainty.REPORTED,
    marks=(
        ("Auftragskonto",),
        ("Buchungstag",),
        ("Beguenstigter/Zahlungspflichtiger",),
        ("Kontonummer",),
        ("BLZ",),
        ("Betrag",),
        ("Info",),
    ),
    columns=CAMT.columns,
    dates=("D.M.y", "D.M.Y"),
    pending=_PENDING,
    finish=_finish,
)
