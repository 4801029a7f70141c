"""What completeness is judged by, and what comes out of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Days from ``first`` to ``last``, both included. Raises ``ValueError`` where they are turned round."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise ValueError("A span ends before it begins.")

    @property
    def days(self) -> int:
        """How many days."""
        return (self.last - self.first).days + 1

    def within(self, other: "Span") -> "Span | None":
        """The part of it that lies in ``other``."""
        first, last = max(self.first, other.first), min(self.last, other.last)
        return Span(first, last) if first <= last else None


@dataclass(frozen=True, slots=True)
class Delivered:
    """A statement of one account: the days it covers, its balances where it tells them, and the sum of its lines.

    ``number`` names it and grows with the order of delivery. ``sequence`` is the bank's own number. Of a
    ``provisional`` one the last day may still grow, and its closing balance is none.
    """

    number: int
    span: Span
    booked: Decimal
    opening: Decimal | None = None
    closing: Decimal | None = None
    sequence: str = ""
    format: str = ""
    provisional: bool = False

    @property
    def certain(self) -> Span | None:
        """The days that it tells completely."""
        if not self.provisional:
            return self.span
        return Span(self.span.first, self.span.last - DAY) if self.span.days > 1 else None

    @property
    def adds_up(self) -> bool:
        """Whether opening and lines give the closing balance; true where a balance is not told."""
        told = not self.provisional and self.opening is not None and self.closing is not None
        return not told or self.opening + self.booked == self.closing  # type: ignore[operator]

    @property
    def begins(self) -> frozenset[Decimal]:
        """The balance at its beginning; two where it contradicts itself, none where it tells none."""
        told = set() if self.opening is None else {self.opening}
        if self.closing is not None and not self.provisional:
            told.add(self.closing - self.booked)
        return frozenset(told)

    @property
    def ends(self) -> frozenset[Decimal]:
        """The balance at its end, likewise; none of a provisional one."""
        if self.provisional:
            return frozenset()
        told = set() if self.closing is None else {self.closing}
        if self.opening is not None:
            told.add(self.opening + self.booked)
        return frozenset(told)


class Kind(StrEnum):
    """What is wrong with some days."""

    MISSING = "missing"
    """Nothing was delivered of them, and the balances around do not join."""
    LATEST = "latest"
    """Nothing was delivered since."""
    PROVISIONAL = "provisional"
    """Only a provisional statement told of them."""
    SUM = "sum"
    """Opening balance and lines do not give the closing balance of a statement."""
    BREAK = "break"
    """A statement does not begin with the balance with which the one before it ends."""
    CHANGED = "changed"
    """The bank delivered them again, with other figures."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Days with which something is wrong. ``expected`` and ``found`` are the figures that contradict each other.

    ``statements`` are the numbers of the statements it is about, the doubtful one last.
    """

    kind: Kind
    span: Span
    statements: tuple[int, ...] = ()
    expected: Decimal | None = None
    found: Decimal | None = None


class Look(StrEnum):
    """What is known of a day."""

    COMPLETE = "complete"
    PROVISIONAL = "provisional"
    MISSING = "missing"
    DOUBT = "doubt"
    NONE = "none"
    """Not needed."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """What is known of an account. ``needed`` is None where no day of it is needed (yet); the spans lie within it.

    ``ended`` is the last day on which the account could be used, None while it can be.
    """

    needed: Span | None
    complete: tuple[Span, ...] = ()
    findings: tuple[Finding, ...] = ()
    ended: date | None = None

    def covers(self, day: date) -> bool:
        """Whether every payment of that day would be known: delivered completely and without contradiction, or the
        account could not be used any more.
        """
        return self.look(day) is Look.COMPLETE or (self.ended is not None and day > self.ended)

    def look(self, day: date) -> Look:
        """What is known of a day."""
        if self.needed is None or not self.needed.first <= day <= self.needed.last:
            return Look.NONE
        for kinds, look in _LOOKS:
            if any(f.kind in kinds and f.span.first <= day <= f.span.last for f in self.findings):
                return look
        return Look.COMPLETE if any(span.first <= day <= span.last for span in self.complete) else Look.MISSING


_LOOKS = (
    ((Kind.SUM, Kind.BREAK), Look.DOUBT),
    ((Kind.PROVISIONAL,), Look.PROVISIONAL),
    ((Kind.MISSING, Kind.LATEST), Look.MISSING),
)


def covers(accounts: Iterable[Coverage], day: date) -> bool:
    """Whether a payment of that day would be known whichever of these accounts it passed."""
    return all(account.covers(day) for account in accounts)
