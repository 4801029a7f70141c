"""Bank and voucher texts made comparable: folding, pieces, dates and amounts in them.

Folded text is upper case without accents (ä becomes AE, ß becomes SS), so German spellings with and without
umlauts meet. `locate` leads from a range of the folded text back to the text as it was.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

_GERMAN = {"Ä": "AE", "Ö": "OE", "Ü": "UE", "ä": "AE", "ö": "OE", "ü": "UE", "ß": "SS", "ẞ": "SS"}
_LETTERS = {"Æ": "AE", "æ": "AE", "Ø": "O", "ø": "O", "Ł": "L", "ł": "L", "ı": "I", "Œ": "OE", "œ": "OE"}


def _fold_char(char: str) -> str:
    known = _GERMAN.get(char) or _LETTERS.get(char)
    if known:
        return known
    plain = unicodedata.normalize("NFKD", char)
    return "".join(c for c in plain if not unicodedata.combining(c)).upper()


_TABLE = {code: _fold_char(chr(code)) for code in range(0x80, 0x250)}
_TABLE[0x1E9E] = "SS"


def fold(text: str) -> str:
    """Upper case, without accents, German umlauts as two letters."""
    if text.isascii():
        return text.upper()
    return unicodedata.normalize("NFC", text).translate(_TABLE).upper()


def locate(text: str, start: int, end: int) -> tuple[int, int]:
    """The range of `text` that became the half-open range `start`..`end` of its folded form."""
    position = 0
    first, last = len(text), len(text)
    for index, char in enumerate(text):
        if position <= start:
            first = index
        if position >= end:
            last = index
            break
        position += len(fold(char))
    return first, max(first, last)


_ATOM = re.compile(r"[A-Z]+|\d+")


class Atom(NamedTuple):
    """A run of letters or of digits in a folded text."""

    value: str
    start: int
    end: int

    @property
    def is_number(self) -> bool:
        """Whether the run consists of digits."""
        return self.value[0].isdigit()


def atoms(folded: str) -> list[Atom]:
    """All runs of letters and of digits, in order."""
    return [Atom(m[0], m.start(), m.end()) for m in _ATOM.finditer(folded)]


_WORD = re.compile(r"[A-Z0-9]+")


def words(folded: str) -> list[str]:
    """The alphanumeric words of a folded text, letters and digits together."""
    return _WORD.findall(folded)


_LEGAL_FORMS = """
GMBH MBH AG KG KGAA OHG GBR UG EK EKFM EKFR EV EG SE CO COMPANY INC INCORPORATED LTD LIMITED LLC LLP PLC CORP
CORPORATION BV NV SA SAS SARL RL SRL SPA AB AS OY AOER PARTG PARTGMBB PARTNERSCHAFTSGESELLSCHAFT GESELLSCHAFT MIT
BESCHRAENKTER HAFTUNG HAFTUNGSBESCHRAENKT AKTIENGESELLSCHAFT KOMMANDITGESELLSCHAFT OFFENE HANDELSGESELLSCHAFT
EINGETRAGENER EINGETRAGENE KAUFMANN KAUFFRAU VEREIN GENOSSENSCHAFT BESCHR GES ET CIE SCA SCS PTY PARTNERSCHAFT
PARTNER STIFTUNG GGMBH MBB
"""
LEGAL_FORMS = frozenset(_LEGAL_FORMS.split())
"""Words of legal forms: they say nothing about who somebody is."""

_FILLERS = """
UND U AND DER DIE DAS FUER VON VOM ZU ZUR ZUM AN AM IN IM THE OF FA FIRMA HERR FRAU FAMILIE DR PROF DIPL ING INH
"""
FILLERS = frozenset(_FILLERS.split())
"""Small words and titles that are left out or added at will in names."""

_DOTTED = re.compile(r"\b(?:[A-Z]\.\s?)+[A-Z]\b\.?")
_SARL = re.compile(r"\bS\.?\s?A\.?\s?R\.?\s?L\b\.?")


def name_words(name: str) -> tuple[str, ...]:
    """The telling words of a party's name, folded, in order, without legal forms, titles and fillers."""
    folded = fold(name).replace("'", "").replace("’", "")
    folded = _SARL.sub("SARL", folded)
    folded = _DOTTED.sub(lambda m: m.group().replace(".", "").replace(" ", "") + " ", folded)
    found = [w for w in words(folded) if w not in LEGAL_FORMS and w not in FILLERS]
    return tuple(dict.fromkeys(found))


def is_collective_contact(name: str) -> bool:
    """Whether a contact stands for nobody in particular (Sammelkunde, Diverse, Barverkauf …)."""
    folded = fold(name)
    return bool(re.match(r"(SAMMEL|DIVERSE|DIV\.|BARVERKAUF|LAUFKUND|UNBEKANNT|ONE.?TIME|CPD\b)", folded))


_DATES = re.compile(
    r"(?<![\d.])(?P<y1>20\d\d)-(?P<m1>\d\d)-(?P<d1>\d\d)(?!\d)"
    r"|(?<![\d.])(?P<d2>\d\d?)[.\-/](?P<m2>\d\d?)[.\-/](?P<y2>20\d\d|\d\d)(?![\d/])"
    r"|(?<![\d.])(?P<d3>\d\d?)\.(?P<m3>\d\d?)\.(?!\d)"
    r"|(?<=UMSATZ |DATUM: )(?P<d4>\d\d)\.(?P<m4>\d\d)(?![\d.])"
)


class TextDate(NamedTuple):
    """A date named in a text; `year` is None where the text leaves it out."""

    day: int
    month: int
    year: int | None
    start: int
    end: int

    def means(self, day: date) -> bool:
        """Whether it names this day."""
        return (self.day, self.month) == (day.day, day.month) and self.year in (None, day.year)


def dates_in(folded: str) -> list[TextDate]:
    """The dates named in a text: 2025-01-31, 31.01.2025, 31-01-2025, 31.1.25, 31.01., Kaufumsatz 31.01."""
    found = []
    for m in _DATES.finditer(folded):
        g = m.groupdict()
        day = int(g["d1"] or g["d2"] or g["d3"] or g["d4"])
        month = int(g["m1"] or g["m2"] or g["m3"] or g["m4"])
        year_text = g["y1"] or g["y2"]
        year = None if year_text is None else int(year_text) + (2000 if len(year_text) == 2 else 0)
        if 1 <= day <= 31 and 1 <= month <= 12:
            found.append(TextDate(day, month, year, m.start(), m.end()))
    return found


_MONEY = re.compile(r"(?<![\d.,])(\d{1,3}(?:[.,' ]\d{3})+|\d+)[.,](\d\d)(?![\d.,])")


_MOST_DIGITS = 15


def amounts_in(folded: str) -> list[tuple[int, int, int]]:
    """The amounts with two decimals in a text, as (cents, start, end), whatever their separators."""
    found = []
    for m in _MONEY.finditer(folded):
        whole = re.sub(r"\D", "", m.group(1))
        if len(whole) > _MOST_DIGITS:
            continue
        found.append((int(whole) * 100 + int(m.group(2)), m.start(), m.end()))
    return found


_TIME = re.compile(r"(?<![\d:])\d{1,2}:\d\d(?::\d\d)?(?![\d:])")
_CURRENCY_BEFORE = re.compile(r"(EUR|EURO|€)\s?$")
_CURRENCY_BEHIND = re.compile(r"\s?(EUR|€)")


def figures_of_another_kind(folded: str, dates: Iterable[TextDate], amount: int) -> tuple[tuple[int, int], ...]:
    """Where a text has figures that are no document's number: dates, times of day, and amounts of money.

    An amount is taken for one where its currency stands beside it or it is that of the booking (`amount`, positive
    cents); others may be numbers in a list.
    """
    found = [(d.start, d.end) for d in dates]
    if ":" in folded:
        found += [m.span() for m in _TIME.finditer(folded)]
    for value, start, end in amounts_in(folded):
        beside = _CURRENCY_BEFORE.search(folded, max(0, start - 5), start) or _CURRENCY_BEHIND.match(folded, end)
        if value == amount or beside:
            found.append((start, end))
    return tuple(found)
