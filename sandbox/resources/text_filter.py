"""Text filters: part of a text in any case, with wildcards and HTML-encoded signs (reference: 3.6 and 10.1)."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable

SHORTEST, LONGEST = 3, 128
ANY_RUN, ONE, ESCAPE = "%", "_", "\\"


def _pieces(pattern: str) -> list[re.Pattern[str]]:
    """Split a pattern at its ``%``; what is between matches letter by letter, ``_`` stands for any one."""
    pieces, current = [], ""
    letters = iter(pattern)
    for letter in letters:
        if letter == ESCAPE:
            current += re.escape(next(letters, ESCAPE))
        elif letter == ANY_RUN:
            pieces.append(current)
            current = ""
        else:
            current += "." if letter == ONE else re.escape(letter)
    return [re.compile(piece, re.IGNORECASE | re.DOTALL) for piece in (*pieces, current) if piece]


def text_filter(pattern: str) -> Callable[[Iterable[str]], bool]:
    """Return a test whether any of several texts contains the pattern.

    ``%`` is any run of characters, ``_`` one character, a backslash takes both their meaning. ``&``, ``<`` and ``>``
    match only where the pattern has them HTML-encoded.
    """
    pieces = _pieces(pattern)

    def contains(text: str) -> bool:
        at = 0
        for piece in pieces:
            found = piece.search(text, at)
            if found is None:
                return False
            at = found.end()
        return True

    return lambda texts: any(contains(html.escape(text, quote=False)) for text in texts)
