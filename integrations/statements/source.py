"""Opening a bank file from bytes, a path or a file object, within limits."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from io import SEEK_END, BytesIO
from pathlib import Path
from typing import BinaryIO, Final, Protocol, cast

MEGABYTE: Final = 1024 * 1024
MAX_FILE: Final = 200 * MEGABYTE
MAX_UNREAD: Final = 24 * MEGABYTE  # without a finished entry; the German rules keep a whole message under 20 MB
# a tag of four bytes takes some 300 bytes of memory; a batch of 20,000 payments has about as many tags as this
MAX_UNREAD_TAGS: Final = 1_500_000
HEAD: Final = 64 * 1024


class Readable(Protocol):
    """A binary file object."""

    def read(self, size: int = -1, /) -> bytes:
        """Return up to ``size`` bytes, nothing at the end."""


Source = bytes | str | os.PathLike[str] | Readable


class FileTooLargeError(Exception):
    """The file is larger than `MAX_FILE`."""


class EntryTooLargeError(Exception):
    """More than `MAX_UNREAD` bytes or `MAX_UNREAD_TAGS` tags came without a finished entry."""


class GuardedStream:
    """A binary stream that can show its beginning and refuses to grow beyond the limits."""

    def __init__(self, stream: Readable, *, max_file: int = MAX_FILE, max_unread: int = MAX_UNREAD) -> None:
        self._stream = stream
        self._max_file = max_file
        self._max_unread = max_unread
        self._count = 0
        self._progress = 0
        self._tags = 0
        self._head = b""
        self.skipped_lines = 0  # blank ones before the beginning, for the numbers of the others

    def head(self) -> bytes:
        """The first bytes (up to `HEAD`), which `read` will give again. To be called before `read`."""
        while len(self._head) < HEAD:
            chunk = self._stream.read(HEAD - len(self._head))
            if not chunk:
                break
            # XML must not begin with blanks, yet some exports do
            head = self._head + chunk
            self._head = head.lstrip(b" \t\r\n")
            self.skipped_lines += head[: len(head) - len(self._head)].count(b"\n")
        return self._head

    def read(self, size: int = -1, /) -> bytes:
        """Return the next bytes. Raises FileTooLargeError, EntryTooLargeError."""
        if self._head:
            end = len(self._head) if size < 0 else size
            chunk, self._head = self._head[:end], self._head[end:]
        else:
            chunk = self._stream.read(size)
        self._count += len(chunk)
        if self._count > self._max_file:
            raise FileTooLargeError
        self._tags += chunk.count(b"<")
        if self._count - self._progress > self._max_unread or self._tags > MAX_UNREAD_TAGS:
            raise EntryTooLargeError
        return chunk

    def whole(self) -> BinaryIO:
        """All of it from the beginning, as a stream that can be moved about in. Instead of `read`.

        Raises FileTooLargeError.
        """
        seek = getattr(self._stream, "seek", None)
        if seek is not None and getattr(self._stream, "seekable", lambda: True)():
            seek(0)
            return cast(BinaryIO, self._stream)
        pieces, size = [self._head], len(self._head)
        while chunk := self._stream.read(MEGABYTE):
            pieces.append(chunk)
            size += len(chunk)
            if size > self._max_file:
                raise FileTooLargeError
        return BytesIO(b"".join(pieces))

    def progress(self) -> None:
        """Note that everything read so far has been dealt with."""
        self._progress = self._count
        self._tags = 0


@contextmanager
def open_source(source: Source) -> Iterator[GuardedStream]:
    """Open bytes, a path, or a binary file object (which is rewound if it can be, and left open).

    A stream that this function gave, of which only the head was looked at, is passed through.

    Raises OSError, and FileTooLargeError before anything is read if the size is known.
    """
    if isinstance(source, GuardedStream):
        yield source
    elif isinstance(source, bytes):
        _check_size(len(source))
        yield GuardedStream(BytesIO(source))
    elif isinstance(source, str | os.PathLike):
        path = Path(source)
        _check_size(path.stat().st_size)
        with path.open("rb") as stream:
            yield GuardedStream(stream)
    else:
        seek = getattr(source, "seek", None)
        if seek is not None and getattr(source, "seekable", lambda: True)():
            _check_size(seek(0, SEEK_END) or 0)
            seek(0)
        yield GuardedStream(source)


def _check_size(size: int) -> None:
    if size > MAX_FILE:
        raise FileTooLargeError
