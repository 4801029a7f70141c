"""The leaves of an XML element by their paths, read from its text; local names make every namespace version alike.

The text was written by libxml2 from a parsed element, so it is well-formed, has no comments, and escapes every ``<``
and ``>`` that is no mark-up. Reading it with one expression is several times faster than visiting each element.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Final

MAX_DEPTH: Final = 64  # the deepest element that ISO 20022 knows stands at level 20
# From here on the pieces are made one by one, which is slower and takes no memory.
_LARGE: Final = 100_000

# An end; or a name, attributes with the stroke of an empty element, and of an element that holds only a text this text
# with the beginning of its end.
_PIECE: Final = re.compile(r"<(?:/|(?:[^\s/>:]++:)?([^\s/>]++)([^>]*+)>((?<!/>)[^<]*+</)?)")
# The seam between two lines of a purpose means something, so they are kept with their blanks; other texts without.
_AS_WRITTEN: Final = frozenset({"Ustrd", "AddtlRmtInf"})
_CURRENCY: Final = re.compile(r'\sCcy="([^"]*)"')
_REFERENCE: Final = re.compile(r"&(?:#x([0-9A-Fa-f]+)|#([0-9]+)|([a-z]+));")
_NAMED: Final = {"lt": "<", "gt": ">", "amp": "&", "quot": '"', "apos": "'"}


class TooDeepError(Exception):
    """An element is nested deeper than any bank statement."""


class Leaves:
    """What stands below one element.

    ``pairs``: path and text of everything in the order of the file, such as ``("Refs/EndToEndId", "R-1")``; elements
    that hold others have an empty text, the currency of an amount stands at ``Amt@Ccy``. ``first``: the first text
    of each path. Texts are stripped, but for the lines of a purpose.
    """

    __slots__ = ("first", "pairs")

    def __init__(self, pairs: list[tuple[str, str]]) -> None:
        self.pairs = pairs
        self.first = dict(reversed(pairs))

    def __contains__(self, path: str) -> bool:
        return path in self.first

    def get(self, path: str) -> str:
        """The text at ``path``, or an empty string."""
        return self.first.get(path, "")

    def one_of(self, paths: Iterable[str]) -> str:
        """The text at the first of ``paths`` that has one, else an empty string."""
        for path in paths:
            if text := self.first.get(path):
                return text
        return ""

    def all(self, path: str) -> list[str]:
        """All texts at ``path``."""
        if path not in self.first:
            return []
        return [text for its_path, text in self.pairs if its_path == path]

    def groups(self, path: str) -> "list[Leaves]":
        """The elements at ``path``, each with what stands below it by paths that begin there."""
        if path not in self.first:
            return []
        found: list[Leaves] = []
        start, pairs = f"{path}/", list[tuple[str, str]]()
        for its_path, text in (*self.pairs, (path, "")):
            if its_path == path:
                if pairs:
                    found.append(Leaves(pairs))
                pairs = []
            elif its_path.startswith(start):
                pairs.append((its_path[len(start) :], text))
        return found


def read_leaves(text: str, part: str = "") -> tuple[Leaves, list[Leaves]]:
    """The leaves of the element in ``text``, and those of each element at the path ``part`` by themselves.

    Raises TooDeepError.
    """
    pieces: Iterator[tuple[str, ...]]
    small = len(text) < _LARGE
    pieces = iter(_PIECE.findall(text)) if small else (found.groups("") for found in _PIECE.finditer(text))
    next(pieces)  # the element itself
    whole: list[tuple[str, str]] = []
    parts: list[Leaves] = []
    pairs, prefix = whole, ""
    above = [""]
    outside = 0  # how many elements are open around the part that is being read
    for name, attributes, closed in pieces:
        if closed:
            path, content = prefix + name, closed[:-2]
            if path == part and pairs is whole:
                parts.append(Leaves([]))
                continue
            if "&" in content:
                content = _REFERENCE.sub(_character, content)
            pairs.append((path, content if name in _AS_WRITTEN else content.strip()))
            if attributes and (currency := _CURRENCY.search(attributes)):
                pairs.append((f"{path}@Ccy", currency.group(1)))
        elif not name:
            prefix = above.pop()
            if pairs is not whole and len(above) == outside:
                parts.append(Leaves(pairs))
                pairs = whole
        else:
            path = prefix + name
            empty = attributes.endswith("/")
            if path == part and pairs is whole:
                if empty:
                    parts.append(Leaves([]))
                    continue
                pairs, path, outside = [], "", len(above)
            else:
                pairs.append((path, ""))
            if not empty:
                above.append(prefix)
                if len(above) > MAX_DEPTH:
                    raise TooDeepError
                prefix = f"{path}/" if path else ""
    return Leaves(whole), parts


def _character(found: re.Match[str]) -> str:
    hexadecimal, number, name = found.groups()
    if name:
        return _NAMED.get(name, found.group())
    return chr(int(hexadecimal, 16) if hexadecimal else int(number))
