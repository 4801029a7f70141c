"""Commerzbank, the present export and the one before (reference: bank feeds 4).

Name, purpose and references stand in one column. Where the name ends cannot be told, so it stays in the purpose.
"""

import re
from typing import Final

from integrations.statements.tables.columns import Columns
from integrations.statements.tables.profile import Cells, Certainty, Profile
from integrations.statements.values import meaningful

_FIELD: Final = re.compile(
    r"(End-to-End-Ref\.|Mandatsref|Gläubiger-ID|Kundenreferenz):\s*(.*?)\s*"
    r"(?=End-to-End-Ref\.:|Mandatsref:|Gläubiger-ID:|Kundenreferenz:|SEPA-|$)"
)
_ROLES: Final = {"End-to-End-Ref.": "end_to_end_id", "Mandatsref": "mandate_id", "Gläubiger-ID": "creditor_id"}


def _finish(cells: Cells) -> None:
    for name, value in _FIELD.findall(" ".join(cells.purpose)):
        if name in _ROLES and meaningful(value):
            cells.text[_ROLES[name]] = value


COMMERZBANK = Profile(
    name="commerzbank",
    bank="Commerzbank",
    certainty=Certainty.SEEN,
    marks=(
        ("Buchungstag",),
        ("Umsatzart",),
        ("Buchungstext",),
        ("Betrag",),
        ("IBAN Kontoinhaber", "IBAN Auftraggeberkonto", "Auftraggeberkonto"),
    ),
    columns=Columns(
        booking_date=("Buchungstag",),
        value_date=("Wertstellung",),
        amount=("Betrag",),
        currency=("Währung",),
        booking_text=("Umsatzart",),
        account=("IBAN Kontoinhaber", "IBAN Auftraggeberkonto", "Auftraggeberkonto"),
        purpose=("Buchungstext",),
    ),
    finish=_finish,
)
