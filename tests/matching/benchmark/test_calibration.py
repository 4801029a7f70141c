"""Calibration: bins, the expected error, the table and the picture."""

from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.benchmark import reliability
from matching.calibration import bins, calibration_error, high_edges
from matching.scoring import wilson_interval, wilson_low

rows = st.lists(st.tuples(st.floats(0, 1), st.booleans()), max_size=60)


def test_what_is_kept_has_no_error() -> None:
    assert calibration_error([(0.95, True)] * 19 + [(0.95, False)]) == pytest.approx(0)
    assert calibration_error([(1.0, True)] * 5) == 0


def test_error_is_weighted_by_count() -> None:
    kept = [(1.0, True)] * 90
    broken = [(0.905, False)] * 10
    assert calibration_error(kept + broken) == pytest.approx(0.0905)


def test_nothing_above_ninety_per_cent_has_no_error_to_tell() -> None:
    assert calibration_error([(0.5, False), (0.89, True)]) is None


@given(rows)
@settings(deadline=None)
def test_every_outcome_is_in_one_bin(outcomes: list[tuple[float, bool]]) -> None:
    parts = bins(outcomes, reliability.EDGES)
    assert sum(b.count for b in parts) == len(outcomes)
    assert all(b.low <= b.stated <= b.high and 0 <= b.right <= 1 for b in parts)
    assert sum(b.count for b in bins(outcomes, high_edges())) == sum(p >= 0.9 for p, _ in outcomes)


@given(st.integers(0, 300), st.integers(1, 300))
@settings(deadline=None)
def test_wilson_holds_the_share(right: int, whole: int) -> None:
    low, high = wilson_interval(min(right, whole), whole)
    assert 0 <= low <= min(right, whole) / whole <= high <= 1


def test_wilson_of_a_known_case() -> None:
    assert wilson_interval(5, 10) == pytest.approx((0.2366, 0.7634), abs=1e-4)
    assert wilson_low(5, 10) == pytest.approx(0.2366, abs=1e-4)
    assert wilson_low(0, 0) is None


@given(rows)
@settings(deadline=None)
def test_table_and_picture_can_always_be_made(outcomes: list[tuple[float, bool]]) -> None:
    lines = reliability.table(outcomes)
    assert sum(int(line[14:22]) for line in lines[1:]) == len(outcomes)
    picture = ElementTree.fromstring(reliability.svg(outcomes))
    assert picture.tag.endswith("svg")
