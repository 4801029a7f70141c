"""A report as a table: where its header is, and its cells by name."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Final

from integrations.statements.tables.columns import normal_name
from integrations.statements.tables.dates import DateEvidence, read_day
from integrations.statements.tables.numbers import COMMA, POINT, read_number
from integrations.statements.tables.text import LineTooLongError, Row, Text

SEPARATORS: Final = (",", ";", "\t")
FIRST_ROWS: Final = 20
DAYS: Final = ("Y-M-D", "D.M.Y")

Names = Mapping[str, tuple[str, ...]]
"""The names under which a report may write each of our columns."""


@dataclass(frozen=True, slots=True)
class Line:
    """A row: its line in the file, and its cells by our names; what is missing is empty."""

    number: int
    cells: Mapping[str, str]

    def __getitem__(self, name: str) -> str:
        return self.cells.get(name, "")


@dataclass(frozen=True, slots=True)
class Table:
    """The rows below the header, the sign that separates decimals, and how days are written."""

    lines: tuple[Line, ...]
    decimal: str
    days: tuple[str, ...]

    def money(self, line: Line, name: str) -> Decimal:
        """The amount in a cell. ``ValueError`` (with the text) where there is none."""
        return read_number(line[name].replace("€", "").strip(), self.decimal)

    def day(self, text: str) -> date:
        """A day, with or without a time behind it. ``ValueError`` where it is none, or might be another one as well."""
        text = _without_zone(text)
        for form in self.days:
            try:
                return read_day(text, form)
            except ValueError:
                continue
        raise ValueError(text)


def find_table(
    content: bytes, names: Names, needed: tuple[str, ...], amounts: tuple[str, ...], days: tuple[str, ...]
) -> Table | None:
    """The table whose header has all the ``needed`` columns, or None.

    The decimal sign is what all the ``amounts`` can be read with; a point where both will do. Of days with slashes the
    whole columns ``days`` must tell whether the day or the month comes first.
    """
    text = Text(BytesIO(content))
    try:
        wanted = {normal_name(said): ours for ours, some in names.items() for said in some}
        for separator in SEPARATORS:
            lines = _below_header(text, separator, wanted, needed)
            if lines is not None:
                return Table(lines, _decimal(lines, amounts), _forms(lines, days))
    except LineTooLongError:
        return None
    finally:
        text.close()
    return None


def _without_zone(text: str) -> str:
    return text.strip().removesuffix(" UTC").replace("T", " ").removesuffix("Z")


def _forms(lines: tuple[Line, ...], days: tuple[str, ...]) -> tuple[str, ...]:
    evidence = DateEvidence()
    for line in lines:
        for name in days:
            if "/" in line[name]:
                evidence.see(_without_zone(line[name]))
    decided = evidence.decided() if evidence.seen else None
    return (*DAYS, decided) if decided else DAYS


def _below_header(
    text: Text, separator: str, wanted: Mapping[str, str], needed: tuple[str, ...]
) -> tuple[Line, ...] | None:
    for seen, row in enumerate(text.rows(separator, 0)):
        header = _header(row.cells, wanted, needed)
        if header is not None:
            below = (other for other in text.rows(separator, len(row.cells)) if other.line > row.line)
            return tuple(_line(other, header) for other in below)
        if seen >= FIRST_ROWS:
            break
    return None


def _line(row: Row, header: Mapping[int, str]) -> Line:
    return Line(row.line, {ours: row.cells[at] for at, ours in header.items() if at < len(row.cells)})


def _header(cells: tuple[str, ...], wanted: Mapping[str, str], needed: tuple[str, ...]) -> dict[int, str] | None:
    header: dict[int, str] = {}
    for at, cell in enumerate(cells):
        ours = wanted.get(normal_name(cell))
        if ours is not None and ours not in header.values():
            header[at] = ours
    return header if set(needed) <= set(header.values()) else None


def _decimal(lines: tuple[Line, ...], amounts: tuple[str, ...]) -> str:
    """A point unless some amount can only be read with a comma."""
    texts = list(_texts(lines, amounts))
    return COMMA if texts and not _all(texts, POINT) and _all(texts, COMMA) else POINT


def _texts(lines: tuple[Line, ...], amounts: tuple[str, ...]) -> Iterator[str]:
    for line in lines:
        for name in amounts:
            if line[name]:
                yield line[name]


def _all(texts: list[str], sign: str) -> bool:
    for text in texts:
        try:
            read_number(text.replace("€", "").strip(), sign)
        except ValueError:
            return False
    return True
