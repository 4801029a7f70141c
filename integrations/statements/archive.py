"""Bank files in a ZIP archive, read one after the other and never written to a disk (reference: bank feeds 1.10)."""

import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from hashlib import sha256
from io import BytesIO
from lzma import LZMAError
from typing import BinaryIO, Final

from integrations.statements.problems import Code, Severity
from integrations.statements.shapes import Entry, Opened, Place, ReadError, Record, Statement, StatementHeader
from integrations.statements.source import MAX_FILE, MEGABYTE, GuardedStream

MAX_MEMBERS: Final = 1000
MAX_UNPACKED: Final = MAX_FILE
MAX_RATIO: Final = 100
# Small files of blanks or of one entry again and again are harmless, however well they were packed.
RATIO_COUNTS_FROM: Final = 4 * MEGABYTE
LONGEST_NAME: Final = 120
_CHUNK: Final = 256 * 1024
_DIRECTORY_ENTRY: Final = b"PK\x01\x02"
_ENCRYPTED, _UTF8 = 0x1, 0x800
_DAMAGED: Final = (zipfile.BadZipFile, zlib.error, LZMAError, NotImplementedError, RuntimeError, ValueError, EOFError)
# What a member may be without being an error of the archive: a letter, a picture, a list of contents.
_NO_STATEMENT: Final = frozenset({Code.UNKNOWN, Code.FOREIGN, Code.EMPTY})

Reader = Callable[[GuardedStream], Iterator[Record]]


@dataclass(frozen=True, slots=True)
class _Member:
    """A file in an archive, or why it cannot be read."""

    name: str
    archive: zipfile.ZipFile | None = None
    info: zipfile.ZipInfo | None = None
    problem: ReadError | None = None


def read_archive(stream: GuardedStream, read: Reader) -> Iterator[Record]:
    """Read every bank file in an archive with ``read``; archives in it too, but none in those.

    `Opened` comes once, with ``zip:`` and the format of the members. Places name the member, so do the headers. What
    cannot be read, or is no statement, is named; the rest is read.
    """
    raw = stream.whole()
    members = list(_members(raw))
    opened = [_format(member, read) for member in members]
    formats = {name for name in opened if name}
    yield Opened("zip:mixed" if len(formats) > 1 else ":".join(("zip", *formats)))
    twins = _Twins()
    for member in members:
        if member.problem is not None:
            yield member.problem
        elif twin := twins.of(member):
            params = {"name": twin.name}
            yield ReadError(Place(member=member.name), Code.REPEATED_MEMBER, params, Severity.WARNING)
        else:
            yield from _records(member, read)
    if not formats and all(member.problem is None for member in members):
        yield ReadError(Place(), Code.NO_STATEMENT)


def _members(raw: BinaryIO, outer: str = "") -> Iterator[_Member]:
    """The files in an archive and in the archives in it; a problem of an archive comes as a member."""
    try:
        if _directory_entries(raw) > 20 * MAX_MEMBERS:  # each would cost memory before it could be counted
            raise zipfile.LargeZipFile
        archive = zipfile.ZipFile(raw)
    except zipfile.LargeZipFile:
        yield _refused(outer, Code.ARCHIVE_LIMITS, limit=f"{MAX_MEMBERS}")
        return
    except (*_DAMAGED, OSError, OverflowError):
        yield _refused(outer, Code.ARCHIVE_DAMAGED)
        return
    if kind := _spreadsheet(archive):
        yield _refused(outer, Code.SPREADSHEET, format=kind)
        return
    infos = [info for info in archive.infolist() if not _is_clutter(info)]
    if len(infos) > MAX_MEMBERS:
        yield _refused(outer, Code.ARCHIVE_LIMITS, limit=f"{MAX_MEMBERS}")
        return
    unpacked = sum(info.file_size for info in infos)
    if unpacked > MAX_UNPACKED or (
        unpacked > RATIO_COUNTS_FROM and unpacked > MAX_RATIO * sum(info.compress_size for info in infos)
    ):
        yield _refused(outer, Code.ARCHIVE_TOO_LARGE, limit=f"{MAX_UNPACKED // MEGABYTE}")
        return
    for info in infos:
        name = f"{outer}/{_name(info)}" if outer else _name(info)
        if info.flag_bits & _ENCRYPTED:
            yield _refused(name, Code.ENCRYPTED)
        elif not _is_archive(archive, info):
            yield _Member(name, archive, info)
        elif outer:
            yield _refused(name, Code.ARCHIVE_NESTED)
        else:
            yield from _members(BytesIO(_Contents(archive, info).read()), name)


def _records(member: _Member, read: Reader) -> Iterator[Record]:
    contents = _Contents(member.archive, member.info)
    for record in read(GuardedStream(contents)):
        if isinstance(record, Entry):
            yield replace(record, place=replace(record.place, member=member.name))
        elif isinstance(record, ReadError):
            harmless = record.code in _NO_STATEMENT and not contents.damaged
            severity = Severity.WARNING if harmless else record.severity
            yield replace(record, place=replace(record.place, member=member.name), severity=severity)
        elif isinstance(record, StatementHeader):
            yield replace(record, member=member.name)
        elif isinstance(record, Statement):
            yield replace(record, header=replace(record.header, member=member.name))
    if contents.damaged:
        yield ReadError(Place(member=member.name), Code.MEMBER_DAMAGED)


def _spreadsheet(archive: zipfile.ZipFile) -> str:
    """Whether the archive is a file of Excel or LibreOffice, which both are archives: its kind, or nothing."""
    names = set(archive.namelist())
    if "[Content_Types].xml" in names:
        return "xlsx"
    return "ods" if {"mimetype", "content.xml"} <= names else ""


def _format(member: _Member, read: Reader) -> str:
    """The format of a member that is a bank statement, else nothing."""
    if member.problem is not None:
        return ""
    records = read(GuardedStream(_Contents(member.archive, member.info)))
    name, refused = "", False
    for record in records:
        if isinstance(record, Opened):
            name = record.format
        elif isinstance(record, ReadError) and record.code in _NO_STATEMENT:
            refused = True
        else:
            break
    return "" if refused else name


class _Contents:
    """The unpacked bytes of a member; where they are damaged they end, and ``damaged`` says so."""

    def __init__(self, archive: zipfile.ZipFile | None, info: zipfile.ZipInfo | None) -> None:
        self.damaged = False
        self._file: BinaryIO | None = None
        try:
            if archive is not None and info is not None:
                self._file = archive.open(info)  # type: ignore[assignment]
        except (*_DAMAGED, OSError):
            self.damaged = True

    def read(self, size: int = -1, /) -> bytes:
        """Return up to ``size`` bytes (never more than the directory of the archive announces)."""
        try:
            return self._file.read(size) if self._file is not None and not self.damaged else b""
        except (*_DAMAGED, OSError):
            self.damaged = True
            return b""


class _Twins:
    """Finds members with the same bytes; only those of equal size and check sum are compared."""

    def __init__(self) -> None:
        self._first: dict[tuple[int, int], _Member | None] = {}
        self._digests: dict[bytes, _Member] = {}

    def of(self, member: _Member) -> _Member | None:
        """The member before this one with the same bytes."""
        if member.info is None:
            return None
        key = (member.info.CRC, member.info.file_size)
        if key not in self._first:
            self._first[key] = member
            return None
        if (first := self._first[key]) is not None:
            self._digests[_digest(first)] = first
            self._first[key] = None
        known = self._digests.setdefault(_digest(member), member)
        return None if known is member else known


def _digest(member: _Member) -> bytes:
    contents, digest = _Contents(member.archive, member.info), sha256()
    while chunk := contents.read(_CHUNK):
        digest.update(chunk)
    return digest.digest()


def _directory_entries(raw: BinaryIO) -> int:
    raw.seek(0)
    count, seam = 0, b""
    while chunk := raw.read(_CHUNK):
        count += (seam + chunk).count(_DIRECTORY_ENTRY)
        seam = chunk[-3:]
    raw.seek(0)
    return count


def _is_clutter(info: zipfile.ZipInfo) -> bool:
    parts = info.filename.split("/")
    hidden = parts[-1].startswith(".") or parts[-1].lower() in ("thumbs.db", "desktop.ini")
    return info.is_dir() or parts[0] == "__MACOSX" or hidden


def _is_archive(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bool:
    return _Contents(archive, info).read(4) in (b"PK\x03\x04", b"PK\x05\x06")


def _name(info: zipfile.ZipInfo) -> str:
    """The member's name: marked as UTF-8, or UTF-8 without the mark, or cp437 (PKWARE's rule)."""
    name = info.filename
    if not info.flag_bits & _UTF8:
        with suppress(UnicodeError):
            name = name.encode("cp437").decode("utf-8")
    return "".join(character if character.isprintable() else "?" for character in name)[-LONGEST_NAME:]


def _refused(name: str, code: Code, **params: str) -> _Member:
    return _Member(name, problem=ReadError(Place(member=name), code, params))
