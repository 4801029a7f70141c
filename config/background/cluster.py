"""The queue's processes, made to say what they do and to die together."""

import contextlib
import os
import signal
from typing import Any

from django_q.brokers import get_broker
from django_q.cluster import Cluster
from django_q.signals import post_execute_in_worker, pre_execute
from django_q.utils import get_func_repr

from config.children import die_with_parent


def run(report_to: int) -> None:
    """Be the queue's main process until told to stop, and report every step to the pipe ``report_to``.

    Each process of the family dies with the one that made it: nobody is left who takes tasks without a guard.
    """
    report = _Report(report_to)
    _bind_children()
    pre_execute.connect(report.began, weak=False)
    post_execute_in_worker.connect(report.ended, weak=False)
    broker: Any = get_broker()
    broker.dequeue = report.taking(broker.dequeue)
    broker.fail = report.dropping(broker.fail)
    broker.set_stat = report.guarding(broker.set_stat)
    Cluster(broker).start()


def _bind_children() -> None:
    """Let every process that is forked from now on die with the one that forked it, even if that is gone already."""
    parent = os.getpid()

    def remember() -> None:
        nonlocal parent
        parent = os.getpid()

    def bind() -> None:
        die_with_parent(signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)

    os.register_at_fork(before=remember, after_in_child=bind)


class _Report:
    """Writes lines (see ``watch``) to a pipe. Never waits for the reader, and never fails: work goes before reports."""

    def __init__(self, pipe: int) -> None:
        os.set_blocking(pipe, False)
        self._pipe = pipe

    def say(self, line: str) -> None:
        with contextlib.suppress(OSError):
            os.write(self._pipe, f"{line}\n".encode())

    def began(self, task: dict[str, Any], **_: Any) -> None:
        self.say(f"began {os.getpid()} {task.get('ack_id')} {get_func_repr(task['func'])}")

    def ended(self, **_: Any) -> None:
        self.say(f"ended {os.getpid()}")

    def taking(self, dequeue: Any) -> Any:
        """The broker's way to take tasks, with a report."""

        def take() -> Any:
            tasks = dequeue()
            for task in tasks or ():
                self.say(f"took {task[0]}")
            return tasks

        return take

    def dropping(self, fail: Any) -> Any:
        """The broker's way to drop a task that cannot be read, with a report."""

        def drop(task_id: object) -> None:
            self.say(f"dropped {task_id}")
            fail(task_id)

        return drop

    def guarding(self, set_stat: Any) -> Any:
        """The broker's way to keep the guard's figures, which is called twice a second, with a report."""

        def keep(*arguments: Any) -> None:
            self.say("alive")
            set_stat(*arguments)

        return keep
