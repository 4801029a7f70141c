"""How far a fetch is, and how long it still takes."""

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from integrations.services.progress import (
    Counts,
    left_words,
    phase_words,
    position,
    seconds_left,
    seconds_to_wait,
    waiting_words,
)

FEW = st.integers(0, 400)


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def test_the_limit_decides() -> None:
    assert seconds_left(1900) == pytest.approx(1000)
    assert seconds_left(1900, pace=0.5) == pytest.approx(2000)
    assert seconds_left(1900, sharing=2) == pytest.approx(2000)
    assert seconds_left(1900, time_scale=100) == pytest.approx(10)
    assert seconds_left(-3) == 0


@given(FEW, FEW, st.floats(0.25, 1.0), st.integers(1, 5))
def test_more_to_do_never_takes_less_time(requests: int, more: int, pace: float, sharing: int) -> None:
    less = seconds_left(requests, pace=pace, sharing=sharing)
    assert 0 <= less <= seconds_left(requests + more, pace=pace, sharing=sharing)
    assert less <= seconds_left(requests, pace=pace, sharing=sharing + 1)


@given(st.lists(st.sampled_from(["payment", "rest"]), max_size=60), st.integers(0, 30), st.booleans())
def test_done_never_falls_within_a_phase(steps: list[str], known: int, first: bool) -> None:
    """Vouchers get their payments and then the rest, in any interleaving, whoever works on them."""
    new = 40
    unpaid = incomplete = new
    before: dict[str, int] = {}
    for step in steps:
        if step == "payment" and unpaid:
            unpaid -= 1
        elif step == "rest" and incomplete > unpaid:
            incomplete -= 1
        phase, done, total = position(Counts(known + new, unpaid, incomplete), first=first, found=new)
        assert total == (known + new if first else new)
        assert before.get(phase, 0) <= done <= total
        before[phase] = done


def test_a_fetch_goes_on_for_another_that_ended() -> None:
    """The first fetch broke off; the next one has found nothing itself, and goes on where it stopped."""
    assert position(Counts(5000, 0, 3000), first=True, found=0) == ("documents", 2000, 5000)
    assert position(Counts(5000, 0, 3), first=False, found=0) == ("documents", 0, 3)


@given(st.lists(st.floats(0, 1000), max_size=20), st.integers(1, 8), st.integers(0, 50))
def test_waiting(running: list[float], places: int, ahead: int) -> None:
    waits = seconds_to_wait(running, places, ahead, usual=10)
    assert waits is not None
    if len(running) + ahead < places:
        assert waits == 0
    longer = seconds_to_wait(running, places, ahead + 1, usual=10)
    assert longer is not None
    assert waits <= longer
    assert seconds_to_wait(running, 0, ahead) is None


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "less than a minute left"),
        (49, "less than a minute left"),
        (70, "about 1 minute left"),
        (240, "about 4 minutes left"),
        (1380, "about 25 minutes left"),
        (3500, "about 1 hour left"),
        (5000, "about 1 hour and 30 minutes left"),
        (40000, "about 11 hours left"),
    ],
)
def test_words(seconds: float, words: str) -> None:
    assert left_words(seconds) == words
    assert waiting_words(seconds).startswith("begins in")


def test_an_unknown_phase_has_words() -> None:
    assert phase_words("something_new") == "Fetching documents"
