"""Whether the contact of a voucher stands in a booking, under whatever spelling."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from rapidfuzz.distance import OSA, JaroWinkler

EQUAL, SIMILAR, PARTLY = 0.92, 0.6, 0.33
_FUZZY = 0.92
_HEAD = 4
_RELATIVE, _OTHER_PERSON = 0.3, -1.0


@dataclass(frozen=True, slots=True)
class NameMatch:
    """How much of a contact's name was found (0..1), the words of the booking that matched, and what was missed."""

    similarity: float
    found: tuple[str, ...]
    weight: float
    missing: tuple[str, ...]

    @property
    def level(self) -> str:
        """equal, similar, partly or none."""
        if self.similarity >= EQUAL:
            return "equal"
        if self.similarity >= SIMILAR:
            return "similar"
        return "partly" if self.similarity >= PARTLY else "none"


class WordStatistics:
    """How common each word is among the bookings of a client."""

    __slots__ = ("_count", "total")

    def __init__(self, texts: Iterable[frozenset[str]]) -> None:
        self._count: Counter[str] = Counter()
        self.total = 0
        for found in texts:
            self._count.update(found)
            self.total += 1

    def count(self, word: str) -> int:
        """Bookings that carry the word."""
        return self._count[word]

    def information(self, word: str) -> float:
        """Rare words say more; words of one or two letters little."""
        rarity = math.log(2 + self.total / (1 + self._count[word]))
        return rarity * (0.3 if len(word) == 1 else 0.7 if len(word) == 2 else 1.0)


def _match(word: str, present: frozenset[str], squashed: str) -> tuple[float, str]:
    if word in present:
        return 1.0, word
    if len(word) < 4:
        return 0.0, ""
    best, found = 0.0, ""
    for other in present:
        if len(other) < 4 or other[0] != word[0] or other.isdigit():
            continue
        if other.startswith(word) or word.startswith(other):
            score = 0.9
        else:
            score = JaroWinkler.normalized_similarity(word, other, score_cutoff=_FUZZY)
            if score < _FUZZY or abs(len(word) - len(other)) > 2:
                continue
            score *= 0.9
        if (score, other) > (best, found):
            best, found = score, other
    if best < 0.9 and len(word) >= 6 and word in squashed:
        return 0.9, word
    return best, found


def compare(
    contact: tuple[str, ...],
    present: frozenset[str],
    squashed: str,
    statistics: WordStatistics,
    *,
    brand: bool = False,
) -> NameMatch:
    """Find the words of a contact among the words of a booking (`squashed`: its letters without blanks).

    `brand`: card texts carry the brand alone, so the first word of the contact is enough for a likeness.
    """
    total = got = 0.0
    found: list[str] = []
    missing: list[str] = []
    rarest = statistics.total
    head = False
    for place, word in enumerate(contact):
        value = statistics.information(word)
        total += value
        score, other = _match(word, present, squashed)
        got += value * score
        if score:
            head = head or (place == 0 and len(word) >= _HEAD)
            found.append(other)
            rarest = min(rarest, statistics.count(other) or 1)
        else:
            missing.append(word)
    similarity = got / total if total else 0.0
    if brand and head:
        similarity = max(similarity, SIMILAR)
    return NameMatch(similarity, tuple(found), _weight(similarity, rarest, statistics.total), tuple(missing))


def contradicts(match: NameMatch, names: Collection[str]) -> bool:
    """Whether somebody else of a like name is meant: Ines where the contact is Anna, with the surname of both.

    `names`: the words of whoever the booking names. A name that is shorter, longer, cut off or misspelt contradicts
    nothing, nor does a payer who names the contact in the text.
    """
    own = [name for name in names if not any(name in word or word in name for word in match.found)]
    if len(own) == len(names):
        return False
    return any(map(_tells, match.missing)) and any(
        _tells(name) and not any(_resembles(name, word) for word in match.missing) for name in own
    )


def other_person(match: NameMatch) -> NameMatch:
    """The same comparison when somebody else of a like name is meant: a relative may pay, a stranger may as well."""
    return replace(match, similarity=min(match.similarity, _RELATIVE), weight=min(match.weight, _OTHER_PERSON))


def _tells(word: str) -> bool:
    return len(word) > 2 and word.isalpha()


def _resembles(name: str, word: str) -> bool:
    return word.startswith(name) or name.startswith(word) or OSA.distance(name, word, score_cutoff=1) <= 1


def _weight(similarity: float, rarest: int, total: int) -> float:
    """The share of right bookings that look like this against the share of all bookings that do."""
    chance = (rarest + 0.5) / (total + 1)
    if similarity >= EQUAL:
        return min(5.0, max(0.5, math.log(0.8 / chance)))
    if similarity >= SIMILAR:
        return min(3.5, max(0.0, math.log(0.4 / chance)))
    if similarity >= PARTLY:
        return min(1.0, max(-1.0, math.log(0.08 / chance)))
    return -3.0
