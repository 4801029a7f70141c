"""The local Qonto: what its reference says, seen from outside."""

import itertools
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from sandbox.server import RunningSandbox, start


@pytest.fixture(scope="module")
def running() -> Iterator[RunningSandbox]:
    with start(time_scale=1000) as found:
        yield found


@pytest.fixture
def told(running: RunningSandbox) -> dict[str, Any]:
    """What the announcement says of the only organization."""
    found: dict[str, Any] = running.announcement()["qonto"]
    return found


class Api:
    """Calls with a key."""

    def __init__(self, told: dict[str, Any]) -> None:
        self.url = told["url"]
        self.headers = {"Authorization": told["organizations"][0]["key"]}

    def get(self, path: str, **parameters: Any) -> requests.Response:
        return requests.get(f"{self.url}{path}", params=parameters, headers=self.headers, timeout=10)

    @property
    def account(self) -> str:
        return str(self.get("/v2/organization").json()["organization"]["bank_accounts"][0]["id"])

    def transactions(self, **parameters: Any) -> dict[str, Any]:
        answer = self.get("/v2/transactions", bank_account_id=self.account, **parameters)
        assert answer.ok, answer.text
        return dict(answer.json())


@pytest.fixture
def api(told: dict[str, Any]) -> Api:
    return Api(told)


def test_another_key_is_refused(told: dict[str, Any]) -> None:
    for header in ("", "Bearer x", told["organizations"][0]["key"] + "x"):
        answer = requests.get(f"{told['url']}/v2/organization", headers={"Authorization": header}, timeout=10)
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (401, "unauthorized")


def test_accounts(api: Api) -> None:
    accounts = api.get("/v2/bank_accounts").json()["bank_accounts"]
    shown = api.get("/v2/organization").json()["organization"]["bank_accounts"]
    assert [account["id"] for account in accounts] == [account["id"] for account in shown]
    assert [account["is_external_account"] for account in accounts] == [False, False, True, False]
    assert [account["status"] for account in accounts] == ["active", "active", "active", "closed"]


def test_the_same_seed_is_the_same_world(told: dict[str, Any]) -> None:
    with start(time_scale=1000) as again:
        assert again.announcement()["qonto"]["organizations"] == told["organizations"]


def test_pages_in_order(api: Api) -> None:
    seen, page = [], 1
    while page:
        answer = api.transactions(sort_by="settled_at:asc", page=page, **{"status[]": ["completed"]})
        assert answer["meta"]["current_page"] == page
        seen += answer["transactions"]
        page = answer["meta"]["next_page"]
    assert [item["settled_at"] for item in seen] == sorted(item["settled_at"] for item in seen)
    assert len({item["transaction_id"] for item in seen}) == answer["meta"]["total_count"] == 240
    for before, after in itertools.pairwise(seen):
        change = after["amount_cents"] * (-1 if after["side"] == "debit" else 1)
        assert before["settled_balance_cents"] + change == after["settled_balance_cents"]


def test_filters(api: Api) -> None:
    assert [item["status"] for item in api.transactions(**{"status[]": ["pending"]})["transactions"]] == ["pending"]
    assert {item["status"] for item in api.transactions()["transactions"]} == {"completed"}
    middle = api.transactions(sort_by="updated_at:asc", per_page=10)["transactions"][5]["updated_at"]
    later = api.transactions(sort_by="updated_at:asc", updated_at_from=middle)["transactions"]
    assert later[0]["updated_at"] == middle


@pytest.mark.parametrize(
    "parameters", [{"per_page": 101}, {"page": 0}, {"sort_by": "amount:asc"}, {"updated_at_from": "today"}]
)
def test_what_is_asked_wrongly_is_refused(api: Api, parameters: dict[str, Any]) -> None:
    answer = api.get("/v2/transactions", bank_account_id=api.account, **parameters)
    assert (answer.status_code, answer.json()["errors"][0]["source"]["parameter"]) == (422, next(iter(parameters)))


def test_an_address_of_a_document(api: Api, told: dict[str, Any]) -> None:
    key = api.transactions()["transactions"][0]["transaction_id"]
    made = requests.post(f"{told['control_url']}/transactions/{key}/attachments", json={"name": "a.pdf"}, timeout=10)
    identity = made.json()["attachment_ids"][-1]
    shown = api.get(f"/v2/attachments/{identity}").json()["attachment"]
    assert requests.get(shown["url"], timeout=10).content.startswith(b"%PDF")
    assert requests.get(shown["url"], headers=api.headers, timeout=10).status_code == 400
    requests.post(f"{told['control_url']}/addresses/close", json={}, timeout=10)
    assert requests.get(shown["url"], timeout=10).status_code == 403


def test_the_limit(told: dict[str, Any], api: Api) -> None:
    requests.post(f"{told['control_url']}/limit", json={"in_ten_seconds": 0}, timeout=10)
    try:
        answer = api.get("/v2/organization")
        assert (answer.status_code, answer.headers["Retry-After"]) == (429, "1")
    finally:
        requests.post(f"{told['control_url']}/limit", json={"in_ten_seconds": 1000}, timeout=10)


def test_operations_are_described(told: dict[str, Any]) -> None:
    described = requests.get(told["control_url"], timeout=10).json()
    assert {"method", "path", "does", "body"} == set(described["operations"][0])
