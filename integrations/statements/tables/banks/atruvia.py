"""Volksbanken, Raiffeisenbanken, GLS, Sparda and others at Atruvia, and before they were (reference: bank feeds 4)."""

import re
from typing import Final

from integrations.statements.tables.columns import Columns, normal_name
from integrations.statements.tables.profile import Cells, Certainty, Kind, Profile
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

_BALANCES = {"anfangssaldo": Kind.OPENING, "endsaldo": Kind.CLOSING}


def _finish_before(cells: Cells) -> None:
    """The balances stand in rows below; the first line of the text is the kind of booking."""
    if not cells.text.get("counterparty"):
        cells.kind = next((_BALANCES[name] for name in map(normal_name, cells.cells) if name in _BALANCES), cells.kind)
    kind, seam, rest = "\n".join(cells.purpose).partition("\n")
    if seam:
        cells.text["booking_text"] = kind.strip()
        cells.purpose = [line for line in map(str.strip, rest.split("\n")) if line]
    cells.sepa = sepa_fields(" ".join(cells.purpose))


# until about 2020: the side of an amount stands in a last column, which many banks give no name
VR_BEFORE = Profile(
    name="vr-2019",
    bank="Volksbank",
    certainty=Certainty.REPORTED,
    marks=(
        ("Buchungstag",),
        ("Valuta",),
        ("Auftraggeber/Zahlungsempfänger",),
        ("Empfänger/Zahlungspflichtiger",),
        ("Vorgang/Verwendungszweck",),
        ("Umsatz",),
    ),
    columns=Columns(
        booking_date=("Buchungstag",),
        value_date=("Valuta",),
        amount=("Umsatz",),
        direction=("Soll/Haben", "S/H", "H/S"),
        currency=("Währung",),
        counterparty=("Empfänger/Zahlungspflichtiger",),
        iban=("IBAN", "Konto-Nr."),
        bic=("BIC", "BLZ"),
        end_to_end_id=("Kundenreferenz",),
        purpose=("Vorgang/Verwendungszweck",),
    ),
    unnamed=("Soll/Haben",),
    finish=_finish_before,
)

# GLS Bank before it joined: the text in up to fourteen columns
GLS_BEFORE = Profile(
    name="gls-2019",
    bank="GLS Bank",
    certainty=Certainty.REPORTED,
    marks=(("Kontonummer",), ("Buchungstag",), ("Auftraggeber/Empfänger",), ("VWZ1",), ("Betrag",), ("Kontostand",)),
    columns=Columns(
        booking_date=("Buchungstag",),
        value_date=("Wertstellung",),
        amount=("Betrag",),
        currency=("Währung",),
        counterparty=("Auftraggeber/Empfänger",),
        booking_text=("Buchungstext",),
        balance=("Kontostand",),
        account=("Kontonummer",),
        purpose=tuple(f"VWZ{number}" for number in range(1, 15)),
    ),
    finish=_finish,
)

# Sparda-Banken before: name, kind and references of a booking in one text, a star behind what is not booked yet
_SEAM: Final = 53  # the bank put a blank there, and after each as many letters
_SPARDA_KIND: Final = re.compile(r"(?P<name>.*?)(?P<kind>SEPA-[A-ZÄÖÜ/-]+)(?P<rest>.*)", re.DOTALL)


def _finish_sparda(cells: Cells) -> None:
    text = " ".join(cells.purpose)
    pieces = [text[start : start + _SEAM + 1] for start in range(0, len(text), _SEAM + 1)]
    text = "".join(piece[:-1] if len(piece) > _SEAM and piece.endswith(" ") else piece for piece in pieces)
    cells.sepa = sepa_fields(text)
    found = _SPARDA_KIND.match(text)
    if found:
        cells.text["counterparty"] = found["name"].strip()
        cells.text["booking_text"] = found["kind"]
        text = found["rest"].strip()
    cells.text["iban"] = cells.sepa.get("IBAN", "")
    cells.purpose = [cells.sepa.get("SVWZ") or text]
    if cells.text.get("status") == "*":
        cells.kind = Kind.PENDING


SPARDA_BEFORE = Profile(
    name="sparda-2024",
    bank="Sparda-Bank",
    certainty=Certainty.REPORTED,
    marks=(("Buchungstag",), ("Wertstellungstag",), ("Verwendungszweck",), ("Umsatz",), ("Währung",)),
    columns=Columns(
        booking_date=("Buchungstag",),
        value_date=("Wertstellungstag",),
        amount=("Umsatz",),
        currency=("Währung",),
        status=("Vormerkung",),
        purpose=("Verwendungszweck",),
    ),
    unnamed=("Vormerkung",),
    footer=("nochnichtausgefuehrteumsaetze",),
    finish=_finish_sparda,
)
