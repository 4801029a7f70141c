"""Qonto: the columns vary with the user's choice of them (reference: bank feeds 4)."""

from integrations.statements.tables.columns import Columns
from integrations.statements.tables.profile import Certainty, Profile

QONTO = Profile(
    name="qonto",
    bank="Qonto",
    certainty=Certainty.PARTLY,
    marks=(
        ("Settlement date (local)", "Settlement date (UTC)", "settlement_date_local"),
        ("Total amount (incl. VAT)", "Debit", "amount"),
        ("Counterparty name", "counterpart_name"),
    ),
    columns=Columns(
        booking_date=("Settlement date (local)", "settlement_date_local"),
        instant=("Settlement date (UTC)",),
        announced=("Operation date (local)", "Operation date (UTC)", "Emitted date"),
        value_date=("Value date", "Value date (local)"),
        amount=("Total amount (incl. VAT)", "amount"),
        debit=("Debit",),
        credit=("Credit",),
        currency=("Currency", "currency"),
        counterparty=("Counterparty name", "counterpart_name"),
        iban=("Counterparty IBAN",),
        booking_text=("Payment method", "operation_type"),
        reference=("Transaction ID", "transaction_id"),
        balance=("Balance",),
        status=("Status",),
        original_amount=("Total amount (incl. VAT) (local)", "local_amount"),
        original_currency=("Currency (local)", "local_amount_currency"),
        account=("IBAN", "Account IBAN"),
        purpose=("Reference", "comment"),
    ),
    dates=("D-M-Y", "Y-M-D"),
    decimal=".",
    pending=("pending", "processing"),
    void=("declined", "canceled", "cancelled", "reversed"),
)
