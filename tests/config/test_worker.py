"""The ``worker`` command with real processes: good order, every known trap of the queue, and nothing left behind."""

import os
import signal
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone
from django_q.models import OrmQ, Schedule, Success
from django_q.scheduler import scheduler
from django_q.tasks import async_task

from accounts.models import TaskAttempt
from tests.processes import family, lives, wait_until, worker_command

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
NOTE = "tests.config.queue_tasks.note"
PID = "tests.config.queue_tasks.note_pid"
DIE = "tests.config.queue_tasks.die"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "lines.txt"
    path.touch()
    return path


def words(file: Path) -> list[str]:
    return file.read_text().split()


def test_it_works_and_stops_in_good_order(tmp_path: Path, file: Path) -> None:
    with worker_command(tmp_path) as worker:
        worker.wait_for_workers()
        async_task(NOTE, str(file), "slow", 1.5)
        wait_until(lambda: words(file), "the task was not begun")
        members = family(worker.process.pid)
        assert worker.stop() == 0
        # What had begun was finished, and said so.
        assert Success.objects.filter(func=NOTE).count() == 1
        assert not OrmQ.objects.exists()
        assert not any(map(lives, members))


def test_killed_it_leaves_nothing_behind(tmp_path: Path, file: Path) -> None:
    with worker_command(tmp_path) as worker:
        worker.wait_for_workers()
        async_task(NOTE, str(file), "slow", 60)
        wait_until(lambda: words(file), "the task was not begun")
        members = family(worker.process.pid)
        assert len(members) >= 6
        worker.process.kill()
        worker.process.wait()
        wait_until(lambda: not any(map(lives, members)), "processes were left behind")


@pytest.mark.parametrize("victim", ["main", "guard"])
def test_after_the_death_of_a_leading_process_all_are_replaced(tmp_path: Path, file: Path, victim: str) -> None:
    with worker_command(tmp_path) as worker:
        worker.wait_for_workers()
        before = family(worker.process.pid)[1:]
        os.kill(worker.main() if victim == "main" else worker.guard(), signal.SIGKILL)
        wait_until(lambda: not any(map(lives, before)), "orphans go on without a guard")
        async_task(NOTE, str(file), "done")
        wait_until(lambda: words(file) == ["done"], worker)
        assert worker.stop() == 0


def test_a_queue_that_stands_still_is_replaced(tmp_path: Path, file: Path) -> None:
    with worker_command(tmp_path, "--patience", "2") as worker:
        # One of the idle workers holds the lock through which all of them get their tasks.
        for pid in worker.wait_for_workers():
            os.kill(pid, signal.SIGKILL)
        for number in range(4):
            async_task(NOTE, str(file), f"task-{number}")
        wait_until(lambda: len(words(file)) == 4, worker)
        assert "stand still (a task waits, a worker is free, and nobody begins)" in worker.text
        assert sorted(words(file)) == [f"task-{number}" for number in range(4)]
        assert worker.stop() == 0


def test_busy_workers_are_no_alarm(tmp_path: Path, file: Path) -> None:
    with worker_command(tmp_path, "--patience", "1") as worker:
        worker.wait_for_workers()
        for number in range(5):
            async_task(NOTE, str(file), f"task-{number}", 2.5 if number < 2 else 0)
        wait_until(lambda: len(words(file)) == 5, "not done")
        assert worker.stop() == 0
        assert "stand still" not in worker.text
        assert len(words(file)) == 5


def test_what_a_killed_worker_had_begun_is_delivered_again_at_once(tmp_path: Path, file: Path) -> None:
    with worker_command(tmp_path) as worker:
        worker.wait_for_workers()
        async_task(PID, str(file), 2.0)
        wait_until(lambda: words(file), "the task was not begun")
        os.kill(int(words(file)[0]), signal.SIGKILL)
        wait_until(lambda: Success.objects.filter(func=PID).exists(), worker)
        assert len(set(words(file))) == len(words(file)) == 2


def test_a_task_that_kills_its_worker_is_given_up_and_others_go_on(tmp_path: Path, file: Path) -> None:
    with worker_command(tmp_path) as worker:
        worker.wait_for_workers()
        async_task(DIE, str(file))
        async_task(NOTE, str(file), "other")
        wait_until(lambda: TaskAttempt.objects.exclude(gave_up_at=None).exists(), worker)
        wait_until(lambda: not OrmQ.objects.exists(), "the queue is not empty")
        assert worker.stop() == 0
    assert Counter(words(file)) == {"died": 3, "other": 1}
    assert "Its worker died" in TaskAttempt.objects.get().reason


def test_a_slow_task_is_not_run_twice(tmp_path: Path, file: Path) -> None:
    with worker_command(tmp_path, DJANGO_SETTINGS_MODULE="tests.config.queue_settings") as worker:
        worker.wait_for_workers()
        # Longer in all than the queue waits before it delivers again; none of them longer than its time limit.
        for number in range(10):
            async_task(NOTE, str(file), f"task-{number}", 2.0)
        wait_until(lambda: Success.objects.filter(func=NOTE).count() == 10, "not done")
        assert worker.stop() == 0
    assert sorted(words(file)) == [f"task-{number}" for number in range(10)]


def test_the_queue_waits_longer_than_a_task_may_work_and_wait() -> None:
    queue: dict[str, Any] = settings.Q_CLUSTER
    assert queue["queue_limit"] == queue["bulk"] == 1
    assert queue["retry"] > 2 * queue["timeout"] + 30


def test_a_missed_week_is_made_up_for_once(db: None) -> None:
    Schedule.objects.create(
        name="every morning", func=NOTE, schedule_type="D", repeats=-1, next_run=timezone.now() - timedelta(days=7)
    )
    scheduler()
    scheduler()
    assert [task.func() for task in OrmQ.objects.all()].count(NOTE) == 1
    assert Schedule.objects.filter(name="every morning", next_run__gt=timezone.now()).exists()
