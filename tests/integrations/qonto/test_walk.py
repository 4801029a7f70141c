"""The walk finds everything, though the list moves between any two questions."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from integrations.providers.qonto.reading import line
from integrations.providers.qonto.types import Line, Page
from integrations.providers.qonto.walk import changes

BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)
SIZE = 5


def row(number: int, updated_at: datetime) -> Line:
    read = line(
        {
            "transaction_id": f"t-{number}",
            "amount_cents": 100,
            "side": "credit",
            "currency": "EUR",
            "status": "completed",
        }
    )
    assert isinstance(read, Line)
    return replace(read, updated_at=updated_at)


@given(
    st.lists(st.integers(0, 12), max_size=60),
    st.lists(st.tuples(st.integers(0, 40), st.integers(0, 59)), max_size=12),
    st.integers(0, 1000),
)
def test_nothing_is_lost(gaps: list[int], touches: list[tuple[int, int]], seed: int) -> None:
    """``gaps``: quarters of a second between rows, none where several changed at once. ``touches``: when, and which."""
    rows: dict[str, Line] = {}
    at = BEGINNING
    for number, gap in enumerate(gaps):
        at += timedelta(milliseconds=250 * gap)
        rows[f"t-{number}"] = row(number, at)
    now = at + timedelta(minutes=1)
    asked = 0
    order = Random(seed)

    def ask(since: datetime | None, number: int) -> Page:
        nonlocal asked, now
        for when, which in touches:
            if when == asked and rows:
                key = f"t-{which % len(rows)}"
                now += timedelta(seconds=order.randrange(1, 5))
                rows[key] = replace(rows[key], updated_at=now)
        asked += 1
        found = [item for item in rows.values() if since is None or item.updated_at is None or item.updated_at >= since]
        found.sort(key=lambda item: (str(item.updated_at), item.key))
        part = found[(number - 1) * SIZE : number * SIZE]
        return Page(tuple(part), (), number, last=number * SIZE >= len(found))

    seen: dict[str, Line] = {}
    for page in changes(ask, BEGINNING):
        seen.update((item.key, item) for item in page.lines)
    assert set(seen) == set(rows)


def test_many_in_one_moment_are_read_by_turning_pages() -> None:
    everything = [row(number, BEGINNING) for number in range(23)]

    def ask(since: datetime | None, number: int) -> Page:
        part = everything[(number - 1) * SIZE : number * SIZE]
        return Page(tuple(part), (), number, last=number * SIZE >= 23)

    assert {item.key for page in changes(ask, BEGINNING) for item in page.lines} == {item.key for item in everything}


def test_without_stamps_pages_are_turned() -> None:
    everything = [replace(row(number, BEGINNING), updated_at=None) for number in range(12)]

    def ask(since: datetime | None, number: int) -> Page:
        part = everything[(number - 1) * SIZE : number * SIZE]
        return Page(tuple(part), (), number, last=number * SIZE >= 12)

    assert len({item.key for page in changes(ask, None) for item in page.lines}) == 12
