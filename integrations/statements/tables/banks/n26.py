"""N26: the present export, and the one before in German and English (reference: bank feeds 4)."""

from integrations.statements.tables.columns import Columns
from integrations.statements.tables.profile import Certainty, Profile

NEW = Profile(
    name="n26",
    bank="N26",
    certainty=Certainty.REPORTED,
    marks=(("Booking Date",), ("Partner Name",), ("Partner Iban",), ("Amount (EUR)",)),
    columns=Columns(
        booking_date=("Booking Date",),
        value_date=("Value Date",),
        amount=("Amount (EUR)",),
        counterparty=("Partner Name",),
        iban=("Partner Iban",),
        booking_text=("Type",),
        original_amount=("Original Amount",),
        original_currency=("Original Currency",),
        exchange_rate=("Exchange Rate",),
        purpose=("Payment Reference",),
    ),
    dates=("Y-M-D",),
    decimal=".",
)

OLD = Profile(
    name="n26-2017",
    bank="N26",
    certainty=Certainty.SEEN,
    marks=(
        ("Datum", "Date"),
        ("Empfänger", "Payee"),
        ("Transaktionstyp", "Transaction type"),
        ("Betrag (EUR)", "Amount (EUR)"),
    ),
    columns=Columns(
        booking_date=("Datum", "Date"),
        amount=("Betrag (EUR)", "Amount (EUR)"),
        counterparty=("Empfänger", "Payee"),
        iban=("Kontonummer", "Account number"),
        booking_text=("Transaktionstyp", "Transaction type"),
        original_amount=("Betrag (Fremdwährung)", "Amount (Foreign Currency)"),
        original_currency=("Fremdwährung", "Type Foreign Currency"),
        exchange_rate=("Wechselkurs", "Exchange Rate"),
        purpose=("Verwendungszweck", "Payment reference"),
    ),
    dates=("Y-M-D",),
    decimal=".",
)
