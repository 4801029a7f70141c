"""Deutsche Bank, norisbank and Postbank, which share one layout (reference: bank feeds 4).

The money stands in Soll and Haben, and in Betrag too, which some exports leave for the amount of the order. Debit and
credit come first, therefore; where they are empty, Betrag is the money. The balance above the table is the one
before it, that below it the one after it. Which of the banks it is shows in the fourth digit of the bank code.
"""

from typing import Final

from integrations.statements.tables.columns import Columns
from integrations.statements.tables.profile import Certainty, Profile

_COLUMNS = Columns(
    booking_date=("Buchungstag", "Booking date"),
    value_date=("Wert", "Value date"),
    amount=("Betrag", "Original Amount"),
    debit=("Soll", "Debit"),
    credit=("Haben", "Credit"),
    currency=("Währung", "Currency"),
    counterparty=("Begünstigter / Auftraggeber", "Beneficiary / Originator"),
    iban=("IBAN / Kontonummer", "IBAN / Account Number", "IBAN"),
    bic=("BIC",),
    booking_text=("Umsatzart", "Transaction Type"),
    end_to_end_id=("Kundenreferenz", "Customer Reference"),
    mandate_id=("Mandatsreferenz", "Mandate Reference"),
    creditor_id=("Gläubiger ID", "Gläubigerkennung", "Creditor ID"),
    fee=("Fremde Gebühren", "Compensation amount"),
    ultimate_party=("Abweichender Empfänger", "Ultimate creditor"),
    purpose=("Verwendungszweck", "Payment Details"),
)

_DEUTSCHE_BANK_GROUP: Final = "7"  # fourth digit of the German bank code: the group of the bank
_PLACE_OF_GROUP: Final = 7  # in an IBAN: country, check digits, then the bank code


def _told_apart(iban: str) -> Profile:
    """Whose export it is, by the own IBAN above the table."""
    group = iban[_PLACE_OF_GROUP : _PLACE_OF_GROUP + 1]
    return DEUTSCHE_BANK if iban.startswith("DE") and group == _DEUTSCHE_BANK_GROUP else POSTBANK


POSTBANK = Profile(
    name="postbank",
    bank="Postbank",
    certainty=Certainty.REPORTED,
    marks=(("Buchungstag",), ("Umsatzart",), ("Begünstigter / Auftraggeber",), ("IBAN / Kontonummer",), ("Betrag",)),
    columns=_COLUMNS,
    footer=("kontostand",),
    by_account=_told_apart,
)

DEUTSCHE_BANK = Profile(
    name="deutsche-bank",
    bank="Deutsche Bank",
    certainty=Certainty.REPORTED,
    marks=(("Buchungstag",), ("Wert",), ("Umsatzart",), ("Begünstigter / Auftraggeber",), ("Soll", "Betrag")),
    columns=_COLUMNS,
    footer=("kontostand",),
)

ENGLISH = Profile(
    name="deutsche-bank-en",
    bank="Deutsche Bank",
    certainty=Certainty.REPORTED,
    marks=(
        ("Booking date",),
        ("Value date",),
        ("Transaction Type",),
        ("Beneficiary / Originator",),
        ("Debit", "Original Amount"),
    ),
    columns=_COLUMNS,
    # nothing is usual here: the file must show in which order its days are written
    dates=(),
    decimal=".",
    footer=("accountbalance",),
)

POSTBANK_BEFORE = Profile(
    name="postbank-2022",
    bank="Postbank",
    certainty=Certainty.REPORTED,
    marks=(
        ("Buchungstag", "Buchungsdatum"),
        ("Wertstellung",),
        ("Umsatzart",),
        ("Buchungsdetails",),
        ("Auftraggeber",),
        ("Empfänger",),
        ("Betrag (€)", "Betrag"),
    ),
    columns=Columns(
        booking_date=("Buchungstag", "Buchungsdatum"),
        value_date=("Wertstellung",),
        amount=("Betrag (€)", "Betrag"),
        payer=("Auftraggeber",),
        payee=("Empfänger",),
        booking_text=("Umsatzart",),
        balance=("Saldo (€)", "Saldo"),
        purpose=("Buchungsdetails",),
    ),
)
