"""What became different about vouchers, for whoever keeps a record of it; every value as text."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any, NamedTuple

from vouchers.models import Voucher
from vouchers.shapes import PaymentItemData


class Kind(StrEnum):
    """What became of a voucher."""

    CREATED = "created"
    CHANGED = "changed"
    WITHDRAWN = "withdrawn"
    RETURNED = "returned"


@dataclass(frozen=True, slots=True)
class Change:
    """What became different about a voucher; ``fields`` holds the old and the new value as text."""

    voucher: Voucher
    kind: Kind
    fields: dict[str, list[str]] = field(default_factory=dict)


Tell = Callable[[Sequence[Change]], None]


def tell_nobody(changes: Sequence[Change]) -> None:
    """Keep no record."""


class Attached(NamedTuple):
    """An attached file: key, the provider's id, position, name, key of its content."""

    pk: int
    external_id: str
    position: int
    name: str
    stored_id: int


def files_text(files: Sequence[Attached]) -> str:
    """The names of attached files."""
    return ", ".join(file.name for file in files)


def payments_text(items: Sequence[PaymentItemData]) -> str:
    """Payments in one line."""
    return "; ".join(f"{item.date or '?'} {item.amount:.2f} {item.currency} {item.type}" for item in items)


def _text(value: object) -> str:
    if isinstance(value, Decimal):
        return f"{value:.2f}"
    return "" if value is None else str(value)


def moved(voucher: Voucher, values: dict[str, Any]) -> dict[str, list[str]]:
    """Which of these columns hold something else now, as text, old and new."""
    return {
        name: [_text(getattr(voucher, name)), _text(value)]
        for name, value in values.items()
        if getattr(voucher, name) != value
    }
