"""Five thousand damaged files of each format; `make fuzz` takes a hundred thousand, and others each time."""

import time
from decimal import Decimal

import pytest

from tests.fuzzing.judge import HangError, judge, shrink, time_limit
from tests.fuzzing.run import damaged, run
from tests.fuzzing.seeds import targets

TARGETS = targets()
COUNT = 5000


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(TARGETS))
def test_damaged_files_are_refused_or_read_right(name: str) -> None:
    assert run(TARGETS[name], COUNT, seed=2026, most=1) == []


@pytest.mark.parametrize("name", sorted(TARGETS))
def test_whole_files_are_read_in_silence_and_wrong_sums_are_noticed(name: str) -> None:
    target = TARGETS[name]
    known = [seed for seed in target.seeds if target.oracle(seed) is not None]
    assert len(known) > 4
    assert [judge(seed, target.oracle) for seed in target.seeds] == [""] * len(target.seeds)
    # another sum than the reader's would be found
    assert any("the file says 1" in judge(seed, lambda _: Decimal(1)) for seed in known)


def _forever() -> None:
    start = time.process_time()
    with time_limit():
        while time.process_time() < start + 30:
            pass


def test_a_hang_is_ended() -> None:
    with pytest.raises(HangError):
        _forever()


def test_the_same_seed_damages_alike() -> None:
    for target in TARGETS.values():
        assert damaged(target, 7, 3) == damaged(target, 7, 3)
        assert len({damaged(target, 7, number) for number in range(50)}) > 40


def test_the_smallest_input_is_found() -> None:
    assert shrink(b"one\ntwo\nthree\nfour\n", lambda data: b"hre" in data) == b"hre"
