"""What receipts and sales documents look like, rendered when somebody downloads them."""

from __future__ import annotations

import hashlib
import threading
from functools import lru_cache

from sandbox.documents.filling import filled_up
from sandbox.documents.plain import write_plain_pdf
from sandbox.documents.sales import sales_document_paper
from sandbox.world.model import Paper, StoredFile

__all__ = [
    "filled_up",
    "fingerprint",
    "receipt_bytes",
    "receipt_fingerprint",
    "render",
    "rendering",
    "sales_document_paper",
]

# The renderers are imported on first use: they are big, and most calls need none of them.
# The rasteriser is not safe to use from several threads at once.
_lock = threading.Lock()


def rendering() -> threading.Lock:
    """Return the lock to hold while a PDF is drawn or opened."""
    return _lock


@lru_cache(maxsize=512)
def _rendered(paper: Paper, extension: str) -> bytes:
    if extension == "xml":
        from sandbox.documents.xrechnung import write_xrechnung

        return write_xrechnung(paper)
    if extension in ("png", "jpg"):
        from sandbox.documents.photo import take_photo

        return take_photo(paper, extension)
    from sandbox.documents.pdf import write_pdf

    return write_pdf(paper)


def render(paper: Paper, extension: str) -> bytes:
    """Render a paper as ``pdf``, ``png``, ``jpg`` or ``xml``; the same paper gives the same bytes, in every process."""
    if paper.plain and extension == "pdf":
        return write_plain_pdf(paper)
    with _lock:
        return _rendered(paper, extension)


@lru_cache(maxsize=50_000)
def fingerprint(paper: Paper, extension: str, size: int = 0) -> tuple[int, str]:
    """Return the size in bytes and the SHA-256 (hexadecimal) of a paper, rendered and filled up to ``size``."""
    content = filled_up(render(paper, extension), extension, size)
    return len(content), hashlib.sha256(content).hexdigest()


def receipt_bytes(file: StoredFile) -> bytes:
    """Return the bytes of a stored receipt: those that were uploaded, or those it is rendered to."""
    return file.content or filled_up(render(file.paper, file.extension), file.extension, file.size)


def receipt_fingerprint(file: StoredFile) -> tuple[int, str]:
    """Return the size in bytes and the SHA-256 (hexadecimal) of a stored receipt."""
    if file.content:
        return len(file.content), file.checksum
    return fingerprint(file.paper, file.extension, file.size)
