"""The shared request budget: alone, in a queue, and with several real processes on one database."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from urllib.parse import quote

import pytest
import requests
from django.conf import settings
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given
from hypothesis import settings as property_settings
from hypothesis import strategies as st

from integrations.management.commands.bench_rate import measure
from integrations.models import RateBudget
from integrations.providers.lexware.client import LexwareApi
from integrations.providers.pace import INTERVAL, QueueTooLong, recovered, slowed
from integrations.rate_budget import DatabaseBudget, pace_of
from sandbox.server import start

settings_for_properties = property_settings(
    max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
ORGANIZATION = "c0ffee00-1111-4222-8333-944455566677"


@pytest.fixture
def budget() -> DatabaseBudget:
    """A budget at real pace: an interval is long enough for a slow machine not to matter."""
    return DatabaseBudget(ORGANIZATION, time_scale=1)


def next_at() -> float:
    return RateBudget.objects.get(key=ORGANIZATION).next_at


@pytest.mark.django_db
class TestAlone:
    """One process; the transaction of the test itself is the only one that a budget accepts around it."""

    def test_the_first_call_goes_out_at_once_and_the_next_ones_in_turn(self, budget: DatabaseBudget) -> None:
        waits = [budget.reserve() for _ in range(5)]
        assert waits[0] == 0.0
        assert waits[1:] == pytest.approx([INTERVAL * place for place in range(1, 5)], abs=0.4)
        assert waits == sorted(waits)

    def test_95_percent_of_the_limit_are_used(self, budget: DatabaseBudget) -> None:
        budget.reserve()
        start = next_at()
        for _ in range(19):
            budget.reserve()
        assert next_at() - start == pytest.approx(10.0)

    def test_time_that_nobody_used_is_not_saved_up(self, budget: DatabaseBudget) -> None:
        RateBudget.objects.create(key=ORGANIZATION, next_at=time.time() - 3600)
        assert budget.reserve() == 0.0
        assert budget.reserve() == pytest.approx(INTERVAL, abs=0.4)

    def test_each_organization_has_its_own(self, budget: DatabaseBudget) -> None:
        budget.reserve()
        assert DatabaseBudget("another", time_scale=1).reserve() == 0.0

    def test_booking_is_one_statement(self, budget: DatabaseBudget) -> None:
        budget.reserve()
        with CaptureQueriesContext(connection) as queries:
            budget.reserve()
        statements = [query["sql"].split()[0] for query in queries.captured_queries]
        assert [word for word in statements if word not in ("SAVEPOINT", "RELEASE")] == ["UPDATE"]

    def test_a_queue_of_two_minutes_is_long_enough(self, budget: DatabaseBudget) -> None:
        RateBudget.objects.create(key=ORGANIZATION, next_at=time.time() + 130)
        before = next_at()
        with pytest.raises(QueueTooLong, match="120 seconds"):
            budget.reserve()
        assert next_at() == before

    def test_a_refusal_holds_everybody_back(self, budget: DatabaseBudget) -> None:
        budget.reserve()
        budget.penalize(8)
        assert DatabaseBudget(ORGANIZATION, time_scale=1).reserve() == pytest.approx(8, abs=0.4)

    def test_a_refusal_slows_the_pace_down_once_for_all_calls_that_were_on_their_way(
        self, budget: DatabaseBudget
    ) -> None:
        assert pace_of(ORGANIZATION) == 1.0
        for _ in range(3):
            budget.penalize(0)
        assert budget.pace() == pytest.approx(0.8, abs=0.01)
        budget.reserve()
        assert budget.reserve() == pytest.approx(INTERVAL / 0.8, abs=0.4)

    @settings_for_properties
    @given(pace=st.floats(0.25, 1.0), minutes=st.floats(0.2, 40))
    def test_the_database_reckons_as_the_rule_says(self, budget: DatabaseBudget, pace: float, minutes: float) -> None:
        now = time.time()
        row = {"pace": pace, "slowed_at": now - minutes * 60, "next_at": now + 10}
        RateBudget.objects.update_or_create(key=ORGANIZATION, defaults=row)
        expected = recovered(pace, minutes * 60)
        assert budget.pace() == pytest.approx(expected, abs=0.005)
        budget.reserve()
        assert next_at() - row["next_at"] == pytest.approx(INTERVAL / expected, rel=0.02)
        budget.penalize(1)
        assert budget.pace() == pytest.approx(slowed(expected), abs=0.005)

    def test_a_pace_that_was_slowed_by_a_clock_that_went_wrong_does_not_last_for_ever(
        self, budget: DatabaseBudget
    ) -> None:
        RateBudget.objects.create(key=ORGANIZATION, pace=0.3, slowed_at=time.time() + 10**6)
        assert budget.pace() == 1.0
        budget.penalize(0)
        assert budget.pace() == pytest.approx(0.8, abs=0.01)

    def test_a_refusal_is_remembered_before_the_first_call(self, budget: DatabaseBudget) -> None:
        budget.penalize(8)
        assert budget.reserve() == pytest.approx(8, abs=0.4)

    def test_a_short_penalty_does_not_shorten_a_long_queue(self, budget: DatabaseBudget) -> None:
        RateBudget.objects.create(key=ORGANIZATION, next_at=time.time() + 60)
        before = next_at()
        budget.penalize(5)
        assert next_at() == before

    def test_nobody_is_punished_for_longer_than_ten_minutes(self, budget: DatabaseBudget) -> None:
        budget.penalize(86_400)
        assert next_at() == pytest.approx(time.time() + 600, abs=2)

    def test_a_slot_of_a_clock_that_went_wrong_does_not_block_for_ever(self, budget: DatabaseBudget) -> None:
        RateBudget.objects.create(key=ORGANIZATION, next_at=time.time() + 10**6)
        assert budget.reserve() == 0.0
        RateBudget.objects.update(next_at=time.time() + 10**6)
        budget.penalize(3)
        assert budget.reserve() == pytest.approx(3, abs=0.4)

    def test_inside_a_transaction_it_refuses(self, budget: DatabaseBudget) -> None:
        budget.reserve()
        before = next_at()
        with pytest.raises(RuntimeError, match="must not be sent inside a transaction"), transaction.atomic():
            budget.reserve()
        assert next_at() == before

    def test_an_accelerated_sandbox_gets_an_accelerated_budget(self) -> None:
        budget = DatabaseBudget(ORGANIZATION)
        assert settings.LEXWARE_TIME_SCALE == 200
        assert budget.interval == INTERVAL / 200
        assert (budget.longest_wait, budget.longest_penalty) == (0.6, 3.0)


# What a process does: say that it is there, wait for the word, book slots, and tell what it got.
CHILD = """
import json, sys, time
import django
django.setup()
from integrations.rate_budget import DatabaseBudget
budget = DatabaseBudget({key!r}, time_scale={scale})
print("ready", flush=True)
sys.stdin.readline()
end = time.time() + {seconds}
booked = []
while len(booked) < {most} and time.time() < end:
    wait = budget.reserve()
    booked.append(time.time() + wait)
    if {sleep}:
        time.sleep(wait)
print(json.dumps(booked), flush=True)
"""


def database_url() -> str:
    """The address of the database that this test uses, for other processes."""
    here = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{here['NAME']}"
    login = f"{quote(here['USER'])}:{quote(here['PASSWORD'])}"
    return f"postgres://{login}@{here['HOST']}:{here['PORT'] or 5432}/{here['NAME']}"


@contextmanager
def child(**values: object) -> Iterator[subprocess.Popen[str]]:
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "config.settings", "DATABASE_URL": database_url()}
    command = [sys.executable, "-c", CHILD.format(key=ORGANIZATION, **values)]
    with subprocess.Popen(
        command, env=environment, cwd=settings.BASE_DIR, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def book(processes: int, **values: object) -> list[list[float]]:
    """Let processes book at the same time; return the moments of each one's slots."""
    with ExitStack() as stack:
        children = [stack.enter_context(child(**values)) for _ in range(processes)]
        for process in children:
            assert process.stdout
            assert process.stdout.readline() == "ready\n"
        for process in children:
            assert process.stdin
            process.stdin.write("go\n")
            process.stdin.flush()
        return [json.loads(process.stdout.readline()) for process in children if process.stdout]


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_processes_at_the_same_time_get_every_slot_once() -> None:
    # The row is missing at first: all of them try to make it.
    booked = book(3, scale=1, seconds=60, most=50, sleep=False)
    slots = sorted(moment for moments in booked for moment in moments)
    assert [len(moments) for moments in booked] == [50] * 3
    # The row moved on by one interval for each of them, and no two got the same place in the queue.
    assert next_at() - slots[0] == pytest.approx(150 * INTERVAL, abs=INTERVAL / 2)
    places = [round((slot - slots[0]) / INTERVAL) for slot in slots]
    assert places == list(range(150))


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_nobody_in_the_queue_is_passed_over() -> None:
    booked = book(3, scale=20, seconds=2, most=1000, sleep=True)
    counts = [len(moments) for moments in booked]
    assert min(counts) >= max(counts) * 0.6
    allowed = 2 / (INTERVAL / 20)
    assert allowed * 0.7 <= sum(counts) <= allowed + len(counts) + 1


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize("disguise", ["429", "500"])
def test_a_service_that_allows_less_than_it_says_refuses_few_calls(disguise: str) -> None:
    with start(time_scale=20) as running:
        wanted = {"rate_per_second": 0.9, "limit_answer": disguise}
        requests.post(f"{running.control_url}/settings", json=wanted, timeout=10).raise_for_status()
        budget = DatabaseBudget(ORGANIZATION, time_scale=20)
        api = LexwareApi(running.organizations[0]["key"], base_url=running.url, budget=budget, time_scale=20)
        for _ in range(80):
            api.ping()
        # Without a memory, hardly more than half of the calls would be answered at once.
        assert 1 <= api.rate_limited <= 16
        assert 0.3 < budget.pace() < 0.75


@pytest.mark.slow
def test_the_measurement_measures() -> None:
    figures = measure(seconds=1.2, processes=2, database="")
    assert (figures["processes"], figures["refused"], figures["errors"]) == (2, 0, 0)
    assert 1 <= figures["calls"] <= 3
    assert figures["share_of_limit"] == round(figures["calls"] / 2.4, 3)
    assert figures["goal_met"] == (figures["share_of_limit"] >= 0.95)
