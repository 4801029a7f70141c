"""The month that a bank text names: "Rechnung November", "Wartung 07/2025".

What comes every month for the same amount is told apart by it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from .text import fold

_NAMES = (
    "JANUAR|JAENNER|JANUARY", "FEBRUAR|FEBRUARY", "MAERZ|MARCH", "APRIL", "MAI|MAY", "JUNI|JUNE", "JULI|JULY",
    "AUGUST", "SEPTEMBER", "OKTOBER|OCTOBER", "NOVEMBER", "DEZEMBER|DECEMBER",
)  # fmt: skip
_MONTH_OF = {name: month for month, names in enumerate(_NAMES, 1) for name in names.split("|")}
_NAMED = re.compile(rf"\b({'|'.join(_MONTH_OF)})\b(?:\W{{0,2}}(20[2-4]\d)\b)?")
_FIGURES = re.compile(r"(?<![\dA-Z./-])(0?[1-9]|1[0-2])[/.](20[2-4]\d)(?![\d/.-])")


@dataclass(frozen=True, slots=True)
class Period:
    """A month in the folded text; the year is often left out."""

    month: int
    year: int | None
    start: int
    end: int

    def distance(self, day: date) -> int:
        """Months from the named one to that of a day; without a year the nearest one of that name."""
        if self.year is not None:
            return (day.year - self.year) * 12 + day.month - self.month
        return (day.month - self.month + 5) % 12 - 5


@lru_cache(maxsize=2048)
def periods_in(text: str) -> tuple[Period, ...]:
    """The months that a text names."""
    folded = fold(text)
    found = [
        Period(_MONTH_OF[m.group(1)], int(m.group(2)) if m.group(2) else None, m.start(), m.end())
        for m in _NAMED.finditer(folded)
    ]
    found += [Period(int(m.group(1)), int(m.group(2)), m.start(), m.end()) for m in _FIGURES.finditer(folded)]
    return tuple(found)
