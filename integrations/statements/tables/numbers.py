"""Amounts in tables: two ways of writing them, and what a whole column says about which one it is."""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

COMMA: Final = ","
POINT: Final = "."

_DIGITS: Final = 18
_COMMA: Final = re.compile(r"(?:[0-9]{1,3}(?:[.' \u00a0\u202f][0-9]{3})+|[0-9]+)(?:,[0-9]{1,8})?|,[0-9]{1,8}")
_POINT: Final = re.compile(r"(?:[0-9]{1,3}(?:[,' \u00a0\u202f][0-9]{3})+|[0-9]+)(?:\.[0-9]{1,8})?|\.[0-9]{1,8}")
_GROUPING: Final = str.maketrans("", "", "' \u00a0\u202f")
_CURRENCY: Final = re.compile(r"^(?:€|[A-Z]{3}\b)|(?:€|\b[A-Z]{3})$")
# Soll and Haben, and what English banks write; behind the amount.
_SIDE: Final = re.compile(r"(?<=[0-9]) ?(S|H|DR|CR)$")
_SIDES: Final = {"S": "-", "DR": "-", "H": "+", "CR": "+"}
_MINUS: Final = str.maketrans({"−": "-", "\u2013": "-", "\u2011": "-"})


def read_number(text: str, decimal_sign: str) -> Decimal:
    """Read ``-1.234,56``, ``1.234,56-``, ``(5,00)``, ``5,00 S``, ``+10``, ``€ 5`` or, with a point, ``-1,234.56``.

    Raises ValueError.
    """
    sign, digits = _parts(text)
    pattern = _COMMA if decimal_sign == COMMA else _POINT
    if not pattern.fullmatch(digits):
        raise ValueError(text)
    digits = digits.translate(_GROUPING)
    digits = digits.replace(".", "").replace(",", ".") if decimal_sign == COMMA else digits.replace(",", "")
    if len(digits) > _DIGITS + 1:
        raise ValueError(text)
    value = Decimal(digits)
    return -value if sign == "-" and value else value


def is_number(text: str) -> bool:
    """Whether a text is an amount in one of the two ways of writing."""
    digits = _parts(text)[1]
    return bool(_COMMA.fullmatch(digits) or _POINT.fullmatch(digits))


def is_negative(text: str) -> bool:
    """Whether an amount carries a minus."""
    return _parts(text)[0] == "-"


@dataclass(slots=True)
class NumberEvidence:
    """What the values of a column, or of several, leave open about the decimal sign."""

    comma: int = 0  # can only be read with a comma
    point: int = 0
    open_example: str = ""  # reads as different amounts

    def see(self, text: str) -> None:
        """Take a value into account; what is no number says nothing."""
        if text.isdigit() or (text[:1] == "-" and text[1:].isdigit()):
            return
        digits = _parts(text)[1]
        with_comma, with_point = _COMMA.fullmatch(digits), _POINT.fullmatch(digits)
        if with_comma and not with_point:
            self.comma += 1
        elif with_point and not with_comma:
            self.point += 1
        elif with_comma and not self.open_example and _reads_differently(text):
            self.open_example = text

    def sign(self, usual: str) -> str | None:
        """The decimal sign, ``usual`` (of the bank) where the file does not speak against it; None: two readings."""
        if usual == COMMA:
            return POINT if self.point and not self.comma else COMMA
        if usual == POINT:
            return COMMA if self.comma and not self.point else POINT
        if self.comma and self.point:
            return None
        if self.comma or self.point:
            return COMMA if self.comma else POINT
        return None if self.open_example else COMMA


def _reads_differently(text: str) -> bool:
    try:
        return read_number(text, COMMA) != read_number(text, POINT)
    except ValueError:  # too long for an amount
        return False


def _parts(text: str) -> tuple[str, str]:
    """Sign and digits, without a currency beside them."""
    text = text.strip()
    if text[-1:].isdigit() and text[:1] in "-0123456789":
        return ("-", text[1:]) if text[0] == "-" else ("", text)
    text = _CURRENCY.sub("", text.translate(_MINUS)).strip()
    sign = ""
    if text[:1] == "(" and text[-1:] == ")":
        return "-", _CURRENCY.sub("", text[1:-1].strip()).strip()
    if side := _SIDE.search(text):
        return _SIDES[side[1]], text[: side.start()]
    if text[:1] in ("-", "+"):
        sign, text = text[0], text[1:].strip()
    elif text[-1:] in ("-", "+"):
        sign, text = text[-1], text[:-1].strip()
    return sign, _CURRENCY.sub("", text).strip()
