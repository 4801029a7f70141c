"""Every background task may come twice, at the same time: the queue delivers at least once, never exactly once."""

import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django_q.models import Failure, OrmQ
from django_q.tasks import async_task

import integrations.tasks
import matching.tasks
from accounts.models import Client, TaskAttempt
from integrations.models import SyncRun
from integrations.services import connections
from integrations.services.sync_queue import enqueue
from matching.models import Comparison, Decision, FirmComparison
from tests.integrations.sync.conftest import Lexware
from tests.integrations.sync.truth import differences, matching_differences
from tests.processes import wait_until, worker_command

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def background_tasks() -> list[Callable[..., None]]:
    """What is background work: everything in the two modules of tasks but the one that asks for it."""
    found: list[Callable[..., None]] = []
    for module in (integrations.tasks, matching.tasks):
        for name, task in inspect.getmembers(module, inspect.isfunction):
            if task.__module__ == module.__name__ and not name.startswith(("_", "enqueue")):
                found.append(task)
    return found


def test_tasks_that_come_three_times_at_once_do_no_harm(
    tmp_path: Path, small: Lexware, kontor_client: Client, settings: Any
) -> None:
    connection = connections.connect(connections.get_or_create(kontor_client), small.key, sync=False)
    run = enqueue(connection, SyncRun.Trigger.MANUAL)
    comparison = Comparison.objects.create(client=kontor_client)
    ids = {
        "connection_id": connection.pk,
        "client_id": kontor_client.pk,
        "comparison_id": comparison.pk,
        "firm_comparison_id": FirmComparison.objects.create().pk,
    }
    tasks = background_tasks()
    assert len(tasks) >= 10
    with worker_command(
        tmp_path, QUEUE_WORKERS="3", SYNC_WORKERS="2", LEXWARE_TIME_SCALE=str(settings.LEXWARE_TIME_SCALE)
    ) as worker:
        for task in tasks:
            for _ in range(3):
                async_task(
                    f"{task.__module__}.{task.__name__}", *[ids[name] for name in inspect.signature(task).parameters]
                )
        over = SyncRun.objects.filter(pk=run.pk, state=SyncRun.State.DONE)
        wait_until(lambda: over.exists() and not OrmQ.objects.exists(), worker, patience=120)
        assert worker.stop() == 0
    assert [failure.result for failure in Failure.objects.all()] == []
    assert not TaskAttempt.objects.exists()
    assert differences(kontor_client, small.running.control_url, small.id) == []
    assert matching_differences(kontor_client) == []
    assert not Decision.objects.exists()
    comparison.refresh_from_db()
    assert comparison.state == Comparison.State.DONE
    assert SyncRun.objects.filter(connection=connection).count() == 1
