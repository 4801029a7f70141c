"""Several statements of the same days: the same again, the parts of a day, or a later word of the bank."""

from collections.abc import Sequence
from dataclasses import replace

from matching.coverage.shapes import Delivered, Finding, Kind, Span


def delivered_once(given: Sequence[Delivered]) -> tuple[list[Finding], list[Delivered]]:
    """One statement for each stretch of days; where the bank changed its figures, the last one counts and is named.

    A bank may tell a day in several statements (or a statement in several pages), of which each begins with the balance
    with which the one before it ends: these are one. Provisional ones stay as they are.
    """
    found: list[Finding] = []
    kept = [one for one in given if one.provisional]
    by_span: dict[Span, list[Delivered]] = {}
    for one in sorted((one for one in given if not one.provisional), key=lambda one: one.number):
        by_span.setdefault(one.span, []).append(one)
    for same in by_span.values():
        distinct = list({(one.opening, one.closing, one.booked): one for one in reversed(same)}.values())[::-1]
        joined = _joined(distinct)
        if joined is not None:
            kept.append(joined)
            continue
        last = distinct[0]
        for one in distinct[1:]:
            changed = _changed(last, one)
            if changed is not None:
                found.append(changed)
            # One without balances does not take the place of one that tells them, unless its lines are others.
            if one.ends or last.booked != one.booked:
                last = one
        kept.append(last)
    return found, sorted(kept, key=lambda one: (one.span.first, one.span.last, one.number))


def _joined(parts: Sequence[Delivered]) -> Delivered | None:
    """The parts as one statement, whatever their order; None where they do not follow each other."""
    if len(parts) == 1:
        return parts[0]
    if any(one.opening is None or one.closing is None for one in parts):
        return None
    closings = {one.closing for one in parts}
    # The first part begins with what no other one ends with; where all do, the day ended as it began.
    for first in [one for one in parts if one.opening not in closings] or parts[:1]:
        left = [one for one in parts if one is not first]
        chain = [first]
        while left:
            following = next((one for one in left if one.opening == chain[-1].closing), None)
            if following is None:
                break
            chain.append(following)
            left.remove(following)
        if not left:
            booked = sum((one.booked for one in chain[1:]), chain[0].booked)
            # The bank's number of the last part is the one that the next statement goes on from.
            return replace(chain[-1], opening=first.opening, booked=booked)
    return None


def _changed(before: Delivered, one: Delivered) -> Finding | None:
    """The first figure that differs; the sum of the lines where the balances agree."""
    pairs = ((before.closing, one.closing), (before.opening, one.opening), (before.booked, one.booked))
    for old, new in pairs:
        if old is not None and new is not None and old != new:
            return Finding(Kind.CHANGED, one.span, (before.number, one.number), old, new)
    return None
