"""Raw answers: every version, word for word, and no version for the same thing said otherwise."""

import threading

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import Client
from vouchers import raw
from vouchers.models import RawAnswer

pytestmark = pytest.mark.django_db


def keep(client: Client, body: str) -> bool:
    return raw.keep(client, "lexware", "payments", "x", body)


def test_every_version_is_kept_as_it_came(kontor_client: Client) -> None:
    assert keep(kontor_client, ' {"a" : 1}')
    assert keep(kontor_client, '{"a":2}')
    assert keep(kontor_client, '{"a":1}')
    kept = list(raw.versions(kontor_client, "lexware", "payments", "x").values_list("version", "body"))
    assert kept == [(3, '{"a":1}'), (2, '{"a":2}'), (1, ' {"a" : 1}')]


@pytest.mark.parametrize("again", ['{"a":100.00,"b":"x"}', '{"b": "x", "a": 100}', '{"b":"x","a":1e2}'])
def test_the_same_said_otherwise_is_no_news(kontor_client: Client, again: str) -> None:
    assert keep(kontor_client, '{"a":100.0,"b":"x"}')
    assert not keep(kontor_client, again)


@pytest.mark.parametrize("other", ['{"a":"100.0"}', '{"a":100.01}', '{"a":100.0,"b":null}', "{}", "no json", ""])
def test_everything_else_is_news(kontor_client: Client, other: str) -> None:
    assert keep(kontor_client, '{"a":100.0}')
    assert keep(kontor_client, other)
    assert not keep(kontor_client, other)


def test_many_at_once_cost_three_queries_when_nothing_is_new(kontor_client: Client) -> None:
    bodies = {str(number): f'{{"n":{number}}}' for number in range(250)}
    assert raw.keep_many(kontor_client, "lexware", "voucherlist", bodies) == set(bodies)
    with CaptureQueriesContext(database) as queries:
        assert raw.keep_many(kontor_client, "lexware", "voucherlist", bodies) == set()
    assert len(queries) <= 3
    assert raw.keep_many(kontor_client, "lexware", "voucherlist", {**bodies, "7": '{"n":8}'}) == {"7"}


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(bodies=st.lists(st.sampled_from(['{"a":1}', '{"a":1.0}', '{"a":2}', "x"]), max_size=8))
def test_versions_count_up_and_neighbours_differ(kontor_client: Client, bodies: list[str]) -> None:
    RawAnswer.objects.all().delete()
    news = [body for body in bodies if keep(kontor_client, body)]
    rows = list(RawAnswer.objects.order_by("version"))
    assert [row.version for row in rows] == list(range(1, len(rows) + 1))
    assert [row.body for row in rows] == news


@pytest.mark.django_db(transaction=True)
def test_several_at_once_write_one_version(kontor_client: Client) -> None:
    written: list[bool] = []

    def work() -> None:
        try:
            written.append(keep(kontor_client, '{"a":1}'))
        finally:
            database.close()

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(written) == [False] * 5 + [True]
