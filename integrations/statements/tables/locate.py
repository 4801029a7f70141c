"""Where in a file the table is, how its cells are separated, and whose export it is."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Final

from integrations.statements.tables.banks import PROFILES
from integrations.statements.tables.columns import column_names, find_columns, normal_name
from integrations.statements.tables.dates import is_date, is_day_number
from integrations.statements.tables.mapping import SEPARATORS, Mapping
from integrations.statements.tables.numbers import is_number
from integrations.statements.tables.preamble import read_preamble
from integrations.statements.tables.profile import Profile
from integrations.statements.tables.text import Row, Text, cells_of

MAX_LINES_ABOVE: Final = 80
_NEARLY_ALL: Final = 0.8
_DAY_NAMES: Final = frozenset(
    normal_name(name) for profile in PROFILES for name in (*profile.columns.booking_date, *profile.columns.value_date)
)
_QUOTED_IBAN: Final = re.compile(r"'?[A-Z]{2}[0-9]{2}[A-Z0-9 ]{8,32}'?")


@dataclass(frozen=True, slots=True)
class Located:
    """A table: ``first_line`` is the line of its first row, ``header`` the names of its columns.

    ``last_line`` is where it ends before another one in the same file; 0: at the end of the file.
    """

    separator: str
    header: tuple[str, ...]
    has_header: bool
    first_line: int
    above: tuple[Row, ...]
    profile: Profile | None
    last_line: int = 0


def locate(text: Text, mapping: Mapping | None = None) -> Located | None:
    """Find the table in a file; None if there is none. Raises LineTooLongError."""
    lines = list(islice(text.lines(), MAX_LINES_ABOVE))
    if mapping is not None:
        return _mapped(lines, mapping)
    return _told_apart(_known(lines)) or _headless(lines) or _unknown(lines)


def _known(lines: Sequence[str]) -> Located | None:
    """The first table with the names of a bank; another may follow (`sections`)."""
    best: tuple[tuple[int, int], Located] | None = None
    for separator in SEPARATORS:
        above: list[Row] = []
        for number, line in enumerate(lines, start=1):
            row = Row(number, cells_of(line, separator))
            score, profile = _best_profile(row)
            if profile is not None:
                found = (-number, score), _of_profile(row, profile, separator, above)
                best = found if best is None or found[0] > best[0] else best
                break
            if any(row.cells):
                above.append(row)
    return best[1] if best else None


def day_as_number(text: Text) -> tuple[int, str] | None:
    """Line and value of the first day that a spreadsheet kept as a number, below a name that says it is a day."""
    names: tuple[str, ...] = ()
    for number, line in enumerate(islice(text.lines(), MAX_LINES_ABOVE), start=1):
        for separator in SEPARATORS:
            cells = cells_of(line, separator)
            for name, cell in zip(names, cells, strict=False):
                if name in _DAY_NAMES and is_day_number(cell):
                    return number, cell
            if len(cells) > 2 and _DAY_NAMES.intersection(map(normal_name, cells)):
                names = tuple(map(normal_name, cells))
    return None


def table_with_names(row: Row, above: Sequence[Row], separator: str) -> Located | None:
    """The table of a known bank that begins with this line of names, ``above`` standing over it; None if none does."""
    _, profile = _best_profile(row)
    return _told_apart(_of_profile(row, profile, separator, above)) if profile is not None else None


def _best_profile(row: Row) -> tuple[int, Profile | None]:
    """The profile with the most marks among the names of a line, the first one of several."""
    names = {normal_name(cell) for cell in row.cells if cell}
    best: tuple[int, Profile | None] = 0, None
    for profile in PROFILES if len(names) > 2 else ():
        score = profile.fits(names)
        if score > best[0]:
            best = score, profile
    return best


def _of_profile(row: Row, profile: Profile, separator: str, above: Sequence[Row]) -> Located:
    header = _trimmed(row.cells)
    names = set(map(normal_name, header))
    header += tuple(name for name in profile.unnamed if normal_name(name) not in names)
    return Located(separator, header, True, row.line + 1, tuple(above), profile)


def _told_apart(located: Located | None) -> Located | None:
    """The right one of the banks that share a layout, by the account above the table."""
    if located is None or located.profile is None or located.profile.by_account is None:
        return located
    iban = read_preamble(located.above, located.profile.decimal).iban
    return replace(located, profile=located.profile.by_account(iban)) if iban else located


def _headless(lines: Sequence[str]) -> Located | None:
    """Targobank: day; text; out; in; –; –; own IBAN. Nearly every row must look like that, the first one too."""
    profile = next(profile for profile in PROFILES if profile.header)
    rows = [cells_of(line, ";") for line in lines if line.strip()]
    looks = [_like_targobank(cells, len(profile.header)) for cells in rows]
    if not looks or not looks[0] or sum(looks) < _NEARLY_ALL * len(looks):
        return None
    return Located(";", profile.header, False, 1, (), profile)


def _like_targobank(cells: Sequence[str], width: int) -> bool:
    if len(cells) != width or not is_date(cells[0]) or any(cells[4:6]):
        return False
    money = [cell for cell in cells[2:4] if cell]
    return len(money) == 1 and is_number(money[0]) and bool(_QUOTED_IBAN.fullmatch(cells[6]))


def _unknown(lines: Sequence[str]) -> Located | None:
    """The separator with the widest table of even rows, each with a day and an amount, and the line of names above."""
    best: tuple[int, Located] | None = None
    for separator in SEPARATORS:
        rows = [Row(number, cells_of(line, separator)) for number, line in enumerate(lines, start=1)]
        rows = [row for row in rows if any(row.cells)]
        data = [place for place, row in enumerate(rows) if is_data(row.cells)]
        if not data:
            continue
        first = data[0]
        width = len(rows[first].cells)
        score = width * len(data)
        if width < 3 or (best and score <= best[0]):
            continue
        above = rows[first - 1] if first else None
        named = above is not None and len(_trimmed(above.cells)) >= width - 1 and sum(map(bool, above.cells)) > 2
        if above is not None and named:
            header = _as_wide_as(_trimmed(rows[first].cells), above.cells)
            located = Located(separator, header, True, above.line + 1, tuple(rows[: first - 1]), None)
        else:
            header = tuple(f"#{number}" for number in range(1, width + 1))
            located = Located(separator, header, False, rows[first].line, tuple(rows[:first]), None)
        best = score, located
    return best[1] if best else None


def _mapped(lines: Sequence[str], mapping: Mapping) -> Located | None:
    profile = mapping.profile
    if mapping.base:
        known = _told_apart(_known(lines)) or _headless(lines)
        same = known is not None and known.profile is not None and known.profile.format == mapping.base
        return replace(known, profile=profile) if known is not None and same else None
    guess = _unknown(lines[mapping.skip :])
    separators = (mapping.separator,) if mapping.separator else SEPARATORS
    if not mapping.has_header:
        separator = mapping.separator or (guess.separator if guess else ";")
        rows = [Row(number, cells_of(line, separator)) for number, line in enumerate(lines, start=1)]
        rows = [row for row in rows if row.line > mapping.skip and is_data(row.cells)]
        if not rows:
            return None
        width = max(len(row.cells) for row in rows)
        header = tuple(f"#{number}" for number in range(1, width + 1))
        return Located(separator, header, False, rows[0].line, (), profile)
    for separator in separators:
        above: list[Row] = []
        for number, line in enumerate(lines, start=1):
            cells = cells_of(line, separator)
            names = column_names(cells)
            if number > mapping.skip and profile.fits(set(map(normal_name, names))):
                last = max(find_columns(profile.columns, cells).at.values(), default=0)
                header = _as_wide_as(cells[: last + 1], cells)
                return Located(separator, header, True, number + 1, tuple(above), profile)
            if any(cells):
                above.append(Row(number, cells))
    return None


def _as_wide_as(row: Sequence[str], header: tuple[str, ...]) -> tuple[str, ...]:
    """The names up to the last one, and further where a row has columns behind it that the bank gave no name."""
    width = max(len(_trimmed(header)), min(len(row), len(header)))
    return header[:width]


def is_data(cells: Sequence[str]) -> bool:
    """Whether a line looks like a row: a day and an amount."""
    days = [cell for cell in cells if is_date(cell)]
    return bool(days) and any(is_number(cell) and not is_date(cell) for cell in cells)


def _trimmed(cells: tuple[str, ...]) -> tuple[str, ...]:
    """Without the empty cells behind the last name, which some banks end their lines with."""
    end = len(cells)
    while end and not cells[end - 1]:
        end -= 1
    return cells[:end]
