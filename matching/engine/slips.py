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
    size = len(number.canon)
    slip: Hit | None = None
    for window in text.windows:
        if abs(len(window.value) - size) > 1 or window.value in known:
            continue
        if text.says_no_document(window):
            continue
        found = text.folded[window.start : window.end]
        looks = window.value.translate(CONFUSABLE)
        if looks == number.plain:
            return Hit("number_typo", _SAME_LOOK, False, text.field, window.start, window.end, found)
        if slip is None and OSA.distance(looks, number.plain, score_cutoff=1) <= 1 and not _counts_on(number, window):
            slip = Hit("number_typo", _SLIP, False, text.field, window.start, window.end, found)
    return slip


def _counts_on(number: Number, window: Window) -> bool:
    """Whether a number of the same build differs in its digits, other than by two neighbours that are swapped."""
    return _same_build(number, window.value) and not _is_or_swaps(window.value, number.canon)


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

    Same series: the same letters before and the same places for digits; or, without the letters, as many digits of
    which the first half is the same. Two swapped neighbours may be a slip and are no other document.
    """
    if len(number.digits) < 3:
        return None
    for window in text.windows:
        if number.prefix and window.value.startswith(number.prefix):
            if _same_build(number, window.value) and not _is_or_swaps(window.value, number.canon):
                return window
        elif (
            _same_digits_ahead(number, window)
            and not _is_or_swaps(window.value, number.digits)
            and not text.says_no_document(window)
        ):
            return window
    return None


def _same_build(number: Number, value: str) -> bool:
    return len(value) == len(number.canon) and [c.isdigit() for c in value] == number.shape


def _is_or_swaps(value: str, number: str) -> bool:
    """Whether it is the number, or the number with two neighbours swapped."""
    return sorted(value) == sorted(number) and OSA.distance(value, number, score_cutoff=1) <= 1


def _same_digits_ahead(number: Number, window: Window) -> bool:
    digits, value = number.digits, window.value
    half = (len(digits) + 1) // 2
    return (
        value.isdigit()
        and value != digits
        and len(value) == len(digits) >= _ALIKE
        and value[:half] == digits[:half]
        and not (window.count == 1 and _DATE_LIKE.fullmatch(value))
    )
