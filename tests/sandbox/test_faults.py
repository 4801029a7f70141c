"""Faults, and the log of calls."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator

import pytest
import requests

from tests.sandbox.api import ALL, Api, fast
from tests.sandbox.receiver import until


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


def test_an_outage_of_keys_ends_by_itself(api: Api) -> None:
    api.control("faults", kind="status", status=401, lasting_ms=1000)
    assert [api.get("/v1/ping").status_code for _ in range(2)] == [401, 401]
    until(lambda: api.get("/v1/ping").status_code == 200)


def test_a_403_can_repeat_the_key(api: Api) -> None:
    api.control("faults", kind="echo_key")
    answer = api.get("/v1/ping")
    assert answer.status_code == 403
    assert api.organization["key"] in answer.json()["message"]


def test_a_body_comes_drop_by_drop(api: Api) -> None:
    whole = api.get("/v1/profile").content
    api.control("faults", kind="drip", milliseconds=200)
    started = time.monotonic()
    assert api.get("/v1/profile").content == whole
    assert time.monotonic() - started >= 0.15


def test_a_fault_hits_only_its_suffix(api: Api) -> None:
    api.control("faults", kind="status", status=404, path_suffix="/file", count=None)
    document = api.one(type="invoice", status="paid")["id"]
    assert api.get(f"/v1/invoices/{document}/file").status_code == 404
    assert api.get(f"/v1/invoices/{document}").status_code == 200


def test_a_row_is_repeated_on_the_next_page(api: Api) -> None:
    api.control("faults", kind="repeat")
    pages = [api.get("/v1/voucherlist", **(ALL | {"size": "20", "page": str(number)})).json() for number in range(3)]
    contents = [[row["id"] for row in page["content"]] for page in pages]
    assert contents[1][0] == contents[0][-1]
    assert [page["numberOfElements"] for page in pages] == [20, 21, 20]
    assert len(set(contents[0] + contents[1] + contents[2])) == 60


@pytest.mark.parametrize(("change", "more"), [("touch", 0), ("add", 1), ("remove", -1)])
def test_a_list_moves_while_it_is_paged(api: Api, change: str, more: int) -> None:
    before = {row["id"]: row["version"] for row in api.truth()["vouchers"]}
    api.control("faults", kind="move", change=change)
    for page in ("0", "1", "2"):
        assert api.get("/v1/voucherlist", **(ALL | {"size": "20", "page": page})).status_code == 200
    after = {row["id"]: row["version"] for row in api.truth()["vouchers"]}
    assert len(after) - len(before) == more
    assert len(set(after.items()) ^ set(before.items())) == (2 if change == "touch" else 1)
    said = [event.type.rpartition(".")[2] for event in api.running.sandbox.events.all(api.id)[-2:]]
    assert {"touch": "changed", "add": "created", "remove": "deleted"}[change] in said


def test_refused_calls_may_say_when_to_come_back(api: Api) -> None:
    with fast(time_scale=0.001) as slow:
        other = Api(slow)
        other.control("settings", retry_after=7)
        answers = [other.get("/v1/ping") for _ in range(5)]
    assert [answer.headers.get("Retry-After") for answer in answers] == [None] * 4 + ["7"]


def test_a_slow_call_blocks_no_other(api: Api) -> None:
    api.control("faults", kind="delay", milliseconds=2000)
    slow = threading.Thread(target=api.get, args=("/v1/voucherlist",), kwargs=ALL)
    slow.start()
    until(lambda: requests.get(f"{api.running.control_url}/faults", timeout=10).json()["faults"][0]["hits"])
    assert api.get("/v1/voucherlist", **ALL).status_code == 200
    assert slow.is_alive()
    slow.join()


@pytest.mark.parametrize(
    "body",
    [
        {"kind": "earthquake"},
        {"kind": "move", "change": "explode"},
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
