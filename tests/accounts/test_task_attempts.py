"""Tasks that count themselves: who dies three times is given up, who fails, waits or works elsewhere is not."""

import inspect
import os
import socket
import subprocess
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import cast

import pytest
import time_machine
from django.utils import timezone
from django_q.conf import Conf

from accounts.models import TaskAttempt
from accounts.task_attempts import begin, counted, forget_old

pytestmark = pytest.mark.django_db
DEAD = f"{socket.gethostname()} 999999999 1"
done: list[tuple[object, ...]] = []


@counted
def work(*ids: object) -> None:
    done.append(ids)
    if ids == (13,):
        raise ValueError("thirteen")


KEY = f"{__name__}.work(7)"


@pytest.fixture(autouse=True)
def nothing_done() -> None:
    done.clear()


def dies(times: int = 1) -> None:
    """The task begins, and its worker is gone."""
    for _ in range(times):
        assert begin(KEY)
        TaskAttempt.objects.filter(key=KEY).update(holder=DEAD)


def test_a_task_that_ends_leaves_nothing(django_assert_max_num_queries) -> None:
    with django_assert_max_num_queries(6):  # the savepoints of this test's own transaction included
        work(7)
    assert done == [(7,)]
    assert not TaskAttempt.objects.exists()


def test_an_exception_is_no_death() -> None:
    for _ in range(5):
        with pytest.raises(ValueError, match="thirteen"):
            work(13)
    assert len(done) == 5
    assert not TaskAttempt.objects.exists()


def test_after_the_third_death_it_is_given_up_for_a_day(caplog: pytest.LogCaptureFixture) -> None:
    dies(3)
    work(7)
    work(7)
    assert done == []
    row = TaskAttempt.objects.get()
    assert (row.attempts, row.reason) == (3, "Its worker died every time.")
    assert row.gave_up_at is not None
    assert f"{KEY} is given up after 3 attempts: Its worker" in caplog.text
    work(8)
    assert done == [(8,)]
    with time_machine.travel(timezone.now() + timedelta(hours=25)):
        work(7)
    assert done == [(8,), (7,)]
    assert not TaskAttempt.objects.exists()


def test_what_the_clock_starts_is_given_up_for_an_hour_only() -> None:
    key = f"{__name__}.work()"
    for _ in range(3):
        assert begin(key)
        TaskAttempt.objects.filter(key=key).update(holder=DEAD)
    work()
    with time_machine.travel(timezone.now() + timedelta(minutes=61)):
        work()
    assert done == [()]


def test_what_nobody_asks_for_any_more_is_forgotten() -> None:
    dies(2)
    assert forget_old() == 0
    assert forget_old(timezone.now() + timedelta(days=31)) == 1
    assert not TaskAttempt.objects.exists()


def test_who_survives_the_third_attempt_starts_from_nothing() -> None:
    dies(2)
    work(7)
    dies(2)
    work(7)
    assert len(done) == 2


def test_the_same_task_at_work_elsewhere_is_no_death() -> None:
    with subprocess.Popen(["sleep", "60"]) as other:
        try:
            assert begin(KEY)
            since = Path(f"/proc/{other.pid}/stat").read_text().rpartition(") ")[2].split()[19]
            for _ in range(5):
                TaskAttempt.objects.filter(key=KEY).update(holder=f"{socket.gethostname()} {other.pid} {since}")
                assert begin(KEY)
            assert TaskAttempt.objects.get().attempts == 1
        finally:
            other.kill()


def test_an_id_that_another_process_has_now_is_a_death() -> None:
    assert begin(KEY)
    TaskAttempt.objects.filter(key=KEY).update(holder=f"{socket.gethostname()} {os.getppid()} 1")
    assert begin(KEY)
    assert TaskAttempt.objects.get().attempts == 2


def test_another_machine_is_dead_when_it_worked_for_longer_than_any_task_may() -> None:
    assert begin(KEY)
    TaskAttempt.objects.filter(key=KEY).update(holder="another-machine 17 4711")
    assert begin(KEY)
    assert TaskAttempt.objects.get().attempts == 1
    limit = timedelta(seconds=cast(int, Conf.TIMEOUT) + 1)
    TaskAttempt.objects.filter(key=KEY).update(holder="another-machine 17 4711", last_at=timezone.now() - limit)
    assert begin(KEY)
    assert TaskAttempt.objects.get().attempts == 2


@pytest.mark.parametrize("module", ["integrations.tasks", "matching.tasks"])
def test_every_background_task_counts_itself(module: str) -> None:
    tasks = import_module(module)
    public = [task for name, task in inspect.getmembers(tasks, inspect.isfunction) if task.__module__ == module]
    uncounted = {task.__name__ for task in public if not hasattr(task, "__wrapped__") and task.__name__[0] != "_"}
    # A crew carries the runs of many: each of them counts its own attempts.
    assert uncounted <= {"enqueue_matching", "fetch"}
    assert len(public) > len(uncounted)
