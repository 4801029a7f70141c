"""Single values of the provider's JSON, read without loss: amounts, days, moments, ids.

Absent and null mean the same (reference: null handling 3.3). What is neither absent nor readable raises ``ValueError``
with the field's name: a wrong guess about money is worse than a skipped record.
"""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

GERMANY = ZoneInfo("Europe/Berlin")
# Fields of one record, parsed with simplejson's ``use_decimal``: no float ever occurs.
Fields = Mapping[str, Any]

_NUMBER = re.compile(r"-?\d{1,15}(\.\d{1,15})?", re.ASCII)
_LARGEST = Decimal(10) ** 12
_LARGEST_COUNT = 2_000_000_000
# Mistyped years: nothing can be reckoned with the first and the last days of the calendar.
_YEARS = range(1900, 3000)
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:?\d\d)", re.ASCII)
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_GERMAN_OFFSETS = (timedelta(hours=1), timedelta(hours=2))
_ID = re.compile(r"[0-9A-Za-z][0-9A-Za-z_-]{0,79}")


def text(fields: Fields, name: str, default: str | None = None) -> str:
    """Return a text; ``default`` when absent (None: it must be there)."""
    value = fields.get(name)
    if value is None and default is not None:
        return default
    if not isinstance(value, str):
        raise ValueError(f"{name}: {_shown(value)} is not a text")
    return storable(value)


def storable(value: str) -> str:
    """Return a text that every database takes: without NUL, and with halves of characters replaced."""
    return value.replace("\0", "").encode("utf-8", "replace").decode()


def amount(fields: Fields, name: str) -> Decimal | None:
    """Return an amount given as number or as text (reference: money 3.1), every digit kept; None when absent."""
    value = fields.get(name)
    if value is None:
        return None
    if isinstance(value, str) and _NUMBER.fullmatch(value.strip()):
        value = Decimal(value.strip())
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise ValueError(f"{name}: {_shown(value)} is not an amount")
    result = Decimal(value)
    if not result.is_finite() or abs(result) >= _LARGEST or int(result.as_tuple().exponent) < -15:
        raise ValueError(f"{name}: {_shown(value)} is not a plausible amount")
    return result


def moment(fields: Fields, name: str) -> datetime | None:
    """Return a moment in UTC; None when absent. It must say its offset (reference: dates 3.2)."""
    value = fields.get(name)
    if value is None:
        return None
    if not isinstance(value, str) or not _MOMENT.fullmatch(value):
        raise ValueError(f"{name}: {_shown(value)} is not a moment")
    try:
        return datetime.fromisoformat(value).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise ValueError(f"{name}: {_shown(value)} is not a moment") from error


def day(fields: Fields, name: str) -> date | None:
    """Return the German calendar day of a date or moment; None when absent.

    Midnight in one of Germany's two offsets is that day as written: documented samples carry the winter offset in
    summer, and the other way round the day would slip into the one before. Years before 1900 and after 2999 are typing
    errors.
    """
    value = fields.get(name)
    if value is None:
        return None
    try:
        found = _calendar_day(value)
    except (ValueError, OverflowError) as error:
        raise ValueError(f"{name}: {_shown(value)} is not a date") from error
    if found.year not in _YEARS:
        raise ValueError(f"{name}: {_shown(value)} is not a plausible date")
    return found


def _calendar_day(value: object) -> date:
    if isinstance(value, str) and _DAY.fullmatch(value):
        return date.fromisoformat(value)
    if not isinstance(value, str) or not _MOMENT.fullmatch(value):
        raise ValueError("neither a day nor a moment")
    written = datetime.fromisoformat(value)
    if written.time() == time(0) and written.utcoffset() in _GERMAN_OFFSETS:
        return written.date()
    return written.astimezone(GERMANY).date()


def uuid(fields: Fields, name: str) -> UUID | None:
    """Return a UUID of any version; None when absent or empty."""
    value = fields.get(name)
    if value is None or value == "":
        return None
    try:
        return UUID(value)
    except (ValueError, AttributeError, TypeError) as error:
        raise ValueError(f"{name}: {_shown(value)} is not an id") from error


def identifier(value: object, name: str) -> str:
    """Return an id that is safe as a part of a path: letters, digits, hyphens. ``ValueError`` for anything else."""
    if not isinstance(value, str | UUID) or not _ID.fullmatch(str(value)):
        raise ValueError(f"{name}: {_shown(value)} is not an id")
    return str(value)


def flag(fields: Fields, name: str) -> bool:
    """Return a truth value; False when absent."""
    value = fields.get(name)
    if value is None:
        return False
    if not isinstance(value, bool):
        raise ValueError(f"{name}: {_shown(value)} is neither true nor false")
    return value


def whole(fields: Fields, name: str) -> int | None:
    """Return a whole number from 0 to two thousand million, which every database takes; None when absent."""
    value = fields.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= _LARGEST_COUNT:
        raise ValueError(f"{name}: {_shown(value)} is not a plausible whole number")
    return value


def _shown(value: object) -> str:
    """Return a value for an error message, cut short."""
    if value is None:
        return "nothing"
    shown = ascii(str(value)) if isinstance(value, Decimal) else ascii(value)
    return shown if len(shown) <= 60 else f"{shown[:57]}..."
