"""Keys, plans, permissions, the rate limit, and answers of the gateway."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
import requests

from sandbox.limiter import TokenBucket
from tests.sandbox.api import ALL, Api, fast


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def api() -> Iterator[Api]:
    with fast(world="empty") as running:
        yield Api(running)


@pytest.mark.parametrize("key", ["", "unknown", "two words"])
def test_a_key_that_does_not_exist_is_401(api: Api, key: str) -> None:
    answer = api.get("/v1/ping", key=key)
    assert (answer.status_code, answer.json()) == (401, {"message": "Unauthorized"})
    assert answer.headers["x-amzn-ErrorType"] == "UnauthorizedException"


def test_no_authorization_is_401(api: Api) -> None:
    assert requests.get(f"{api.running.url}/v1/profile", timeout=10).status_code == 401


def test_special_keys(api: Api) -> None:
    special = api.running.special_keys
    assert api.get("/v1/profile", key=special["expired"]).status_code == 401
    answer = api.get("/v1/profile", key=special["plan_without_api"])
    assert (answer.status_code, answer.json()["error"]) == (402, "Payment Required")
    assert api.get("/v1/profile", key=special["permission_missing"]).status_code == 200
    assert api.get("/v1/voucherlist", key=special["permission_missing"], **ALL).status_code == 200
    for path in ("vouchers", "files", "payments"):
        answer = api.get(f"/v1/{path}/x", key=special["permission_missing"])
        assert (answer.status_code, answer.json()) == (403, {"message": "access_denied"})


def test_special_keys_open_no_listed_organization(api: Api) -> None:
    profile = api.get("/v1/profile", key=api.running.special_keys["permission_missing"]).json()
    assert profile["organizationId"] not in {item["organization_id"] for item in api.running.organizations}


def test_a_key_can_be_expired_revoked_restored_and_replaced(api: Api) -> None:
    base = f"organizations/{api.id}/key"
    for verb, status in (("expire", 401), ("restore", 200), ("revoke", 401)):
        assert api.control(f"{base}/{verb}").status_code == 200
        assert api.get("/v1/profile").status_code == status
    old = api.get("/v1/profile", key=api.control(f"{base}/restore").json()["key"]).json()
    new = api.control(f"{base}/new").json()["key"]
    assert new == api.organization["key"]
    assert api.get("/v1/profile").json()["connectionId"] != old["connectionId"]


def test_plan_and_scope_can_be_switched(api: Api) -> None:
    base = f"organizations/{api.id}"
    api.control(f"{base}/plan", with_api=False)
    assert api.get("/v1/ping").status_code == 402
    api.control(f"{base}/plan", with_api=True)
    api.control(f"{base}/key/scope", scopes=["payments.read"])
    assert api.get("/v1/voucherlist", **ALL).status_code == 403
    api.control(f"{base}/key/scope", scopes=None)
    assert api.get("/v1/voucherlist", **ALL).status_code == 200
    assert api.control(f"{base}/key/scope", scopes=["everything"]).status_code == 400


def test_unknown_routes_and_verbs(api: Api) -> None:
    for method, path in (
        ("GET", "/v1/bank-accounts"),
        ("DELETE", "/v1/vouchers/x"),
        ("OPTIONS", "/v1/ping"),
        ("GET", "/"),
    ):
        headers = {"Authorization": f"Bearer {api.organization['key']}"}
        answer = requests.request(method, api.running.url + path, headers=headers, timeout=10)
        assert (answer.status_code, answer.json()) == (404, {"message": "Not Found"})
    api.control("settings", unknown_route="403")
    answer = api.get("/v1/bank-accounts")
    key = api.organization["key"]
    assert answer.status_code == 403
    assert answer.json()["message"] == (
        f"'{key}' not a valid key=value pair (missing equal-sign) in Authorization header: 'Bearer {key}'."
    )


def test_gateway_headers(api: Api) -> None:
    headers = api.get("/v1/ping").headers
    assert re.fullmatch(r"[0-9a-f-]{36}", headers["x-amzn-RequestId"])
    assert re.fullmatch(r"Root=1-[0-9a-f]{8}-[0-9a-f]{24}", headers["X-Amzn-Trace-Id"])
    assert headers["Content-Type"] == "application/json"
    assert headers["Connection"] == "keep-alive"
    assert not {"retry-after", "server"} & {name.lower() for name in headers}
    assert not any(name.lower().startswith("x-ratelimit") for name in headers)


def test_the_bucket_holds_four_and_gains_two_a_second() -> None:
    clock = Clock()
    bucket = TokenBucket(clock)
    assert [bucket.take() for _ in range(6)] == [True] * 4 + [False] * 2
    clock.seconds += 0.49
    assert not bucket.take()
    clock.seconds += 0.01
    assert bucket.take()
    assert not bucket.take()
    clock.seconds += 3600
    assert [bucket.take() for _ in range(5)] == [True] * 4 + [False]


def test_at_two_a_second_nothing_is_refused_for_long() -> None:
    clock = Clock()
    bucket = TokenBucket(clock)
    for _ in range(2000):
        clock.seconds += 0.5
        assert bucket.take()


def test_the_time_scale_speeds_the_refill() -> None:
    clock = Clock()
    bucket = TokenBucket(clock, speed=20)
    assert sum(bucket.take() for _ in range(9)) == 4
    clock.seconds += 0.05
    assert [bucket.take() for _ in range(3)] == [True, True, False]


def test_the_limit_belongs_to_the_organization() -> None:
    clock = Clock()
    with fast(world="empty", time_scale=1, monotonic=clock) as running:
        first, second = Api(running), Api(running, 1)
        other = first.control(f"organizations/{first.id}/key/new").json()["key"]
        statuses = [first.get("/v1/ping", key=key).status_code for key in (None, other, None, other, None)]
        assert statuses == [200] * 4 + [429]
        assert second.get("/v1/ping").status_code == 200
        refused = first.get("/v1/ping")
        assert refused.json() == {"message": "Rate limit exceeded"}
        assert "retry-after" not in {name.lower() for name in refused.headers}
        clock.seconds += 0.5
        assert [first.get("/v1/ping").status_code for _ in range(2)] == [200, 429]


def test_calls_with_a_bad_key_cost_nothing() -> None:
    with fast(world="empty", time_scale=1, monotonic=Clock()) as running:
        api = Api(running)
        for _ in range(8):
            assert api.get("/v1/ping", key="wrong").status_code == 401
        assert api.get("/v1/ping").status_code == 200


@pytest.mark.parametrize(
    ("answer", "message"),
    [("500", "Internal server error or rate limit exceeded"), ("500_null", None)],
)
def test_the_limit_may_be_disguised(answer: str, message: str | None) -> None:
    with fast(world="empty", time_scale=1, monotonic=Clock()) as running:
        api = Api(running)
        api.control("settings", limit_answer=answer)
        refused = [api.get("/v1/ping") for _ in range(5)][-1]
        assert (refused.status_code, refused.json()) == (500, {"message": message})
