"""comdirect: a section for each account, of which the first is read and the others are named as left out.

No section names its account, so an export of one account (or card) by itself is read as that of the chosen one.
"""

import re
from typing import Final

from integrations.statements.tables.columns import Columns
from integrations.statements.tables.profile import Cells, Certainty, Profile

_PARTS: Final = re.compile(
    r"(Auftraggeber|Empfänger|Kto/IBAN|BLZ/BIC|Buchungstext):(.*?)"
    r"(?=Auftraggeber:|Empfänger:|Kto/IBAN:|BLZ/BIC:|Buchungstext:|$)",
    re.DOTALL,
)


_NEW: Final = re.compile(r"\s+neu$", re.IGNORECASE)


def _finish(cells: Cells) -> None:
    """``Auftraggeber: Name Kto/IBAN: … BLZ/BIC: … Buchungstext: … Ref. 2C2C…/4711`` in one column."""
    found = _PARTS.findall(" ".join(cells.purpose))
    parts = {name: text.strip() for name, text in reversed(found)}
    cells.text["counterparty"] = parts.get("Auftraggeber") or parts.get("Empfänger") or ""
    cells.text["iban"] = parts.get("Kto/IBAN", "")
    cells.text["bic"] = parts.get("BLZ/BIC", "")
    if parts.get("Buchungstext"):
        cells.purpose = [parts["Buchungstext"]]
    # what came since the last visit was marked behind its day
    cells.text["booking_date"] = _NEW.sub("", cells.text["booking_date"])


COMDIRECT = Profile(
    name="comdirect",
    bank="comdirect",
    certainty=Certainty.REPORTED,
    marks=(("Buchungstag",), ("Wertstellung (Valuta)", "Valuta"), ("Vorgang",), ("Buchungstext",), ("Umsatz in EUR",)),
    columns=Columns(
        booking_date=("Buchungstag",),
        value_date=("Wertstellung (Valuta)", "Valuta"),
        amount=("Umsatz in EUR",),
        booking_text=("Vorgang",),
        # a row that is not booked yet says "offen" in place of its day
        status=("Buchungstag",),
        purpose=("Buchungstext",),
    ),
    pending=("offen",),
    footer=("alterkontostand", "neuerkontostand", "keineumsaetzevorhanden"),
    finish=_finish,
)

CARD = Profile(
    name="comdirect-card",
    bank="comdirect",
    certainty=Certainty.REPORTED,
    marks=(("Buchungstag",), ("Umsatztag",), ("Vorgang",), ("Referenz",), ("Buchungstext",), ("Umsatz in EUR",)),
    columns=Columns(
        booking_date=("Buchungstag",),
        announced=("Umsatztag",),
        amount=("Umsatz in EUR",),
        booking_text=("Vorgang",),
        reference=("Referenz",),
        status=("Buchungstag",),
        purpose=("Buchungstext",),
    ),
    pending=("offen",),
    footer=COMDIRECT.footer,
)
