"""Reads the European Central Bank's reference rates: an envelope with a ``Cube`` for each day and one for each rate.

The form is that of https://www.ecb.europa.eu/stats/eurofxref/ (daily, of the last 90 days, and of all days since 1999;
all alike). Names are taken without their namespaces: the bank has kept them, but nothing hangs on them.

What comes from outside is distrusted: no document type, no entities, no network; only values that can be true.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO

from lxml import etree

FIRST_DAY = date(1999, 1, 4)
"""The first day of which there are reference rates."""

_CURRENCY = re.compile(r"[A-Z]{3}")
_UNITS = re.compile(r"\d{1,8}(?:\.\d{1,8})?")
# The Turkish lira stood at 1.8 million before its reform; the strongest currency is worth a few euros.
_LEAST, _MOST = Decimal("0.05"), Decimal(5_000_000)
# No currency loses half of its worth between two days of publication; a reform brings a new code.
_JUMP = Decimal(2)
_NEIGHBOURS = timedelta(days=30)


class NotReadable(Exception):
    """The file is no list of reference rates; ``code`` says why (``no_xml``, ``document_type``, ``no_rates``)."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Delivered:
    """One rate of the file: ``units`` of ``currency`` for one euro on ``day``."""

    day: date
    currency: str
    units: Decimal


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file holds: ``rates`` that can be true, by day and currency, and ``refused``: the others, in words."""

    rates: tuple[Delivered, ...]
    refused: tuple[str, ...]


def read_rates(content: bytes, today: date) -> Reading:
    """Read a file. ``today``: rates of later days cannot be true. Raises ``NotReadable``."""
    found: dict[tuple[str, date], Decimal] = {}
    refused: list[str] = []
    for day, currency, units in _cubes(content):
        at = _day(day)
        value = Decimal(units) if _UNITS.fullmatch(units) else None
        if at is None or not FIRST_DAY <= at <= today or not _CURRENCY.fullmatch(currency) or currency == "EUR":
            refused.append(f"{day} {currency}")
        elif value is None or not _LEAST <= value <= _MOST or found.setdefault((currency, at), value) != value:
            refused.append(f"{day} {currency} {units}")
    if not found and not refused:
        raise NotReadable("no_rates")
    kept = []
    before: Delivered | None = None
    for (currency, at), value in sorted(found.items()):
        rate = Delivered(at, currency, value)
        if before and before.currency == currency and at - before.day <= _NEIGHBOURS and _jumps(before.units, value):
            refused.append(f"{at.isoformat()} {currency} {value}")
            continue
        kept.append(rate)
        before = rate
    if not kept:
        raise NotReadable("no_rates", refused[0])
    return Reading(tuple(sorted(kept, key=lambda rate: (rate.day, rate.currency))), tuple(refused))


def _cubes(content: bytes) -> list[tuple[str, str, str]]:
    """The (day, currency, units) of a file, as written."""
    found = []
    try:
        events = etree.iterparse(
            BytesIO(content), events=("end",), resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
        )
        for _, element in events:
            if element.getroottree().docinfo.doctype:
                raise NotReadable("document_type")
            if (
                not isinstance(element.tag, str)
                or etree.QName(element).localname != "Cube"
                or "time" not in element.attrib
            ):
                continue
            day = element.get("time", "")
            found += [(day, rate.get("currency", ""), rate.get("rate", "")) for rate in element]
            element.clear()
    except etree.XMLSyntaxError as error:
        raise NotReadable("no_xml", str(error.msg or "")) from None
    return [(day[:40], currency[:40], units[:40]) for day, currency, units in found]


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _jumps(one: Decimal, other: Decimal) -> bool:
    return not one / _JUMP < other < one * _JUMP
