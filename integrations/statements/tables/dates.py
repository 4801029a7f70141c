"""Dates in tables: the orders of day, month and year, and what a whole column leaves open."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

# The order of the parts and the mark between them; a year has four digits in capitals, two in small letters.
FORMATS: Final = (
    "D.M.Y", "D.M.y", "y.M.D", "M.D.y", "Y.M.D",
    "Y-M-D", "D-M-Y", "M-D-Y", "D-M-y",
    "D/M/Y", "M/D/Y", "Y/M/D", "D/M/y", "M/D/y",
    "YMD",
)  # fmt: skip
BERLIN: Final = ZoneInfo("Europe/Berlin")
_SHAPE: Final = re.compile(r"([0-9]{1,4})([./-])([0-9]{1,2})\2([0-9]{1,4})|([0-9]{4})([0-9]{2})([0-9]{2})")
_NAMED: Final = re.compile(
    r"([0-9]{1,2})\.?[ -]?([A-Za-zÄäéû]{3,9})\.?,?[ -]([0-9]{4}|[0-9]{2})|([A-Za-z]{3,9})\.? ([0-9]{1,2}),? ([0-9]{4})"
)
_MONTHS: Final = {
    name: number
    for number, names in enumerate(
        (
            *("jan january januar", "feb february februar", "mar mär mrz march märz maerz", "apr april"),
            *("may mai", "jun june juni", "jul july juli", "aug august", "sep sept september"),
            *("oct okt october oktober", "nov november", "dec dez december dezember"),
        ),
        start=1,
    )
    for name in names.split()
}
_TIME: Final = re.compile(r"[T ,]+[0-9]{1,2}:[0-9]{2}.*", re.DOTALL)
_MAX_SEEN: Final = 400
_CENTURY: Final = 70  # two digits from here on are of the last century


def split_date(text: str) -> tuple[str, str, str, str] | None:
    """The three parts of a date and the mark between them, a time behind it left out; None for anything else.

    A date with the name of its month, German or English, gives day, month and the whole year.
    """
    found = _SHAPE.match(text)
    if not found:
        return _split_named(text)
    rest = text[found.end() :]
    if rest and not _TIME.fullmatch(rest):
        return None
    if found.group(5):
        return found.group(5), found.group(6), found.group(7), ""
    return found.group(1), found.group(3), found.group(4), found.group(2)


def _split_named(text: str) -> tuple[str, str, str, str] | None:
    """``05. März 2026``, ``5-Mar-26``, ``Mar 5, 2026``: there is one reading only."""
    found = _NAMED.match(text)
    if not found:
        return None
    rest = text[found.end() :]
    month = _MONTHS.get((found[2] or found[4]).casefold())
    if month is None or (rest and not _TIME.fullmatch(rest)):
        return None
    year = found[3] or found[6]
    if len(year) == 2:
        year = f"{_whole_year(int(year))}"
    return found[1] or found[5], f"{month}", year, "."


@lru_cache(maxsize=4096)
def is_date(text: str) -> bool:
    """Whether a text looks like a date in one of the `FORMATS`."""
    parts = split_date(text)
    return parts is not None and any(_fits(parts, form) for form in FORMATS)


@lru_cache(maxsize=4096)
def read_day(text: str, form: str) -> date:
    """Read a date (a time behind it does not matter) in one of the `FORMATS`. Raises ValueError."""
    parts = split_date(text)
    if parts is None or not _fits(parts, form):
        raise ValueError(text)
    values = _by_letter(parts, form)
    year = int(values["y"])
    if len(values["y"]) == 2:
        year = _whole_year(year)
    return date(year, int(values["M"]), int(values["D"]))


def is_day_number(text: str) -> bool:
    """Whether a text may be a day as spreadsheets keep it: the days since the end of 1899, of 1982 to 2064."""
    return len(text) == 5 and text.isascii() and text.isdigit() and "30000" <= text < "60000"


def _whole_year(year: int) -> int:
    return year + (1900 if year >= _CENTURY else 2000)


@dataclass(slots=True)
class DateEvidence:
    """Which formats fit the values of a column."""

    usual: Sequence[str] = ()
    counts: Counter[str] = field(default_factory=Counter)
    seen: dict[str, None] = field(default_factory=dict)

    def see(self, text: str) -> None:
        """Take a value into account; what is no date says nothing."""
        if not text or text in self.seen:
            return
        parts = split_date(text)
        if parts is None:
            return
        self.counts.update(form for form in FORMATS if _fits(parts, form))
        if len(self.seen) < _MAX_SEEN:
            self.seen[text] = None

    @property
    def forms(self) -> list[str]:
        """The formats that fit the most values: a spoilt one does not overrule the others."""
        most = max(self.counts.values(), default=0)
        return [form for form in FORMATS if self.counts[form] == most]

    def decided(self) -> str | None:
        """The one format, the bank's usual one before others; None while readings differ."""
        forms = self.forms
        for form in self.usual:
            if form in forms:
                return form
        return None if self.readings() else forms[0]

    def readings(self) -> tuple[str, str, str] | None:
        """A value that two formats read as different days, and the two; None if there is none.

        A format also counts if a value speaks for it that the better ones cannot read.
        """
        forms = self.forms
        odd = [parts for parts in map(split_date, self.seen) if parts and not any(_fits(parts, form) for form in forms)]
        forms += [form for form in FORMATS if form not in forms and any(_fits(parts, form) for parts in odd)]
        for text in self.seen:
            days: dict[date, str] = {}
            for form in forms:
                try:
                    days.setdefault(read_day(text, form), form)
                except ValueError:
                    continue
            if len(days) > 1:
                first, second = list(days.values())[:2]
                return text, first, second
        return None


def _fits(parts: tuple[str, str, str, str], form: str) -> bool:
    if (form[1] if len(form) == 5 else "") != parts[3]:
        return False
    for letter, value in zip(form.replace(parts[3], "") if parts[3] else form, parts, strict=False):
        if letter == "Y":
            fits = len(value) == 4
        elif letter == "y":
            fits = len(value) == 2
        else:
            fits = len(value) <= 2 and 1 <= int(value) <= (31 if letter == "D" else 12)
        if not fits:
            return False
    return True


def _by_letter(parts: tuple[str, str, str, str], form: str) -> dict[str, str]:
    letters = form.replace(parts[3], "") if parts[3] else form
    return {letter.replace("Y", "y"): value for letter, value in zip(letters, parts, strict=False)}
