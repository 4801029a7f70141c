"""The address that Lexware Office calls: what it answers, what it keeps, what it does not believe."""

import hashlib
import io
import json
import threading
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.core.checks import run_checks
from django.db import connection as database
from django.test import Client as Browser
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as drawing
from hypothesis import strategies as st

from accounts.models import Client
from integrations.models import Connection, Reason, Status, WebhookDelivery
from sandbox.signing import private_key, public_key_pem
from tests.integrations.sync.conftest import tasks
from tests.integrations.webhooks.conftest import ADDRESS, ORGANIZATION, RESOURCE, Provider, body, signature

pytestmark = pytest.mark.django_db
TASK = "integrations.tasks.follow_hints"
STRANGER = rsa.generate_private_key(public_exponent=65537, key_size=2048)


def pem(key: rsa.RSAPrivateKey) -> str:
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


@pytest.mark.django_db(transaction=True)
def test_a_delivery_is_kept_and_followed(provider: Provider, connection: Connection) -> None:
    content = body()
    answer = provider.deliver(content)
    assert (answer.status_code, answer.content, answer.cookies) == (204, b"", {})
    kept = WebhookDelivery.objects.get()
    assert (kept.connection, kept.event_type, kept.resource_id) == (connection, "payment.changed", RESOURCE)
    assert (kept.body, kept.sha256) == (content.decode(), hashlib.sha256(content).hexdigest())
    assert (kept.state, kept.attempts) == (WebhookDelivery.State.WAITING, 0)
    assert kept.event_at.isoformat(timespec="milliseconds") == json.loads(content)["eventDate"]
    assert tasks(TASK) == [(connection.pk,)]


@pytest.mark.django_db(transaction=True)
def test_what_comes_again_changes_nothing(provider: Provider, connection: Connection) -> None:
    content = body()
    for _ in range(3):
        assert provider.deliver(content).status_code == 204
    assert WebhookDelivery.objects.count() == 1
    assert tasks(TASK) == [(connection.pk,)]


@pytest.mark.django_db(transaction=True)
def test_the_same_delivery_many_times_at_once_is_kept_once(provider: Provider, connection: Connection) -> None:
    content = body()
    signed = signature(content)
    answers: list[int] = []

    def insist() -> None:
        try:
            answers.extend(Provider().deliver(content, signed).status_code for _ in range(13))
        finally:
            database.close()

    threads = [threading.Thread(target=insist) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [204] * 104
    assert WebhookDelivery.objects.count() == 1


def test_every_client_of_the_organization_is_told(
    provider: Provider, connection: Connection, kontor_client: Client
) -> None:
    other = Connection.objects.create(
        client=Client.objects.create(name="Zweigstelle", number="10009"),
        status=Status.FAILED,
        reason=Reason.UNREACHABLE,
        organization_id=ORGANIZATION,
    )
    provider.deliver()
    kept = WebhookDelivery.objects.values_list("connection", flat=True)
    assert sorted(kept) == sorted([connection.pk, other.pk])


@pytest.mark.parametrize("status", [Status.NONE, Status.ACTIVATE])
def test_nothing_is_kept_of_who_is_not_connected(provider: Provider, connection: Connection, status: str) -> None:
    Connection.objects.update(status=status)
    assert provider.deliver().status_code == 204
    assert not WebhookDelivery.objects.exists()


@pytest.mark.parametrize(
    "useless",
    [
        {"organizationId": "c0ffee00-1111-4222-8333-000000000000"},
        {"eventType": "contact.changed"},
        {"eventType": "invoice.beamed.up"},
        {"eventType": "invoice.created", "resourceId": "no-uuid"},
        {"eventDate": timedelta(hours=-48, minutes=-1)},
        {"eventDate": timedelta(minutes=11)},
    ],
    ids=lambda useless: "-".join(f"{name}={value}" for name, value in useless.items()),
)
def test_what_is_signed_and_of_no_use_counts_as_delivered(
    provider: Provider, connection: Connection, useless: dict[str, Any]
) -> None:
    if "eventDate" in useless:
        useless = {"eventDate": timezone.now() + useless["eventDate"]}
    assert provider.deliver(body(**useless)).status_code == 204
    assert not WebhookDelivery.objects.exists()


@pytest.mark.parametrize("old", [timedelta(hours=-47), timedelta(minutes=9)])
def test_a_late_repeat_and_a_clock_ahead_are_taken(provider: Provider, connection: Connection, old: timedelta) -> None:
    provider.deliver(body(eventDate=timezone.now() + old))
    assert WebhookDelivery.objects.exists()


def test_an_unknown_field_is_no_problem(provider: Provider, connection: Connection) -> None:
    provider.deliver(body(novelty={"a": [1]}, eventType="token.revoked", resourceId="x-1"))
    assert WebhookDelivery.objects.get().event_type == "token.revoked"


@pytest.mark.parametrize("forged", ["", "AAAA", "not base64!", "ü", "A" * 5000])
def test_without_a_signature_nothing_is_believed(provider: Provider, connection: Connection, forged: str) -> None:
    assert provider.deliver(body(), forged).status_code == 401
    assert not WebhookDelivery.objects.exists()


def test_only_the_very_bytes_are_signed(provider: Provider, connection: Connection) -> None:
    content = body()
    pretty = json.dumps(json.loads(content), indent=1).encode()
    other = content.replace(b"payment.changed", b"invoice.deleted")
    assert provider.deliver(pretty, signature(content)).status_code == 401
    assert provider.deliver(other, signature(content)).status_code == 401
    assert provider.deliver(content, signature(content, STRANGER)).status_code == 401
    assert not WebhookDelivery.objects.exists()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"\xff\xfe",
        b"[" * 3000,
        b'{"organizationId":"a\\ud800"}',
        body(eventDate="yesterday"),
        body(eventDate="2026-03-05T09:41:17"),
        body(eventDate=None),
        body(eventType=7),
        body(resourceId=["x"]),
        body(organizationId="../x"),
        body(resourceId="x" * 200),
    ],
)
def test_what_is_signed_and_makes_no_sense_is_refused(
    provider: Provider, connection: Connection, content: bytes
) -> None:
    assert provider.deliver(content).status_code == 400
    assert not WebhookDelivery.objects.exists()


def test_what_is_too_large_is_not_even_read(provider: Provider, connection: Connection) -> None:
    content = body(padding="x" * 70_000)
    assert provider.deliver(content).status_code == 413
    assert not WebhookDelivery.objects.exists()


def test_a_body_in_chunks_is_read_as_well(provider: Provider, connection: Connection) -> None:
    content = body()
    chunked: Any = {
        "wsgi.input": io.BytesIO(content),
        "wsgi.input_terminated": True,
        "HTTP_TRANSFER_ENCODING": "chunked",
    }
    headers = {"X-Lxo-Signature": signature(content)}
    answer = provider.browser.generic("POST", ADDRESS, b"", "application/json", headers=headers, **chunked)
    assert answer.status_code == 204
    assert WebhookDelivery.objects.get().body == content.decode()


def test_other_ways_of_asking(provider: Provider) -> None:
    assert provider.browser.head(ADDRESS).status_code == 200
    for verb in ("get", "put", "delete", "options", "patch"):
        assert getattr(provider.browser, verb)(ADDRESS).status_code == 405


def test_while_the_provider_changes_its_key_both_are_good(
    provider: Provider, connection: Connection, settings: Any
) -> None:
    settings.LEXWARE_WEBHOOK_PUBLIC_KEY = f"{pem(STRANGER)}\n{public_key_pem()}"
    first, second = body(), body(eventType="invoice.created")
    assert provider.deliver(first, signature(first, STRANGER)).status_code == 204
    assert provider.deliver(second, signature(second, private_key())).status_code == 204
    assert WebhookDelivery.objects.count() == 2


def test_without_a_key_nobody_is_believed(provider: Provider, connection: Connection, settings: Any) -> None:
    settings.LEXWARE_WEBHOOK_PUBLIC_KEY = ""
    assert provider.deliver().status_code == 401


def test_a_key_that_cannot_be_read_stops_the_start(settings: Any) -> None:
    settings.LEXWARE_WEBHOOK_PUBLIC_KEY = public_key_pem().replace("A", "!", 9)
    assert "integrations.E002" in {problem.id for problem in run_checks()}
    settings.LEXWARE_WEBHOOK_PUBLIC_KEY = f"{pem(STRANGER)}{public_key_pem()}"
    assert "integrations.E002" not in {problem.id for problem in run_checks()}


@pytest.mark.parametrize(
    ("address", "hosts", "warned"),
    [
        ("https://kontor.kanzlei.example", ["localhost"], True),
        ("https://kontor.kanzlei.example", [".kanzlei.example"], False),
        ("http://[::1]:8000", ["[::1]"], False),
    ],
)
def test_a_host_that_is_not_answered_for_is_warned_of(
    settings: Any, address: str, hosts: list[str], warned: bool
) -> None:
    settings.PUBLIC_URL, settings.ALLOWED_HOSTS = address, hosts
    assert ("integrations.W001" in {problem.id for problem in run_checks()}) is warned


def test_behind_a_proxy_that_ends_tls_nobody_is_redirected(
    provider: Provider, connection: Connection, settings: Any
) -> None:
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    proxied = Provider()
    https: Any = {"X-Forwarded-Proto": "https"}
    assert proxied.deliver(**https).status_code == 204
    assert proxied.browser.head(ADDRESS, headers=https).status_code == 200
    assert WebhookDelivery.objects.exists()


def test_an_answer_takes_a_handful_of_queries(
    provider: Provider, connection: Connection, django_assert_max_num_queries: Any
) -> None:
    content = body()
    with django_assert_max_num_queries(6):  # with the task, and the two of a savepoint
        provider.deliver(content)
    with django_assert_max_num_queries(2):
        provider.deliver(content)
    with django_assert_max_num_queries(0):
        provider.deliver(content, "forged")


def headers() -> st.SearchStrategy[dict[str, str]]:
    text = st.text(st.characters(min_codepoint=32, max_codepoint=255), max_size=60)
    names = ["X-Lxo-Signature", "Content-Type", "Content-Encoding", "Accept-Language", "Cookie", "Expect"]
    lengths = st.sampled_from(["", "0", "-1", "x", "1e9", "99999999"])
    return st.builds(
        lambda more, length: more if length is None else {**more, "Content-Length": length},
        st.dictionaries(st.sampled_from(names), text, max_size=4),
        st.none() | lengths,
    )


@drawing(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(content=st.binary(max_size=400), extra=headers())
def test_noise_is_never_believed_and_breaks_nothing(
    provider: Provider, connection: Connection, content: bytes, extra: dict[str, str]
) -> None:
    answer = Browser().post(ADDRESS, content, content_type="application/json", headers=extra)
    assert answer.status_code in (401, 413)
    assert not WebhookDelivery.objects.exists()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=5,
)
FIELDS = st.fixed_dictionaries(
    {},
    optional={
        "organizationId": st.just(ORGANIZATION) | JSON,
        "eventType": st.sampled_from(["payment.changed", "token.revoked", "voucher.deleted"]) | JSON,
        "resourceId": st.just(RESOURCE) | st.uuids().map(str) | JSON,
        "eventDate": st.datetimes().map(lambda moment: f"{moment.isoformat()}Z") | JSON,
        "more": JSON,
    },
)


@drawing(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(fields=FIELDS)
def test_whatever_is_signed_has_an_answer(provider: Provider, connection: Connection, fields: dict[str, Any]) -> None:
    content = body(**fields)
    before = WebhookDelivery.objects.count()
    assert provider.deliver(content).status_code in (204, 400)
    assert WebhookDelivery.objects.count() <= before + 1


@drawing(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(data=st.data())
def test_one_changed_bit_and_it_is_not_the_provider_s(
    provider: Provider, connection: Connection, data: st.DataObject
) -> None:
    content = body()
    place = data.draw(st.integers(0, len(content) - 1))
    changed = bytearray(content)
    changed[place] ^= 1 << data.draw(st.integers(0, 7))
    assert provider.deliver(bytes(changed), signature(content)).status_code == 401
    assert not WebhookDelivery.objects.exists()
