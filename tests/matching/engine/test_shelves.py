"""Candidates by amount and time: what is cut off where an amount comes again and again."""

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from matching.engine.book import Book
from matching.engine.preselection import candidates

from .make import booking, item, voucher

START = date(2025, 1, 1)
DAYS = st.lists(st.integers(0, 300), min_size=1, max_size=40)


def on(days: int) -> str:
    return (START + timedelta(days=days)).isoformat()


@given(DAYS, st.integers(0, 300), st.integers(1, 20))
@settings(deadline=None)
def test_the_nearest_are_whole_distances_and_nearer_than_the_rest(days: list[int], middle: int, most: int) -> None:
    book = Book([], [booking(f"t{n:03}", on(day), "-9.99") for n, day in enumerate(days)], {}, ())
    shelf, first = book.shelf(-1, 999), START.toordinal()
    found = shelf.nearest(first + middle, first, first + 300, most)
    gaps = {b.index: abs(b.day - first - middle) for b in book.bookings}
    assert len(found) == len(set(found)) <= most
    left = [gaps[i] for i in gaps.keys() - set(found)]
    assert not found or not left or max(gaps[i] for i in found) < min(left)


@given(st.integers(65, 160))
@settings(deadline=None, max_examples=10)
def test_a_price_that_comes_every_day_keeps_whom_the_name_ties(count: int) -> None:
    strangers = [booking(f"s{n:03}", on(n), "-9.99", "Kiosk am Tor") for n in range(count)]
    own = booking("zz", on(count + 60), "-9.99", "Papier Nord")
    bill = voucher("v1", "471199", "9.99", "Papier Nord KG", on=on(3), payments=(item("9.99", on(4)),))
    book = Book([bill], [*strangers, own], {}, ())
    found = {book.bookings[i].t.id for i in candidates(book, book.slots[0])}
    assert "zz" in found
    assert len(found) < 100
