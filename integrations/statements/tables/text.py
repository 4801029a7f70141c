"""The rows of a table file: bytes to lines to cells, twice over the same file, in constant memory."""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from io import TextIOWrapper
from tempfile import SpooledTemporaryFile
from typing import Final

from integrations.statements.detect import wide_encoding
from integrations.statements.source import Readable

MAX_LINE: Final = 256 * 1024
MAX_LINES_OF_ROW: Final = 40  # a purpose with line breaks in it; more is a quotation mark that was never closed
_MOST_JUDGED: Final = 5_000  # lines with umlauts that tell the code page
_IN_MEMORY: Final = 8 * 1024 * 1024
_CHUNK: Final = 256 * 1024
_WIDE: Final = ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_UMLAUT: Final = re.compile("[A-Za-z][äöüÄÖÜß]|[äöüÄÖÜ][a-z]")  # in a word: alone, the same byte may be a euro sign
_NARROW: Final = ("cp1252", "mac_roman", "cp850")  # Windows, older Macs, DOS
_BOM: Final = "\ufeff"

csv.field_size_limit(MAX_LINE * MAX_LINES_OF_ROW)


class LineTooLongError(Exception):
    """A line is longer than `MAX_LINE` characters: no table that a bank writes."""


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of a row as written, stripped of blanks around them, and the line on which it begins."""

    line: int
    cells: tuple[str, ...]


class Text:
    """A file that can be read more than once, in constant memory."""

    def __init__(self, stream: Readable) -> None:
        self._file = SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115  # closed with the object
        while chunk := stream.read(_CHUNK):
            self._file.write(chunk)
            progress = getattr(stream, "progress", None)
            if progress is not None:
                progress()
        self._file.seek(0)
        start = self._file.read(400)
        self._wide = next((name for bom, name in _WIDE if start.startswith(bom)), "") or wide_encoding(start)
        self._bom = start.startswith(b"\xef\xbb\xbf")
        self.encoding = self._wide or ("utf-8-sig" if self._bom else self._narrow())

    def close(self) -> None:
        """Forget the file."""
        self._file.close()

    def lines(self) -> Iterator[str]:
        """The lines without their ends. A line of a UTF-8 file that is none is read as Windows-1252.

        Raises LineTooLongError.
        """
        self._file.seek(0)
        # Latin-1 keeps every byte, and the wrapper knows all three kinds of line ends.
        reader = TextIOWrapper(self._file, encoding=self._wide or "latin-1", errors="replace", newline=None)
        try:
            first = True
            while line := reader.readline(MAX_LINE):
                if len(line) == MAX_LINE and not line.endswith("\n"):
                    raise LineTooLongError
                line = line.rstrip("\n").replace("\x00", "")
                if not self._wide and not line.isascii():
                    line = self._decoded(line.encode("latin-1"))
                if first:
                    line, first = line.removeprefix(_BOM), False
                yield line
        finally:
            reader.detach()

    def rows(self, separator: str, width: int) -> Iterator[Row]:
        """The rows that hold anything, of a table with ``width`` columns. Raises LineTooLongError."""
        waiting: list[str] = []
        quotes = 0
        number = 0
        for number, line in enumerate(self.lines(), start=1):
            if not waiting and '"' not in line:
                # the quick way, which most files go throughout
                cells = tuple([cell.strip() for cell in line.split(separator)])
                if any(cells):
                    yield Row(number, cells)
                continue
            waiting.append(line)
            quotes += line.count('"')
            if quotes % 2 and len(waiting) < MAX_LINES_OF_ROW and _opens_a_cell(waiting[0], separator):
                continue
            yield from _rows(waiting, number, separator, width)
            waiting, quotes = [], 0
        if waiting:
            yield from _rows(waiting, number, separator, width)

    def _narrow(self) -> str:
        """UTF-8 or an older one, by the lines with other than ASCII letters. Two bytes of the older one may be UTF-8
        by chance, and a UTF-8 file may hold a spoilt line, so the majority counts."""
        self._file.seek(0)
        valid = invalid = 0
        found = dict.fromkeys(_NARROW, 0)
        while line := self._file.readline(MAX_LINE):
            if line.isascii():
                continue
            try:
                line.decode()
                valid += 1
            except UnicodeDecodeError:
                invalid += 1
                for name in _NARROW if invalid <= _MOST_JUDGED else ():
                    found[name] += len(_UMLAUT.findall(line.decode(name, "replace")))
        # that of Windows where others do no better
        return max(_NARROW, key=found.__getitem__) if invalid and invalid >= valid else "utf-8"

    def _decoded(self, line: bytes) -> str:
        if self.encoding not in _NARROW:
            try:
                return line.decode()
            except UnicodeDecodeError:
                pass
        try:
            return line.decode(self.encoding if self.encoding in _NARROW else "cp1252")
        except UnicodeDecodeError:
            return line.decode("latin-1")


def cells_of(line: str, separator: str) -> tuple[str, ...]:
    """The cells of one line."""
    if '"' not in line:
        return tuple([cell.strip() for cell in line.split(separator)])
    if line[0] == '"' and line[-1] == '"':
        cells = line[1:-1].split(f'"{separator}"')
        if line.count('"') == 2 * len(cells):
            # every cell in marks, and no other mark anywhere: the same as the slow way below
            return tuple([cell.strip() for cell in cells])
    try:
        return tuple([cell.strip() for cell in next(csv.reader([line], delimiter=separator), [])])
    except csv.Error:
        return tuple([cell.strip() for cell in line.split(separator)])


def _opens_a_cell(line: str, separator: str) -> bool:
    """Whether a quotation mark in the line stands where it can begin a quoted cell."""
    return line.lstrip().startswith('"') or f'{separator}"' in line


def _rows(lines: list[str], last: int, separator: str, width: int) -> Iterator[Row]:
    first = last - len(lines) + 1
    if len(lines) == 1:
        yield from _row(first, cells_of(lines[0], separator))
        return
    joined = "\n".join(lines)
    # lines that are whole rows by themselves, each with a mark that was never closed, are no cell with line breaks
    whole = all(line.count(separator) == width - 1 for line in lines)
    if joined.count('"') % 2 == 0 and not whole:
        yield from _row(first, _quoted(joined, separator))
        return
    # never closed: the mark belongs to a text, so every line is a row of its own
    for number, line in enumerate(lines, start=first):
        yield from _row(number, tuple(cell.strip() for cell in line.split(separator)))


def _quoted(text: str, separator: str) -> tuple[str, ...]:
    try:
        return tuple(cell.strip() for cell in next(csv.reader([text], delimiter=separator)))
    except (csv.Error, StopIteration):
        return (text,)


def _row(line: int, cells: tuple[str, ...]) -> Iterator[Row]:
    if any(cells):
        yield Row(line, cells)
