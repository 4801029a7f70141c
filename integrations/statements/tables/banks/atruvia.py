"""Volksbanken, Raiffeisenbanken, GLS, Sparda and others at Atruvia (reference: bank feeds 4)."""

from integrations.statements.tables.columns import Columns
from integrations.statements.tables.profile import Cells, Certainty, Profile
from integrations.statements.tables.purpose import sepa_fields


def _finish(cells: Cells) -> None:
    cells.sepa = sepa_fields(" ".join(cells.purpose))


VR = Profile(
    name="vr",
    bank="Volksbank",
    certainty=Certainty.SEEN,
    marks=(("IBAN Auftragskonto",), ("Buchungstag",), ("Name Zahlungsbeteiligter",), ("Betrag",)),
    columns=Columns(
        booking_date=("Buchungstag",),
        value_date=("Valutadatum",),
        amount=("Betrag",),
        currency=("Waehrung",),
        counterparty=("Name Zahlungsbeteiligter",),
        iban=("IBAN Zahlungsbeteiligter",),
        bic=("BIC (SWIFT-Code) Zahlungsbeteiligter",),
        booking_text=("Buchungstext",),
        mandate_id=("Mandatsreferenz",),
        creditor_id=("Glaeubiger ID",),
        balance=("Saldo nach Buchung",),
        account=("IBAN Auftragskonto",),
        purpose=("Verwendungszweck",),
    ),
    finish=_finish,
)
