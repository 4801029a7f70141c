"""Which error an answer becomes."""

import pytest
import responses

from integrations.providers.errors import (
    AnswerNotUnderstood,
    KeyRejected,
    NoPaymentInformation,
    NotDownloadable,
    NotFound,
    PermissionMissing,
    PlanWithoutApi,
    ProviderError,
    RequestRefused,
)
from integrations.providers.lexware.client import LexwareApi
from tests.integrations.lexware.conftest import KEY, URL

ID = "9d0b5a3e-0f0f-4b0e-8d55-2f3a5cc0a111"
UNKNOWN_ROUTE = f"'{KEY}' not a valid key=value pair (missing equal-sign) in Authorization header: 'Bearer {KEY}'."


@pytest.mark.parametrize(
    ("answer", "family", "who", "message"),
    [
        ({"status": 401, "json": {"message": "Unauthorized"}}, KeyRejected, "client", "Unauthorized"),
        ({"status": 401, "body": b""}, KeyRejected, "client", "an answer that is not JSON"),
        ({"status": 402, "json": {"error": "Payment Required"}}, PlanWithoutApi, "client", ""),
        ({"status": 403, "json": {"message": "access_denied"}}, PermissionMissing, "client", "access_denied"),
        ({"status": 403, "body": b""}, PermissionMissing, "client", "an answer that is not JSON"),
        ({"status": 403, "json": {"message": UNKNOWN_ROUTE}}, RequestRefused, "us", "not a valid key=value pair"),
        ({"status": 403, "json": {"message": "Missing Authentication Token"}}, RequestRefused, "us", "Missing"),
        ({"status": 403, "body": "<html>Blocked</html>"}, AnswerNotUnderstood, "us", "a web page instead of JSON"),
        ({"status": 404, "json": {"message": "Not Found"}}, NotFound, "record", "Not Found"),
        (
            {"status": 400, "json": {"message": "Maximum search window size exceeded", "status": 400}},
            RequestRefused,
            "us",
            "Maximum search window size exceeded",
        ),
        (
            {"status": 406, "json": {"IssueList": [{"i18nKey": "missing_entity", "source": "company.name"}]}},
            RequestRefused,
            "us",
            "company.name: missing_entity",
        ),
        (
            {"status": 406, "json": {"message": "No.", "details": [{"violation": "NOTNULL", "field": "price"}]}},
            RequestRefused,
            "us",
            "No.; price: NOTNULL",
        ),
        ({"status": 400, "json": "Invalid or missing upload type."}, RequestRefused, "us", "upload type"),
        (
            {"status": 400, "json": {"i18nKey": "bad_request_error", "source": "type"}},
            RequestRefused,
            "us",
            "type: bad",
        ),
        ({"status": 400, "json": [1, {"IssueList": 5}]}, RequestRefused, "us", ""),
        ({"status": 302, "headers": {"Location": "https://elsewhere.test/"}}, AnswerNotUnderstood, "us", ""),
        ({"status": 200, "body": "<!DOCTYPE html><p>Wartung"}, AnswerNotUnderstood, "us", "a web page instead of JSON"),
        ({"status": 200, "body": '{"companyName": "Beispielw'}, AnswerNotUnderstood, "us", "only a part of it"),
        ({"status": 200, "body": b'{"companyName": "M\xfcller"}'}, AnswerNotUnderstood, "us", "not JSON"),
        ({"status": 200, "body": b""}, AnswerNotUnderstood, "us", "not JSON"),
        ({"status": 200, "body": "[" * 100_000}, AnswerNotUnderstood, "us", "not JSON"),
        ({"status": 200, "body": '{"organizationId": NaN}'}, AnswerNotUnderstood, "us", "not JSON"),
        ({"status": 200, "json": ["x"]}, AnswerNotUnderstood, "us", "not an object"),
        ({"status": 200, "json": {"companyName": "no id"}}, AnswerNotUnderstood, "us", "organizationId"),
        ({"status": 200, "json": {"organizationId": "x", "businessFeatures": 3}}, AnswerNotUnderstood, "us", "list"),
    ],
)
def test_an_answer_becomes_the_error_that_names_who_must_act(
    api: LexwareApi,
    service: responses.RequestsMock,
    answer: dict[str, object],
    family: type[ProviderError],
    who: str,
    message: str,
) -> None:
    service.get(f"{URL}/v1/profile", **answer)
    with pytest.raises(family) as caught:
        api.profile()
    error = caught.value
    assert type(error) is family
    assert (error.who, error.status, error.path) == (who, answer["status"], "/v1/profile")
    assert message in error.message
    assert error.code in str(error)


@pytest.mark.parametrize("body", [{"message": "No payment information for this invoice in draft", "status": 406}, {}])
def test_a_document_without_payments_is_no_failure_of_ours(
    api: LexwareApi, service: responses.RequestsMock, body: dict[str, object]
) -> None:
    service.get(f"{URL}/v1/payments/{ID}", status=406, json=body)
    with pytest.raises(NoPaymentInformation) as caught:
        api.payments(ID)
    assert (caught.value.code, caught.value.who) == ("no_payment_information", "record")


@pytest.mark.parametrize("status", [406, 409])
def test_a_draft_has_no_file(api: LexwareApi, service: responses.RequestsMock, status: int) -> None:
    service.get(f"{URL}/v1/invoices/{ID}/file", status=status, json={"message": "is in status 'draft'"})
    with pytest.raises(NotDownloadable, match="draft"):
        api.document_file("invoice", ID)


def test_the_request_id_comes_from_the_header_or_the_body(api: LexwareApi, service: responses.RequestsMock) -> None:
    body = {"requestId": "from-the-body", "message": "no"}
    service.get(f"{URL}/v1/profile", status=404, json=body)
    service.get(f"{URL}/v1/profile", status=404, json=body, headers={"X-Amzn-Requestid": "from-the-header"})
    for expected in ("from-the-body", "from-the-header"):
        with pytest.raises(NotFound) as caught:
            api.profile()
        assert caught.value.request_id == expected


def test_every_family_has_a_code_of_its_own() -> None:
    families = ProviderError.__subclasses__()
    assert len({family.code for family in families}) == len(families)
    assert {family.who for family in families} == {"client", "time", "record", "us"}
