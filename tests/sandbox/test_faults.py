"""Faults, and the log of calls."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator

import pytest
import requests

from tests.sandbox.api import ALL, Api, fast


@pytest.fixture(scope="module")
def running_api() -> Iterator[Api]:
    with fast() as running:
        yield Api(running)


@pytest.fixture
def api(running_api: Api) -> Api:
    running_api.control("faults/reset")
    running_api.control("requests/reset")
    return running_api


@pytest.mark.parametrize("status", [401, 429, 500, 503, 504])
def test_a_status_hits_as_often_as_asked(api: Api, status: int) -> None:
    api.control("faults", kind="status", status=status, count=2)
    assert [api.get("/v1/ping").status_code for _ in range(3)] == [status, status, 200]


def test_a_fault_hits_only_its_paths_and_organization(api: Api) -> None:
    api.control("faults", kind="status", status=404, path_prefix="/v1/files", organization=api.id, count=None)
    file = api.one(type="purchaseinvoice", status="paid")["file_ids"][0]
    assert api.get(f"/v1/files/{file}").status_code == 404
    assert api.get("/v1/ping").status_code == 200
    assert Api(api.running, 1).get("/v1/files/x").json().get("message") == "Not Found"
    assert api.get(f"/v1/files/{file}").status_code == 404


def test_a_rate_hits_some(api: Api) -> None:
    api.control("faults", kind="status", status=503, rate=0.5)
    statuses = [api.get("/v1/ping").status_code for _ in range(40)]
    assert {200, 503} == set(statuses)


def test_the_disguise_of_the_rate_limit(api: Api) -> None:
    api.control("faults", kind="rate_limit_as_500")
    answer = api.get("/v1/ping")
    assert (answer.status_code, answer.json()["message"]) == (500, "Internal server error or rate limit exceeded")


def test_a_reset_cuts_the_body(api: Api) -> None:
    api.control("faults", kind="reset")
    with pytest.raises(requests.RequestException):
        api.get("/v1/voucherlist", **ALL)
    assert api.see("/../../requests")["organizations"][api.id]["by_status"] == {"0": 1}


def test_truncated_json_cannot_be_read(api: Api) -> None:
    api.control("faults", kind="truncated")
    answer = api.get("/v1/profile")
    assert answer.status_code == 200
    with pytest.raises(json.JSONDecodeError):
        json.loads(answer.text)


def test_html_with_200(api: Api) -> None:
    api.control("faults", kind="html")
    answer = api.get("/v1/profile")
    assert (answer.status_code, answer.text[:9]) == (200, "<!DOCTYPE")


def test_a_timeout_comes_after_performing(api: Api) -> None:
    api.control("faults", kind="timeout_after_performing")
    answer = api.get("/v1/ping")
    assert (answer.status_code, answer.json()) == (504, {"message": "Endpoint request timed out"})


def test_a_delay_and_latency(api: Api) -> None:
    api.control("faults", kind="delay", milliseconds=60)
    api.control("settings", latency_ms=30)
    started = time.monotonic()
    assert api.get("/v1/ping").status_code == 200
    assert time.monotonic() - started >= 0.09
    api.control("settings", latency_ms=0)


@pytest.mark.parametrize(
    "body",
    [
        {"kind": "earthquake"},
        {},
        {"kind": "status", "status": 42},
        {"kind": "delay", "milliseconds": "soon"},
        {"kind": "html", "x": 1},
    ],
)
def test_a_fault_that_makes_no_sense_is_refused(api: Api, body: dict[str, object]) -> None:
    answer = api.control("faults", **body)
    assert answer.status_code == 400
    assert answer.json()["error"]


def test_the_log_counts_calls(api: Api) -> None:
    for _ in range(3):
        api.get("/v1/ping")
    api.get("/v1/ping", key="wrong")
    api.control("faults", kind="status", status=429)
    api.get("/v1/voucherlist", **ALL)
    log = requests.get(f"{api.running.control_url}/requests", timeout=10).json()
    assert log["organizations"][api.id] == {"total": 4, "by_status": {"200": 3, "429": 1}, "rate_limited": 1}
    assert log["organizations"][""]["by_status"] == {"401": 1}
    assert log["calls"][-1]["query"] == "voucherType=any&voucherStatus=any&size=250"
    assert api.running.sandbox.main_keys[api.id] not in json.dumps(log)
