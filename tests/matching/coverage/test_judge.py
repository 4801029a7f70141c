"""Completeness, judged on a year of statements that is cut, dropped from, doubled and altered."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from matching.bank_days import bank_days, is_bank_day
from matching.coverage import Delivered, Kind, Look, Span, coverage, covers, known

DAY = timedelta(days=1)
FIRST, LAST = date(2025, 1, 1), date(2025, 12, 31)
YEAR = Span(FIRST, LAST)
OPENING = Decimal("1000.00")


@dataclass
class Pieces:
    """A year of an account: what moved each day, and the statements in which the bank delivered it."""

    moved: dict[date, Decimal]
    statements: list[Delivered]


def balance(moved: dict[date, Decimal], morning: date) -> Decimal:
    return OPENING + sum((amount for day, amount in moved.items() if day < morning), Decimal(0))


def cut(moved: dict[date, Decimal], begins: Sequence[int], *, balances: bool = True) -> list[Delivered]:
    """The year in pieces that begin on these days of the year."""
    starts = [FIRST + n * DAY for n in sorted({0, *begins})]
    made = []
    for number, first in enumerate(starts):
        last = starts[number + 1] - DAY if number + 1 < len(starts) else LAST
        booked = sum((amount for day, amount in moved.items() if first <= day <= last), Decimal(0))
        opening = balance(moved, first)
        piece = Delivered(number, Span(first, last), booked, sequence=str(number + 1), format="camt.053")
        made.append(replace(piece, opening=opening, closing=opening + booked) if balances else piece)
    return made


@st.composite
def years(draw: st.DrawFn, *, balances: bool = True) -> Pieces:
    # Money moves on every day, and never nothing: what is dropped is missed.
    step = draw(st.integers(1, 9))
    cents = draw(st.integers(1, 10_000))
    moved = {FIRST + n * DAY: Decimal(cents + n % step) / 100 for n in range(YEAR.days)}
    begins = draw(st.lists(st.integers(1, 364), min_size=2, max_size=30))
    return Pieces(moved, cut(moved, begins, balances=balances))


def shifted(one: Delivered, by: int) -> dict[str, Any]:
    assert one.opening is not None
    assert one.closing is not None
    return {"opening": one.opening + by, "closing": one.closing + by}


def days_of(spans: Sequence[Span]) -> set[date]:
    return {span.first + n * DAY for span in spans for n in range(span.days)}


def dropped(draw: st.DataObject, statements: list[Delivered]) -> list[Delivered]:
    """Some of the statements, that contain a day on which banks book: other losses are no days but a break."""
    able = [one for one in statements if bank_days(one.span.first, one.span.last)]
    return draw.draw(st.lists(st.sampled_from(able), max_size=5, unique=True)) if able else []


@given(years(), st.randoms(use_true_random=False))
def test_a_whole_year_is_complete_in_any_order_and_however_often_it_is_delivered(year: Pieces, random):
    again = [replace(one, number=one.number + 1000) for one in year.statements]
    given_ = [*year.statements, *again]
    random.shuffle(given_)
    found = coverage(given_, YEAR, lines=year.moved)
    assert found.findings == ()
    assert found.complete == (YEAR,)


@given(years(), st.data())
def test_exactly_the_dropped_days_are_missed(year: Pieces, data: st.DataObject):
    gone = dropped(data, year.statements)
    found = coverage([one for one in year.statements if one not in gone], YEAR)
    lost = days_of([one.span for one in gone])
    # At the ends of the year a holiday needs no statement of its own.
    edges = {day for day in lost if not is_bank_day(day)}
    missed = days_of([one.span for one in found.findings])
    assert missed <= lost
    assert lost - missed <= edges
    assert {one.kind for one in found.findings} <= {Kind.MISSING, Kind.LATEST}


@given(years(balances=False), st.data())
def test_without_balances_the_days_that_were_named_count(year: Pieces, data: st.DataObject):
    gone = dropped(data, year.statements)
    found = coverage([one for one in year.statements if one not in gone], YEAR)
    missed = days_of([one.span for one in found.findings])
    lost = days_of([one.span for one in gone])
    assert missed <= lost
    assert all(not is_bank_day(day) for day in lost - missed)


@given(years(), st.data())
def test_an_altered_balance_is_found_in_its_statement_and_nowhere_else(year: Pieces, data: st.DataObject):
    one = data.draw(st.sampled_from(year.statements))
    which = data.draw(st.sampled_from(["opening", "closing", "booked"]))
    figure = getattr(one, which)
    wrong = replace(one, **{which: figure + Decimal(data.draw(st.integers(1, 10**6))) / 100})
    found = coverage([wrong if other is one else other for other in year.statements], YEAR)
    assert [(f.kind, f.span, f.statements) for f in found.findings] == [(Kind.SUM, one.span, (one.number,))]
    assert not any(found.covers(day) for day in days_of([one.span]))
    assert all(found.covers(day) for day in days_of([YEAR]) - days_of([one.span]))


@given(years(), st.data())
def test_a_statement_that_is_moved_as_a_whole_breaks_the_chain_on_both_sides(year: Pieces, data: st.DataObject):
    one = data.draw(st.sampled_from(year.statements))
    moved = replace(one, **shifted(one, 7))
    found = coverage([moved if other is one else other for other in year.statements], YEAR)
    sides = {one.span.first - DAY, one.span.first} if one.span.first > FIRST else set()
    sides |= {one.span.last, one.span.last + DAY} if one.span.last < LAST else set()
    assert days_of([f.span for f in found.findings]) == sides
    assert {f.kind for f in found.findings} <= {Kind.BREAK}


@given(years(), st.data())
def test_days_that_the_bank_changed_later_are_named(year: Pieces, data: st.DataObject):
    one = data.draw(st.sampled_from(year.statements))
    later = replace(one, number=5000, booked=one.booked + 1, closing=shifted(one, 1)["closing"])
    found = coverage([*year.statements, later], YEAR)
    (first, *_rest) = [f for f in found.findings if f.kind is Kind.CHANGED]
    assert (first.span, first.statements) == (one.span, (one.number, 5000))
    assert {f.kind for f in found.findings} <= {Kind.CHANGED, Kind.BREAK}
    assert all(f.span.first == one.span.last for f in found.findings if f.kind is Kind.BREAK)


@given(years(), st.lists(st.integers(1, 364), min_size=2, max_size=12), st.data())
def test_overlapping_deliveries_agree_or_are_found(year: Pieces, others: list[int], data: st.DataObject):
    again = [replace(one, number=one.number + 1000, format="mt940") for one in cut(year.moved, others)]
    assert coverage([*year.statements, *again], YEAR, lines=year.moved).findings == ()
    spans = {one.span for one in year.statements}
    able = [one for one in again if one.span not in spans]
    if able:
        one = data.draw(st.sampled_from(able))
        moved = replace(one, **shifted(one, 1))
        found = coverage(
            [*year.statements, *(moved if other is one else other for other in again)], YEAR, lines=year.moved
        )
        assert {f.kind for f in found.findings} == {Kind.BREAK}
        assert all(one.number in f.statements or _touches(f.span, one.span) for f in found.findings)


def _touches(a: Span, b: Span) -> bool:
    return a.first <= b.last + DAY and b.first - DAY <= a.last


def day(number: int, at: str, opening: str | None, closing: str | None, booked: str = "0", **more: Any) -> Delivered:
    when = date.fromisoformat(at)
    return Delivered(
        number,
        Span(when, when),
        Decimal(booked),
        None if opening is None else Decimal(opening),
        None if closing is None else Decimal(closing),
        **more,
    )


FRIDAY, MONDAY = "2025-03-07", "2025-03-10"
THERE = Span(date(2025, 3, 7), date(2025, 3, 10))


def test_a_weekend_is_no_gap_where_balances_join_and_a_break_where_they_do_not():
    good = coverage([day(1, FRIDAY, "0", "5", "5"), day(2, MONDAY, "5", "6", "1")], THERE)
    assert good.complete == (THERE,)
    assert good.findings == ()
    bad = coverage([day(1, FRIDAY, "0", "5", "5"), day(2, MONDAY, "4", "5", "1")], THERE)
    assert [(f.kind, f.expected, f.found) for f in bad.findings] == [(Kind.BREAK, Decimal(5), Decimal(4))]


def test_a_weekend_between_tables_without_balances_is_unknown():
    found = coverage([day(1, FRIDAY, None, None), day(2, MONDAY, None, None)], THERE)
    assert [(f.kind, f.span) for f in found.findings] == [(Kind.MISSING, Span(date(2025, 3, 8), date(2025, 3, 9)))]


def test_a_jump_of_the_banks_numbers_tells_of_a_lost_statement_that_moved_nothing_in_the_end():
    span = Span(date(2025, 3, 10), date(2025, 3, 14))
    monday = day(1, MONDAY, "0", "5", "5", sequence="00031", format="mt940")
    friday = day(2, "2025-03-14", "5", "6", "1", sequence="00034", format="mt940")
    assert [f.kind for f in coverage([monday, friday], span).findings] == [Kind.MISSING]
    # Numbered by the day of the year, the same jump says nothing.
    by_day = [replace(monday, sequence="069"), replace(friday, sequence="073")]
    assert coverage(by_day, span).findings == ()


def test_a_provisional_statement_is_certain_but_for_its_last_day():
    span = Span(date(2025, 3, 3), date(2025, 3, 7))
    found = coverage([Delivered(1, span, Decimal(3), Decimal(1), provisional=True)], span)
    assert [(f.kind, f.span.first) for f in found.findings] == [(Kind.PROVISIONAL, span.last)]
    assert found.look(span.last) is Look.PROVISIONAL
    assert found.covers(date(2025, 3, 6))
    assert not found.covers(span.last)
    later = coverage(
        [Delivered(1, span, Decimal(3), Decimal(1), provisional=True)], Span(span.first, date(2025, 3, 12))
    )
    assert [(f.kind, f.span.first.day) for f in later.findings] == [(Kind.PROVISIONAL, 7), (Kind.LATEST, 8)]


def test_nothing_delivered_means_everything_is_missing_and_no_need_means_nothing_is():
    assert [f.span for f in coverage([], YEAR).findings] == [YEAR]
    assert coverage([], None).findings == ()


def test_a_closed_account_takes_no_payment_after_its_last_day():
    closed = coverage(cut({}, [100]), Span(FIRST, LAST), ended=LAST)
    assert covers([closed], LAST + DAY)
    assert not covers([closed, coverage([], YEAR)], LAST + DAY)


def test_what_is_known_for_certain_leaves_out_gaps_and_contradictions():
    days = [
        day(1, "2025-03-03", "0", "5", "5"),
        day(2, "2025-03-05", "5", "7", "2"),  # the 4th: nothing moved
        day(3, "2025-03-06", "7", "9", "1"),  # contradicts itself
        day(4, "2025-03-10", "20", "21", "1"),
    ]
    spans = [(span.first.day, span.last.day) for span in known(days)]
    assert spans == [(3, 5), (10, 10)]
    assert known([]) == ()


@given(st.permutations(range(6)))
def test_the_statements_of_one_day_follow_each_other_in_any_order_and_twice(order: Sequence[int]):
    parts = [day(n, MONDAY, str(n % 3), str(n % 3 + 1), "1") for n in range(6)]
    span = Span(date(2025, 3, 10), date(2025, 3, 11))
    tuesday = day(9, "2025-03-11", "3", "3")
    found = coverage([*(replace(parts[n], number=place) for place, n in enumerate(order)), tuesday], span)
    assert (found.findings, found.complete) == ((), (span,))


def test_reports_in_the_middle_of_a_day_contradict_nobody():
    span = Span(date(2025, 3, 7), date(2025, 3, 10))
    friday = day(1, FRIDAY, "0", "5", "5")
    reports = [day(n, MONDAY, str(n), None, "1", provisional=True) for n in (5, 6, 7)]
    assert {f.kind for f in coverage([friday, *reports], span).findings} == {Kind.PROVISIONAL, Kind.LATEST}
