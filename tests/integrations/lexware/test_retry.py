"""Waiting, retrying, giving up."""

import pytest
import requests
import responses

from integrations.providers.calls import CallRecord
from integrations.providers.errors import ProviderError, RateLimited, RequestRefused, Unavailable
from integrations.providers.lexware.client import LexwareApi
from integrations.providers.pace import Backoff
from tests.integrations.lexware.conftest import KEY, URL, FakeBudget, FakeClock

PING = f"{URL}/v1/ping"
MAIL = {"userEmail": "ole@beispielwerk.example"}
LIMIT = {"message": "Rate limit exceeded"}


def test_every_attempt_books_a_slot_and_waits_for_it(api: LexwareApi, budget: FakeBudget, clock: FakeClock) -> None:
    budget.wait = 0.4
    with responses.RequestsMock() as service:
        service.get(PING, status=503, json={"message": None})
        service.get(PING, json=MAIL)
        assert api.ping() == MAIL["userEmail"]
    assert budget.reserved == 2
    assert clock.slept == [0.4, 1.0, 0.4]
    assert (api.requests, api.rate_limited) == (2, 0)


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (429, LIMIT),
        (429, {}),
        (500, {"message": "Internal server error or rate limit exceeded"}),
        (500, {"message": None}),
    ],
)
def test_a_refusal_by_the_limit_slows_everybody_down_and_is_repeated(
    api: LexwareApi,
    budget: FakeBudget,
    clock: FakeClock,
    service: responses.RequestsMock,
    status: int,
    body: object,
) -> None:
    for _ in range(3):
        service.get(PING, status=status, json=body)
    service.get(PING, json=MAIL)
    api.ping()
    assert clock.slept == [1, 2, 4]
    assert budget.penalties == [1, 2, 4]
    assert (api.requests, api.rate_limited, budget.reserved) == (4, 3, 4)


def test_after_five_repeats_a_refusal_is_passed_on(
    api: LexwareApi, budget: FakeBudget, clock: FakeClock, service: responses.RequestsMock
) -> None:
    service.get(PING, status=429, json=LIMIT, headers={"x-amzn-RequestId": "abc-1"})
    with pytest.raises(RateLimited) as caught:
        api.ping()
    assert clock.slept == [1, 2, 4, 8, 16]
    assert api.requests == api.rate_limited == 6
    assert budget.penalties[-1] == 30
    error = caught.value
    assert (error.status, error.request_id, error.path, error.who) == (429, "abc-1", "/v1/ping", "time")
    assert error.message == "Rate limit exceeded"


@pytest.mark.parametrize(
    "answer",
    [
        {"status": 500, "json": {"message": "Internal server error"}},
        {"status": 502, "body": "<html>Bad gateway</html>"},
        {"status": 503, "body": ""},
        {"status": 504, "json": {"message": "Endpoint request timed out"}},
        {"status": 408, "json": {}},
        {"body": requests.ConnectTimeout()},
        {"body": requests.ReadTimeout()},
        {"body": requests.ConnectionError("reset")},
        {"body": requests.exceptions.ChunkedEncodingError("half")},
    ],
    ids=lambda answer: str(answer.get("status") or type(answer["body"]).__name__),
)
def test_an_outage_is_waited_for_three_times(
    api: LexwareApi, clock: FakeClock, budget: FakeBudget, service: responses.RequestsMock, answer: dict[str, object]
) -> None:
    service.get(PING, **answer)
    with pytest.raises(Unavailable) as caught:
        api.ping()
    assert clock.slept == [1, 2, 4]
    assert api.requests == 4
    assert budget.penalties == []
    assert caught.value.status == answer.get("status")
    assert caught.value.who == "time"


def test_refusals_and_outages_are_counted_apart(
    api: LexwareApi, clock: FakeClock, service: responses.RequestsMock
) -> None:
    for status in (503, 429, 503, 429, 503):
        service.get(PING, status=status, json={})
    service.get(PING, json=MAIL)
    api.ping()
    assert clock.slept == [1, 1, 2, 2, 4]


@pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 405, 406, 409, 415, 501, 301, 302, 308, 202])
def test_what_repeating_cannot_mend_is_not_repeated(
    api: LexwareApi, clock: FakeClock, service: responses.RequestsMock, status: int
) -> None:
    service.get(PING, status=status, json={"message": "no"})
    with pytest.raises(ProviderError):
        api.ping()
    assert api.requests == 1
    assert clock.slept == []


def test_the_provider_s_wish_is_honoured(
    api: LexwareApi, budget: FakeBudget, clock: FakeClock, service: responses.RequestsMock
) -> None:
    service.get(PING, status=429, json=LIMIT, headers={"Retry-After": "17"})
    service.get(PING, status=503, json={}, headers={"Retry-After": "Thu, 12 Mar 2026 09:00:47 GMT"})
    service.get(PING, status=429, json=LIMIT, headers={"Retry-After": "soon"})
    service.get(PING, json=MAIL)
    api.ping()
    assert clock.slept == [17, 30, 2]
    assert budget.penalties == [17, 2]


def test_nobody_waits_for_an_hour_inside_a_call(
    api: LexwareApi, budget: FakeBudget, clock: FakeClock, service: responses.RequestsMock
) -> None:
    service.get(PING, status=429, json=LIMIT, headers={"Retry-After": "3600"})
    with pytest.raises(RateLimited):
        api.ping()
    assert clock.slept == []
    assert budget.penalties == [3600]


def test_a_queue_that_is_too_long_is_time_s_business(
    api: LexwareApi, budget: FakeBudget, service: responses.RequestsMock
) -> None:
    budget.booked_out = True
    with pytest.raises(RateLimited, match="120 seconds") as caught:
        api.ping()
    assert (caught.value.status, caught.value.path) == (None, "/v1/ping")
    assert api.requests == 0


def test_jitter_only_lengthens() -> None:
    assert Backoff(retries=3, jitter=lambda: 1.0).wait(2) == 3.0
    assert Backoff(retries=3, jitter=lambda: 0.0).wait(2) == 2.0
    assert Backoff(retries=9, jitter=lambda: 0.0).wait(9) == 30.0


def test_an_accelerated_sandbox_is_waited_for_that_much_shorter(clock: FakeClock, budget: FakeBudget) -> None:
    api = LexwareApi(KEY, base_url=URL, budget=budget, clock=clock, jitter=lambda: 0.0, time_scale=20)
    with responses.RequestsMock() as service:
        service.get(PING, status=429, json=LIMIT, headers={"Retry-After": "10"})
        service.get(PING, status=429, json=LIMIT)
        service.get(PING, json=MAIL)
        api.ping()
    assert clock.slept == [0.5, 0.1]
    assert budget.penalties == [0.5, 0.1]


def test_every_attempt_is_reported(api: LexwareApi, service: responses.RequestsMock) -> None:
    service.get(PING, status=429, json=LIMIT)
    service.get(PING, body=requests.ConnectionError())
    service.get(PING, json=MAIL, headers={"x-amzn-RequestId": "good-1"})
    heard: list[CallRecord] = []
    api.on_call = heard.append
    api.ping()
    assert [(record.status, record.rate_limited, record.request_id) for record in heard] == [
        (429, True, ""),
        (None, False, ""),
        (200, False, "good-1"),
    ]
    assert {(record.method, record.path) for record in heard} == {("GET", "/v1/ping")}


def test_an_address_that_is_none_is_our_mistake(budget: FakeBudget, clock: FakeClock) -> None:
    api = LexwareApi(KEY, base_url="htp:/wrong", budget=budget, clock=clock)
    with pytest.raises(RequestRefused, match="not sent"):
        api.ping()
    assert clock.slept == []
