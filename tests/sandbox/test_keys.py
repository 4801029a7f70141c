"""The life of a key: it ends by itself after 24 months, is renewed, and takes its subscriptions with it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from sandbox.keys import end_of
from tests.sandbox.api import Api, fast
from tests.sandbox.receiver import receiver
from tests.sandbox.test_subscriptions import PATH, subscribe


@pytest.fixture(scope="module")
def api() -> Iterator[Api]:
    with fast(world="empty") as running:
        yield Api(running)


def test_the_end_of_a_key() -> None:
    assert end_of(datetime(2026, 3, 31, 9, tzinfo=UTC)) == datetime(2028, 3, 31, 9, tzinfo=UTC)
    assert end_of(datetime(2028, 2, 29, 9, tzinfo=UTC)) == datetime(2030, 3, 1, 9, tzinfo=UTC)


def test_a_key_expires_by_itself_after_24_months(api: Api) -> None:
    path = f"organizations/{api.id}/key"
    today = api.running.sandbox.current_day()
    before = today.replace(year=today.year - 2)
    young = api.control(f"{path}/age", created=(before + timedelta(days=2)).isoformat()).json()
    assert (young["state"], young["expires"][:10]) == ("valid", (today + timedelta(days=2)).isoformat())
    profile = api.get("/v1/profile").json()
    assert profile["created"]["date"][:10] == young["created"][:10]
    with receiver() as hooks:
        assert subscribe(api, hooks.url).status_code == 201
    old = api.control(f"{path}/age", created=(before - timedelta(days=1)).isoformat()).json()
    assert old["state"] == "expired"
    assert api.get("/v1/profile").status_code == 401
    assert api.control(f"{path}/restore").json()["state"] == "valid"
    assert api.get(PATH).json() == {"content": []}


@pytest.mark.parametrize(("keep", "left"), [(False, 0), (True, 1)])
def test_a_renewed_key_is_the_same_connection(api: Api, keep: bool, left: int) -> None:
    old = api.organization["key"]
    before = api.get("/v1/profile").json()
    with receiver() as hooks:
        assert subscribe(api, hooks.url).status_code == 201
    renewed = api.control(f"organizations/{api.id}/key/renew", keep_subscriptions=keep).json()
    assert renewed["key"] == api.organization["key"] != old
    assert api.get("/v1/profile", key=old).status_code == 401
    after = api.get("/v1/profile").json()
    assert after["connectionId"] == before["connectionId"]
    assert after["created"]["date"] > before["created"]["date"]
    assert len(api.get(PATH).json()["content"]) == left


def test_several_keys_are_listed(api: Api) -> None:
    new = api.control(f"organizations/{api.id}/key/new").json()
    keys = api.see("/keys")["keys"]
    assert [key["key"] for key in keys if key["own"]] == [new["key"]]
    assert len(keys) > 1
    assert {key["state"] for key in keys} <= {"valid", "expired", "revoked"}
    assert all(key["created"] < key["expires"] for key in keys)


@pytest.mark.parametrize("body", [{"created": "2999-01-01"}, {"created": "soon"}])
def test_an_age_that_makes_no_sense_is_refused(api: Api, body: dict[str, str]) -> None:
    assert api.control(f"organizations/{api.id}/key/age", **body).status_code == 400
    assert api.control(f"organizations/{api.id}/key/renew", keep_subscriptions="yes").status_code == 400
