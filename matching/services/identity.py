"""Which bank line is which: the same payment told by several sources is one, two real twins stay two.

Pure, and a function of what was said, not of the order in which it came: all that the sources ever said about one
account, day, amount and currency is looked at anew, best source first. See docs/bank-identity.md.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from rapidfuzz import fuzz

COMPARED: Final = 10_000
"""Pairs of lines and payments that are compared by their texts; beyond that only equal features join them."""
TRIED: Final = 50
"""Payments that are tried for a line beyond that."""

_IBAN: Final = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}")


@dataclass(frozen=True, slots=True)
class Seen:
    """What one source said about a payment: its family with its rank (1 is best), its key, and what tells it apart."""

    family: str
    rank: int
    key: str
    end_to_end: str = ""
    iban: str = ""
    mandate: str = ""
    reference: str = ""
    notification: str = ""
    name: str = ""
    text: str = ""

    @property
    def order(self) -> tuple[str, ...]:
        """A place among the lines of its family that depends on nothing but itself."""
        return (self.end_to_end, self.iban, self.mandate, self.reference, self.name, self.text, self.key)


def seen(family: str, rank: int, key: str, columns: Mapping[str, object]) -> Seen:
    """What a source said, from the columns of a transaction (or of a line), with blanks, case and marks left out."""
    details = columns.get("details")
    notification = details.get("notification", "") if isinstance(details, Mapping) else ""
    return Seen(
        family,
        rank,
        key,
        end_to_end=fold(columns["end_to_end_id"]),
        iban=fold(columns["counterparty_iban"]),
        mandate=fold(columns["mandate_id"]),
        reference=fold(columns["bank_reference"]),
        notification=fold(notification),
        name=fold(columns["counterparty"]),
        text=fold(columns["purpose"]),
    )


def fold(text: object) -> str:
    """Letters and digits in capitals: what is left of a text when formats have done what they do to it."""
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", str(text)).upper()))


def contradict(one: Seen, other: Seen) -> bool:
    """Whether two sources cannot mean the same payment: both give an end-to-end id, an IBAN, a mandate, or an advice,
    and neither is the other one cut off. The bank's own references do not count: banks number each format anew."""
    return (
        _differ(one.end_to_end, other.end_to_end)
        or _differ(one.mandate, other.mandate)
        or _differ(one.notification, other.notification)
        or (one.iban != other.iban and bool(_IBAN.fullmatch(one.iban) and _IBAN.fullmatch(other.iban)))
    )


def _differ(one: str, other: str) -> bool:
    return bool(one and other) and not (one.startswith(other) or other.startswith(one))


def same_payments(said: Sequence[Seen]) -> list[list[int]]:
    """Sort what was said about one account, day, amount and currency into payments; answers positions in ``said``.

    Within a family every key is a payment of its own. Family after family, best first, each line goes to a payment
    that its family has not told of and that it does not contradict; as many lines as possible find one, the most
    similar ones first. The others are payments of their own.
    """
    families: dict[tuple[int, str], list[int]] = defaultdict(list)
    for position, one in enumerate(said):
        families[one.rank, one.family].append(position)
    payments: list[list[int]] = []
    for _, lines in sorted(families.items()):
        lines.sort(key=lambda position: said[position].order)
        found = _pair([said[position] for position in lines], [[said[p] for p in payment] for payment in payments])
        for number, position in enumerate(lines):
            if number in found:
                payments[found[number]].append(position)
            else:
                payments.append([position])
    return payments


_Feature = Callable[[Seen], object]
# What joins a line and a payment, strongest first; an empty feature joins nothing.
_FEATURES: Final[tuple[_Feature, ...]] = (
    lambda line: line.key,
    lambda line: line.reference,
    lambda line: line.end_to_end,
    lambda line: line.iban and line.text and (line.iban, line.text),
    lambda line: line.mandate and line.text and (line.mandate, line.text),
    lambda line: line.name and line.text and (line.name, line.text),
    lambda line: line.iban,
    lambda line: line.text,
    lambda line: line.name,
)


class _Pairing:
    """The lines of one family on their way to the payments known so far."""

    def __init__(self, lines: list[Seen], payments: list[list[Seen]]) -> None:
        self.lines, self.payments = lines, payments
        self.found: dict[int, int] = {}
        self.taken: dict[int, int] = {}

    def fits(self, line: int, payment: int) -> bool:
        """Whether nothing speaks against it."""
        return not any(contradict(self.lines[line], other) for other in self.payments[payment])

    def take(self, line: int, payment: int) -> None:
        """Let the line be that payment."""
        self.found[line], self.taken[payment] = payment, line

    def waiting(self) -> list[int]:
        """The lines without a payment."""
        return [line for line in range(len(self.lines)) if line not in self.found]

    def free(self) -> list[int]:
        """The payments without a line."""
        return [payment for payment in range(len(self.payments)) if payment not in self.taken]

    def join(self, feature: _Feature) -> None:
        """Take those that have a feature in common."""
        index: dict[object, list[int]] = defaultdict(list)
        for payment in reversed(self.free()):
            for value in {feature(other) for other in self.payments[payment]} - {""}:
                index[value].append(payment)
        for line in self.waiting():
            candidates = index.get(feature(self.lines[line]), [])
            while candidates and candidates[-1] in self.taken:
                candidates.pop()
            possible = (payment for payment in reversed(candidates) if payment not in self.taken)
            place = next((payment for payment in islice(possible, TRIED) if self.fits(line, payment)), None)
            if place is not None:
                self.take(line, place)

    def compare(self) -> None:
        """Take the most similar ones first."""
        waiting, free = self.waiting(), self.free()
        if len(waiting) * len(free) > COMPARED:
            return
        scores = [
            (-max(_similarity(self.lines[line], other) for other in self.payments[payment]), line, payment)
            for line in waiting
            for payment in free
            if self.fits(line, payment)
        ]
        for _, line, payment in sorted(scores):
            if line not in self.found and payment not in self.taken:
                self.take(line, payment)

    def augment(self) -> None:
        """Let lines change places until no more of them can find a payment."""
        exhaustive = len(self.lines) * len(self.payments) <= COMPARED
        for line in self.waiting():
            if exhaustive:
                self._find_place(line)
            else:
                place = next((p for p in islice(self.free(), TRIED) if self.fits(line, p)), None)
                if place is not None:
                    self.take(line, place)

    def _find_place(self, line: int) -> None:
        """A shortest chain of changes, found breadth first."""
        came_from: dict[int, int] = {}
        wave = [line]
        while wave:
            following = []
            for mover in wave:
                for payment in range(len(self.payments)):
                    if payment in came_from or not self.fits(mover, payment):
                        continue
                    came_from[payment] = mover
                    if payment not in self.taken:
                        self._move_along(payment, line, came_from)
                        return
                    following.append(self.taken[payment])
            wave = following

    def _move_along(self, end: int, line: int, came_from: dict[int, int]) -> None:
        payment = end
        while True:
            mover = came_from[payment]
            before = self.found.get(mover)
            self.take(mover, payment)
            if mover == line or before is None:
                return
            payment = before


def _pair(lines: list[Seen], payments: list[list[Seen]]) -> dict[int, int]:
    """The payment of each line that has one, by their positions."""
    pairing = _Pairing(lines, payments)
    if payments:
        for feature in _FEATURES:
            if len(pairing.found) < min(len(lines), len(payments)):
                pairing.join(feature)
        pairing.compare()
        pairing.augment()
    return pairing.found


def _similarity(one: Seen, other: Seen) -> int:
    """How alike two lines are, 0 to 200: names and texts as far as both have them."""
    score = 0
    for mine, theirs in ((one.name, other.name), (one.text, other.text)):
        if mine and theirs:
            score += round(fuzz.partial_ratio(mine[:200], theirs[:200]))
    return score


@dataclass(frozen=True, slots=True)
class Payment:
    """A payment of a bucket: the stored transaction that it is (None: a new one) and what was said about it."""

    row: int | None
    said: tuple[Seen, ...]


def settle(rows: Mapping[int, Sequence[Seen]], fresh: Iterable[Seen]) -> list[Payment]:
    """Bring new lines of a bucket together with its stored transactions (row → what was said about it).

    Every row stays and keeps its best source's words as far as that is possible; what others said may move to another
    row when it becomes clear whom they meant. Should there be fewer payments than rows, nothing moves: then the new
    lines alone are placed.
    """
    fresh = tuple(fresh)
    if len(rows) == len(fresh) == 1:  # nearly always; what fits everything said before is one payment with it
        ((row, said),), (new,) = rows.items(), fresh
        if all(one.family != new.family and not contradict(one, new) for one in said):
            return [Payment(row, (*said, new))]
    home = {(one.family, one.key): row for row, said in rows.items() for one in said}
    everything = [*(one for said in rows.values() for one in said), *fresh]
    everything.sort(key=lambda one: (one.rank, one.family, one.order))
    groups = [[everything[position] for position in group] for group in same_payments(everything)]
    if len(groups) < len(rows):
        groups = _placed(rows, fresh)
    owner = dict(_owners(groups, home))
    without_words = sorted(rows.keys() - owner.values())
    owner.update(zip((number for number in range(len(groups)) if number not in owner), without_words, strict=False))
    return [Payment(owner.get(number), tuple(group)) for number, group in enumerate(groups)]


def _owners(groups: list[list[Seen]], home: Mapping[tuple[str, str], int]) -> Iterator[tuple[int, int]]:
    """The row of each group: that of its best words, unless a group with better ones has it."""
    claims = [
        (one.rank, one.family, one.order, number, home[one.family, one.key])
        for number, group in enumerate(groups)
        for one in group
        if (one.family, one.key) in home
    ]
    groups_done, rows_done = set(), set()
    for *_, number, row in sorted(claims):
        if number not in groups_done and row not in rows_done:
            groups_done.add(number)
            rows_done.add(row)
            yield number, row


def _placed(rows: Mapping[int, Sequence[Seen]], fresh: Sequence[Seen]) -> list[list[Seen]]:
    groups = [list(said) for _, said in sorted(rows.items())]
    families: dict[tuple[int, str], list[Seen]] = defaultdict(list)
    for one in fresh:
        families[one.rank, one.family].append(one)
    for (_, family), lines in sorted(families.items()):
        lines.sort(key=lambda one: one.order)
        open_groups = [group for group in groups if all(one.family != family for one in group)]
        found = _pair(lines, open_groups)
        for number, line in enumerate(lines):
            if number in found:
                open_groups[found[number]].append(line)
            else:
                groups.append([line])
    return groups
