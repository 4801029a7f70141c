"""What stands above a table: account, balance, period, day of the export."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from integrations.statements.tables.columns import normal_name
from integrations.statements.tables.dates import read_day
from integrations.statements.tables.numbers import is_number, read_number
from integrations.statements.tables.text import Row

_IBAN: Final = re.compile(r"\b[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b")
_DAY: Final = re.compile(r"\b[0-9]{1,2}\.[0-9]{1,2}\.[0-9]{4}\b")
_BALANCES: Final = ("saldo", "kontostand", "neuerkontostand", "aktuellerkontostand", "kontosaldo")
_BEFORE: Final = ("letzterkontostand", "alterkontostand", "anfangssaldo")
_OWNERS: Final = ("kunde", "kontoinhaber", "inhaber")


@dataclass(slots=True)
class Preamble:
    """What the lines above a table say; empty where they do not."""

    iban: str = ""
    owner: str = ""
    opening: Decimal | None = None
    balance: Decimal | None = None
    balance_on: date | None = None
    period_from: date | None = None
    period_to: date | None = None
    created: str = ""


def read_preamble(rows: Iterable[Row], decimal: str) -> Preamble:
    """Read the notes above a table. Where they name two accounts, none is taken."""
    found = Preamble()
    ibans = set()
    for row in rows:
        label, *others = row.cells
        name = normal_name(label)
        ibans |= {"".join(match.split()) for cell in row.cells for match in _IBAN.findall(cell)}
        text = " ".join(row.cells)
        days = days_in(text)
        amount = next((cell for cell in others if is_number(cell)), "")
        if name.startswith(_BEFORE) and amount:
            found.opening = amount_or_none(amount, decimal)
        elif name.startswith(_BALANCES) and amount:
            found.balance = amount_or_none(amount, decimal)
            found.balance_on = days[0] if days else None
        elif "erstelltam" in normal_name(text) and days:
            found.created = days[0].isoformat()
        elif len(days) == 2 and days[0] <= days[1]:
            found.period_from, found.period_to = days
        elif name == "von" and days:
            found.period_from = days[0]
        elif name == "bis" and days:
            found.period_to = days[0]
        elif name in _OWNERS and others:
            found.owner = others[0]
    if len(ibans) == 1:
        found.iban = ibans.pop()
    if found.period_from and found.period_to and found.period_from > found.period_to:
        found.period_from = found.period_to = None
    return found


def days_in(text: str) -> list[date]:
    """The German days in a text."""
    days = []
    for match in _DAY.findall(text):
        try:
            days.append(read_day(match, "D.M.Y"))
        except ValueError:
            continue
    return days


def amount_or_none(text: str, decimal: str) -> Decimal | None:
    """An amount that only informs; None if it cannot be read that way."""
    try:
        return read_number(text, decimal or ",")
    except ValueError:
        return None
