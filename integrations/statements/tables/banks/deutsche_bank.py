"""Deutsche Bank, norisbank and Postbank, which share one layout (reference: bank feeds 4).

Deutsche Bank writes the money into Soll and Haben and leaves Betrag for the amount of the order; Postbank writes all
three. Debit and credit come first, therefore; where they are empty, Betrag is the money.
"""

from integrations.statements.tables.columns import Columns
from integrations.statements.tables.profile import Certainty, Profile

_COLUMNS = Columns(
    booking_date=("Buchungstag",),
    value_date=("Wert",),
    amount=("Betrag",),
    debit=("Soll",),
    credit=("Haben",),
    currency=("Währung",),
    counterparty=("Begünstigter / Auftraggeber",),
    iban=("IBAN / Kontonummer", "IBAN"),
    bic=("BIC",),
    booking_text=("Umsatzart",),
    end_to_end_id=("Kundenreferenz",),
    mandate_id=("Mandatsreferenz",),
    creditor_id=("Gläubiger ID", "Gläubigerkennung"),
    fee=("Fremde Gebühren",),
    ultimate_party=("Abweichender Empfänger",),
    purpose=("Verwendungszweck",),
)

POSTBANK = Profile(
    name="postbank",
    bank="Postbank",
    certainty=Certainty.REPORTED,
    marks=(("Buchungstag",), ("Umsatzart",), ("Begünstigter / Auftraggeber",), ("IBAN / Kontonummer",), ("Betrag",)),
    columns=_COLUMNS,
    footer=("kontostand",),
)

DEUTSCHE_BANK = Profile(
    name="deutsche-bank",
    bank="Deutsche Bank",
    certainty=Certainty.PARTLY,
    marks=(("Buchungstag",), ("Wert",), ("Umsatzart",), ("Begünstigter / Auftraggeber",), ("Soll", "Betrag")),
    columns=_COLUMNS,
    footer=("kontostand",),
)
