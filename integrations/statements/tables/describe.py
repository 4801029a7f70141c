"""What a table looks like, for the person who says how it is to be read."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from typing import Final

from stdnum.iban import is_valid as valid_iban

from integrations.statements.shapes import ReadError
from integrations.statements.source import Source, open_source
from integrations.statements.tables.banks import PROFILES
from integrations.statements.tables.columns import Columns, column_names, find_columns, normal_name
from integrations.statements.tables.dates import is_date
from integrations.statements.tables.entries import is_direction
from integrations.statements.tables.evidence import DAYS, NUMBERS, examine, rows_below
from integrations.statements.tables.locate import Located, locate
from integrations.statements.tables.mapping import Mapping, MappingError, header_key
from integrations.statements.tables.numbers import is_number
from integrations.statements.tables.profile import Sign
from integrations.statements.tables.text import LineTooLongError, Text

MAX_SAMPLES: Final = 5
_ROWS: Final = 500
_MORE_NAMES: Final = {
    "booking_date": (
        *("Datum", "Date", "Booking date", "Buchungsdatum", "Transaction date", "Posting date", "Completed date"),
        *("Buchung", "Gebucht am", "Completed", "Date completed (UTC)"),
    ),
    "value_date": ("Valuta", "Wert", "Wertstellungstag", "Value date"),
    "amount": ("Betrag", "Amount", "Umsatz", "Betrag in EUR", "Betrag EUR", "Amount EUR", "Value", "Zahlungsbetrag"),
    "debit": ("Soll", "Ausgang", "Belastung", "Debit", "Paid out", "Auszahlung", "Lastschrift"),
    "credit": ("Haben", "Eingang", "Gutschrift", "Credit", "Paid in", "Einzahlung"),
    "direction": ("Soll/Haben", "S/H", "Soll-/Haben-Kennzeichen", "Debit/Credit", "D/C", "Kennzeichen", "Dr/Cr"),
    "currency": ("Währung", "Currency", "Whg", "Währungscode", "Zahlungswährung", "Payment currency"),
    "counterparty": (
        *("Empfänger", "Auftraggeber", "Name", "Partner", "Payee", "Gegenkonto Name", "Zahlungspartner"),
        *("Gegenkonto Inhaber", "Sender / Empfänger", "Zahlungsempfänger", "Empfänger 1"),
    ),
    "iban": (
        "Gegenkonto",
        "Gegenkonto IBAN",
        "IBAN / Konto-Nr.",
        "IBAN Empfänger",
        "Counterparty account",
        "Kontonummer Gegenkonto",
    ),
    "balance": ("Saldo", "Kontostand", "Balance", "Running balance", "Wallet-Saldo nach Transaktion"),
    "status": ("Status", "State", "Buchungsstatus"),
    "purpose": ("Verwendungszweck", "Beschreibung", "Description", "Text", "Zweck", "Memo", "Reference", "Details"),
    "original_amount": ("Ursprungsbetrag", "Betrag Ursprung"),
    "original_currency": ("Ursprungswährung", "Währung Ursprung"),
    "account": ("Wallet-IBAN", "Eigene IBAN", "Konto", "Auftragskonto", "Account"),
}
# What a column of states says; words that merely have its name ("Info") say something else.
_STATES: Final = (
    "gebucht", "vorgemerkt", "ausstehend", "abgeschlossen", "erledigt", "offen", "reserviert", "storniert", "abgelehnt",
    "booked", "posted", "pending", "completed", "settled", "cleared", "declined", "cancelled", "reverted",
)  # fmt: skip


class Sureness(StrEnum):
    """How far a guess may be trusted. Nothing of it is used without a person."""

    NAME = "name"  # the name of the column and its values agree
    VALUES = "values"  # only the values speak for it
    NONE = ""


@dataclass(frozen=True, slots=True)
class ColumnShape:
    """A column: its name, some different values, and what it seems to be."""

    name: str
    samples: tuple[str, ...]
    role: str
    sureness: Sureness


@dataclass(frozen=True, slots=True)
class TableShape:
    """A table as it was found. ``format`` is empty where no profile knows it; ``key`` is that of its header.

    ``suggestion`` is the mapping that the guesses give, None where day or amount are missing. ``questions`` are what
    the file leaves open, with both readings.
    """

    encoding: str
    separator: str
    has_header: bool
    first_line: int
    rows: int
    columns: tuple[ColumnShape, ...]
    key: str
    format: str
    suggestion: Mapping | None
    questions: tuple[ReadError, ...]


def describe_table(source: Source) -> TableShape | None:
    """Look at a table without reading it; None if there is none. Raises OSError, and what `source` raises."""
    with open_source(source) as stream:
        text = Text(stream)
    try:
        located = locate(text)
        if located is None:
            return None
        names = column_names(located.header)
        values = _values(text, located, len(names))
        roles = _roles(located, names, values)
        suggestion = _suggestion(located, names, roles)
        questions: list[ReadError] = []
        profile = located.profile or (suggestion.profile if suggestion else None)
        rows = sum(1 for _ in rows_below(text, located))
        if profile is not None:
            _, questions = examine(text, located, profile, find_columns(profile.columns, located.header))
        columns = tuple(
            ColumnShape(name, tuple(found)[:MAX_SAMPLES], *roles.get(place, ("", Sureness.NONE)))
            for place, (name, found) in enumerate(zip(names, values, strict=True))
        )
        return TableShape(
            encoding=text.encoding,
            separator=located.separator,
            has_header=located.has_header,
            first_line=located.first_line,
            rows=rows,
            columns=columns,
            key=_key(text, located),
            format=located.profile.format if located.profile else "",
            suggestion=suggestion,
            questions=tuple(questions),
        )
    except LineTooLongError:
        return None
    finally:
        text.close()


def table_key(source: Source) -> str:
    """What tables with this header are known by (`TableShape.key`), without looking further; empty if there is none."""
    with open_source(source) as stream:
        text = Text(stream)
    try:
        located = locate(text)
        return _key(text, located) if located is not None else ""
    except LineTooLongError:
        return ""
    finally:
        text.close()


def _key(text: Text, located: Located) -> str:
    """The key of the header; without one, of what the columns hold, as two tables may well be equally wide."""
    if located.has_header:
        return header_key(located.header)
    values = _values(text, located, len(located.header))
    kinds = ("-" if not found else _kind(found) for found in values)
    return header_key(tuple(f"{number} {kind}" for number, kind in enumerate(kinds, start=1)))


def _kind(values: dict[str, None]) -> str:
    if all(map(is_date, values)):
        return "day"
    return "number" if all(map(is_number, values)) else "text"


def _values(text: Text, located: Located, width: int) -> list[dict[str, None]]:
    """The different values of each column in the first rows."""
    values: list[dict[str, None]] = [{} for _ in range(width)]
    for row in islice(rows_below(text, located), _ROWS):
        for found, cell in zip(values, row.cells, strict=False):
            if cell:
                found[cell] = None
    return values


def _roles(
    located: Located, names: Sequence[str], values: Sequence[dict[str, None]]
) -> dict[int, tuple[str, Sureness]]:
    if located.profile is not None:
        found = find_columns(located.profile.columns, located.header)
        known = {place: (role, Sureness.NAME) for role, place in reversed(found.at.items())}
        return {**dict.fromkeys(found.purpose, ("purpose", Sureness.NAME)), **known}
    vocabulary = _vocabulary()
    roles: dict[int, tuple[str, Sureness]] = {}
    taken: set[str] = set()
    for place, name in enumerate(names):
        role = next((role for role in vocabulary.get(normal_name(name), ()) if role not in taken), "")
        if role and _fits(role, values[place]):
            roles[place] = role, Sureness.NAME
            taken |= {role} - {"purpose"}
    for place, found_values in enumerate(values):
        if place in roles or not found_values:
            continue
        if "direction" not in taken and all(map(is_direction, found_values)):
            roles[place] = "direction", Sureness.VALUES
            taken.add("direction")
            continue
        for role in ("booking_date", "amount", "iban"):
            if (
                role not in taken
                and not (role == "amount" and taken & {"debit", "credit"})
                # One IBAN throughout may as well be the account's own.
                and not (role == "iban" and (len(found_values) < 2 or not all(map(valid_iban, found_values))))
                and _fits(role, found_values)
            ):
                roles[place] = role, Sureness.VALUES
                taken.add(role)
                break
    if "purpose" not in taken and not any(role == "purpose" for role, _ in roles.values()):
        texts = [place for place in range(len(names)) if place not in roles and values[place]]
        longest = max(texts, key=lambda place: sum(map(len, values[place])), default=None)
        if longest is not None:
            roles[longest] = "purpose", Sureness.VALUES
    return roles


def _fits(role: str, values: dict[str, None]) -> bool:
    if role in DAYS:
        return any(map(is_date, values))
    if role in NUMBERS:
        return bool(values) and all(is_number(value) and not is_date(value) for value in values)
    if role == "status":
        return bool(values) and all(any(word in normal_name(value) for word in _STATES) for value in values)
    if role == "iban":
        return not values or any(map(valid_iban, values)) or not any(map(_is_words, values))
    return True


def _is_words(value: str) -> bool:
    return not any(map(str.isdigit, value))


def _vocabulary() -> dict[str, list[str]]:
    """What each name of a column means in the profiles, the most frequent meaning first."""
    counts: dict[str, Counter[str]] = {}
    for profile in PROFILES:
        for role, names in profile.columns.roles():
            for name in names:
                counts.setdefault(normal_name(name), Counter())[role] += 1
    for role, names in _MORE_NAMES.items():
        for name in names:
            counts.setdefault(normal_name(name), Counter())[role] += 1
    return {name: [role for role, _ in found.most_common()] for name, found in counts.items()}


def _suggestion(located: Located, names: Sequence[str], roles: dict[int, tuple[str, Sureness]]) -> Mapping | None:
    columns: dict[str, tuple[str, ...]] = {}
    for place, (role, _) in sorted(roles.items()):
        columns[role] = (*columns.get(role, ()), names[place]) if role == "purpose" else (names[place],)
    profile = located.profile
    try:
        return Mapping(
            columns=Columns(**columns),
            separator=located.separator,
            has_header=located.has_header,
            sign=profile.sign if profile else Sign.UNKNOWN,
            currency=profile.currency if profile else "EUR",
            base=profile.format if profile else "",
        )
    except MappingError:
        return None
