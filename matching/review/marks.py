"""Where the evidence stands in the bank's text."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of text: plain (``tone`` empty), or marked as speaking for (``for``) or against (``against``)."""

    text: str
    tone: str = ""


def pieces(text: str, ranges: Iterable[tuple[int, int, str]]) -> list[Piece]:
    """Cut a text into plain and marked pieces; overlapping ranges are joined, the first one's tone counts.

    >>> [(p.text, p.tone) for p in pieces("RG RE 2041 DANKE", [(3, 10, "for")])]
    [('RG ', ''), ('RE 2041', 'for'), (' DANKE', '')]
    """
    found: list[Piece] = []
    at = 0
    for start, end, tone in sorted(ranges):
        start, end = max(start, at), min(end, len(text))
        if start >= end:
            continue
        if start > at:
            found.append(Piece(text[at:start]))
        found.append(Piece(text[start:end], tone))
        at = end
    if at < len(text):
        found.append(Piece(text[at:]))
    return found


def ranges(evidence: Sequence[Any], field: str, text: str) -> list[tuple[int, int, str]]:
    """The ranges of a transaction's field that stored evidence points at.

    Several transactions share a proposal's evidence: a range counts only where the text there is what was found.
    """
    result: list[tuple[int, int, str]] = []
    for item in evidence:
        params = item.get("params", {}) if isinstance(item, dict) else {}
        if params.get("field") != field:
            continue
        try:
            start, end = int(params["start"]), int(params["end"])
        except (KeyError, TypeError, ValueError):
            continue
        found = str(params.get("found", ""))
        if not 0 <= start < end <= len(text) or (found and text[start:end].casefold() != found.casefold()):
            continue
        result.append((start, end, "for" if item.get("supports") else "against"))
    return result
