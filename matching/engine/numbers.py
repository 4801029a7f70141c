"""A voucher's number in a bank text: as it is, rewritten, torn."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from .text import Atom, atoms, fold

_YEAR = re.compile(r"20[0-4]\d")
_MAX_ATOMS = 7
_MAX_GAP = 3
_MAX_WEIGHT = 8.0
STRONG = 5.5
"""From this weight on a whole number points at one voucher practically alone."""

CONFUSABLE = str.maketrans("OILSB", "01158")
"""Letters that are taken for digits."""

# Words before a number that say it is no document number.
_NOT_A_DOCUMENT = re.compile(
    r"(KD|KDNR|KUNDE|KUNDENNR|KUNDENNUMMER|KNR|KUNDEN|MITGLIED|VERTRAG|VERTRAGSNR|KTO|KONTO|BLZ|MANDAT|MND|STNR"
    r"|STEUERNR|BETRNR|TEL|KASSENZEICHEN|ANGEBOT|AB|LFDNR|IBAN|BIC|KFN|NR XXXX)$"
)


class Form(NamedTuple):
    """One way to write a number; `weight` is the log likelihood ratio of seeing it by right or by chance."""

    value: str
    whole: bool
    weight: float


class Hit(NamedTuple):
    """A number found in a field of a transaction; `start`..`end` in the folded field."""

    code: str
    weight: float
    whole: bool
    field: str
    start: int
    end: int
    found: str

    def is_part_of(self, other: Hit) -> bool:
        """Whether it is only a piece of a longer number: K-25001 does not name 25001 as well."""
        longer = other.end - other.start > self.end - self.start
        return longer and other.field == self.field and other.start <= self.start and self.end <= other.end

    def outdoes(self, other: Hit) -> bool:
        """Whether it says more: by its weight, then by its length."""
        return (self.weight, self.end - self.start) > (other.weight, other.end - other.start)


class Number:
    """A document number, taken apart: `canon` has its letters and digits only, folded.

    `values` are all ways to write it, those that still point at it (`pointing`) before the others. What is needed of
    each way beside that is worked out when it is found in a text: a large client has a hundred thousand numbers with a
    dozen forms each.
    """

    __slots__ = ("_pointing", "canon", "digits", "folded", "lengths", "prefix", "values")

    def __init__(self, number: str) -> None:
        self.folded = fold(number)
        parts = self.parts
        self.canon = "".join(parts)
        self.digits = "".join([p for p in parts if p[0].isdigit()])
        self.prefix = parts[0] if parts and not parts[0][0].isdigit() else ""
        pointing = forms(self.folded)
        self._pointing = len(pointing)
        self.values = tuple(dict.fromkeys((*pointing, self.canon, self.digits)))
        self.lengths = 0
        """A bit for each length that a way to write it has."""
        for value in self.values:
            self.lengths |= 1 << len(value)

    @property
    def parts(self) -> list[str]:
        """Its runs of letters and of digits."""
        return [a.value for a in atoms(self.folded)]

    @property
    def pointing(self) -> tuple[str, ...]:
        """The keys of `forms`, without working them out again."""
        return self.values[: self._pointing]

    @property
    def forms(self) -> Mapping[str, Form]:
        """All ways to write it that still point at it."""
        return forms(self.folded)

    @property
    def plain(self) -> str:
        """With digits for the letters that look like them."""
        return self.canon.translate(CONFUSABLE)


_DIGITS = re.compile(r"\d")


def _digits(text: str) -> int:
    return len(_DIGITS.findall(text))


def _weight(value: str, digits: int, likelihood: float) -> float:
    """Chance: three numbers in a text, one in ten to the number of digits each; letters add a little."""
    letters = len(value) - digits
    chance = 3 * 10.0**-digits * 0.5 ** min(letters, 4)
    return min(_MAX_WEIGHT, math.log(likelihood / chance))


@lru_cache(maxsize=4096)
def forms(number: str) -> Mapping[str, Form]:
    """All ways to write a document number that still point at it, by the letters and digits that remain.

    RE-2025-0186 is also 2025 0186, 20250186, RE0186, 25/0186, 0186/2025, RE186 and, weakly, 186.
    """
    parts = [a.value for a in atoms(fold(number))]
    canon = "".join(parts)
    if _digits(canon) < 2 or len(canon) < 3:
        return {}
    found: dict[str, Form] = {}

    def add(value: str, likelihood: float, whole: bool) -> None:
        digits = _digits(value)
        if digits < 3 and not (digits == 2 and not value.isdigit()):
            return
        weight = _weight(value, digits, likelihood)
        if weight > 0.5 and (value not in found or found[value].weight < weight):
            found[value] = Form(value, whole and digits >= 4, weight)

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


class Window(NamedTuple):
    """Neighbouring atoms of a text read as one number."""

    value: str
    start: int
    end: int
    first: int
    pieces: int


class NumberText:
    """The numbers that can be read in one field of a transaction.

    Its pieces are worked out when they are asked for and remembered for the texts that were asked for last: whoever
    goes through many pairs does so booking by booking.
    """

    __slots__ = ("_spans", "field", "folded")

    def __init__(self, field: str, folded: str, other_figures: tuple[tuple[int, int], ...] = ()) -> None:
        """`other_figures`: ranges with figures that are no number, see `text.figures_of_another_kind`."""
        self.field = field
        self.folded = folded
        self._spans = other_figures

    @property
    def atoms(self) -> Sequence[Atom]:
        """The runs of letters and of digits, without dates and other figures."""
        return _pieces(self.folded, self._spans)[0]

    @property
    def windows(self) -> Sequence[Window]:
        """All neighbouring pieces, up to seven and with at least one digit, read as one number."""
        return _pieces(self.folded, self._spans)[1]

    @property
    def tails(self) -> Sequence[Window]:
        """Those of at least three characters behind which the text ends, or goes on with something else."""
        return _pieces(self.folded, self._spans)[2]

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


_TAIL = re.compile(r"\s*(IBAN|BIC|EREF|MREF|CRED|KREF|END-TO-END|KUNDENREFERENZ|MANDATSREF|ABWA|SVWZ|$)")


@lru_cache(maxsize=1024)
def _pieces(
    folded: str, spans: tuple[tuple[int, int], ...]
) -> tuple[Sequence[Atom], Sequence[Window], Sequence[Window]]:
    found = [a for a in atoms(folded) if not any(s <= a.start < e for s, e in spans)]
    windows = tuple(_windows(found))
    ends = {end for end in {w.end for w in windows} if _TAIL.match(folded, end)}
    return found, windows, [w for w in windows if w.end in ends and len(w.value) >= 3]


def _windows(found: Sequence[Atom]) -> Iterator[Window]:
    for i, first in enumerate(found):
        value, end, has_digit = "", first.start, False
        for count, atom in enumerate(found[i : i + _MAX_ATOMS], 1):
            if atom.start - end > _MAX_GAP or len(value) > 22:
                break
            value += atom.value
            end = atom.end
            has_digit = has_digit or atom.value[0].isdigit()
            if has_digit:
                yield Window(value, first.start, end, i, count)


def wording(number: Number, found: str) -> str:
    """The evidence code for how a found text writes the number."""
    if found == number.folded:
        return "number_in_text"
    parts = [a.value for a in atoms(found)]
    if re.search(r"\s", found) and parts != number.parts and "".join(parts) == number.canon:
        return "number_torn"
    return "number_rewritten"
