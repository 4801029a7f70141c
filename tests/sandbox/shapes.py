"""The shape of a JSON answer: which paths lead to values of which type. Written as the measured shapes are."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

Shape = dict[str, set[str]]


def _kind(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "bool"
    return "str" if isinstance(value, str) else "number"


def _collect(value: Any, path: str, shape: Shape) -> None:
    if isinstance(value, dict):
        for name, part in value.items():
            _collect(part, f"{path}.{name}" if path else name, shape)
    elif isinstance(value, list):
        if not value:
            shape.setdefault(f"{path}[]", set()).add("array")
        for part in value:
            _collect(part, f"{path}[]", shape)
    else:
        shape.setdefault(path, set()).add(_kind(value))


def shape_of(*answers: Any) -> Shape:
    """The shape of one or several answers of the same kind together."""
    shape: Shape = {}
    for answer in answers:
        _collect(answer, "", shape)
    return shape


def measured_shape(lines: dict[str, str]) -> Shape:
    """The shape that somebody took down as ``path: type``, alternatives separated by a stroke."""
    names = {"int": "number", "float": "number"}
    return {
        path: {names.get(kind.partition("=")[0], kind.partition("=")[0]) for kind in kinds.split("|")}
        for path, kinds in lines.items()
    }


def lacking(expected: Shape, found: Shape) -> list[str]:
    """What ``expected`` has and ``found`` has not, or only with another type.

    Null and absent are the same (reference: null handling 3.3), and an empty list says nothing about its elements.
    """
    return sorted(_lacking(expected, found))


def _lacking(expected: Shape, found: Shape) -> Iterable[str]:
    for path, kinds in expected.items():
        wanted = kinds - {"null", "array"}
        here = found.get(path, set())
        if not wanted:
            below = any(other == path or other.startswith(path) for other in found)
            if "array" in kinds and not below:
                yield path
        elif not here:
            yield path
        elif not wanted & here and here != {"null"}:
            yield f"{path}: {'/'.join(sorted(here))} instead of {'/'.join(sorted(wanted))}"
