"""Strict reading of single values of an ISO 20022 file."""

import re
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Final

# ISO 20022 ActiveCurrencyAndAmount: 18 digits, 5 of them decimals, no sign, no exponent, no grouping.
# The decimal of XML may begin with a plus or a dot, and end with one.
_AMOUNT: Final = re.compile(r"\+?(?:[0-9]{1,18}(?:\.[0-9]{0,5})?|\.[0-9]{1,5})")
_RATE: Final = re.compile(r"[0-9]{1,11}(?:\.[0-9]{1,10})?")  # ISO 20022 BaseOneRate: 11 digits, 10 of them decimals
_CURRENCY: Final = re.compile(r"[A-Z]{3}")
_DATE: Final = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:[T ].*|Z|[+-][0-9]{2}:[0-9]{2})?", re.DOTALL)
_GVC: Final = re.compile(r"[NFS][A-Z]{3}\+([0-9]{3})(?:\+.*)?", re.DOTALL)
_NOTHING: Final = re.compile(r"[\s.\-0]*")
_PLACEHOLDERS: Final = frozenset(
    {"NOTPROVIDED", "NOTAVAILABLE", "NONREF", "NICHTANGEGEBEN", "KEINEINFORMATIONVORHANDEN", "NONE"}
)
# How each of them begins.
_DOUBTFUL: Final = frozenset(".-0") | {letter for text in _PLACEHOLDERS for letter in (text[0], text[0].lower())}
LONGEST_MOMENT: Final = 40


def read_amount(text: str) -> Decimal:
    """Read a positive amount such as ``8.850``. Raises ValueError for anything but digits, a plus and one dot."""
    if not _AMOUNT.fullmatch(text) or len(text.replace(".", "").lstrip("+")) > 18:
        raise ValueError(text)
    return Decimal(text)


def read_rate(text: str) -> Decimal | None:
    """An exchange rate such as ``1.08515``; None for anything but digits and one dot, and for zero."""
    return (Decimal(text) or None) if _RATE.fullmatch(text) else None


def currency_or_empty(text: str) -> str:
    """A currency code such as ``EUR``, empty for anything else."""
    return text if _CURRENCY.fullmatch(text) else ""


def read_date(text: str) -> date:
    """Read a date, or the written date of a moment, whatever its zone. Raises ValueError."""
    return _read_date(text) if len(text) <= LONGEST_MOMENT else _read_date.__wrapped__(text)


@lru_cache(maxsize=1024)  # a file repeats its days
def _read_date(text: str) -> date:
    found = _DATE.fullmatch(text)
    if not found:
        raise ValueError(text)
    return date.fromisoformat(found.group(1))


def date_or_none(text: str) -> date | None:
    """Read a date that only informs; None if missing or unreadable."""
    try:
        return read_date(text)
    except ValueError:
        return None


def meaningful(text: str) -> str:
    """Empty the placeholders that banks write for "none": NOTPROVIDED, NONREF, single dots, dashes, zeros."""
    if not text or (text[0] not in _DOUBTFUL and not text[0].isspace()):
        return text
    if _NOTHING.fullmatch(text) or "".join(text.split()).upper() in _PLACEHOLDERS:
        return ""
    return text


def gvc_of(proprietary: str) -> str:
    """The three-digit Geschäftsvorfallcode within ``NTRF+166+9249+888`` (DFÜ agreement, annex 3), else empty."""
    found = _GVC.fullmatch(proprietary)
    return found.group(1) if found else ""


def decimal_text(amount: Decimal) -> str:
    """Write an amount with at least two decimals and no others that are zero: ``8.850`` becomes ``8.85``."""
    cents = amount.quantize(Decimal("0.01")) if amount.adjusted() < 25 else amount
    return f"{cents if cents == amount else amount.normalize():f}"
