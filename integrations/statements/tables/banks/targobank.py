"""Targobank: no header; day; text; money out; money in; two empty columns; own IBAN in single quotation marks."""

import re
from typing import Final

from integrations.statements.tables.columns import Columns
from integrations.statements.tables.profile import Cells, Certainty, Profile

_SEAM: Final = re.compile(r" {3,}")
_IBAN: Final = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")


def _finish(cells: Cells) -> None:
    """The text is made of parts with three blanks between them: kind, name, IBAN, purpose and references."""
    kind, *parts = _SEAM.split(" ".join(cells.purpose))
    cells.text["booking_text"] = kind
    if len(parts) > 1:
        cells.text["counterparty"] = parts.pop(0).strip()
    if parts and _IBAN.fullmatch(parts[0].strip()):
        cells.text["iban"] = parts.pop(0).strip()
    cells.purpose = [part.strip() for part in parts]


TARGOBANK = Profile(
    name="targobank",
    bank="Targobank",
    certainty=Certainty.SEEN,
    marks=(),
    header=("Datum", "Text", "Soll", "Haben", "#5", "#6", "IBAN"),
    columns=Columns(
        booking_date=("Datum",),
        debit=("Soll",),
        credit=("Haben",),
        account=("IBAN",),
        purpose=("Text",),
    ),
    finish=_finish,
)
