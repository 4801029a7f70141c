"""Fills a document up to a given size, with bytes that its readers skip."""

from __future__ import annotations

import hashlib

BLOCK = 64 * 1024


def _filler(seed: bytes, length: int) -> bytes:
    """Return so many hexadecimal digits that look random and are the same for the same seed."""
    block = hashlib.shake_256(seed).hexdigest(BLOCK // 2).encode()
    return (block * (length // len(block) + 1))[:length]


def filled_up(content: bytes, extension: str, size: int) -> bytes:
    """Return ``content`` with as many harmless bytes behind it as make ``size`` bytes; never less than it has.

    A PDF gets a comment behind its end, XML a comment behind its root, pictures bytes behind their last block.
    """
    before, after = {"pdf": (b"\n%", b"\n"), "xml": (b"<!--", b"-->")}.get(extension, (b"", b""))
    missing = size - len(content) - len(before) - len(after)
    if missing <= 0:
        return content
    return content + before + _filler(content, missing) + after
