"""The simulation of a morning keeps to what must be true of every morning."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from integrations.management.fleet_model import Morning, simulate

MORNINGS = st.builds(
    Morning,
    connections=st.integers(1, 300),
    workers=st.integers(1, 4),
    seats=st.integers(1, 20),
    requests=st.floats(1, 6),
    latency=st.floats(0.01, 2),
    cpu=st.floats(0.001, 0.5),
    turn=st.just(60.0),
    gap=st.floats(0, 5),
    spread=st.one_of(st.just(0.0), st.floats(1, 600)),
)


@given(MORNINGS)
def test_it_is_never_faster_than_its_processors_and_its_answers_allow(morning: Morning) -> None:
    course = simulate(morning)
    requests = max(round(morning.requests), 1)
    alone = morning.cpu + requests * morning.latency
    seated = morning.connections * alone / (morning.workers * morning.seats)
    slack = 1e-6
    assert course.seconds >= morning.connections * morning.cpu / morning.workers - slack
    assert course.seconds >= alone - slack
    assert course.seconds >= seated * 0.99 - slack
    assert course.longest >= alone - slack
    assert 0 < course.busy <= 1 + slack


@given(MORNINGS)
def test_everybody_is_served_in_a_time_that_can_be_told(morning: Morning) -> None:
    """Nobody waits for more than all of the work done one after the other, with the looks and pauses in between."""
    requests = max(round(morning.requests), 1)
    one_by_one = morning.connections * (morning.cpu + requests * morning.latency + 0.25)
    pauses = 1 + one_by_one / morning.turn
    assert simulate(morning).seconds <= morning.spread + one_by_one + pauses * (morning.gap + 0.25) + 1e-6


@given(MORNINGS)
def test_spread_out_wide_nobody_waits_for_anybody(morning: Morning) -> None:
    requests = max(round(morning.requests), 1)
    alone = morning.cpu + requests * morning.latency
    wide = replace(morning, spread=morning.connections * (alone + 1), gap=0.0)
    assert simulate(wide).longest <= alone + 0.25 + 1e-6
