"""The SEPA fields that German banks write into the purpose (``EREF+…``, DFÜ agreement, annex 3)."""

import re
from collections.abc import Sequence
from typing import Final

from integrations.statements.values import meaningful

KEYWORDS: Final = frozenset(
    ("EREF", "KREF", "MREF", "CRED", "DEBT", "COAM", "OAMT", "SVWZ", "ABWA", "ABWE", "IBAN", "BIC", "PURP")
)
FULL_LINE: Final = 27  # a subfield of this length was cut, a shorter one ended by itself
# No value of these holds a keyword: where one does, the bank wrote several into one line.
_IDS: Final = frozenset(("EREF", "KREF", "MREF", "CRED", "DEBT"))
_INLINE: Final = re.compile(r"(EREF|KREF|MREF|CRED|DEBT|COAM|OAMT|SVWZ|ABWA|ABWE|IBAN|PURP)\+|(?:^|(?<=\s))(BIC)\+")
_LOOSE: Final = re.compile(
    r"(?:^|(?<=[\s/;,]))(EREF|KREF|MREF|CRED|DEBT|COAM|OAMT|SVWZ|ABWA|ABWE|IBAN|PURP|BIC)(?:\+|: ?)"
)
# The words of the first years of SEPA; the value is one word, what follows is text.
_OLD: Final = re.compile(r"(END-TO-END-REF|MANDATSREF|GL(?:Ä|AE|.)UBIGER-ID|CREDITOR-ID)\.?: ?(\S+)", re.IGNORECASE)
_OLD_NAMES: Final = {"END": "EREF", "MAN": "MREF", "GLÄ": "CRED", "GLA": "CRED", "CRE": "CRED"}


def with_seams(lines: Sequence[str], full: int = FULL_LINE) -> tuple[str, ...]:
    """Lines that read well when joined with nothing: a blank behind each that was not full, for it was stripped."""
    if len(lines) < 2:
        return tuple(lines)
    return (*(line if len(line) >= full or line[-1:] == " " else f"{line} " for line in lines[:-1]), lines[-1])


def split_purpose(lines: Sequence[str]) -> tuple[dict[str, str], tuple[str, ...]]:
    """Take the lines of a purpose apart: the SEPA fields by keyword, and the lines of text for people.

    By the rules a keyword stands only at the beginning of a line (so ``A+B`` in a text is text) and its value goes on
    in the next ones. Banks that write several into one line, or a colon for the plus, are read in a second pass.
    Placeholders such as NOTPROVIDED are left out; the first of two equal keywords counts.
    """
    texts: list[str] = []
    # of each value the lines as written, and with seams
    values: list[tuple[str, list[str], list[str]]] = []
    for line, seamed in zip(lines, with_seams(lines), strict=True):
        keyword = _keyword(line)
        if keyword:
            start = len(keyword) + 1
            values.append((keyword, [line[start:]], [seamed[start:]]))
        elif values:
            values[-1][1].append(line)
            values[-1][2].append(seamed)
        elif line:
            texts.append(seamed)
    if not values:
        return _second_pass(texts)
    found: dict[str, str] = {}
    said = False  # whether any of the text stands behind SVWZ
    for keyword, parts, seamed_parts in values:
        if keyword == "SVWZ":
            said = True
            texts += [part for part in seamed_parts if part.strip()]
            continue
        joined = "".join(seamed_parts if keyword in ("ABWA", "ABWE") else parts)
        inline = _INLINE.search(joined) if keyword in _IDS else None
        if inline is None:
            _keep(found, keyword, joined)
            continue
        _keep(found, keyword, joined[: inline.start()])
        # what an obedient bank would have written, with the seam where the text went on
        rest = _cut(_INLINE, joined[inline.start() :])
        for name, value in rest:
            if name == "SVWZ":
                said = True
                texts.append(value)
            else:
                _keep(found, name, value)
    if texts:
        texts[-1] = texts[-1].rstrip()
    text = "".join(texts).strip()
    if text and said:
        found["SVWZ"] = text
    return found, tuple(texts)


def _keyword(line: str) -> str:
    if line[4:5] == "+" and line[:4] in KEYWORDS:
        return line[:4]
    return "BIC" if line[:4] == "BIC+" else ""


def _keep(found: dict[str, str], keyword: str, value: str) -> None:
    value = meaningful(" ".join(value.split()))
    if value:
        found.setdefault(keyword, value)


def _cut(pattern: re.Pattern[str], text: str) -> list[tuple[str, str]]:
    marks = list(pattern.finditer(text))
    ends = [mark.start() for mark in marks[1:]] + [len(text)]
    return [
        (next(filter(None, mark.groups())), text[mark.end() : end].strip())
        for mark, end in zip(marks, ends, strict=True)
    ]


def _second_pass(texts: list[str]) -> tuple[dict[str, str], tuple[str, ...]]:
    seamed, text = tuple(texts), "".join(texts)
    found: dict[str, str] = {}
    first = _LOOSE.search(text)
    if first is not None:
        cut = _cut(_LOOSE, text)
        for name, value in cut:
            _keep(found, name, value)
        # without a SVWZ the text may go on behind a value: all of it stays readable
        if "SVWZ" in found:
            return found, tuple(filter(None, (text[: first.start()], found["SVWZ"])))
        return found, seamed
    for mark in _OLD.finditer(text):
        _keep(found, _OLD_NAMES.get(mark[1][:3].upper(), "CRED"), mark[2])
    return found, seamed
