"""What of a bank line goes into which column of a transaction, cut to what the column holds."""

from datetime import date
from decimal import Decimal
from typing import Any, Final

from matching.models import Transaction
from matching.services.lines import TransactionData

TEXTS: Final = (
    "counterparty",
    "counterparty_iban",
    "counterparty_bic",
    "ultimate_party",
    "purpose",
    "end_to_end_id",
    "mandate_id",
    "creditor_id",
    "code",
    "gvc",
    "booking_text",
    "bank_reference",
    "structured_reference",
    "return_reason",
    "original_currency",
)
NUMBERS: Final = ("charges", "original_amount", "exchange_rate")
ENRICHED: Final = (*TEXTS, *NUMBERS, "value_date", "is_reversal", "details", "raw")
"""The columns that a better source may fill; account, day, amount and currency are what a transaction is."""

# 140 characters are usual, a batch may tell of some dozen payments; what is longer only keeps the engine busy.
LONGEST_PURPOSE: Final = 10_000
NOTIFICATION: Final = "notification"
"""The name in ``details`` under which the advice with an entry's details is remembered."""

_LIMITS: Final = {name: getattr(Transaction._meta.get_field(name), "max_length", None) for name in TEXTS}
_LIMITS["purpose"] = LONGEST_PURPOSE
_PLACES: Final = {"charges": 2, "original_amount": 4, "exchange_rate": 8}
_LARGEST: Final = Decimal(10) ** 10


def columns_of(line: TransactionData) -> dict[str, Any]:
    """The columns of ``ENRICHED`` as this line says them. A figure too large for its column goes into ``details``."""
    values: dict[str, Any] = {name: getattr(line, name)[: _LIMITS[name]] for name in TEXTS}
    details = dict(line.details)
    for name in NUMBERS:
        figure = getattr(line, name)
        if figure is not None and abs(figure) >= _LARGEST:
            details[name] = str(figure)
            figure = None
        values[name] = None if figure is None else round(figure, _PLACES[name])
    if line.notification:
        details[NOTIFICATION] = line.notification
    values.update(value_date=line.value_date, is_reversal=line.is_reversal, details=details, raw=line.raw)
    return values


def to_json(columns: dict[str, Any]) -> dict[str, Any]:
    """What a source said, for ``Sighting.said``: what is empty and the raw text are left out."""
    said = {}
    for name, value in columns.items():
        if name != "raw" and value not in ("", None, False, {}):
            said[name] = str(value) if isinstance(value, Decimal | date) else value
    return said


def from_json(said: dict[str, Any], raw: str) -> dict[str, Any]:
    """The columns of ``to_json``, whole again."""
    values: dict[str, Any] = {name: said.get(name, "") for name in TEXTS}
    values.update({name: Decimal(said[name]) if name in said else None for name in NUMBERS})
    values["value_date"] = date.fromisoformat(said["value_date"]) if "value_date" in said else None
    return {
        **values,
        "is_reversal": said.get("is_reversal", False),
        "details": said.get("details", {}),
        "raw": raw,
    }


def merged(sources: list[dict[str, Any]]) -> dict[str, Any]:
    """The columns of a transaction from those of its sources, best first: each from the first that says something."""
    best = dict(sources[0])
    for other in sources[1:]:
        for name, value in other.items():
            if name not in ("is_reversal", "details", "raw") and best[name] in ("", None):
                best[name] = value
        best["details"] = {**other["details"], **best["details"]}
    return best
