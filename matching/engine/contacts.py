"""Contacts that are one party under several spellings."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable

from rapidfuzz.distance import OSA

Contact = tuple[str, ...]
_SHORTEST = 5


def parties(contacts: Iterable[Contact]) -> dict[Contact, Contact]:
    """Lead every contact's sorted words to those of the most frequent spelling of its party.

    Two names are one party when they differ by a slip of the pen or two, by the order of their words, or when
    one is the beginning of the other. Names that do not share their first three letters are never compared.
    """
    counted = Counter(c for c in contacts if c)
    buckets: dict[str, list[Contact]] = defaultdict(list)
    by_words: dict[Contact, Contact] = {}
    for contact in sorted(counted, key=lambda c: (-counted[c], c)):
        words = tuple(sorted(contact))
        joined = "".join(contact)
        bucket = buckets[joined[:3]]
        found = by_words.get(words) or next((c for c in bucket if _same(joined, "".join(c))), None)
        if found is None:
            found = contact
            bucket.append(contact)
        by_words.setdefault(words, found)
    return {words: tuple(sorted(found)) for words, found in by_words.items()}


def _same(left: str, right: str) -> bool:
    short, long = sorted((left, right), key=len)
    if len(short) < _SHORTEST:
        return False
    if long.startswith(short) and len(short) * 2 >= len(long):
        return True
    slips = 1 if len(short) < 10 else 2
    return OSA.distance(short, long, score_cutoff=slips) <= slips
