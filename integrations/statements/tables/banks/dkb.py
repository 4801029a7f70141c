"""DKB: the export of the banking since 2023, and the one before (reference: bank feeds 4)."""

from integrations.statements.tables.columns import Columns
from integrations.statements.tables.profile import Certainty, Profile

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
