"""A voucher's number in a bank text: as it is, rewritten, torn, mistyped, or another one instead."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rapidfuzz.distance import OSA

from .text import Atom, TextDate, atoms, fold

_YEAR = re.compile(r"20[0-4]\d")
_MAX_ATOMS = 7
_MAX_GAP = 3
_MAX_WEIGHT = 8.0
_CONFUSABLE = str.maketrans("OILSB", "01158")

# Words before a number that say it is no document number.
_NOT_A_DOCUMENT = re.compile(
    r"(KD|KDNR|KUNDE|KUNDENNR|KUNDENNUMMER|KNR|KUNDEN|MITGLIED|VERTRAG|VERTRAGSNR|KTO|KONTO|BLZ|MANDAT|MND|STNR"
    r"|STEUERNR|BETRNR|TEL|KASSENZEICHEN|ANGEBOT|AB|LFDNR|IBAN|BIC|KFN|NR XXXX)$"
)


@dataclass(frozen=True, slots=True)
class Form:
    """One way to write a number; `weight` is the log likelihood ratio of seeing it by right or by chance."""

    value: str
    whole: bool
    weight: float


@dataclass(frozen=True, slots=True)
class Hit:
    """A number found in a field of a transaction; `start`..`end` in the folded field."""

    code: str
    weight: float
    whole: bool
    field: str
    start: int
    end: int
    found: str


class Number:
    """A document number, taken apart once: `canon` has its letters and digits only, folded."""

    __slots__ = ("canon", "digits", "folded", "forms", "parts", "plain", "prefix", "shape")

    def __init__(self, number: str) -> None:
        self.folded = fold(number)
        self.parts = parts = [a.value for a in atoms(self.folded)]
        self.canon = "".join(parts)
        self.digits = re.sub(r"\D", "", self.canon)
        self.plain = self.canon.translate(_CONFUSABLE)
        self.prefix = parts[0] if parts and not parts[0][0].isdigit() else ""
        self.shape = [c.isdigit() for c in self.canon]
        self.forms = forms(number)


def _digits(text: str) -> int:
    return sum(c.isdigit() for c in text)


def _weight(value: str, likelihood: float) -> float:
    """Chance: three numbers in a text, one in ten to the number of digits each; letters add a little."""
    digits = _digits(value)
    letters = len(value) - digits
    chance = 3 * 10.0**-digits * 0.5 ** min(letters, 4)
    return min(_MAX_WEIGHT, math.log(likelihood / chance))


def forms(number: str) -> dict[str, Form]:
    """All ways to write a document number that still point at it, by the letters and digits that remain.

    RE-2025-0186 is also 2025 0186, 20250186, RE0186, 25/0186, 0186/2025, RE186 and, weakly, 186.
    """
    parts = [a.value for a in atoms(fold(number))]
    canon = "".join(parts)
    if _digits(canon) < 2 or len(canon) < 3:
        return {}
    found: dict[str, Form] = {}

    def add(value: str, likelihood: float, whole: bool) -> None:
        if _digits(value) < 3 and not (_digits(value) == 2 and not value.isdigit()):
            return
        form = Form(value, whole and _digits(value) >= 4, _weight(value, likelihood))
        if form.weight > 0.5 and (value not in found or found[value].weight < form.weight):
            found[value] = form

    add(canon, 0.5, True)
    split = next((i for i, p in enumerate(parts) if p[0].isdigit()), len(parts))
    prefix, rest = "".join(parts[:split]), parts[split:]
    body = "".join(rest)
    add(body, 0.15, _digits(body) >= 5)
    stripped = body.lstrip("0")
    add(prefix + stripped, 0.1, _digits(stripped) >= 4)
    add(stripped, 0.05, _digits(stripped) >= 6)
    year, serial = _year_and_serial(rest)
    if year:
        add(prefix + serial, 0.05, False)
        add(prefix + serial.lstrip("0"), 0.05, False)
        add(serial, 0.04, False)
        add(serial.lstrip("0"), 0.03, False)
        add(prefix + year[2:] + serial, 0.05, True)
        add(year[2:] + serial, 0.04, True)
        add(serial + year, 0.03, True)
        add(prefix + year + serial.lstrip("0"), 0.03, True)
    return found


def _year_and_serial(rest: Sequence[str]) -> tuple[str, str]:
    """The year and what follows it, where the digits begin with one: 2025-0186, 20250186."""
    if len(rest) >= 2 and _YEAR.fullmatch(rest[0]):
        return rest[0], "".join(rest[1:])
    if len(rest) == 1 and len(rest[0]) >= 7 and _YEAR.match(rest[0]):
        return rest[0][:4], rest[0][4:]
    return "", ""


@dataclass(frozen=True, slots=True)
class Window:
    """Neighbouring atoms of a text read as one number."""

    value: str
    start: int
    end: int
    first: int
    count: int


class NumberText:
    """The numbers that can be read in one field of a transaction."""

    __slots__ = ("atoms", "field", "folded", "windows")

    def __init__(self, field: str, folded: str, dates: Iterable[TextDate] = ()) -> None:
        self.field = field
        self.folded = folded
        spans = [(d.start, d.end) for d in dates if d.year is not None]
        self.atoms = [a for a in atoms(folded) if not any(s <= a.start < e for s, e in spans)]
        self.windows = list(self._windows())

    def _windows(self) -> Iterable[Window]:
        for i, first in enumerate(self.atoms):
            value, end, has_digit = "", first.start, False
            for count, atom in enumerate(self.atoms[i : i + _MAX_ATOMS], 1):
                if atom.start - end > _MAX_GAP or len(value) > 22:
                    break
                value += atom.value
                end = atom.end
                has_digit = has_digit or atom.is_number
                if has_digit:
                    yield Window(value, first.start, end, i, count)

    def says_no_document(self, window: Window) -> bool:
        """Whether the words before the number name another kind of number (customer, contract, account …)."""
        before: list[Atom] = []
        for atom in reversed(self.atoms[: window.first]):
            if window.start - atom.end > 12 or atom.is_number:
                break
            before.insert(0, atom)
        text = "".join(a.value for a in before)
        text = re.sub(r"(NR|NUMMER|NO)$", "", text) or text
        return bool(_NOT_A_DOCUMENT.search(text))


def wording(number: Number, found: str) -> str:
    """The evidence code for how a found text writes the number."""
    if found == number.folded:
        return "number_in_text"
    parts = [a.value for a in atoms(found)]
    if re.search(r"\s", found) and parts != number.parts and "".join(parts) == number.canon:
        return "number_torn"
    return "number_rewritten"


def typo(number: Number, text: NumberText, known: Iterable[str]) -> Hit | None:
    """A number with one wrong, missing, added or swapped character; `known` numbers are never taken for typos."""
    if len(number.digits) < 5:
        return None
    size = len(number.canon)
    for window in text.windows:
        if abs(len(window.value) - size) > 1 or window.value in known:
            continue
        if text.says_no_document(window):
            continue
        looks = window.value.translate(_CONFUSABLE)
        same_look = looks == number.plain
        if same_look or OSA.distance(looks, number.plain, score_cutoff=1) <= 1:
            weight = 5.0 if same_look else min(4.5, 0.6 * len(number.digits))
            found = text.folded[window.start : window.end]
            return Hit("number_typo", weight, False, text.field, window.start, window.end, found)
    return None


_TAIL = re.compile(r"^\s*(IBAN|BIC|EREF|MREF|CRED|KREF|END-TO-END|KUNDENREFERENZ|MANDATSREF|ABWA|SVWZ|$)")


def cut(number: Number, text: NumberText) -> Hit | None:
    """The beginning of the number where the text breaks off (at least four characters, two digits of them)."""
    canon = number.canon
    best: Hit | None = None
    for window in text.windows:
        if not 3 <= len(window.value) < len(canon) or not canon.startswith(window.value):
            continue
        if not _TAIL.match(text.folded[window.end :]):
            continue
        digits = _digits(window.value)
        weight = min(3.0, 0.5 * digits + 0.3 * (len(window.value) - digits))
        if digits >= 1 and (best is None or weight > best.weight):
            found = text.folded[window.start : window.end]
            best = Hit("number_cut", weight, False, text.field, window.start, window.end, found)
    return best


def another_of_the_kind(number: Number, text: NumberText) -> Window | None:
    """A number of the same build (same letters, same count of digits) that is not this one."""
    if not number.prefix or len(number.digits) < 3:
        return None
    for window in text.windows:
        value = window.value
        if len(value) != len(number.canon) or value == number.canon or not value.startswith(number.prefix):
            continue
        if [c.isdigit() for c in value] != number.shape:
            continue
        if OSA.distance(value, number.canon, score_cutoff=1) > 1:
            return window
    return None
