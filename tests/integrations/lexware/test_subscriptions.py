"""Making and removing event subscriptions: the only calls that change something at the provider."""

import json
from datetime import UTC, datetime

import pytest
import requests
import responses

from integrations.providers.calls import CallRecord
from integrations.providers.errors import (
    AlreadySubscribed,
    AnswerNotUnderstood,
    CallbackRefused,
    OutcomeUnknown,
    PermissionMissing,
    ProviderError,
    RateLimited,
    Unavailable,
)
from integrations.providers.lexware.client import LexwareApi
from tests.integrations.lexware.conftest import KEY, URL, FakeBudget, FakeClock

PATH = f"{URL}/v1/event-subscriptions"
HOOK = "https://kontor.example/hooks/lexware/"
MADE = {"id": "0a4f7f7e-1c8b-4a5e-9b8a-6e6d3f0b7c11", "resourceUri": f"{PATH}/0a4f", "version": 0}
LIMIT = {"message": "Rate limit exceeded"}


def test_a_subscription_is_asked_for_and_named(
    api: LexwareApi, budget: FakeBudget, service: responses.RequestsMock
) -> None:
    service.post(PATH, status=201, json=MADE)
    heard: list[CallRecord] = []
    api.on_call = heard.append
    assert api.subscribe("payment.changed", HOOK) == MADE["id"]
    sent = service.calls[0].request
    assert json.loads(sent.body or b"") == {"eventType": "payment.changed", "callbackUrl": HOOK}
    assert sent.headers["Content-Type"] == "application/json"
    assert sent.headers["Authorization"] == f"Bearer {KEY}"
    assert budget.reserved == 1
    assert [(record.method, record.status) for record in heard] == [("POST", 201)]


def test_a_post_that_was_not_performed_is_repeated(
    api: LexwareApi, budget: FakeBudget, clock: FakeClock, service: responses.RequestsMock
) -> None:
    service.post(PATH, status=429, json=LIMIT)
    service.post(PATH, status=429, json=LIMIT)
    service.post(PATH, status=201, json=MADE)
    api.subscribe("payment.changed", HOOK)
    assert clock.slept == budget.penalties == [1, 2]
    assert (api.requests, api.rate_limited) == (3, 2)


def test_a_post_that_is_refused_for_ever_ends(api: LexwareApi, service: responses.RequestsMock) -> None:
    service.post(PATH, status=429, json=LIMIT)
    with pytest.raises(RateLimited):
        api.subscribe("payment.changed", HOOK)
    assert api.requests == 6


@pytest.mark.parametrize(
    "answer",
    [
        {"status": 500, "json": {"message": "Internal server error or rate limit exceeded"}},
        {"status": 500, "json": {"message": None}},
        {"status": 500, "json": {"message": "Internal server error"}},
        {"status": 503, "body": ""},
        {"status": 504, "json": {"message": "Endpoint request timed out"}},
        {"body": requests.ReadTimeout()},
        {"body": requests.ConnectionError("reset")},
        {"body": requests.exceptions.ChunkedEncodingError("half")},
    ],
    ids=lambda answer: str(answer.get("status") or type(answer["body"]).__name__),
)
def test_a_post_whose_outcome_nobody_knows_is_not_repeated(
    api: LexwareApi, clock: FakeClock, service: responses.RequestsMock, answer: dict[str, object]
) -> None:
    service.post(PATH, **answer)
    with pytest.raises(OutcomeUnknown) as caught:
        api.subscribe("payment.changed", HOOK)
    assert (api.requests, clock.slept) == (1, [])
    assert (caught.value.status, caught.value.who) == (answer.get("status"), "time")


def test_a_disguised_refusal_of_a_post_still_slows_everybody_down(
    api: LexwareApi, budget: FakeBudget, service: responses.RequestsMock
) -> None:
    service.post(PATH, status=500, json={"message": "Internal server error or rate limit exceeded"})
    with pytest.raises(OutcomeUnknown):
        api.subscribe("payment.changed", HOOK)
    assert budget.penalties == [1]


@pytest.mark.parametrize(
    ("status", "family"), [(409, AlreadySubscribed), (406, CallbackRefused), (403, PermissionMissing)]
)
def test_a_refusal_is_named(
    api: LexwareApi, service: responses.RequestsMock, status: int, family: type[ProviderError]
) -> None:
    service.post(PATH, status=status, json={"message": "no"})
    with pytest.raises(family) as caught:
        api.subscribe("payment.changed", HOOK)
    assert (caught.value.status, api.requests) == (status, 1)


@pytest.mark.parametrize("body", [b"<html>", b"{}", b"[]", b'{"id": 7}', b'{"id": "../x"}', b'{"id": "0a4'])
def test_an_answer_without_a_name_is_not_understood(
    api: LexwareApi, service: responses.RequestsMock, body: bytes
) -> None:
    service.post(PATH, status=201, body=body)
    with pytest.raises(AnswerNotUnderstood) as caught:
        api.subscribe("payment.changed", HOOK)
    assert caught.value.status == 201


def test_the_list_shows_what_can_be_read(api: LexwareApi, service: responses.RequestsMock) -> None:
    good = {"subscriptionId": "a-1", "eventType": "invoice.created", "callbackUrl": HOOK, "organizationId": "x"}
    odd = [{}, "text", None, {**good, "subscriptionId": "../admin"}, {**good, "callbackUrl": 5}]
    service.get(PATH, json={"content": [*odd, good, {**good, "subscriptionId": "b-2", "novel": [1]}]})
    assert [(found.id, found.event_type, found.callback_url) for found in api.event_subscriptions()] == [
        ("a-1", "invoice.created", HOOK),
        ("b-2", "invoice.created", HOOK),
    ]


@pytest.mark.parametrize("body", ["<html>", "[]", "{}", '{"content": 5}', '{"content": [{"subscr'])
def test_a_list_that_is_none_is_not_taken_for_an_empty_one(
    api: LexwareApi, service: responses.RequestsMock, body: str
) -> None:
    service.get(PATH, body=body)
    with pytest.raises(AnswerNotUnderstood):
        api.event_subscriptions()


@pytest.mark.parametrize("status", [204, 200, 404])
def test_what_is_gone_is_gone(api: LexwareApi, service: responses.RequestsMock, status: int) -> None:
    service.delete(f"{PATH}/a-1", status=status)
    api.unsubscribe("a-1")
    assert service.calls[0].request.headers["Authorization"] == f"Bearer {KEY}"


def test_removing_is_repeated_like_reading(api: LexwareApi, clock: FakeClock, service: responses.RequestsMock) -> None:
    service.delete(f"{PATH}/a-1", status=504, json={"message": "Endpoint request timed out"})
    service.delete(f"{PATH}/a-1", status=404, json={"message": "Not Found"})
    api.unsubscribe("a-1")
    assert clock.slept == [1]
    service.reset()
    service.delete(f"{PATH}/a-1", status=503)
    with pytest.raises(Unavailable):
        api.unsubscribe("a-1")


@pytest.mark.parametrize("status", [429, 503])
def test_whoever_is_in_a_hurry_does_not_repeat(
    budget: FakeBudget, clock: FakeClock, service: responses.RequestsMock, status: int
) -> None:
    api = LexwareApi(KEY, base_url=URL, budget=budget, clock=clock, repeats=False)
    service.delete(f"{PATH}/a-1", status=status, json=LIMIT)
    with pytest.raises((RateLimited, Unavailable)):
        api.unsubscribe("a-1")
    assert (api.requests, clock.slept) == (1, [])


def test_no_foreign_name_becomes_a_path(api: LexwareApi) -> None:
    with pytest.raises(ValueError, match="not an id"):
        api.unsubscribe("../profile")


def test_the_provider_s_clock_is_remembered(api: LexwareApi, service: responses.RequestsMock) -> None:
    assert api.answered_at is None
    service.get(f"{URL}/v1/ping", json={}, headers={"Date": "Thu, 12 Mar 2026 09:00:47 GMT"})
    api.ping()
    service.get(f"{URL}/v1/ping", json={}, headers={"Date": "soon"})
    api.ping()
    assert api.answered_at == datetime(2026, 3, 12, 9, 0, 47, tzinfo=UTC)
