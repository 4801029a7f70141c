"""Reference only: the rule of a ticket shop's bank import (pretix, plugin banktransfer).

Numbers are found behind known prefixes in the upper-cased text, once with and once without its blanks; the reading
with more hits counts. A number is looked up as it is, with confusable characters made equal, cut to a known length,
then without dashes and leading zeros. One voucher is paid by whatever amount names it, unless it is paid already;
several only if what is open adds up to exactly the booking. No name, account, date or amount helps.

The prefix of a number is what stands before its last run of characters; numbers of digits alone have none, so
they are not modelled. The original knows customers' orders; here suppliers' bills are read the same way.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal

from matching.engine.types import Transaction, Voucher

from .interface import Answer, Side, in_order, side_of_transaction, side_of_voucher

_PARTS = re.compile(r"(.*[-_/ .])([A-Z0-9]+)|([A-Z]+)(\d[A-Z0-9]*)")
_CONFUSABLE = str.maketrans("OIQ", "010")


def match(vouchers: Sequence[Voucher], transactions: Sequence[Transaction]) -> list[Answer]:
    """Answers for one client."""
    sides: dict[Side, list[Voucher]] = defaultdict(list)
    for v in vouchers:
        sides[side_of_voucher(v)].append(v)
    finders = {side: Finder(rows) for side, rows in sides.items()}
    pending = {v.id: v.total for v in vouchers}
    answers: list[Answer] = []
    for t in in_order(transactions):
        finder = finders.get(side_of_transaction(t))
        if finder:
            answers += _settle(finder.find(f"{t.purpose} {t.end_to_end_id}"), t, pending)
    return answers


class Finder:
    """Finds the numbers of some vouchers in texts."""

    def __init__(self, vouchers: Iterable[Voucher]) -> None:
        self._known: dict[str, set[str]] = defaultdict(set)
        prefixes, lengths = set(), set()
        for v in vouchers:
            parts = _PARTS.fullmatch(v.number.upper().strip())
            if not parts:
                continue
            prefix, code = parts[1] or parts[3], parts[2] or parts[4]
            bare = _bare(prefix)
            prefixes |= {prefix.rstrip("-_/ ."), bare} - {""}
            lengths.add(len(code))
            for key in (bare + code, bare + code.translate(_CONFUSABLE), "0" + bare + code.lstrip("0")):
                self._known[key].add(v.id)
        self._lengths = sorted(lengths, reverse=True)
        names = "|".join(re.escape(p) for p in sorted(prefixes, key=lambda p: (-len(p), p)))
        span = f"{{{min(lengths)},{max(lengths)}}}" if lengths else ""
        self._pattern = re.compile(rf"({names})[ \-_]*([A-Z0-9]{span})") if lengths else None

    def find(self, text: str) -> list[str]:
        """The ids of the vouchers that a text names, in the order of the text; nothing where a number is not unique."""
        upper = text.upper()
        return max(self._read(upper), self._read("".join(upper.split())), key=len)

    def _read(self, text: str) -> list[str]:
        found: dict[str, None] = {}
        for prefix, code in self._pattern.findall(text) if self._pattern else ():
            hit = self._look_up(_bare(prefix), code)
            if len(hit) == 1:
                found[next(iter(hit))] = None
        return list(found)

    def _look_up(self, prefix: str, code: str) -> set[str]:
        keys = [prefix + code, prefix + code.translate(_CONFUSABLE)]
        keys += [prefix + code[:n] for n in self._lengths if n < len(code)]
        keys.append("0" + prefix + code.lstrip("0"))
        return next((self._known[key] for key in keys if key in self._known), set())


def _bare(prefix: str) -> str:
    return re.sub(r"[^A-Z0-9]", "", prefix)


def _settle(found: list[str], t: Transaction, pending: dict[str, Decimal]) -> list[Answer]:
    """One voucher takes the booking; several only if they add up to it, otherwise a person sees them."""
    amount = abs(t.amount)
    unpaid = [v for v in found if pending[v] > 0]
    if len(found) == 1 and unpaid:
        pending[found[0]] -= amount
        return [Answer(found[0], t.id, amount, 1.0, automatic=True)]
    if len(unpaid) > 1:
        whole = sum((pending[v] for v in unpaid), Decimal(0)) == amount
        answers = [Answer(v, t.id, min(pending[v], amount), 1.0 if whole else 0.5, automatic=whole) for v in unpaid]
        if whole:
            for v in unpaid:
                pending[v] = Decimal(0)
        return answers
    return []
