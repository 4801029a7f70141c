"""A few permits carry many threads, and nobody waits while a transaction is open."""

import threading

import pytest
from django.db import connections as databases
from django.db import transaction

from integrations.models import FetchWorker
from integrations.services.permits import Permits
from tests.threads import in_threads, join

pytestmark = pytest.mark.django_db(transaction=True)


def test_nobody_waits_inside_a_transaction() -> None:
    permits = Permits(1)
    mine = databases["default"]
    try:

        def wait_inside() -> None:
            with permits.held(), transaction.atomic(), pytest.raises(RuntimeError), permits.put_down():
                raise AssertionError("the permit was put down")

        join(in_threads(wait_inside))
        assert databases["default"] is mine
    finally:
        permits.close()


def test_a_few_connections_to_the_database_are_enough_for_many_threads() -> None:
    permits = Permits(2)
    met = threading.Barrier(12, timeout=30)
    answers: list[int] = []

    def work() -> None:
        with permits.held():
            FetchWorker.objects.count()
            with permits.put_down():
                met.wait()
            answers.append(FetchWorker.objects.count())

    join(in_threads(*[work] * 12))
    permits.close()
    assert answers == [0] * 12
