"""What the voucher list can be asked for, and how a question is made narrower (reference: voucherlist 6.1)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal

from integrations.providers.lexware.types import VoucherRow
from integrations.providers.values import GERMANY

Axis = Literal["voucherDate", "createdDate", "updatedDate"]
AXES: tuple[Axis, ...] = ("voucherDate", "createdDate", "updatedDate")
Range = tuple[date | None, date | None]

ANY = ("any",)
KNOWN_TYPES = (
    "invoice",
    "downpaymentinvoice",
    "creditnote",
    "salesinvoice",
    "salescreditnote",
    "purchaseinvoice",
    "purchasecreditnote",
    "quotation",
    "orderconfirmation",
    "deliverynote",
)
# Without ``overdue``, which must stand alone, and which ``open`` and ``sepadebit`` include (reference: 6.4).
KNOWN_STATUSES = (
    "draft",
    "open",
    "paid",
    "paidoff",
    "voided",
    "transferred",
    "sepadebit",
    "accepted",
    "rejected",
    "unchecked",
    "blank",
)


@dataclass(frozen=True, slots=True)
class Question:
    """One question to the voucher list. ``types`` and ``statuses`` are the provider's words, or ``any`` alone.

    ``ranges``: first and last German day, both inclusive, of the dates that are filtered by; ``sort`` as the provider
    reads it.
    """

    types: tuple[str, ...]
    statuses: tuple[str, ...]
    sort: str
    size: int
    ranges: Mapping[Axis, Range] = field(default_factory=dict)

    def parameters(self, number: int) -> dict[str, str]:
        """The query of one page, counted from 0."""
        query = {"voucherType": ",".join(self.types), "voucherStatus": ",".join(self.statuses)}
        query |= {"sort": self.sort, "size": str(self.size), "page": str(number)}
        for axis, ends in self.ranges.items():
            for end, day in zip(("From", "To"), ends, strict=True):
                if day is not None:
                    query[f"{axis}{end}"] = day.isoformat()
        return query

    def range(self, axis: Axis) -> Range:
        """First and last day of one date."""
        return self.ranges.get(axis, (None, None))

    def between(self, axis: Axis, first: date | None, last: date | None) -> "Question":
        """The same question for these days, sorted by them."""
        return replace(self, sort=f"{axis},ASC", ranges={**self.ranges, axis: (first, last)})

    def narrower(self) -> Iterator["Question"]:
        """Questions that together ask for the same, as far as the types and states are known; none if it is narrow."""
        if self.types == ANY or len(self.types) > 1:
            for kind in KNOWN_TYPES if self.types == ANY else self.types:
                yield replace(self, types=(kind,))
        elif self.statuses == ANY or len(self.statuses) > 1:
            for status in KNOWN_STATUSES if self.statuses == ANY else self.statuses:
                yield replace(self, statuses=(status,))


def day_of(row: VoucherRow, axis: Axis) -> date | None:
    """The German day of one of a row's dates."""
    if axis == "voucherDate":
        return row.date
    moment = row.created_at if axis == "createdDate" else row.updated_at
    return moment.astimezone(GERMANY).date() if moment else None
