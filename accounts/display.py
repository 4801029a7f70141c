"""How amounts, states and moments are written on the firm's own pages."""

import re
from datetime import date, datetime
from decimal import ROUND_FLOOR, Decimal

from django.utils import formats, timezone
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString

SYMBOLS = {"EUR": "€", "USD": "$", "GBP": "£"}
NO_BREAK = "\u00a0"
MINUS = "\u2212"

_WRITTEN = re.compile(
    r"(?<![\w.,-])(?:(?P<day>\d{4}-\d{2}-\d{2})|(?P<sign>-?)(?P<number>\d+\.\d+))(?![\w-]|[.,]\d)", re.ASCII
)

# Colour means state only, and never stands alone: each tone has its sign.
ICONS = {
    "none": "radio_button_unchecked",
    "todo": "arrow_circle_right",
    "good": "check_circle",
    "soon": "schedule",
    "failed": "error",
}


def money(amount: Decimal | None, currency: str = "EUR") -> str:
    """An amount in the reader's form with two decimals, a true minus and its currency: ``−1.154,30 €``.

    Never rounds: an amount with more than two decimals keeps them. Empty for ``None``.
    """
    if amount is None:
        return ""
    exponent = amount.as_tuple().exponent
    decimals = max(2, -exponent) if isinstance(exponent, int) else 2
    number = formats.number_format(abs(amount), decimal_pos=decimals, use_l10n=True, force_grouping=True)
    sign = MINUS if amount < 0 else ""
    return f"{sign}{number}{NO_BREAK}{SYMBOLS.get(currency, currency)}"


def readable(text: str) -> str:
    """A text in which amounts stand as ``-1154.30`` and days as ``2025-03-14``, with both in the reader's form.

    For texts of our own; what somebody else wrote is quoted as it was written.
    """

    def written(found: re.Match[str]) -> str:
        if found["day"]:
            try:
                return day(date.fromisoformat(found["day"]))
            except ValueError:
                return found["day"]
        number = found["number"]
        decimals = len(number.partition(".")[2])
        shown = formats.number_format(Decimal(number), decimal_pos=decimals, use_l10n=True, force_grouping=True)
        return (MINUS if found["sign"] else "") + shown

    return _WRITTEN.sub(written, text)


def day(value: date | None) -> str:
    """A date in the reader's short form; empty for ``None``."""
    return formats.date_format(value, "SHORT_DATE_FORMAT") if value else ""


def moment(value: datetime | None) -> str:
    """A moment in the reader's short form, at the firm's place; empty for ``None``."""
    return formats.date_format(timezone.localtime(value), "SHORT_DATETIME_FORMAT") if value else ""


def state(tone: str, word: str | Promise, icon: str = "") -> SafeString:
    """A state as icon and word in one of the tones none, todo, good, soon, failed."""
    return format_html(
        '<span class="k-state k-{}"><span class="material-symbols-outlined" aria-hidden="true">{}</span>{}</span>',
        tone,
        icon or ICONS[tone],
        word,
    )


def share(part: Decimal | float) -> str:
    """A part of one as a percentage with one decimal, rounded down: all but one of many is not 100."""
    tenths = (Decimal(str(part)) * 1000).to_integral_value(ROUND_FLOOR)
    return formats.number_format(tenths / 10, decimal_pos=1, use_l10n=True) + NO_BREAK + "%"


def percent(probability: Decimal | float) -> str:
    """A probability as a percentage with one decimal; nothing that an engine thinks is ever certain."""
    if Decimal(str(probability)) > Decimal("0.999"):
        return ">" + NO_BREAK + share(Decimal("0.999"))
    return share(probability)


def preformatted(text: str) -> SafeString:
    """Text exactly as it is, scrolling inside itself."""
    return format_html('<pre class="k-raw" tabindex="0">{}</pre>', text)


def grouped(iban: str) -> str:
    """An IBAN in groups of four, as people read it; another account number as it is."""
    if not (len(iban) > 14 and iban[:2].isalpha() and iban[2:4].isdigit()):
        return iban
    return " ".join(iban[start : start + 4] for start in range(0, len(iban), 4))
