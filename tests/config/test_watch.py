"""When the queue's processes must be replaced, and when not."""

from hypothesis import given
from hypothesis import strategies as st

from config.background.watch import LONGEST_SILENCE, Watch

PATIENCE = 20.0


def watch(*lines: str, at: float = 0.0) -> Watch:
    """Two workers, and what was heard of them at one moment."""
    made = Watch(workers=2, patience=PATIENCE, started_at=0.0)
    for line in ("alive", *lines):
        made.hear(line, at)
    return made


def test_nothing_to_do_is_no_trouble() -> None:
    assert watch().trouble(60) == ""


def test_a_task_that_nobody_begins_is_trouble_while_a_worker_is_free() -> None:
    one_busy = watch("took 1", "began 71 1 note", "took 2")
    assert one_busy.trouble(PATIENCE) == ""
    assert "nobody begins" in one_busy.trouble(PATIENCE + 1)


def test_who_becomes_free_gets_time() -> None:
    heard = watch("took 1", "took 2", "began 71 1 note", "began 72 2 fetch", "took 3")
    assert heard.trouble(80) == ""
    heard.hear("alive", 80)
    heard.hear("ended 71", 80)
    assert heard.trouble(85) == ""
    assert "nobody begins" in heard.trouble(81 + PATIENCE)


def test_what_cannot_be_read_is_no_trouble() -> None:
    assert watch("took 1", "dropped 1").trouble(PATIENCE + 1) == ""


def test_it_is_known_who_does_what() -> None:
    assert watch("took 1", "took 2", "began 71 1 note", "began 72 2 fetch").at("fetch") == [72]


def test_a_silent_guard_is_trouble() -> None:
    assert "silent" in Watch(2, PATIENCE, started_at=0.0).trouble(LONGEST_SILENCE + 1)
    assert "silent" in watch("took 1", "began 71 1 note").trouble(LONGEST_SILENCE + 1)


def test_the_dead_leave_their_task() -> None:
    heard = watch("took 1", "took 2", "began 71 1 note")
    assert heard.bury(71, 1.0) == "1"
    assert heard.unfinished == ["2"]


STEPS = st.lists(st.tuples(st.sampled_from(["took", "began", "ended", "alive"]), st.integers(0, 5)), max_size=40)


@given(STEPS, st.text())
def test_busy_workers_are_never_trouble_and_no_line_is_too_strange(steps: list[tuple[str, int]], strange: str) -> None:
    heard = watch()
    heard.hear(strange, 0.0)
    for what, number in steps:
        heard.hear(
            {"began": f"began {number % 2} {number} note", "ended": f"ended {number % 2}"}.get(
                what, f"{what} {number}"
            ),
            0,
        )
    if len(heard.working) == 2:
        assert heard.trouble(PATIENCE * 3) == ""
