"""The document number as evidence."""

from __future__ import annotations

from typing import NamedTuple

from matching.engine.book import Book, Booking, Claim
from matching.engine.numbers import Hit
from matching.engine.slips import another_of_the_kind, cut, typo

from .trait import Trait

STRONG = 5.5
"""From this weight on a whole number points at one voucher practically alone."""

WHOLE = frozenset({"only", "strong"})
"""The grades of a whole number in the text."""

UNSURE = frozenset({"typo", "cut"})
"""The grades of what might as well be another number of the series."""

OVER_ANOTHER = 4.0
"""From this weight on a part of the number counts although the text names another number of its series."""

_UNSURE = {"number_typo": "typo", "number_cut": "cut"}

_NO_NUMBER = -0.4
_OTHER_NUMBER = -6.0
_OTHER_OF_THE_KIND = -3.0


class NumberFit(NamedTuple):
    """The best evidence from the number, and how good it is: only, strong, weak, typo, cut, none, against.

    only: the whole number, and no other voucher's; strong: the whole number among others; typo, cut: with a slip or
    without its end, so that it might as well be another number. `where` is what was found, of the voucher's own number
    or, where that is `against` it, of `other` (empty: no voucher of the client has that number).
    """

    grade: str
    weight: float
    code: str = ""
    where: tuple[str, int, int] | None = None
    other: str = ""

    def traits(self, claim: Claim) -> list[Trait]:
        """The reason as it is told; a booking without any number has none."""
        if not self.code:
            return []
        params = {"number": claim.v.number}
        if self.other:
            params["other"] = self.other
        return [Trait(self.code, self.weight, params, self.where)]


_SILENT = NumberFit("none", _NO_NUMBER)


def measure_number(book: Book, claim: Claim, b: Booking) -> NumberFit:
    """Look for the voucher's number in a booking. Without any a booking is a little less likely to be the right one."""
    hit = book.hits[b.index].get(claim.index)
    others = _strong_others(book, claim, b)
    if hit is not None and hit.whole:
        return _found(hit, "weak" if hit.weight < STRONG else "strong" if others else "only")
    if others:
        other, other_hit = others[0]
        number = book.claims[other].v.number
        return NumberFit("against", _OTHER_NUMBER, "other_number", _where(other_hit), number)
    partial = [hit] if hit is not None else []
    for text in b.numbers:
        partial += [h for h in (typo(claim.number, text, book.whole.by_form), cut(claim.number, text)) if h]
    best = max(partial, key=lambda h: h.weight, default=None)
    # A card slip carries numbers of its own (terminal, receipt, time), which now and then look like a series.
    if (best is None or best.weight < OVER_ANOTHER) and not b.is_card:
        for text in b.numbers:
            window = another_of_the_kind(claim.number, text)
            if window is not None:
                where = (text.field, window.start, window.end)
                return NumberFit("against", _OTHER_OF_THE_KIND, "other_number", where)
    if best is None:
        return _SILENT
    return _found(best, _UNSURE.get(best.code, "weak") if best.weight < OVER_ANOTHER else "weak")


def _where(hit: Hit) -> tuple[str, int, int]:
    return hit.field, hit.start, hit.end


def _found(hit: Hit, grade: str) -> NumberFit:
    return NumberFit(grade, hit.weight, hit.code, _where(hit))


def _strong_others(book: Book, claim: Claim, b: Booking) -> list[tuple[int, Hit]]:
    """Other vouchers whose whole number stands in the booking, strongest first."""
    hits = book.hits[b.index]
    if not hits:
        return []
    found = [
        (index, hit)
        for index, hit in hits.items()
        if index != claim.index
        and hit.whole
        and hit.weight >= STRONG
        and book.claims[index].number.canon != claim.number.canon
        and book.claims[index].v.direction == b.sign
    ]
    return sorted(found, key=lambda f: (-f[1].weight, f[0]))
