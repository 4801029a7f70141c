"""Recorded exchanges and every sample of an error body go through the client."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import responses
import simplejson

from integrations.providers import errors
from integrations.providers.lexware.client import LexwareApi
from tests.integrations.lexware.conftest import KEY, URL
from tests.integrations.lexware.sample_files import ERRORS, GATEWAY, ID, RECORDED, loads, matching

pytestmark = pytest.mark.samples


def refusal(api: LexwareApi, path: str, **answer: Any) -> errors.ProviderError:
    """What the client raises when the service answers like that."""
    kind = path.split("/")[2]
    call = {"profile": lambda _: api.profile(), "files": api.file, "invoices": api.invoice}[kind]
    with responses.RequestsMock() as service:
        service.get(URL + path, **answer)
        with pytest.raises(errors.ProviderError) as caught:
            call(ID)
    return caught.value


def exchange(sample: Any, text: str) -> tuple[str, str]:
    """The body and the request id of a sample: some are whole exchanges, most are bodies alone."""
    if isinstance(sample, dict) and "response" in sample:
        return sample["response"]["bodyText"], sample["response"]["headers"]["X-Amzn-Requestid"][0]
    if isinstance(sample, dict) and "statusCode" in sample:
        return sample["body"], sample["headers"]["x-amzn-RequestId"][0]
    return text, ""


def test_error_bodies(api: LexwareApi, lexware: Path) -> None:
    for pattern, (status, family) in ERRORS.items():
        for name, text in matching(lexware, (pattern,)):
            body, request_id = exchange(loads(text), text)
            headers = {"x-amzn-RequestId": request_id} if request_id else {}
            path = f"/v1/files/{ID}" if family is errors.NotDownloadable else f"/v1/invoices/{ID}"
            error = refusal(api, path, status=status, body=body.encode(), headers=headers)
            said = loads(body)
            assert (type(error), error.status, error.path) == (family, status, path), name
            own_id = said.get("requestId", "") if isinstance(said, dict) else ""
            assert error.request_id == (request_id or own_id), name
            for word in words_of(said):
                assert word in error.message, name


def words_of(body: Any) -> Iterator[str]:
    """Everything in an error body that says what is wrong."""
    if isinstance(body, str):
        yield body
        return
    if body.get("message"):
        yield body["message"]
    for issue in body.get("IssueList", []):
        yield from (issue["i18nKey"], issue["source"])
    for detail in body.get("details", []):
        yield from (detail["violation"], detail["field"], detail["message"])


def test_gateway_errors(api: LexwareApi, lexware: Path) -> None:
    families = {
        "401": errors.KeyRejected,
        "403": errors.RequestRefused,
        "500-until-2025": errors.RateLimited,
        "500-since-2026": errors.RateLimited,
        "504": errors.Unavailable,
    }
    for _, text in matching(lexware, GATEWAY):
        bodies = loads(text)
        assert set(bodies) == set(families)
        for name, body in bodies.items():
            content = simplejson.dumps(body).replace("{accessToken}", KEY)
            error = refusal(api, "/v1/profile", status=int(name[:3]), body=content)
            assert (type(error), error.status) == (families[name], int(name[:3]))
            assert KEY not in str(error)


def test_recorded_exchanges(api: LexwareApi, lexware: Path) -> None:
    """Status, headers and body as they came in 2023; the bodies of files were left out by whoever recorded them."""
    read = 0
    for name, text in matching(lexware, RECORDED):
        recorded = loads(text)
        said = recorded["response"]
        _, _, kind, identity, *rest = recorded["request"]["url"].removeprefix("https://api.lexoffice.io").split("/")
        content = said["bodyText"].encode() if "bodyText" in said else b"%PDF-1.7"
        headers = {key: value[0] for key, value in said["headers"].items() if key != "Content-Length"}
        # The way over "document" to a file is deprecated; this client asks for the file itself.
        path = f"/v1/{kind}/{identity}" + ("/file" if rest else "")
        with responses.RequestsMock() as service:
            service.get(URL + path, status=said["status"], body=content, headers=headers)
            if rest:
                family = {200: errors.AnswerNotUnderstood, 401: errors.KeyRejected, 406: errors.NotDownloadable}
                with pytest.raises(family[said["status"]]) as caught:
                    api.document_file("invoice", identity)
                assert caught.value.request_id == headers["X-Amzn-Requestid"], name
            elif said["status"] == 401:
                with pytest.raises(errors.KeyRejected, match="Unauthorized") as caught:
                    {"files": api.file, "invoices": api.invoice}[kind](identity)
                assert caught.value.request_id == headers["X-Amzn-Requestid"], name
            elif kind == "files":
                found = api.file(identity)
                assert (found.name, found.content_type) == ("Rechnung_RE0009.pdf", "application/pdf")
                assert found.content == content
            else:
                document = api.invoice(identity)
                assert (document.raw, document.id) == (said["bodyText"], identity)
                assert (document.version, document.remark) == (said["json"]["version"], said["json"]["remark"])
        read += 1
    assert read == 7
