"""Several tables in one file: a section for each account, or exports that were put behind one another."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from integrations.statements.tables.columns import find_columns, normal_name
from integrations.statements.tables.evidence import header_names, is_footer, is_header, rows_below
from integrations.statements.tables.locate import Located, is_data, table_with_names
from integrations.statements.tables.preamble import read_preamble
from integrations.statements.tables.profile import Profile
from integrations.statements.tables.text import Row, Text


@dataclass(frozen=True, slots=True)
class Section:
    """A table among others. ``title`` is what stands over it; ``table`` is None where it cannot be read by itself."""

    line: int
    title: str
    table: Located | None


def sections(text: Text, located: Located, profile: Profile) -> list[Section]:
    """The tables of a file, the located one first.

    Names of columns that come again without anything above them go on with the same table. A further table is read
    where a bank is known by its names and its own account is named, above it or in its rows: whose it is must not be
    guessed, and the account that a person chose is that of the first.
    """
    found = [Section(located.first_line - 1, "", replace(located, profile=profile))]
    names = header_names(located)
    for row, notes in _headers(text, located, profile, names):
        if not notes and _names(row) == names:
            continue
        begin = notes[0].line if notes else row.line
        previous = found[-1]
        if previous.table is not None:
            found[-1] = replace(previous, table=replace(previous.table, last_line=begin - 1))
        title = " ".join(filter(None, notes[0].cells)) if notes else ", ".join(filter(None, row.cells))
        names = _names(row)
        found.append(Section(row.line, title[:200], _readable(row, notes, located.separator)))
    return found


def _headers(text: Text, located: Located, profile: Profile, names: tuple[str, ...]) -> Iterator[tuple[Row, list[Row]]]:
    """Each line of names among the rows, with the lines above it that are no rows."""
    notes: list[Row] = []
    for row in rows_below(text, located):
        if is_header(row, names):
            yield row, notes
            notes, names = [], _names(row)
        elif is_data(row.cells) or (not notes and is_footer(row, profile)):
            notes = []
        else:
            notes.append(row)


def _readable(row: Row, notes: list[Row], separator: str) -> Located | None:
    table = table_with_names(row, notes, separator)
    if table is None or table.profile is None:
        return None
    named = read_preamble(notes, table.profile.decimal).iban
    return table if named or "account" in find_columns(table.profile.columns, table.header).at else None


def _names(row: Row) -> tuple[str, ...]:
    return tuple(normal_name(cell) for cell in row.cells if cell)
