"""The leaves of an XML element by their paths, read from its text; local names make every namespace version alike.

The text was written by libxml2 from a parsed element, so it is well-formed, has no comments, and escapes every ``<``
and ``>`` that is no mark-up. Banks write every entry with the same tags again and again: they are understood once, as
a `_Shape`, and from then on only the texts between them are taken. That is several times faster than visiting each
element.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Final

MAX_DEPTH: Final = 64  # the deepest element that ISO 20022 knows stands at level 20
# Shapes to remember, and the largest text worth it: together a few megabytes at most.
MAX_SHAPES: Final = 128
LONGEST_SHAPE: Final = 8_000

_TAG: Final = re.compile(r"<([^>]*)>")
_NAME: Final = re.compile(r"(?:[^\s/:]+:)?([^\s/]+)")
_CURRENCY: Final = re.compile(r'\sCcy="([^"]*)"')
_REFERENCE: Final = re.compile(r"&(?:#x([0-9A-Fa-f]+)|#([0-9]+)|([a-z]+));")
_NAMED: Final = {"lt": "<", "gt": ">", "amp": "&", "quot": '"', "apos": "'"}
# The seam between two lines of a purpose means something, so they are kept with their blanks; other texts without.
_AS_WRITTEN: Final = frozenset({"Ustrd", "AddtlRmtInf"})


class TooDeepError(Exception):
    """An element is nested deeper than any bank statement."""


class Leaves:
    """What stands below one element.

    ``paths`` and ``texts`` go together in the order of the file, such as ``Refs/EndToEndId`` and ``R-1``; elements that
    hold others have an empty text, the currency of an amount stands at ``Amt@Ccy``. ``first``: the first text of each
    path. Texts are stripped, but for the lines of a purpose.
    """

    __slots__ = ("first", "paths", "texts")

    def __init__(self, paths: list[str], texts: list[str]) -> None:
        self.paths = paths
        self.texts = texts
        self.first = dict(zip(reversed(paths), reversed(texts), strict=True))

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
        return [text for its_path, text in self.pairs() if its_path == path]

    def pairs(self) -> Iterator[tuple[str, str]]:
        """Every path with its text."""
        return zip(self.paths, self.texts, strict=True)

    def groups(self, path: str) -> "list[Leaves]":
        """The elements at ``path``, each with what stands below it by paths that begin there."""
        if path not in self.first:
            return []
        found: list[Leaves] = []
        start = f"{path}/"
        for its_path, text in self.pairs():
            if its_path == path:
                found.append(Leaves([], []))
            elif its_path.startswith(start):
                found[-1].paths.append(its_path[len(start) :])
                found[-1].texts.append(text)
        return [Leaves(group.paths, group.texts) for group in found if group.paths]


class _Layout:
    """The paths below one element, with the texts that are the same whenever its tags are."""

    def __init__(self) -> None:
        self.paths: list[str] = []
        self.texts: list[str] = []
        self.fills: list[tuple[int, int, bool]] = []  # which text, from behind which tag, and whether to strip it

    def add(self, path: str, text: str = "") -> None:
        self.paths.append(path)
        self.texts.append(text)

    def filled(self, between: list[str]) -> Leaves:
        """With the texts of one element; ``between`` holds what stands behind each tag."""
        texts = self.texts.copy()
        for position, tag, strip in self.fills:
            text = between[tag]
            if "&" in text:
                text = _REFERENCE.sub(_character, text)
            texts[position] = text.strip() if strip else text
        return Leaves(self.paths, texts)


class _Shape:
    """What the tags of an element mean: its own paths, and those of each element at the path ``part``."""

    def __init__(self, tags: list[str], part: str) -> None:
        self.whole = _Layout()
        self.parts: list[_Layout] = []
        layout, prefix = self.whole, ""
        above: list[tuple[_Layout, str]] = []
        names: dict[str, str] = {}
        inner = pairwise([*tags[1:], "/"])  # without the element itself
        for number, (tag, following) in enumerate(inner, start=1):
            if tag.startswith("/"):
                if above:
                    layout, prefix = above.pop()
                continue
            name = names.get(tag) or names.setdefault(tag, _local_name(tag))
            path = prefix + name
            is_part = path == part and layout is self.whole
            if is_part:
                self.parts.append(_Layout())
            else:
                layout.add(path)
            if tag.endswith("/"):
                continue
            if following.startswith("/") and not is_part:
                layout.fills.append((len(layout.texts) - 1, number, name not in _AS_WRITTEN))
                if currency := _CURRENCY.search(tag):
                    layout.add(f"{path}@Ccy", currency.group(1))
            above.append((layout, prefix))
            if len(above) > MAX_DEPTH:
                raise TooDeepError
            layout, prefix = (self.parts[-1], "") if is_part else (layout, f"{path}/")


_shapes: dict[tuple[str, ...], _Shape] = {}


def read_leaves(text: str, part: str = "") -> tuple[Leaves, list[Leaves]]:
    """The leaves of the element in ``text``, and those of each element at the path ``part`` by themselves.

    Raises TooDeepError.
    """
    pieces = _TAG.split(text)
    tags, between = pieces[1::2], pieces[2::2]
    if len(text) > LONGEST_SHAPE:
        shape = _Shape(tags, part)
    else:
        key = (part, *tags)
        known = _shapes.get(key)
        if known is None:
            if len(_shapes) >= MAX_SHAPES:
                _shapes.clear()
            known = _shapes[key] = _Shape(tags, part)
        shape = known
    return shape.whole.filled(between), [layout.filled(between) for layout in shape.parts]


def _local_name(tag: str) -> str:
    found = _NAME.match(tag)
    return found.group(1) if found else ""


def _character(found: re.Match[str]) -> str:
    hexadecimal, number, name = found.groups()
    if name:
        return _NAMED.get(name, found.group())
    return chr(int(hexadecimal, 16) if hexadecimal else int(number))
