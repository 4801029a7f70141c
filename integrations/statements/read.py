"""Any bank file, whatever its format: recognised by its content and read by the reader for it."""

from collections.abc import Iterator

from integrations.statements.archive import read_archive
from integrations.statements.camt import read_camt
from integrations.statements.detect import detect
from integrations.statements.mt940 import FORMATS, read_mt940
from integrations.statements.problems import Code
from integrations.statements.shapes import Opened, Place, ReadError, Record
from integrations.statements.source import MAX_FILE, MEGABYTE, FileTooLargeError, GuardedStream, Source, open_source
from integrations.statements.tables import Mapping, read_table


def read_statements(source: Source, *, table: Mapping | None = None) -> Iterator[Record]:
    """Read a bank file of any format as a stream of records, see `shapes`.

    ``table`` is the mapping of columns that was agreed for a CSV file whose bank is not known. A file that is no bank
    statement gives `Opened` with what it seems to be, and a `ReadError` that says so. Raises OSError if a path cannot
    be opened.
    """
    try:
        with open_source(source) as stream:
            yield from _read(stream, table)
    except FileTooLargeError:
        yield Opened("unknown")
        yield ReadError(Place(), Code.TOO_LARGE, {"limit": str(MAX_FILE // MEGABYTE)})


def _read(stream: GuardedStream, table: Mapping | None, *, packed: bool = False) -> Iterator[Record]:
    format_name = detect(stream.head())
    if format_name == "zip" and not packed:
        yield from read_archive(stream, lambda member: _read(member, table, packed=True))
    elif format_name == "csv" or (table is not None and format_name == "unknown"):
        yield from read_table(stream, table)
    elif format_name in FORMATS:
        yield from read_mt940(stream)
    else:
        yield from read_camt(stream)
