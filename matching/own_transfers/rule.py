"""Which lines of a client's accounts are one movement of money.

A pair has opposite equal amounts on two accounts within a few bank days, and words that say so. Equal amounts alone say
nothing: a customer pays 500 on one account on the day on which 500 leave the other for rent. A line that names somebody
else's account is never half of a pair. Where several pairs are equally good, a person decides, unless it makes no
difference which goes with which.
"""

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Final

from matching.bank_days import bank_days
from matching.engine.text import fold, name_words, words
from matching.own_transfers.shapes import Holder, Leg, Pair, Reason

MOST_BANK_DAYS: Final = 3
# Over Easter and Christmas there are five days without a bank day in a row at most.
_WINDOW: Final = timedelta(days=MOST_BANK_DAYS + 5)
ENOUGH: Final = 4
WEIGHTS: Final = {
    Reason.IBAN_OUT: 4,
    Reason.IBAN_IN: 4,
    Reason.NAME_OUT: 2,
    Reason.NAME_IN: 2,
    Reason.CODE: 2,
    Reason.PURPOSE: 2,
    Reason.END_TO_END: 3,
}
# Booking codes of German banks (bank feeds, section 5): transfer between own accounts, cash pooling.
OWN_CODES: Final = frozenset({"820", "833", "834"})
_OWN_PURPOSE: Final = re.compile(
    r"\b(?:UMBUCHUNG|UEBERTRAG|EIGENUEBERTRAG|KONTOUEBERTRAG|UMBUCH|OWN TRANSFER|INTERNAL TRANSFER|KONTOAUSGLEICH)\b"
)
_NO_ID: Final = frozenset({"", "NOTPROVIDED", "NONREF"})


def find_pairs(
    legs: Iterable[Leg], holder: Holder, *, rejected: Collection[tuple[int, int]] = frozenset()
) -> list[Pair]:
    """The pairs that are certain enough, each line in one at most; ``rejected`` ones (outgoing, incoming) are out."""
    able = [
        pair
        for pair in _all_pairs(legs, holder)
        if pair.strength >= ENOUGH and (pair.outgoing.id, pair.incoming.id) not in rejected
    ]
    found: list[Pair] = []
    while able:
        chosen = _mutually_best(able) or _interchangeable(able)
        if not chosen:
            break
        found += chosen
        used = {leg for pair in chosen for leg in (pair.outgoing.id, pair.incoming.id)}
        able = [pair for pair in able if pair.outgoing.id not in used and pair.incoming.id not in used]
    return sorted(found, key=lambda pair: (pair.outgoing.day, pair.outgoing.id))


def partners(leg: Leg, others: Iterable[Leg], holder: Holder) -> list[Pair]:
    """Every line that may be the other half of ``leg``, best first, however little speaks for it."""
    mine = [pair for pair in _all_pairs([leg, *others], holder) if leg in (pair.outgoing, pair.incoming)]
    return sorted(mine, key=lambda pair: pair.rank, reverse=True)


def _all_pairs(legs: Iterable[Leg], holder: Holder) -> list[Pair]:
    """All opposite lines within the days, unless one names an account that is not the other's."""
    outgoing: dict[tuple[str, Decimal], list[Leg]] = defaultdict(list)
    incoming: dict[tuple[str, Decimal], list[Leg]] = defaultdict(list)
    for leg in legs:
        if leg.amount:
            (outgoing if leg.amount < 0 else incoming)[leg.currency, abs(leg.amount)].append(leg)
    pairs = []
    for key, leaving in outgoing.items():
        coming = sorted(incoming.get(key, ()), key=lambda leg: (leg.day, leg.id))
        days = [leg.day for leg in coming]
        for out in leaving:
            near = slice(bisect_left(days, out.day - _WINDOW), bisect_right(days, out.day + _WINDOW))
            found = (_pair(out, into, holder) for into in coming[near] if into.account != out.account)
            pairs += [pair for pair in found if pair is not None]
    return pairs


def _pair(out: Leg, into: Leg, holder: Holder) -> Pair | None:
    first, last = sorted((out.day, into.day))
    taken = bank_days(first + timedelta(days=1), last) if first < last else 0
    if taken > MOST_BANK_DAYS:
        return None
    reasons = []
    for leg, other, iban, name in (
        (out, into, Reason.IBAN_OUT, Reason.NAME_OUT),
        (into, out, Reason.IBAN_IN, Reason.NAME_IN),
    ):
        named = leg.counterparty_iban
        if named and named == holder.ibans.get(other.account):
            reasons.append(iban)
        elif named and holder.ibans.get(other.account):
            return None
        if _is_name(leg.counterparty, holder.name):
            reasons.append(name)
    if out.gvc in OWN_CODES or into.gvc in OWN_CODES:
        reasons.append(Reason.CODE)
    if _says_so(out.purpose) or _says_so(into.purpose):
        reasons.append(Reason.PURPOSE)
    if out.end_to_end_id == into.end_to_end_id and out.end_to_end_id not in _NO_ID:
        reasons.append(Reason.END_TO_END)
    return Pair(out, into, tuple(reasons), sum(WEIGHTS[reason] for reason in reasons), taken)


def _mutually_best(able: list[Pair]) -> list[Pair]:
    """The pairs that are better than every other pair of either of their lines."""
    best: dict[tuple[str, int], list[tuple[int, int]]] = defaultdict(list)
    for pair in able:
        best["out", pair.outgoing.id].append(pair.rank)
        best["in", pair.incoming.id].append(pair.rank)
    tops = {side: (max(ranks), ranks.count(max(ranks))) for side, ranks in best.items()}
    return [
        pair
        for pair in able
        if all(tops[side] == (pair.rank, 1) for side in (("out", pair.outgoing.id), ("in", pair.incoming.id)))
    ]


def _interchangeable(able: list[Pair]) -> list[Pair]:
    """Twins: as many lines out of one account on one day as into another one, each pair as good as any.

    Which goes with which makes no difference then; nobody else may be as good for one of them.
    """
    groups: dict[tuple[int, int, date, date, Decimal, tuple[int, int]], list[Pair]] = defaultdict(list)
    for pair in able:
        out, into = pair.outgoing, pair.incoming
        groups[out.account, into.account, out.day, into.day, into.amount, pair.rank].append(pair)
    best: dict[int, tuple[int, int]] = {}
    for pair in able:
        for leg in (pair.outgoing.id, pair.incoming.id):
            best[leg] = max(best.get(leg, pair.rank), pair.rank)
    chosen: list[Pair] = []
    for key, pairs in groups.items():
        outs = sorted({pair.outgoing.id for pair in pairs})
        ins = sorted({pair.incoming.id for pair in pairs})
        lines = {*outs, *ins}
        elsewhere = any(
            pair not in pairs and pair.rank >= key[-1] and {pair.outgoing.id, pair.incoming.id} & lines for pair in able
        )
        if len(outs) != len(ins) or len(pairs) != len(outs) * len(ins) or elsewhere:
            continue
        if all(best[leg] == key[-1] for leg in lines):
            wanted = set(zip(outs, ins, strict=True))
            chosen += [pair for pair in pairs if (pair.outgoing.id, pair.incoming.id) in wanted]
    return chosen


def _is_name(counterparty: str, name: str) -> bool:
    known = _name(name)
    return bool(known) and known <= frozenset(words(fold(counterparty)))


@lru_cache(maxsize=64)
def _name(name: str) -> frozenset[str]:
    return frozenset(name_words(name))


def _says_so(purpose: str) -> bool:
    return _OWN_PURPOSE.search(" ".join(fold(purpose).split())) is not None
