"""From the statements of one account to what is complete, what is missing, and what contradicts what.

The strongest test an importer has is the chain of balances (bank feeds, section 2): opening plus lines is closing, and
each statement begins with the balance with which the one before it ends. Where balances join, the days between are
complete, whether banks booked on them or not: nothing moved. Without balances only the days count that were named.
"""

from collections import Counter
from collections.abc import Container, Iterable, Mapping
from datetime import date
from decimal import Decimal

from matching.bank_days import bank_days
from matching.coverage.chain import Boundary, boundaries, numbers_jump
from matching.coverage.parts import delivered_once
from matching.coverage.shapes import DAY, Coverage, Delivered, Finding, Kind, Span


def coverage(
    statements: Iterable[Delivered],
    needed: Span | None,
    *,
    lines: Mapping[date, Decimal] | None = None,
    ended: date | None = None,
) -> Coverage:
    """Judge the statements of one account on the days that are ``needed``.

    ``lines``: the sum of the stored lines by booking date; with it, statements that overlap are compared on the days
    that they share. ``ended``: the account's last day, where it is known.
    """
    if needed is None:
        return Coverage(None, ended=ended)
    changed, kept = delivered_once(list(statements))
    points = boundaries(kept, lines)
    found = [*changed, *_sums(kept), *_breaks(points, kept)]
    complete, gaps = _gaps(kept, points, needed)
    found += [*gaps, *_provisional(kept, complete)]
    inside = (_clipped(one, needed) for one in found)
    spans = (span.within(needed) for span in complete)
    return Coverage(
        needed,
        tuple(span for span in spans if span),
        tuple(sorted((one for one in inside if one), key=lambda one: (one.span, one.kind))),
        ended,
    )


def known(statements: Iterable[Delivered]) -> tuple[Span, ...]:
    """The days that are known for certain, whether anybody needs them or not: complete, and not contradicted."""
    given = list(statements)
    certain = [span for one in given if (span := one.certain)]
    if not certain:
        return ()
    found = coverage(given, Span(min(span.first for span in certain), max(span.last for span in certain)))
    left = list(found.complete)
    for finding in found.findings:
        if finding.kind in (Kind.SUM, Kind.BREAK):
            left = [part for span in left for part in _without(span, finding.span)]
    return tuple(left)


def _without(span: Span, gone: Span) -> list[Span]:
    if span.within(gone) is None:
        return [span]
    parts = [(span.first, gone.first - DAY), (gone.last + DAY, span.last)]
    return [Span(first, last) for first, last in parts if first <= last]


def _sums(given: list[Delivered]) -> list[Finding]:
    return [
        Finding(Kind.SUM, one.span, (one.number,), one.opening + one.booked, one.closing)
        for one in given
        if not one.adds_up and one.opening is not None
    ]


def _breaks(points: dict[date, list[Boundary]], given: list[Delivered]) -> list[Finding]:
    """The mornings of which two statements tell different balances."""
    found = []
    doubtful = {one.number for one in given if not one.adds_up}
    for morning, all_told in sorted(points.items()):
        told = [one for one in all_told if one.firm]
        if not told or frozenset.intersection(*(one.balances for one in told)):
            continue
        counts = Counter(balance for one in told for balance in one.balances)
        likeliest = max(counts, key=lambda balance: (counts[balance], -_told_at(told, balance)))
        others = [one for one in told if likeliest not in one.balances]
        agreeing = next(one for one in told if likeliest in one.balances)
        odd = next((one for one in others if one.statement in doubtful), others[0])
        found.append(
            Finding(
                Kind.BREAK,
                Span(morning - DAY, morning),
                (agreeing.statement, odd.statement),
                likeliest,
                min(odd.balances),
            )
        )
    return found


def _told_at(told: list[Boundary], balance: Decimal) -> int:
    """The place of the first statement that tells a balance: of equally likely ones, the earlier is believed."""
    return next(place for place, one in enumerate(told) if balance in one.balances)


def _gaps(given: list[Delivered], points: dict[date, list[Boundary]], needed: Span) -> tuple[list[Span], list[Finding]]:
    """The stretches that are complete, and the days before, between and after them."""
    complete: list[Span] = []
    found: list[Finding] = []
    last: Delivered | None = None
    for one in given:
        certain = one.certain
        if certain is None:
            continue
        if not complete or last is None:
            complete.append(certain)
        elif certain.first <= complete[-1].last + DAY:
            complete[-1] = Span(complete[-1].first, max(complete[-1].last, certain.last))
        else:
            gap = Span(complete[-1].last + DAY, certain.first - DAY)
            before, after = _balances(points, gap.first), _balances(points, certain.first)
            joined = bool(before & after) and not numbers_jump(last, one)
            if joined or (before and after and not bank_days(gap.first, gap.last)):
                complete[-1] = Span(complete[-1].first, certain.last)
                if not joined and not before & after:
                    numbers = (last.number, one.number)
                    found.append(
                        Finding(Kind.BREAK, Span(last.span.last, one.span.first), numbers, min(before), min(after))
                    )
            else:
                figures = (min(before), min(after)) if before and after and not before & after else (None, None)
                found.append(Finding(Kind.MISSING, gap, (last.number, one.number), *figures))
                complete.append(certain)
        if last is None or last.certain is None or certain.last >= last.certain.last:
            last = one
    return _ends(complete, found, needed, {one.span.last for one in given if one.provisional})


def _ends(
    complete: list[Span], found: list[Finding], needed: Span, provisional: Container[date]
) -> tuple[list[Span], list[Finding]]:
    """What is missing before the first statement and after the last. Days on which no bank books need none."""
    if not complete or complete[0].first > needed.last:
        return complete, [*found, Finding(Kind.MISSING, needed)]
    if complete[0].first > needed.first:
        gap = Span(needed.first, complete[0].first - DAY)
        if bank_days(gap.first, gap.last):
            found.append(Finding(Kind.MISSING, gap))
        else:
            complete[0] = Span(needed.first, complete[0].last)
    if complete[-1].last < needed.last:
        first = max(needed.first, complete[-1].last + DAY)
        if not bank_days(first, needed.last):
            complete[-1] = Span(complete[-1].first, needed.last)
        while first in provisional:  # that they may grow is told of them already
            first += DAY
        if first <= needed.last and bank_days(first, needed.last):
            found.append(Finding(Kind.LATEST, Span(first, needed.last)))
    return complete, found


def _provisional(given: list[Delivered], complete: list[Span]) -> list[Finding]:
    """The days of which there is only a provisional statement."""
    days = sorted({one.span.last for one in given if one.provisional})
    return [
        Finding(Kind.PROVISIONAL, Span(day, day))
        for day in days
        if not any(span.first <= day <= span.last for span in complete)
    ]


def _balances(points: dict[date, list[Boundary]], morning: date) -> frozenset[Decimal]:
    return frozenset(balance for one in points.get(morning, ()) for balance in one.balances)


def _clipped(finding: Finding, needed: Span) -> Finding | None:
    span = finding.span.within(needed)
    if span is None:
        return None
    return Finding(finding.kind, span, finding.statements, finding.expected, finding.found)
