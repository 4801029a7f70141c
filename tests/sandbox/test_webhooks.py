"""Deliveries of events: what is said, to whom, how it is signed, and when it is tried again."""

from __future__ import annotations

import base64
import json
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
import requests
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA512
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from sandbox.webhooks.timetable import RETRIES, Reaction, reaction
from sandbox.webhooks.types import EVENT_TYPES
from tests.sandbox.api import Api, fast
from tests.sandbox.receiver import Receiver, receiver, until
from tests.sandbox.test_subscriptions import PATH, subscribe


@pytest.fixture(scope="module")
def running_api() -> Iterator[Api]:
    with fast(world="empty") as running:
        yield Api(running)


@pytest.fixture
def api(running_api: Api) -> Api:
    running_api.control(f"organizations/{running_api.id}/subscriptions/lose")
    running_api.control("webhooks/reset")
    running_api.control("settings", webhooks="deliver", webhook_disorder=False, webhook_timeout_ms=5000)
    return running_api


@pytest.fixture
def hooks() -> Iterator[Receiver]:
    with receiver() as mine:
        yield mine


def deliveries(api: Api, **filters: str) -> list[dict[str, Any]]:
    answer = requests.get(f"{api.running.control_url}/webhooks", params=filters, timeout=10).json()
    return list(answer["deliveries"])


def add(api: Api, **body: Any) -> str:
    return str(api.control(f"organizations/{api.id}/vouchers", **({"total": "119.00"} | body)).json()["voucher"]["id"])


def want_everything(api: Api, hooks: Receiver) -> None:
    for event in sorted(EVENT_TYPES):
        assert subscribe(api, hooks.url, event).status_code == 201


def verified(api: Api, body: bytes, signature: str) -> bool:
    key = load_pem_public_key(api.running.announcement()["webhook_public_key"].encode())
    assert isinstance(key, RSAPublicKey)
    try:
        key.verify(base64.b64decode(signature, validate=True), body, PKCS1v15(), SHA512())
    except InvalidSignature:
        return False
    return True


def test_a_delivery_is_compact_and_signed(api: Api, hooks: Receiver) -> None:
    subscribe(api, hooks.url)
    voucher = add(api)
    api.on(voucher, "pay")
    until(lambda: hooks.got)
    [(body, signature)] = hooks.got
    event = json.loads(body)
    assert {name: event[name] for name in ("organizationId", "eventType", "resourceId")} == {
        "organizationId": api.id,
        "eventType": "payment.changed",
        "resourceId": voucher,
    }
    assert list(event)[3:] == ["eventDate"]
    assert datetime.fromisoformat(event["eventDate"]).tzinfo
    assert b" " not in body
    assert verified(api, body, signature)
    assert not verified(api, body + b" ", signature)


@pytest.mark.parametrize(
    ("kind", "action", "said"),
    [
        ("purchaseinvoice", "pay", ["payment.changed", "voucher.status.changed"]),
        ("purchaseinvoice", "draft", ["voucher.status.changed"]),
        ("purchaseinvoice", "void", ["voucher.status.changed"]),
        ("purchaseinvoice", "delete", ["voucher.deleted"]),
        ("salescreditnote", "pay", ["payment.changed", "voucher.status.changed"]),
        ("invoice", "pay", ["invoice.status.changed", "payment.changed"]),
        ("invoice", "draft", ["invoice.status.changed", "payment.changed"]),
        ("invoice", "delete", ["invoice.deleted"]),
        ("creditnote", "void", ["credit-note.status.changed"]),
        ("downpaymentinvoice", "void", ["down-payment-invoice.status.changed"]),
    ],
)
def test_what_happens_is_said(api: Api, hooks: Receiver, kind: str, action: str, said: list[str]) -> None:
    voucher = add(api, type=kind)
    want_everything(api, hooks)
    api.on(voucher, action)
    until(lambda: len(hooks.got) >= len(said))
    assert sorted(hooks.types()) == said
    assert {event["resourceId"] for event in hooks.events()} == {voucher}
    assert len(deliveries(api, limit="1")) == 1


def test_part_payments_changes_and_new_vouchers_are_said(api: Api, hooks: Receiver) -> None:
    want_everything(api, hooks)
    voucher = add(api)
    api.on(voucher, "pay", amount="10.00")
    api.on(voucher, "change", remark="neu")
    api.on(voucher, "change", total="10.00", add_file="pdf")
    api.on(voucher, "unpay")
    add(api, status="blank")
    add(api, type="invoice", paid_on="2026-11-02")
    until(lambda: len(hooks.got) >= 9)
    assert Counter(hooks.types()) == {
        "voucher.created": 1,
        "voucher.changed": 2,
        "voucher.status.changed": 2,
        "payment.changed": 3,
        "invoice.created": 1,
    }


def test_what_is_refused_is_not_said(api: Api) -> None:
    voucher = add(api)
    api.control("settings", webhooks="hold", check_callbacks=False)
    subscribe(api, "http://127.0.0.1:9/hooks")
    assert api.on(voucher, "unpay").status_code == 409
    assert deliveries(api) == []


def test_held_deliveries_can_be_fetched_and_sent(api: Api, hooks: Receiver) -> None:
    api.control("settings", webhooks="hold")
    subscribe(api, hooks.url)
    api.on(add(api), "pay")
    [held] = deliveries(api, organization=api.id)
    assert (held["state"], held["attempts"], held["next_attempt"]) == ("held", [], None)
    assert verified(api, held["body"].encode(), held["signature"])
    for count in (1, 2):
        sent = api.control(f"webhooks/{held['id']}/send").json()["delivery"]
        assert (sent["state"], len(sent["attempts"]), len(hooks.got)) == ("delivered", count, count)
    assert hooks.got[0] == (held["body"].encode(), held["signature"])
    assert api.control("webhooks/unknown/send").status_code == 404


def test_switched_off_nothing_is_kept(api: Api, hooks: Receiver) -> None:
    api.control("settings", webhooks="off")
    subscribe(api, hooks.url)
    api.on(add(api), "pay")
    assert deliveries(api) == []


def test_the_timetable_adds_up_to_41_hours() -> None:
    assert RETRIES[:5] == (10, 20, 40, 80, 160)
    assert len(RETRIES) == 25
    assert 40 < sum(RETRIES) / 3600 < 41


@pytest.mark.parametrize(
    ("status", "error", "follows"),
    [
        *((status, "", Reaction.DONE) for status in (200, 201, 202, 204)),
        *((status, "", Reaction.RETRY) for status in (401, 403, 429, 500, 502, 503)),
        *((0, error, Reaction.RETRY) for error in ("timeout", "no connection")),
        (404, "", Reaction.RETRY_THEN_UNSUBSCRIBE),
        (0, "no such host", Reaction.RETRY_THEN_UNSUBSCRIBE),
        (410, "", Reaction.UNSUBSCRIBE),
        *((status, "", Reaction.STOP) for status in (301, 302, 307, 400, 405, 409, 422)),
    ],
)
def test_what_follows_from_an_answer(status: int, error: str, follows: Reaction) -> None:
    assert reaction(status, error) is follows


@pytest.mark.parametrize(("status", "stays"), [(503, 1), (404, 0)])
def test_everything_is_tried_26_times_and_then_given_up(api: Api, hooks: Receiver, status: int, stays: int) -> None:
    hooks.status = status
    subscribe(api, hooks.url)
    api.on(add(api), "pay")
    until(lambda: [item["state"] for item in deliveries(api)] == ["given_up"])
    [delivery] = deliveries(api)
    assert [attempt["after_seconds"] for attempt in delivery["attempts"]] == [0, *RETRIES]
    assert {attempt["status"] for attempt in delivery["attempts"]} == {status}
    assert {(body, signature) for body, signature in hooks.got} == {(delivery["body"].encode(), delivery["signature"])}
    assert len(api.get(PATH).json()["content"]) == stays


def test_a_retry_that_succeeds_is_the_last(api: Api, hooks: Receiver) -> None:
    hooks.answers = [429, 500, 404]
    subscribe(api, hooks.url)
    api.on(add(api), "pay")
    until(lambda: [item["state"] for item in deliveries(api)] == ["delivered"])
    assert [attempt["status"] for attempt in deliveries(api)[0]["attempts"]] == [429, 500, 404, 204]
    assert len(api.get(PATH).json()["content"]) == 1


@pytest.mark.parametrize(("status", "posts", "stays"), [(400, 1, 1), (410, 1, 0), (302, 4, 1)])
def test_some_answers_end_it_at_once(api: Api, hooks: Receiver, status: int, posts: int, stays: int) -> None:
    hooks.status = status
    subscribe(api, hooks.url)
    api.on(add(api), "pay")
    until(lambda: [item["state"] for item in deliveries(api)] == ["refused"])
    assert (len(hooks.got), len(deliveries(api)[0]["attempts"])) == (posts, 1)
    assert len(api.get(PATH).json()["content"]) == stays


def test_a_redirect_is_followed(api: Api, hooks: Receiver) -> None:
    hooks.answers = [307, 301, 302]
    subscribe(api, hooks.url)
    api.on(add(api), "pay")
    until(lambda: [item["state"] for item in deliveries(api)] == ["delivered"])
    assert len({body for body, _ in hooks.got}) == 1
    assert len(hooks.got) == 4


def test_a_slow_receiver_times_out_and_blocks_nobody(api: Api, hooks: Receiver) -> None:
    api.control("settings", webhook_timeout_ms=50)
    hooks.pause = 0.5
    subscribe(api, hooks.url)
    api.on(add(api), "pay")
    until(lambda: deliveries(api)[0]["attempts"])
    assert deliveries(api)[0]["attempts"][0] | {"at": ""} == {
        "at": "",
        "after_seconds": 0.0,
        "status": 0,
        "error": "timeout",
    }
    api.control("webhooks/reset")


def test_disorder_repeats_some_and_loses_none(api: Api, hooks: Receiver) -> None:
    subscribe(api, hooks.url)
    api.control("settings", webhook_disorder=True)
    vouchers = [add(api) for _ in range(150)]
    for voucher in vouchers:
        api.on(voucher, "pay")
    until(lambda: len(deliveries(api)) > 150 and not deliveries(api, state="waiting"))
    told = [event["resourceId"] for event in hooks.events()]
    assert set(told) == set(vouchers)
    assert len(told) > len(vouchers)
    assert list(dict.fromkeys(told)) != vouchers


def test_a_revoked_key_is_told_once_and_never_again(api: Api, hooks: Receiver) -> None:
    own = api.control(f"organizations/{api.id}/key/new").json()
    for event in ("token.revoked", "payment.changed"):
        subscribe(api, hooks.url, event, key=own["key"])
    api.control(f"organizations/{api.id}/key/revoke", key=own["key"])
    until(lambda: hooks.got)
    assert (hooks.types(), hooks.events()[0]["resourceId"]) == (["token.revoked"], own["connection_id"])
    api.control(f"organizations/{api.id}/key/revoke", key=own["key"])
    api.on(add(api), "pay")
    assert len(deliveries(api)) == 1
    api.control(f"organizations/{api.id}/key/new")


def test_a_lost_subscription_is_told_nothing_more(api: Api, hooks: Receiver) -> None:
    hooks.status = 503
    with fast(world="empty", time_scale=1) as running:
        slow = Api(running)
        slow.control("settings", webhook_disorder=False)
        subscribe(slow, hooks.url)
        slow.on(add(slow), "pay")
        until(lambda: hooks.got)
        [waiting] = deliveries(slow, state="waiting")
        assert waiting["next_attempt"] > waiting["attempts"][0]["at"]
        lost = slow.control(f"organizations/{slow.id}/subscriptions/lose").json()["lost"]
        assert [item["event_type"] for item in lost] == ["payment.changed"]
        slow.on(add(slow), "pay")
        assert len(deliveries(slow)) == 1


@pytest.mark.parametrize(("kind", "right"), [("wrong", False), ("right", True), ("none", None)])
def test_forgeries(api: Api, hooks: Receiver, kind: str, right: bool | None) -> None:
    body = {"organization": api.id, "resource": "x", "signature": kind, "event_day": "2026-01-02"}
    made = api.control("webhooks/forge", callback_url=hooks.url, **body).json()
    assert made["status"] == 204
    [(content, signature)] = hooks.got
    assert (content.decode(), signature) == (made["body"], made["signature"])
    assert json.loads(content)["eventDate"] == "2026-01-02T09:00:00.000+01:00"
    assert (verified(api, content, signature) if signature else None) is right
