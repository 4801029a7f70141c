"""Whose document a number is: suppliers write all their numbers in one way, and differently from each other.

A voucher that was entered for a collective contact (several suppliers) still carries a number of its supplier's kind.
Where vouchers of one party alone have numbers of that kind, the party is a likely one; the bank text must confirm it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable

from .claim import Claim

_RUN = re.compile(r"\d+|[^\d]+")
_SUPPORT = 3
_LETTERS = 2
_BEGINNINGS = (4, 3, 2)
_LONG = 6


def likely_parties(claims: Iterable[Claim]) -> dict[int, Claim]:
    """For vouchers without a contact of their own, by index: a voucher of the party whose numbers look the same."""
    rows = list(claims)
    owners: dict[tuple[str, ...], dict[tuple[str, ...], list[Claim]]] = defaultdict(lambda: defaultdict(list))
    for claim in rows:
        if claim.party:
            for kind in _kinds(claim):
                owners[kind][claim.party].append(claim)
    found = {}
    for claim in rows:
        if claim.contact:
            continue
        for kind in _kinds(claim):
            parties = owners.get(kind, {})
            if parties:
                if len(parties) == 1:
                    (known,) = parties.values()
                    if len(known) >= _SUPPORT:
                        found[claim.index] = known[0]
                break
    return found


def _kinds(claim: Claim) -> list[tuple[str, ...]]:
    """The kinds of a number, the closest first: its letters with the places of its digits, or how its digits begin."""
    canon = claim.number.canon
    direction = str(claim.v.direction)
    letters = sum(c.isalpha() for c in canon)
    if letters >= _LETTERS:
        return [(direction, *(str(len(run)) if run.isdigit() else run for run in _RUN.findall(canon)))]
    if len(canon) >= _LONG:
        return [(direction, str(len(canon)), canon[:size]) for size in _BEGINNINGS]
    return []
