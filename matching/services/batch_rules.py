"""A batch that one source books as a total and another in its payments is the same money: which of them stands.

Pure, and a function of what is stored, not of the order in which it came. See docs/bank-identity.md.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

ITEMISED: Final = "itemised"
TOTAL_MATCHED: Final = "total_matched"
DETAILS_ONLY: Final = "details_only"
REASONS: Final = (ITEMISED, TOTAL_MATCHED, DETAILS_ONLY)
"""Why a transaction does not stand: its payments do; a person has matched their total; it was never booked itself."""


@dataclass(frozen=True, slots=True)
class Line:
    """A stored transaction as far as batches go.

    ``families``: of its sources, ``booked_by`` those that move money. ``keys``: of its entries, without the number of
    a twin. ``matched``: a person has confirmed what it paid. ``part`` 0: known as the total of ``entry_key``.
    """

    pk: int
    day: date
    amount: Decimal
    currency: str
    entry_key: str
    part: int
    parts: int
    families: frozenset[str]
    booked_by: frozenset[str]
    keys: frozenset[str]
    reference: str
    notification: str
    matched: bool


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a transaction stands: ``reason`` empty if it counts, ``total_of`` (entry, parts) if it is a batch's total."""

    reason: str
    total_of: tuple[str, int] = ("", 1)


@dataclass(frozen=True, slots=True)
class _Batch:
    """One batch: its payments, and what its total would look like."""

    entry_key: str
    lines: tuple[Line, ...]

    @property
    def amount(self) -> Decimal:
        return sum((line.amount for line in self.lines), Decimal(0))

    @property
    def booked(self) -> bool:
        return any(line.booked_by for line in self.lines)

    def likeness(self, total: Line) -> int | None:
        """How well a line fits as the total, None if it cannot be it."""
        named = self.entry_key in total.keys
        advised = {line.notification for line in self.lines} - {""}
        if advised and total.notification and total.notification not in advised:
            return None
        by_advice = bool(total.notification and total.notification in advised)
        by_reference = bool(total.reference) and any(line.reference == total.reference for line in self.lines)
        if not self.booked:
            # an advice says itself what it belongs to; a sum alone proves nothing
            return 2 * by_advice + by_reference if by_advice or by_reference else None
        if not named and total.families & frozenset().union(*(line.families for line in self.lines)):
            return None  # the same source says both: then both happened
        return 4 * named + 2 * by_advice + by_reference


def verdicts(lines: Sequence[Line]) -> dict[int, Verdict]:
    """How each of the lines of some days of one account stands."""
    found = {line.pk: Verdict("" if line.booked_by else DETAILS_ONLY) for line in lines}
    singles: dict[tuple[date, Decimal, str], list[Line]] = defaultdict(list)
    for line in lines:
        if line.booked_by and (line.parts == 1 or line.part == 0):
            singles[line.day, line.amount, line.currency].append(line)
    pairs = []
    batches = list(_batches(lines))
    for number, batch in enumerate(batches):
        first = batch.lines[0]
        for total in singles[first.day, batch.amount, first.currency]:
            likeness = batch.likeness(total)
            if likeness is not None:
                pairs.append((-likeness, sorted(total.keys), total.pk, number, total))
    totals: dict[int, Line] = {}
    used: set[int] = set()
    for _, _, pk, number, total in sorted(pairs, key=lambda pair: pair[:4]):
        if number not in totals and pk not in used:
            totals[number] = total
            used.add(pk)
    for number, total in totals.items():
        batch = batches[number]
        name = (batch.entry_key, len(batch.lines))
        keeps_total = total.matched and not any(line.matched for line in batch.lines)
        found[total.pk] = Verdict("" if keeps_total else ITEMISED, name)
        for line in batch.lines:
            found[line.pk] = Verdict(TOTAL_MATCHED if keeps_total else "")
    return found


def _batches(lines: Sequence[Line]) -> Iterator[_Batch]:
    """The batches whose payments are all there; two equal ones of a day have the same name."""
    entries: dict[tuple[date, str, str], list[Line]] = defaultdict(list)
    for line in lines:
        if line.parts > 1 and line.part > 0:
            entries[line.day, line.currency, line.entry_key].append(line)
    for (_, _, entry_key), parts in sorted(entries.items()):
        by_part: dict[int, list[Line]] = defaultdict(list)
        for line in sorted(parts, key=lambda line: line.pk):
            by_part[line.part].append(line)
        for copy in zip(*by_part.values(), strict=False):
            if len(copy) == copy[0].parts:
                yield _Batch(entry_key, tuple(copy))
