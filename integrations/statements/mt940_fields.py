"""The fields of an MT940 or MT942 file as a stream: line ends, envelopes, and what is text although it looks otherwise.

Everything stays bytes up to a whole field: a bank that cuts lines by bytes cuts through letters of UTF-8.
"""

import codecs
import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from integrations.statements.source import EntryTooLargeError, GuardedStream

MAX_FIELD: Final = 64 * 1024  # the rules allow 390 characters in :86:, foreign banks write some kilobytes
_CHUNK: Final = 256 * 1024
_CONTROLS: Final = bytes(code for code in range(32) if code not in b"\t\n\r") + b"\x7f"
_BOMS: Final = ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))

# A blank before the second colon is seen at ING.
_TAG: Final = re.compile(rb":([0-9]{2}[A-Z]?) ?:", re.IGNORECASE)
KNOWN: Final = frozenset(
    ["13", "13D", "20", "21", "25", "25P", "28", "28C", "34F", "60F", "60M", "61", "62F", "62M", "64", "65", "86"]
) | {"90C", "90D"}
HEADER_TAGS: Final = frozenset(("13", "13D", "20", "21", "25", "25P", "28", "28C"))
# 13⏎:20:45 is a time of day, cut before its minutes.
_CLOCK: Final = re.compile(rb":[0-5][0-9] ?:[0-5][0-9](?![0-9])")
_AFTER_20: Final = re.compile(rb":(?:13D?|21|25P?|28C?) ?:", re.IGNORECASE)
# The content of a :61: behind a damaged or missing tag.
_LOOKS_LIKE_ENTRY: Final = re.compile(
    rb".{0,5}?[0-9]{6}(?:[0-9]{4})?[RE]?[CD][A-Z]?[0-9]{1,15},[0-9]{0,5}[NFS][A-Z0-9]{3}"
)


# Umlauts of DOS within a word; the same bytes are quotation marks on Windows, or nothing.
_DOS: Final = re.compile(rb"[A-Za-z][\x81\x84\x94][A-Za-z]")


class Field(NamedTuple):
    """A field: its tag, the line of the file it begins at, its lines. ``tag`` is empty for an end of message (``-``),
    ``{`` for an envelope (its text is the only line), ``?`` for a line of text that was meant as an entry."""

    tag: str
    line: int
    lines: list[bytes]


def decode(data: bytes) -> str:
    """UTF-8 if it is valid, else the code page of Western Windows (reference: bank feeds 3.4), or that of DOS."""
    try:
        return data.decode()
    except UnicodeDecodeError:
        if _DOS.search(data):
            return data.decode("cp850")
        try:
            return data.decode("cp1252")
        except UnicodeDecodeError:
            return data.decode("latin-1")


def fields(stream: GuardedStream) -> Iterator[Field]:
    """Cut a file into fields. Raises EntryTooLargeError for a field beyond any bank's."""
    current: Field | None = None
    size = 0
    source = _Lines(stream)
    for number, line in source:
        first = line[:1]
        if first == b":" and (found := _TAG.match(line)):
            tag = found[1].decode().upper()
            if tag in KNOWN and not _is_clock(current, tag, line, source):
                if current is not None:
                    yield current
                current, size = Field(tag, number, [line[found.end() :]]), 0
                continue
        elif first == b"-" and _is_end(line, source):
            if current is not None:
                yield current
            yield Field("", number, [])
            current = None
            continue
        elif first == b"{" and (current is None or line[1:3] in (b"1:", b"2:", b"4:")):
            if current is not None:
                yield current
            current = None
            yield Field("{", number, [line])
            inside = line.rpartition(b"{4:")[2]
            if inside.startswith(b":"):
                source.push_back(number, inside)
            continue
        # the sixth byte is one of the date's, however much stands before it
        if line[5:6].isdigit() and _LOOKS_LIKE_ENTRY.match(line):
            yield Field("?", number, [line])
        if current is not None:
            size += len(line) + 1
            if size > MAX_FIELD:
                raise EntryTooLargeError
            current.lines.append(line)
    if current is not None:
        yield current


def _is_clock(current: Field | None, tag: str, line: bytes, source: "_Lines") -> bool:
    """Whether a tag is the second half of a time of day, cut at the end of a line of text."""
    if current is None or current.tag != "86" or tag not in HEADER_TAGS or not _CLOCK.match(line):
        return False
    return tag != "20" or not _AFTER_20.match(source.peek())


def _is_end(line: bytes, source: "_Lines") -> bool:
    """Whether a message ends here: ``-}``, or ``-`` before the next message or the end of the file."""
    if line[1:2] == b"}":
        return True
    if line.strip() != b"-":
        return False
    following = source.peek()
    return not following or following.startswith((b":20", b"{", b"-", b"\x01"))


class _Lines:
    """Numbered lines of a stream, whatever its line ends, with a look at the next one that is not blank."""

    def __init__(self, stream: GuardedStream) -> None:
        self._stream = stream
        head = stream.head()
        self._number = stream.skipped_lines
        # FinTS writes @@ for the end of a line
        self._at_signs = b"@@:" in head
        encoding = next((name for bom, name in _BOMS if head.startswith(bom)), "")
        self._utf16 = codecs.getincrementaldecoder(encoding)("replace") if encoding else None
        self._begun = False
        self._rest = b""
        self._ready: list[bytes] = []
        self._position = 0
        self._pushed: tuple[int, bytes] | None = None

    def __iter__(self) -> Iterator[tuple[int, bytes]]:
        while True:
            while self._position < len(self._ready):
                line = self._ready[self._position]
                self._position += 1
                self._number += 1
                yield self._number, line
                if self._pushed is not None:
                    pushed, self._pushed = self._pushed, None
                    yield pushed
            if not self._fill():
                return

    def push_back(self, number: int, line: bytes) -> None:
        """Give this line next."""
        self._pushed = (number, line)

    def peek(self) -> bytes:
        """The next line that is not blank; empty at the end of the file."""
        if self._pushed is not None:
            return self._pushed[1]
        position = self._position
        while True:
            while position < len(self._ready):
                if self._ready[position].strip():
                    return self._ready[position]
                position += 1
            # blank lines may fill the rest of the buffer: keep them, and read on
            if len(self._ready) - self._position > MAX_FIELD or not self._fill():
                return b""
            position = self._position

    def _fill(self) -> bool:
        """Add lines; False at the end of the file. Raises EntryTooLargeError for a line without end."""
        chunk = self._stream.read(_CHUNK)
        self._stream.progress()
        end = not chunk
        if end and not self._rest:
            return False
        if self._utf16 is not None:
            chunk = self._utf16.decode(chunk, final=end).encode()
        data = self._rest + chunk.translate(None, _CONTROLS)
        if not self._begun and len(data) >= 3:
            data, self._begun = data.removeprefix(codecs.BOM_UTF8), True
        held = b""
        if not end and data.endswith((b"\r", b"@")):
            data, held = data[:-1], data[-1:]
        if b"\r" in data:
            data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        if self._at_signs:
            data = data.replace(b"@@", b"\n")
        lines = data.split(b"\n")
        self._rest = b"" if end else lines.pop() + held
        if len(self._rest) > MAX_FIELD:
            raise EntryTooLargeError
        self._ready = self._ready[self._position :] + lines
        self._position = 0
        return True
