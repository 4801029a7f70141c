"""The key goes to the service and nowhere else."""

import io
import logging
import pickle
import traceback
from pathlib import Path

import pytest
import requests
import responses

from integrations.providers.errors import KeyRejected, ProviderError, RequestRefused
from integrations.providers.lexware.client import LexwareApi
from integrations.providers.redaction import redact
from tests.integrations.lexware.conftest import KEY, URL, FakeBudget, FakeClock

ECHO = f"'{KEY}' not a valid key=value pair (missing equal-sign) in Authorization header: 'Bearer {KEY}'."


def everything_printed(error: BaseException) -> str:
    """The traceback with the values of all our variables, as an error page or a crash report would show it."""
    assert error.__traceback__ is not None
    ours = error.__traceback__.tb_next
    shown = traceback.TracebackException(type(error), error, ours, capture_locals=True)
    return "".join(shown.format()) + repr(error) + str(error) + repr(vars(error))


def test_the_key_is_sent_as_a_bearer_token(api: LexwareApi, service: responses.RequestsMock) -> None:
    service.get(f"{URL}/v1/ping", json={})
    api.ping()
    sent = service.calls[0].request
    assert sent.headers["Authorization"] == f"Bearer {KEY}"
    assert sent.headers["Accept"] == "application/json"
    assert KEY not in str(sent.url)


@pytest.mark.parametrize(
    "answer",
    [
        {"status": 403, "json": {"message": ECHO}},
        {"status": 401, "json": {"message": f"Bearer {KEY} is unknown"}, "headers": {"x-amzn-RequestId": KEY}},
        {"status": 500, "json": {"message": ECHO, "requestId": KEY}},
        {"status": 406, "json": {"IssueList": [{"i18nKey": KEY, "source": KEY}]}},
        {"status": 400, "json": {"message": "x", "details": [{"field": KEY, "message": KEY}]}},
        {"status": 400, "json": KEY},
        {"status": 200, "body": f"<html>{KEY}</html>"},
        {"status": 200, "json": {"userEmail": [KEY]}},
        {"status": 302, "headers": {"Location": f"https://elsewhere.test/?token={KEY}"}},
        {"body": requests.ConnectionError(f"to {KEY}")},
        {"body": requests.exceptions.InvalidHeader(f"Bearer {KEY}")},
    ],
    ids=lambda answer: str(answer.get("status") or type(answer["body"]).__name__),
)
def test_no_error_and_no_log_shows_the_key(
    api: LexwareApi,
    service: responses.RequestsMock,
    caplog: pytest.LogCaptureFixture,
    answer: dict[str, object],
) -> None:
    service.get(f"{URL}/v1/ping", **answer)
    with caplog.at_level(logging.DEBUG), pytest.raises(ProviderError) as caught:
        api.ping()
    assert KEY not in everything_printed(caught.value)
    assert KEY not in caplog.text
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


def test_each_call_is_logged_without_secrets(
    api: LexwareApi, service: responses.RequestsMock, caplog: pytest.LogCaptureFixture
) -> None:
    service.get(f"{URL}/v1/ping", json={}, headers={"x-amzn-RequestId": "r-77"})
    with caplog.at_level(logging.INFO):
        api.ping()
    assert "GET /v1/ping 200 0 ms r-77" in caplog.text


def test_neither_client_nor_its_parts_show_the_key(api: LexwareApi) -> None:
    assert repr(api) == f"<LexwareApi over <Transport {URL}>>"
    assert KEY not in repr(vars(api))
    assert KEY not in repr(vars(vars(api)["_transport"]))


@pytest.mark.parametrize("key", ["", "  ", "a\r\nX-Other: 1", "schlüssel", "zero\u200bwidth", "two words"])
def test_a_key_that_no_header_can_carry_is_never_sent(key: str, budget: FakeBudget, clock: FakeClock) -> None:
    api = LexwareApi(key, base_url=URL, budget=budget, clock=clock)
    with responses.RequestsMock(), pytest.raises(KeyRejected) as caught:
        api.ping()
    assert (caught.value.status, budget.reserved) == (None, 0)


def test_blanks_around_a_key_are_not_part_of_it(budget: FakeBudget, service: responses.RequestsMock) -> None:
    service.get(f"{URL}/v1/ping", json={})
    LexwareApi(f" {KEY}\n", base_url=URL, budget=budget).ping()
    assert service.calls[0].request.headers["Authorization"] == f"Bearer {KEY}"


def test_a_redirect_is_not_followed(api: LexwareApi, service: responses.RequestsMock) -> None:
    service.get(f"{URL}/v1/ping", status=302, headers={"Location": "https://elsewhere.test/v1/ping"})
    with pytest.raises(ProviderError):
        api.ping()
    assert len(service.calls) == 1


def test_a_netrc_file_does_not_replace_the_key(
    api: LexwareApi, service: responses.RequestsMock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("default login other password other\n")
    monkeypatch.setenv("NETRC", str(netrc))
    service.get(f"{URL}/v1/ping", json={})
    api.ping()
    assert service.calls[0].request.headers["Authorization"] == f"Bearer {KEY}"


@pytest.mark.parametrize("secret", ["k" * 36, 'quote"and\\slash', "a+b/c=d"])
def test_a_secret_is_hidden_however_it_is_spelled(secret: str) -> None:
    stream = io.StringIO()
    stream.write(f"{secret} {requests.utils.quote(secret)} {requests.utils.quote(secret, safe='')} ")
    stream.write(requests.compat.json.dumps({"key": secret}))
    hidden = redact(stream.getvalue(), secret)
    assert secret not in hidden
    assert requests.utils.quote(secret) not in hidden
    assert hidden.count("[hidden]") >= 3


def test_another_key_in_a_gateway_s_text_is_hidden_too() -> None:
    text = "'OtherKey' not a valid key=value pair (missing equal-sign) in Authorization header: 'Bearer OtherKey'."
    assert "OtherKey" not in redact(text, KEY)


def test_a_long_message_is_cut_after_it_was_redacted() -> None:
    text = redact("x" * 290 + KEY + "y" * 300, KEY)
    assert len(text) == 300
    assert KEY[:5] not in text


def test_an_error_survives_the_way_through_a_queue() -> None:
    error = RequestRefused("no such route", status=403, request_id="r-1", path="/v1/ping")
    copy = pickle.loads(pickle.dumps(error))
    assert vars(copy) == vars(error)
    assert str(copy) == "[r-1] request_refused 403 /v1/ping no such route"
