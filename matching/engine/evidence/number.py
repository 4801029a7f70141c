"""The document number as evidence."""

from __future__ import annotations

from matching.engine.book import Book, Booking, Claim
from matching.engine.numbers import Hit
from matching.engine.slips import another_of_the_kind, cut, typo

from .trait import Trait

STRONG = 5.5
"""From this weight on a whole number points at one voucher practically alone."""

WHOLE = frozenset({"only", "strong"})
"""The grades of a whole number in the text."""

OVER_ANOTHER = 4.0
"""From this weight on a part of the number counts although the text names another number of its series."""

_UNSURE = {"number_typo": "typo", "number_cut": "cut"}
"""What might as well be another number of the series."""

_NO_NUMBER = -0.4
_OTHER_NUMBER = -6.0
_OTHER_OF_THE_KIND = -3.0


def number_trait(book: Book, claim: Claim, b: Booking) -> tuple[Trait | None, str]:
    """The best evidence from the number, and how good it is: only, strong, weak, typo, cut, none, against.

    only: the whole number, and no other voucher's; strong: the whole number among others; typo, cut: with a slip or
    without its end, so that it might as well be another number.
    """
    number = claim.v.number
    hit = book.hits[b.index].get(claim.index)
    others = _strong_others(book, claim, b)
    if hit is not None and hit.whole:
        grade = "weak" if hit.weight < STRONG else "strong" if others else "only"
        return _found(number, hit), grade
    if others:
        other, other_hit = others[0]
        params = {"number": number, "other": book.claims[other].v.number}
        return Trait("other_number", _OTHER_NUMBER, params, _where(other_hit)), "against"
    partial = [hit] if hit is not None else []
    for text in b.numbers:
        partial += [h for h in (typo(claim.number, text, book.by_form), cut(claim.number, text)) if h]
    best = max(partial, key=lambda h: h.weight, default=None)
    if best is None or best.weight < OVER_ANOTHER:
        for text in b.numbers:
            window = another_of_the_kind(claim.number, text)
            if window is not None:
                where = (text.field, window.start, window.end)
                return Trait("other_number", _OTHER_OF_THE_KIND, {"number": number}, where), "against"
    if best is None:
        return None, "none"
    return _found(number, best), _UNSURE.get(best.code, "weak") if best.weight < OVER_ANOTHER else "weak"


def no_number_weight() -> float:
    """A booking without any number is a little less likely to be the right one."""
    return _NO_NUMBER


def _where(hit: Hit) -> tuple[str, int, int]:
    return hit.field, hit.start, hit.end


def _found(number: str, hit: Hit) -> Trait:
    return Trait(hit.code, hit.weight, {"number": number}, _where(hit))


def _strong_others(book: Book, claim: Claim, b: Booking) -> list[tuple[int, Hit]]:
    """Other vouchers whose whole number stands in the booking, strongest first."""
    found = [
        (index, hit)
        for index, hit in book.hits[b.index].items()
        if index != claim.index
        and hit.whole
        and hit.weight >= STRONG
        and book.claims[index].number.canon != claim.number.canon
        and book.claims[index].v.direction == b.sign
    ]
    return sorted(found, key=lambda f: (-f[1].weight, f[0]))
