"""Files of exported rows: JSON lines for programs, CSV and xlsx for spreadsheets. All are written as a stream."""

import csv
import json
import os
import tempfile
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, WriteOnlyCell
from openpyxl.workbook.workbook import Workbook

from matching.exports import COLUMNS, Row

# A cell that begins like this is run by spreadsheets; the broad forms too, as some fold them.
FORMULA_STARTS = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "|", "%")
CELL_LIMIT = 32_767  # characters in an Excel cell


def write_jsonl(path: Path, columns: tuple[str, ...], rows: Iterable[Row]) -> int:
    """One JSON object a line; amounts are decimal strings with a point, dates ISO. The number of rows."""
    count = 0
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for row in rows:
            file.write(json.dumps({name: row[name] for name in columns}, ensure_ascii=False, default=_plain) + "\n")
            count += 1
    return count


def write_csv(path: Path, columns: tuple[str, ...], rows: Iterable[Row]) -> int:
    """A table that a German Excel opens with a double click: UTF-8 with its mark, semicolons, decimal commas.

    With a point, Excel would take 12.05 for the twelfth of May. Texts that a spreadsheet would run get an apostrophe
    in front. The number of rows.
    """
    count = 0
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, delimiter=";", lineterminator="\r\n")
        writer.writerow(columns)
        for row in rows:
            writer.writerow([_csv_cell(row[name]) for name in columns])
            count += 1
    return count


def write_xlsx(path: Path, columns: tuple[str, ...], rows: Iterable[Row]) -> int:
    """A sheet with real numbers and dates; texts are never formulas. The number of rows."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Kontor")
    sheet.freeze_panes = "A2"
    sheet.append(list(columns))
    count = 0
    for row in rows:
        sheet.append([_xlsx_cell(sheet, row[name]) for name in columns])
        count += 1
    book.save(path)
    return count


FORMATS: Mapping[str, Callable[[Path, tuple[str, ...], Iterable[Row]], int]] = {
    "jsonl": write_jsonl,
    "csv": write_csv,
    "xlsx": write_xlsx,
}


def write(kind: str, format_name: str, rows: Iterable[Row], target: Path) -> int:
    """Write rows of a ``kind`` (vouchers, transactions, matches) to ``target``; the number of rows.

    The file appears under its name only when it is whole. ``OSError`` where it cannot be written.
    """
    handle, unfinished = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    os.close(handle)
    try:
        count = FORMATS[format_name](Path(unfinished), COLUMNS[kind], rows)
        Path(unfinished).replace(target)
    except BaseException:
        Path(unfinished).unlink(missing_ok=True)
        raise
    return count


def neutral(text: str) -> str:
    """The text, with an apostrophe in front where a spreadsheet would run it."""
    return f"'{text}" if text.lstrip().startswith(FORMULA_STARTS) or text.startswith(("\t", "\r")) else text


def _plain(value: Any) -> str:
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} is not exported")


def _csv_cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal | float):
        return str(value).replace(".", ",")
    if isinstance(value, date):
        return value.isoformat()
    return neutral(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=_plain))


def _xlsx_cell(sheet: Any, value: Any) -> Any:
    if value is None or isinstance(value, bool | float):
        return value
    if isinstance(value, Decimal | date):
        cell = WriteOnlyCell(sheet, value)
        cell.number_format = "0.00" if isinstance(value, Decimal) else "yyyy-mm-dd"
        return cell
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=_plain)
    cell = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub(" ", text)[:CELL_LIMIT])
    cell.data_type = "s"  # never a formula, whatever it begins with
    return cell
