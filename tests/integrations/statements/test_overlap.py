"""How many equal lines happened, as far as statements that share a day prove it."""

import itertools
from collections import Counter
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from integrations.statements.overlap import Line, Telling, apart, number_of

FIRST = date(2026, 3, 2)
START = Decimal("812.40")
# no two of them come to nothing, so that a balance names one place in the history
AMOUNTS = tuple(map(Decimal, ("-4.50", "-4.50", "-9.99", "120.00")))

history = st.lists(st.tuples(st.integers(0, 2), st.sampled_from(AMOUNTS)), min_size=1, max_size=10).map(
    lambda lines: [(FIRST + timedelta(days=day), f"k{amount}", amount) for day, amount in sorted(lines)]
)


def telling(lines: list[Line], begin: int, end: int, *, sound: bool = True) -> Telling:
    """The statement of the lines from one place to another."""
    balance = [START + sum((amount for *_, amount in lines[:place]), Decimal(0)) for place in (begin, end)]
    said = lines[begin:end]
    days = [day for day, *_ in said] or [FIRST]
    return Telling(days[0], days[-1], balance[0], balance[1], sound, Counter(said))


@given(history, st.data())
@settings(max_examples=300, deadline=None)
def test_a_history_cut_anywhere(lines: list[Line], data: st.DataObject) -> None:
    """One statement begins where another ended, at any place of a day; exports begin with a day and end anywhere."""
    places = st.integers(0, len(lines))
    cuts = sorted({0, len(lines), *data.draw(st.lists(places, max_size=4))})
    tellings = [telling(lines, begin, end) for begin, end in itertools.pairwise(cuts)]
    mornings = [place for place, line in enumerate(lines) if not place or lines[place - 1][0] < line[0]]
    for begin, end in data.draw(st.lists(st.tuples(st.sampled_from(mornings), places), max_size=3)):
        if begin < end:
            tellings.append(telling(lines, begin, end))
    order = data.draw(st.permutations(tellings))
    assert {line: number_of(line, order) for line in lines} == dict(Counter(lines))


@given(history, st.data())
@settings(max_examples=200, deadline=None)
def test_never_more_than_there_were(lines: list[Line], data: st.DataObject) -> None:
    """Pieces of any kind, with gaps and overlaps: what is proved is never too much."""
    places = st.integers(0, len(lines))
    pieces = data.draw(st.lists(st.tuples(places, places), min_size=1, max_size=5))
    tellings = [telling(lines, begin, end) for begin, end in pieces if begin < end]
    truth = Counter(lines)
    assert all(number_of(line, tellings) <= truth[line] for line in lines)


COFFEE: Line = (FIRST, "coffee", Decimal("-4.50"))
REFUND: Line = (FIRST, "refund", Decimal("4.50"))
RENT: Line = (FIRST, "rent", Decimal("-700.00"))


@pytest.mark.parametrize(
    ("second", "wanted"),
    [
        (("95.50", "91.00", COFFEE), True),  # goes on where the first one ends
        (("100.00", "95.50", COFFEE), False),  # the same once more
        (("100.00", "91.00", COFFEE, COFFEE), False),  # the whole day
        (("300.00", "295.50", COFFEE), True),  # something is missing between them, yet the balances are others
        (("95.50", "95.50"), True),
    ],
)
def test_two_statements_of_a_day(second: tuple[object, ...], wanted: bool) -> None:
    opening, closing, *lines = second
    one = Telling(FIRST, FIRST, Decimal(100), Decimal("95.50"), True, Counter([COFFEE]))
    other = Telling(FIRST, FIRST, Decimal(str(opening)), Decimal(str(closing)), True, Counter(lines))  # type: ignore[arg-type]
    assert apart(one, other) is wanted
    assert apart(other, one) is wanted
    assert number_of(COFFEE, [one, other]) == (1 + len(lines) if wanted else max(1, len(lines)))


def test_a_morning_that_came_to_nothing_is_in_the_whole_day() -> None:
    """The balance of the evening before is that of noon: the day began again, it did not go on."""
    morning = Telling(FIRST, FIRST, Decimal(100), Decimal(100), True, Counter([COFFEE, REFUND]))
    day = Telling(FIRST, FIRST, Decimal(100), Decimal(-600), True, Counter([COFFEE, REFUND, RENT]))
    afternoon = Telling(FIRST, FIRST, Decimal(100), Decimal("-604.5"), True, Counter([COFFEE, RENT]))
    assert not apart(morning, day)
    assert not apart(day, morning)
    assert apart(morning, Telling(FIRST, FIRST, Decimal(100), Decimal(-600), True, Counter([RENT])))
    # one coffee or two: nobody can say, and a payment is never made up
    assert number_of(COFFEE, [morning, afternoon]) >= 1


def test_balances_that_do_not_add_up_prove_nothing() -> None:
    one = telling([COFFEE, COFFEE], 0, 1)
    other = telling([COFFEE, COFFEE], 1, 2, sound=False)
    assert not apart(one, other)


def test_pages_of_a_statement_are_apart() -> None:
    one, other = (
        Telling(FIRST, FIRST, None, None, False, Counter([COFFEE]), page=("S-1", number)) for number in ("1", "2")
    )
    assert apart(one, other)
    assert number_of(COFFEE, [one, other]) == 2


def test_periods_without_a_common_day_are_apart() -> None:
    """A line may be booked late, on a day of the period before."""
    week = timedelta(days=7)
    one = Telling(FIRST - week, FIRST, None, None, False, Counter([COFFEE]))
    other = Telling(FIRST + timedelta(days=1), FIRST + week, None, None, False, Counter([COFFEE]))
    assert apart(one, other)


def test_exports_begin_with_a_day() -> None:
    """Balances of a table may be of another moment; only one that goes on exactly where another ended was cut."""
    one = Telling(FIRST, FIRST, Decimal(100), Decimal("95.50"), True, Counter([COFFEE]), exported=True)
    later = Telling(FIRST, FIRST, Decimal(300), Decimal("295.50"), True, Counter([COFFEE]), exported=True)
    behind = Telling(FIRST, FIRST, Decimal("95.50"), Decimal("91.00"), True, Counter([COFFEE]), exported=True)
    assert not apart(one, later)
    assert apart(one, behind)
