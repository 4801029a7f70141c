"""ING, with and without a balance in every row (reference: bank feeds 4). Only booked rows are exported."""

from integrations.statements.tables.columns import Columns
from integrations.statements.tables.profile import Certainty, Profile

ING = Profile(
    name="ing",
    bank="ING",
    certainty=Certainty.SEEN,
    marks=(
        ("Buchung",),
        ("Wertstellungsdatum", "Valuta"),
        ("Auftraggeber/Empfänger",),
        ("Verwendungszweck",),
        ("Betrag",),
    ),
    columns=Columns(
        booking_date=("Buchung",),
        value_date=("Wertstellungsdatum", "Valuta"),
        amount=("Betrag",),
        currency=("Währung",),
        counterparty=("Auftraggeber/Empfänger",),
        booking_text=("Buchungstext",),
        balance=("Saldo",),
        purpose=("Verwendungszweck",),
    ),
)
