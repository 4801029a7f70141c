"""Qonto in English and French: the columns vary with the user's choice of them (reference: bank feeds 4)."""

from integrations.statements.tables.columns import Columns
from integrations.statements.tables.profile import Certainty, Profile

QONTO = Profile(
    name="qonto",
    bank="Qonto",
    certainty=Certainty.PARTLY,
    marks=(
        (
            "Settlement date (local)",
            "Settlement date (UTC)",
            "settlement_date_local",
            "Date de la valeur (local)",
            "Date de la valeur (UTC)",
        ),
        ("Total amount (incl. VAT)", "Debit", "amount", "Montant total (TTC)"),
        ("Counterparty name", "counterpart_name", "Nom de la contrepartie"),
    ),
    columns=Columns(
        booking_date=("Settlement date (local)", "settlement_date_local", "Date de la valeur (local)"),
        instant=("Settlement date (UTC)", "Date de la valeur (UTC)"),
        announced=(
            "Operation date (local)",
            "Operation date (UTC)",
            "Emitted date",
            "Date de l'opération (local)",
            "Date de l'opération (UTC)",
        ),
        value_date=("Value date", "Value date (local)"),
        amount=("Total amount (incl. VAT)", "amount", "Montant total (TTC)"),
        debit=("Debit",),
        credit=("Credit",),
        currency=("Currency", "currency", "Devise"),
        counterparty=("Counterparty name", "counterpart_name", "Nom de la contrepartie"),
        iban=("Counterparty IBAN", "IBAN de la contrepartie"),
        booking_text=("Payment method", "operation_type", "Méthode de paiement"),
        reference=("Transaction ID", "transaction_id", "Identifiant de transaction"),
        balance=("Balance", "Solde"),
        status=("Status", "Statut"),
        original_amount=("Total amount (incl. VAT) (local)", "local_amount", "Montant total (TTC) (local)"),
        original_currency=("Currency (local)", "local_amount_currency", "Devise (local)"),
        account=("IBAN", "Account IBAN", "IBAN du compte"),
        purpose=("Reference", "comment"),
    ),
    dates=("D-M-Y", "Y-M-D"),
    decimal=".",
    pending=("pending", "processing", "encours", "entraitement"),
    void=("declined", "canceled", "cancelled", "reversed", "refuse", "annule"),
)
