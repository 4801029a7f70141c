"""A voucher's number that is not quite there: mistyped, cut off, or another one of its series instead."""

from __future__ import annotations

import re
from collections.abc import Iterable

from rapidfuzz.distance import OSA

from .numbers import CONFUSABLE, Hit, Number, NumberText, Window

_SAME_LOOK = 5.0
_SLIP = 2.0


def typo(number: Number, text: NumberText, known: Iterable[str]) -> Hit | None:
    """A number with a slip of the hand: a letter for a digit that looks like it, two swapped, one missing or doubled.

    `known` numbers are never taken for slips, nor is a digit replaced by another: that is how the next document of
    the same series is written. Only the look-alike says much; the others are weak.
    """
    if len(number.digits) < 5:
        return None
    size, plain = len(number.canon), number.plain
    slip: Hit | None = None
    for window in text.windows:
        if abs(len(window.value) - size) > 1 or window.value in known:
            continue
        looks = window.value.translate(CONFUSABLE)
        same_look = looks == plain
        if not same_look and (slip or OSA.distance(looks, plain, score_cutoff=1) > 1 or _counts_on(number, window)):
            continue
        if text.says_no_document(window):
            continue
        found = text.folded[window.start : window.end]
        hit = Hit("number_typo", _SLIP, False, text.field, window.start, window.end, found)
        if same_look:
            return hit._replace(weight=_SAME_LOOK)
        slip = hit
    return slip


def _counts_on(number: Number, window: Window) -> bool:
    """Whether a number of the same build differs in its digits, other than by two neighbours that are swapped."""
    same_build = len(window.value) == len(number.canon) and _shape(window.value) == _shape(number.canon)
    return same_build and not _swaps(window.value, number.canon)


def cut(number: Number, text: NumberText) -> Hit | None:
    """The beginning of the number where the text breaks off (at least four characters, two digits of them)."""
    canon = number.canon
    best: Hit | None = None
    for window in text.tails:
        if len(window.value) >= len(canon) or not canon.startswith(window.value):
            continue
        digits = sum(c.isdigit() for c in window.value)
        weight = min(3.0, 0.5 * digits + 0.3 * (len(window.value) - digits))
        if digits >= 1 and (best is None or weight > best.weight):
            found = text.folded[window.start : window.end]
            best = Hit("number_cut", weight, False, text.field, window.start, window.end, found)
    return best


_ALIKE = 5
_DATE_LIKE = re.compile(r"20[0-4]\d(0[1-9]|1[0-2])([0-2]\d|3[01])|([0-2]\d|3[01])(0[1-9]|1[0-2])20[0-4]\d")


def another_of_the_kind(number: Number, text: NumberText) -> Window | None:
    """A number of the same series that is not this one: another document, however near its counter is.

    Same series: written like one of the number's forms, the same letters before and the same places for digits; or,
    without the letters, as many digits of which the first half is the same. Two swapped neighbours may be a slip and
    are no other document.
    """
    if len(number.digits) < 3:
        return None
    for window in text.windows:
        size = len(window.value)
        if not number.lengths >> size & 1 or window.value in number.values:
            continue
        forms = [value for value in number.values if len(value) == size]
        alike = [form for form in forms if _same_series(number, form, window)]
        if not alike or any(_swaps(form, window.value) for form in alike):
            continue
        if not text.says_no_document(window) and not _is_piece(number, text, window):
            return window
    return None


def _same_series(number: Number, form: str, window: Window) -> bool:
    value = window.value
    if number.prefix and form.startswith(number.prefix):
        return value.startswith(number.prefix) and _shape(value) == _shape(form)
    half = (len(form) + 1) // 2
    date_like = window.pieces == 1 and _DATE_LIKE.fullmatch(value)
    return value.isdigit() and len(value) >= _ALIKE and value[:half] == form[:half] and not date_like


_YEAR_ALONE = re.compile(r"[A-Z]*20[0-4]\d")
_GOES_ON = re.compile(r"[-/.]?\d")


def _is_piece(number: Number, text: NumberText, window: Window) -> bool:
    """Whether it is the beginning of the number, or of another one: digits follow, or it ends with the year."""
    if number.canon.startswith(window.value) or number.digits.startswith(window.value):
        return True
    if len(window.value) in (len(number.canon), len(number.digits)):
        return False
    return bool(_YEAR_ALONE.fullmatch(window.value) or _GOES_ON.match(text.folded, window.end))


def _shape(value: str) -> list[bool]:
    return [c.isdigit() for c in value]


def _swaps(value: str, number: str) -> bool:
    """Whether it is the number with two neighbours swapped."""
    return sorted(value) == sorted(number) and OSA.distance(value, number, score_cutoff=1) <= 1
