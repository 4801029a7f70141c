"""The XML documents in a file, one after the other: files put behind one another, and bytes that are no UTF-8."""

import codecs
import re
from collections.abc import Iterator
from typing import Final

from integrations.statements.source import GuardedStream

_CHUNK: Final = 32 * 1024
_LONGEST_END: Final = 80  # of an end tag with its prefix
_END: Final = re.compile(rb"</(?:[\w.-]{1,60}:)?Document\s*>")
_BEGIN: Final = re.compile(rb"<\?xml\s|<(?:[\w.-]{1,60}:)?Document[\s>]")
_PADDING: Final = b" \t\r\n\x00\x1a"  # what old systems fill the last block of a file with
_DECLARED: Final = re.compile(rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w.-]+)["']""")
_UTF8: Final = frozenset({b"UTF-8", b"UTF8", b"US-ASCII", b"ASCII"})
_AS_WINDOWS: Final = "kontor-windows"


def _as_windows(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    data = error.object[error.start : error.end]
    try:
        return data.decode("cp1252"), error.end
    except UnicodeDecodeError:
        return data.decode("latin-1"), error.end


codecs.register_error(_AS_WINDOWS, _as_windows)


class Document:
    """One document as a binary stream; ``line`` is the number of lines of the file before it.

    ``cut_off``: the file was read to its end, and the end of the document is not in it.
    """

    def __init__(self, documents: "Documents") -> None:
        self._documents = documents
        self._over = False
        self.line = documents.line
        self.cut_off = False

    def line_of(self, line: int) -> int:
        """The line of the file that a line of the document is; 0 stays unknown."""
        return self.line + line if line else 0

    @property
    def head(self) -> bytes:
        """Its first bytes, which `read` will give again."""
        found = _END.search(self._documents.buffer)
        return self._documents.buffer[: found.end()] if found else self._documents.buffer

    def read(self, _size: int = -1, /) -> bytes:
        """Return the next bytes, as many as there happen to be; nothing at the end. Raises what `source` raises."""
        if self._over:
            return b""
        data, self._over = self._documents.next_bytes()
        self.cut_off = self._over and self._documents.unfinished
        return data

    def skip(self) -> None:
        """Leave out what was not read."""
        while self.read():
            pass


class Documents:
    """Cuts a file into its documents. ``repaired``: some bytes were no UTF-8 and were read as Windows-1252.

    ``unfinished``: the end of the document in hand was not met; in UTF-16, where it is not looked for, never.
    """

    def __init__(self, stream: GuardedStream) -> None:
        head = stream.head()
        declared = _DECLARED.search(head[:400])
        wide = head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or b"\x00" in head[:4]
        self._stream = stream
        self._checked = not wide and (declared is None or declared[1].upper() in _UTF8)
        self._wide = wide
        self._held = b""
        self._end = False
        self.buffer = b""
        self.line = stream.skipped_lines
        self.repaired = False
        self.unfinished = False

    def __iter__(self) -> Iterator[Document]:
        self._fill(_CHUNK)
        while self.buffer:
            self.unfinished = not self._wide
            document = Document(self)
            yield document
            document.skip()
            self._fill(_CHUNK)

    def next_bytes(self) -> tuple[bytes, bool]:
        """The next bytes of a document, and whether it ends with them."""
        self._fill(_CHUNK)
        found = None if self._wide else _END.search(self.buffer)
        if found is None:
            size = len(self.buffer) if self._end else max(len(self.buffer) - _LONGEST_END, 0)
            return self._take(size), self._end
        self.unfinished = False
        rest = self._behind(found.end())
        return self._take(found.end()), not rest or _BEGIN.match(rest) is not None

    def _behind(self, end: int) -> bytes:
        """What comes behind a place; padding at the end of the file is dropped."""
        while True:
            rest = self.buffer[end:].lstrip(_PADDING)
            if len(rest) >= _LONGEST_END or self._end:
                break
            if not rest:
                self.line += self.buffer.count(b"\n", end)
                self.buffer = self.buffer[:end]
            self._fill(len(self.buffer) + _CHUNK)
        if not rest or _BEGIN.match(rest):
            self.line += self.buffer.count(b"\n", end, len(self.buffer) - len(rest))
            self.buffer = self.buffer[:end] + rest
        return rest

    def _take(self, size: int) -> bytes:
        data, self.buffer = self.buffer[:size], self.buffer[size:]
        self.line += data.count(b"\n")
        return data

    def _fill(self, size: int) -> None:
        while len(self.buffer) < size and not self._end:
            chunk = self._stream.read(_CHUNK)
            self._end = not chunk
            self.buffer += self._as_utf8(chunk) if self._checked else chunk

    def _as_utf8(self, chunk: bytes) -> bytes:
        data = self._held + chunk
        try:
            _, used = codecs.utf_8_decode(data, "strict", self._end)
            text = b""
        except UnicodeDecodeError:
            self.repaired = True
            said, used = codecs.utf_8_decode(data, _AS_WINDOWS, self._end)
            text = said.encode()
        self._held = data[used:]
        return text or data[:used]
