"""Which column of a table says what."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Final

_UMLAUTS: Final = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "€": "eur", "@": "at"})
_OTHER: Final = re.compile(r"[^a-z0-9]+")


@lru_cache(maxsize=4096)
def normal_name(name: str) -> str:
    """The name of a column without what differs between exports: case, umlauts, blanks and marks."""
    text = unicodedata.normalize("NFKC", name).casefold().translate(_UMLAUTS)
    return _OTHER.sub("", unicodedata.normalize("NFKD", text))


def column_names(header: Sequence[str]) -> tuple[str, ...]:
    """The names of the columns, made different: a second ``Währung`` is ``Währung 2``, an unnamed one ``#4``."""
    seen: dict[str, int] = {}
    names = []
    for number, cell in enumerate(header, start=1):
        name = cell.strip() or f"#{number}"
        count = seen[normal_name(name)] = seen.get(normal_name(name), 0) + 1
        names.append(name if count == 1 else f"{name} {count}")
    return tuple(names)


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """The name of the column for each role; empty where the table has none.

    In a profile a role may name alternatives, the better one first. ``amount`` is signed unless ``direction`` says in
    words which way the money went; else ``debit`` and ``credit``. ``payer`` and ``payee`` are columns of which one
    names the account's owner. ``instant`` is a moment in UTC that stands in for a missing booking date,
    ``announced`` a day that does so for rows that are not booked yet.
    """

    booking_date: tuple[str, ...] = ()
    instant: tuple[str, ...] = ()
    announced: tuple[str, ...] = ()
    value_date: tuple[str, ...] = ()
    amount: tuple[str, ...] = ()
    debit: tuple[str, ...] = ()
    credit: tuple[str, ...] = ()
    direction: tuple[str, ...] = ()
    currency: tuple[str, ...] = ()
    counterparty: tuple[str, ...] = ()
    payer: tuple[str, ...] = ()
    payee: tuple[str, ...] = ()
    iban: tuple[str, ...] = ()
    bic: tuple[str, ...] = ()
    ultimate_party: tuple[str, ...] = ()
    booking_text: tuple[str, ...] = ()
    end_to_end_id: tuple[str, ...] = ()
    mandate_id: tuple[str, ...] = ()
    creditor_id: tuple[str, ...] = ()
    reference: tuple[str, ...] = ()
    balance: tuple[str, ...] = ()
    status: tuple[str, ...] = ()
    fee: tuple[str, ...] = ()
    original_amount: tuple[str, ...] = ()
    original_currency: tuple[str, ...] = ()
    exchange_rate: tuple[str, ...] = ()
    account: tuple[str, ...] = ()
    # every one of these that is there belongs to the purpose, in this order
    purpose: tuple[str, ...] = ()

    def roles(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        """The roles that have a column, with its names."""
        for field in fields(self):
            names = getattr(self, field.name)
            if names:
                yield field.name, names


@dataclass(frozen=True, slots=True)
class Found:
    """Where the columns stand in a table: positions by role, and the names of all."""

    at: dict[str, int]
    purpose: tuple[int, ...]
    names: tuple[str, ...]

    def named(self, role: str) -> str:
        """The name of the column of a role, as the file writes it."""
        return self.names[self.at[role]]


def find_columns(columns: Columns, header: Sequence[str]) -> Found:
    """Look for the columns in a header, in any order."""
    names = column_names(header)
    positions: dict[str, int] = {}
    for position, name in enumerate(names):
        positions.setdefault(normal_name(name), position)
    at = {}
    for role, wanted in columns.roles():
        place = next((positions[key] for key in map(normal_name, wanted) if key in positions), None)
        if place is not None and role != "purpose":
            at[role] = place
    purpose = tuple(positions[key] for key in map(normal_name, columns.purpose) if key in positions)
    return Found(at, purpose, names)
