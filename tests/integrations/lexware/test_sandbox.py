"""The client against the running sandbox: every call, every kind of fault."""

import hashlib
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
import requests
import simplejson

from integrations.providers.errors import (
    AnswerNotUnderstood,
    KeyRejected,
    NoPaymentInformation,
    NotDownloadable,
    NotFound,
    PermissionMissing,
    PlanWithoutApi,
    ProviderError,
    RateLimited,
    Unavailable,
)
from integrations.providers.lexware.client import SALES_PATHS, LexwareApi
from integrations.providers.lexware.types import VoucherRow
from sandbox.server import RunningSandbox, start
from tests.integrations.lexware.conftest import FakeBudget

TYPES = (
    "invoice",
    "downpaymentinvoice",
    "creditnote",
    "salesinvoice",
    "salescreditnote",
    "purchaseinvoice",
    "purchasecreditnote",
)
FAST = 10_000
ENDINGS = {"application/pdf": b"%PDF-", "image/png": b"\x89PNG", "image/jpeg": b"\xff\xd8\xff"}


@pytest.fixture(scope="module")
def sandbox() -> Iterator[RunningSandbox]:
    """A sandbox whose rate limit is never in the way."""
    with start(time_scale=FAST) as running:
        yield running


class Control:
    """The control interface of an organization."""

    def __init__(self, running: RunningSandbox) -> None:
        self._url = running.control_url
        organization = running.organizations[0]
        self.key, self.id = organization["key"], organization["organization_id"]
        self.name = organization["name"]

    def truth(self) -> list[dict[str, Any]]:
        answer = requests.get(f"{self._url}/organizations/{self.id}/truth", timeout=10)
        return list(answer.json()["vouchers"])

    def first(self, **wanted: object) -> dict[str, Any]:
        return next(row for row in self.truth() if all(row[name] == value for name, value in wanted.items()))

    def post(self, path: str, **body: object) -> None:
        answer = requests.post(f"{self._url}/{path}", json=body, timeout=10)
        assert answer.ok, answer.text


@pytest.fixture
def control(sandbox: RunningSandbox) -> Iterator[Control]:
    control = Control(sandbox)
    yield control
    control.post("faults/reset")
    control.post(
        "settings", limit_answer="429", unknown_route="404", documented_nulls=False, open_amount_as_string=False
    )


def client(sandbox: RunningSandbox, key: str) -> LexwareApi:
    return LexwareApi(key, base_url=sandbox.url, budget=FakeBudget(), time_scale=FAST)


@pytest.fixture
def real(sandbox: RunningSandbox, control: Control) -> LexwareApi:
    """A client of the first organization, over a real connection."""
    return client(sandbox, control.key)


def listed(api: LexwareApi, *statuses: str, size: int = 250) -> list[VoucherRow]:
    pages = list(api.voucherlist(types=TYPES, statuses=statuses, size=size))
    assert not any(page.unreadable for page in pages)
    return [row for page in pages for row in page.rows]


def test_ping_and_profile(real: LexwareApi, control: Control) -> None:
    profile = real.profile()
    assert (profile.organization_id, profile.company_name) == (control.id, control.name)
    assert real.ping() == profile.user_email
    assert profile.business_features
    assert profile.connection_id


@pytest.mark.parametrize("nulls", [False, True])
def test_the_voucher_list_is_the_truth(real: LexwareApi, control: Control, nulls: bool) -> None:
    control.post("settings", documented_nulls=nulls)
    rows = {str(row.id): row for row in listed(real, "paid", "paidoff")}
    truth = {row["id"]: row for row in control.truth() if row["paid"] and row["type"] in TYPES}
    assert set(rows) == set(truth)
    assert {row.type for row in rows.values()} == set(TYPES)
    for identity, said in truth.items():
        row = rows[identity]
        assert (row.type, row.number, row.status) == (said["type"], said["number"], said["status"])
        assert (str(row.date), row.contact_name) == (said["date"], said["contact"])
        assert (str(row.due_date) if row.due_date else None) == said["due_date"]
        assert (row.total, row.open_amount) == (Decimal(said["total"]), Decimal(said["open_amount"]))


def test_small_pages_give_the_same_list(real: LexwareApi) -> None:
    assert listed(real, "any", size=25) == listed(real, "any")


def test_every_document_with_its_payments_and_files(real: LexwareApi, control: Control) -> None:
    for kind in TYPES:
        said = control.first(type=kind, paid=True)
        document = real.document(kind, said["id"])
        assert (document.id, document.version) == (said["id"], said["version"])
        payments = real.payments(said["id"])
        assert (payments.voucher_type, payments.voucher_status) == (kind, said["status"])
        assert payments.open_amount == Decimal(said["open_amount"])
        lines = [{"type": line.type, "date": str(line.date), "amount": f"{line.amount:.2f}"} for line in payments.items]
        assert lines == said["payments"]
        if kind in SALES_PATHS:
            downloads = [real.document_file(kind, said["id"])]
        else:
            assert list(document.file_ids) == said["file_ids"]
            downloads = [real.file(file_id) for file_id in document.file_ids]
        for download in downloads:
            start_of_file = ENDINGS.get(download.content_type, b"<")
            assert download.content.lstrip(b"\xef\xbb\xbf").startswith(start_of_file), download.content_type
            assert "." in download.name


def test_a_file_is_the_same_every_time(real: LexwareApi, control: Control) -> None:
    said = next(row for row in control.truth() if row["file_ids"])
    digests = {hashlib.sha256(real.file(said["file_ids"][0]).content).hexdigest() for _ in range(2)}
    assert len(digests) == 1


def test_amounts_as_text_are_amounts(real: LexwareApi, control: Control) -> None:
    control.post("settings", open_amount_as_string=True)
    said = control.first(type="invoice", paid=True)
    assert real.payments(said["id"]).open_amount == Decimal(said["open_amount"])


def test_a_draft_has_neither_payments_nor_file(real: LexwareApi, control: Control) -> None:
    draft = control.first(status="draft", type="invoice")
    with pytest.raises(NoPaymentInformation):
        real.payments(draft["id"])
    with pytest.raises(NotDownloadable):
        real.document_file("invoice", draft["id"])


def test_an_unknown_id_is_not_found_anywhere(real: LexwareApi) -> None:
    unknown = "00000000-0000-4000-8000-000000000000"
    calls = [real.payments, real.file, *(lambda identity, kind=kind: real.document(kind, identity) for kind in TYPES)]
    for call in calls:
        with pytest.raises(NotFound):
            call(unknown)


def test_keys_that_do_not_work(sandbox: RunningSandbox, control: Control) -> None:
    for name, family in {"expired": KeyRejected, "plan_without_api": PlanWithoutApi}.items():
        with pytest.raises(family):
            client(sandbox, sandbox.special_keys[name]).profile()
    with pytest.raises(KeyRejected):
        client(sandbox, "unknown").ping()
    limited = client(sandbox, sandbox.special_keys["permission_missing"])
    assert limited.profile().organization_id
    with pytest.raises(PermissionMissing):
        limited.payments(control.first(paid=True)["id"])


@pytest.mark.parametrize(
    ("fault", "family"),
    [
        ({"kind": "status", "status": 401}, KeyRejected),
        ({"kind": "status", "status": 402}, PlanWithoutApi),
        ({"kind": "status", "status": 403}, PermissionMissing),
        ({"kind": "status", "status": 404}, NotFound),
        ({"kind": "status", "status": 429, "count": None}, RateLimited),
        ({"kind": "rate_limit_as_500", "count": None}, RateLimited),
        ({"kind": "status", "status": 500, "message": "broken", "count": None}, Unavailable),
        ({"kind": "status", "status": 503, "count": None}, Unavailable),
        ({"kind": "timeout_after_performing", "count": None}, Unavailable),
        ({"kind": "reset", "count": None}, Unavailable),
        ({"kind": "html"}, AnswerNotUnderstood),
        ({"kind": "truncated"}, AnswerNotUnderstood),
    ],
    ids=lambda value: f"{value['kind']}-{value.get('status', '')}" if isinstance(value, dict) else value.__name__,
)
def test_each_fault_has_its_name(
    real: LexwareApi, control: Control, fault: dict[str, Any], family: type[ProviderError]
) -> None:
    control.post("faults", **fault)
    with pytest.raises(family) as caught:
        real.profile()
    assert type(caught.value) is family
    assert caught.value.request_id or caught.value.status is None or fault["kind"] == "reset"
    control.post("faults/reset")
    assert real.profile().organization_id == control.id


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "status", "status": 503, "count": 2},
        {"kind": "status", "status": 429, "count": 3},
        {"kind": "rate_limit_as_500", "count": 2},
        {"kind": "timeout_after_performing", "count": 2},
        {"kind": "reset", "count": 2},
        {"kind": "delay", "milliseconds": 50, "count": 1},
    ],
    ids=lambda fault: fault["kind"],
)
def test_a_fault_that_passes_is_not_noticed(real: LexwareApi, control: Control, fault: dict[str, Any]) -> None:
    control.post("faults", **fault)
    receipt = next(row for row in control.truth() if row["file_ids"])
    assert real.file(receipt["file_ids"][0]).content
    assert simplejson.loads(real.profile().raw)["organizationId"] == control.id


def test_html_instead_of_a_file_is_not_stored(real: LexwareApi, control: Control) -> None:
    receipt = next(row for row in control.truth() if row["file_ids"])
    control.post("faults", kind="html", path_prefix="/v1/files")
    with pytest.raises(AnswerNotUnderstood, match="text/html"):
        real.file(receipt["file_ids"][0])


@pytest.mark.parametrize("answer", ["429", "500", "500_null"])
def test_the_real_limit_is_survived_in_every_dress(answer: str) -> None:
    with start(time_scale=50, world="demo") as running:
        control = Control(running)
        control.post("settings", limit_answer=answer)
        budget = FakeBudget()
        api = LexwareApi(control.key, base_url=running.url, budget=budget, time_scale=50)
        for _ in range(12):
            api.ping()
    assert api.rate_limited > 0
    assert api.requests == 12 + api.rate_limited
    assert len(budget.penalties) == api.rate_limited
