"""The bytes of files, kept once under their SHA-256 in the media folder."""

import hashlib
import os
import time
import uuid
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

from vouchers.models import StoredFile

UNFINISHED = "files/incoming"


def content_type_of(content: bytes, said: str) -> str:
    """What the bytes themselves say they are, otherwise what was ``said``: the same bytes are always the same type."""
    head = content[:1024]
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if head.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if b"%PDF-" in head:
        return "application/pdf"
    if head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<?xml"):
        return "application/xml"
    return said


def store(content: bytes, content_type: str) -> StoredFile:
    """Keep these bytes and return their row; the same bytes are kept once.

    ``content_type`` counts only where the bytes do not say themselves what they are.
    """
    return row_of(write(content, content_type))


def write(content: bytes, content_type: str) -> StoredFile:
    """Put these bytes on the disk; the row that names them is returned, but not written.

    The file appears under its name only when it is whole and on the disk, before its row is written: a crash leaves
    neither half a file nor a row without bytes. ``OSError`` where the media folder cannot be written.
    """
    sha256 = hashlib.sha256(content).hexdigest()
    row = StoredFile(sha256=sha256, size=len(content), content_type=content_type_of(content, content_type)[:100])
    target = _absolute(row.path)
    if not _is_there(target, len(content)):
        _write(target, content)
    return row


def row_of(written: StoredFile) -> StoredFile:
    """The stored row of bytes that lie on the disk."""
    stored, _ = StoredFile.objects.get_or_create(
        sha256=written.sha256, defaults={"size": written.size, "content_type": written.content_type}
    )
    return stored


def open_stored(stored: StoredFile) -> BinaryIO:
    """The bytes, open for reading; ``FileNotFoundError`` where they are gone."""
    return _absolute(stored.path).open("rb")


def sweep_unfinished(older_than_seconds: float = 3600.0) -> int:
    """Remove files that a killed process left unfinished; how many there were."""
    removed = 0
    folder = _absolute(UNFINISHED)
    for path in folder.iterdir() if folder.is_dir() else ():
        if time.time() - path.stat().st_mtime > older_than_seconds:
            path.unlink(missing_ok=True)
            removed += 1
    return removed


def _absolute(relative: str) -> Path:
    return Path(settings.MEDIA_ROOT) / relative


def _is_there(target: Path, size: int) -> bool:
    """Whether the bytes lie there already. They are young from now on: nobody clears them away as forgotten."""
    try:
        os.utime(target)
        return target.stat().st_size == size
    except FileNotFoundError:
        return False


def _write(target: Path, content: bytes) -> None:
    unfinished = _absolute(UNFINISHED) / uuid.uuid4().hex
    unfinished.parent.mkdir(parents=True, exist_ok=True)
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        with unfinished.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
