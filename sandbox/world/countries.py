"""The countries an address may be in, and how the service classifies them for VAT (reference: 14)."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

# Members of the European Union besides Germany.
UNION = "AT BE BG CY CZ DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK"


@dataclass(frozen=True, slots=True)
class Country:
    """A country or a region with VAT of its own (``ES_CN``, ``GR_69``), named in German and English."""

    code: str
    german: str
    english: str

    @property
    def tax_class(self) -> str:
        """``de``, ``intraCommunity`` or ``thirdPartyCountry``."""
        if self.code == "DE":
            return "de"
        return "intraCommunity" if self.code in UNION.split() else "thirdPartyCountry"


@cache
def countries() -> dict[str, Country]:
    """Return all countries by their code: ISO 3166 alpha-2 and the special ones."""
    with (Path(__file__).parent / "countries.csv").open(encoding="utf-8", newline="") as lines:
        return {code: Country(code, german, english) for code, german, english in csv.reader(lines, delimiter=";")}
