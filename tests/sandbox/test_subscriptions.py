"""Event subscriptions."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import requests

from tests.sandbox.api import Api, fast
from tests.sandbox.receiver import Receiver, receiver

PATH = "/v1/event-subscriptions"


@pytest.fixture(scope="module")
def running_api() -> Iterator[Api]:
    with fast(world="empty") as running:
        yield Api(running)


@pytest.fixture
def api(running_api: Api) -> Api:
    running_api.control(f"organizations/{running_api.id}/subscriptions/lose")
    running_api.control("settings", allow_http_callbacks=True, check_callbacks=True)
    return running_api


@pytest.fixture(scope="module")
def hooks() -> Iterator[Receiver]:
    with receiver() as mine:
        yield mine


def subscribe(api: Api, url: str, event: str = "payment.changed", key: str = "") -> requests.Response:
    """Ask for a subscription."""
    headers = {"Authorization": f"Bearer {key or api.organization['key']}"}
    body = {"eventType": event, "callbackUrl": url}
    return requests.post(api.running.url + PATH, json=body, headers=headers, timeout=10)


def unsubscribe(api: Api, identity: str) -> requests.Response:
    headers = {"Authorization": f"Bearer {api.organization['key']}"}
    return requests.delete(f"{api.running.url}{PATH}/{identity}", headers=headers, timeout=10)


def test_make_read_and_remove_one(api: Api, hooks: Receiver) -> None:
    heads = hooks.heads
    made = subscribe(api, hooks.url)
    assert (made.status_code, made.json()["version"], hooks.heads) == (201, 0, heads + 1)
    assert made.headers["Location"] == made.json()["resourceUri"] == f"{api.running.url}{PATH}/{made.json()['id']}"
    one = api.get(f"{PATH}/{made.json()['id']}").json()
    assert one == {
        "subscriptionId": made.json()["id"],
        "organizationId": api.id,
        "createdDate": made.json()["createdDate"],
        "eventType": "payment.changed",
        "callbackUrl": hooks.url,
    }
    assert api.get(PATH).json() == {"content": [one]}
    gone = unsubscribe(api, one["subscriptionId"])
    assert (gone.status_code, gone.content) == (204, b"")
    assert api.get(PATH).json() == {"content": []}
    assert unsubscribe(api, one["subscriptionId"]).status_code == 404
    assert api.get(f"{PATH}/{one['subscriptionId']}").status_code == 404


def test_the_same_type_and_address_again_is_a_conflict(api: Api, hooks: Receiver) -> None:
    assert subscribe(api, hooks.url).status_code == 201
    again = subscribe(api, hooks.url)
    assert (again.status_code, again.json()["error"], again.json()["path"]) == (409, "Conflict", PATH)
    assert subscribe(api, hooks.url, "voucher.changed").status_code == 201
    assert subscribe(api, hooks.url + "/2").status_code == 201
    assert len(api.get(PATH).json()["content"]) == 3


@pytest.mark.parametrize("event", ["payment.created", "Payment.changed", "voucher", ""])
def test_unknown_event_types_are_406(api: Api, hooks: Receiver, event: str) -> None:
    answer = subscribe(api, hooks.url, event)
    assert (answer.status_code, answer.json()["details"][0]["field"]) == (406, "eventType")


@pytest.mark.parametrize("url", ["", "ftp://somewhere.example", "https://", "hooks", "http://[half"])
def test_addresses_that_are_none_are_406(api: Api, url: str) -> None:
    answer = subscribe(api, url)
    assert (answer.status_code, answer.json()["details"][0]["field"]) == (406, "callbackUrl")


def test_an_address_where_nobody_answers_is_406_unless_unchecked(api: Api) -> None:
    nobody = "http://127.0.0.1:9/hooks"
    assert subscribe(api, nobody).status_code == 406
    api.control("settings", check_callbacks=False)
    assert subscribe(api, nobody).status_code == 201


def test_http_can_be_refused_as_the_service_does(api: Api, hooks: Receiver) -> None:
    api.control("settings", allow_http_callbacks=False)
    assert subscribe(api, hooks.url).status_code == 406


def test_bodies_that_make_no_sense(api: Api) -> None:
    headers = {"Authorization": f"Bearer {api.organization['key']}"}
    url = api.running.url + PATH
    assert requests.post(url, data="{}", headers=headers, timeout=10).status_code == 415
    headers["Content-Type"] = "application/json"
    assert requests.post(url, data="{", headers=headers, timeout=10).status_code == 400
    assert requests.post(url, data="{}", headers=headers, timeout=10).status_code == 406


def test_it_needs_the_permission(api: Api, hooks: Receiver) -> None:
    limited = api.running.special_keys["permission_missing"]
    assert api.get(PATH, key=limited).status_code == 403
    assert subscribe(api, hooks.url, key=limited).status_code == 403


def test_they_belong_to_the_key_and_end_with_it(api: Api, hooks: Receiver) -> None:
    first = api.organization["key"]
    assert subscribe(api, hooks.url).status_code == 201
    second = api.control(f"organizations/{api.id}/key/new").json()["key"]
    assert api.get(PATH, key=second).json() == {"content": []}
    assert subscribe(api, hooks.url, key=second).status_code == 201
    assert len(api.get(PATH, key=first).json()["content"]) == 1
    for key, verb in ((second, "revoke"), (first, "expire")):
        api.control(f"organizations/{api.id}/key/{verb}", key=key)
        api.control(f"organizations/{api.id}/key/restore", key=key)
        assert api.get(PATH, key=key).json() == {"content": []}
