"""Recorded, measured and documented answers of the service go through the client and come out without loss.

The files belong to other projects and are found through KONTOR_SAMPLES. Every one of them is either read here or named
as one that this client does not ask for, so that a new file cannot be overlooked.
"""

import re
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import responses
import simplejson

from integrations.providers.lexware.client import LexwareApi
from integrations.providers.lexware.types import Document, Payments, Profile, VoucherRow
from tests.integrations.lexware.conftest import URL
from tests.integrations.lexware.sample_files import (
    ERRORS,
    GATEWAY,
    ID,
    NOT_ASKED_FOR,
    PAGES,
    PAYMENTS,
    PINGS,
    PROFILES,
    RECORDED,
    ROWS,
    SALES,
    SHAPES,
    VOUCHER_PAGES,
    VOUCHERS,
    loads,
    matching,
)

pytestmark = pytest.mark.samples


def german_day(value: str | None) -> str | None:
    """The day as the samples write it: they all give German midnight or a moment within the German day."""
    return value[:10] if value else None


def same_amount(found: Decimal | None, said: object) -> bool:
    return found is None if said is None else str(found) == str(said)


def read(api: LexwareApi, path: str, text: str, call: Any) -> Any:
    with responses.RequestsMock() as service:
        service.get(URL + path, body=text.encode(), content_type="application/json")
        return call()


def check_row(row: VoucherRow, said: dict[str, Any]) -> None:
    """Every field of a row of the voucher list, and nothing of it lost."""
    assert loads(row.raw) == said
    assert simplejson.dumps(loads(row.raw), use_decimal=True) == simplejson.dumps(said, use_decimal=True)
    assert str(row.id) == said["id"]
    assert (row.type, row.status, row.number) == (said["voucherType"], said["voucherStatus"], said["voucherNumber"])
    assert str(row.date) == german_day(said["voucherDate"])
    assert str(row.due_date) == german_day(said["dueDate"])
    assert (str(row.contact_id) if row.contact_id else None) == said.get("contactId")
    assert row.contact_name == said["contactName"]
    assert same_amount(row.total, said["totalAmount"])
    assert same_amount(row.open_amount, said["openAmount"])
    assert (row.currency, row.archived) == (said["currency"], said["archived"])
    for moment, text in ((row.created_at, said["createdDate"]), (row.updated_at, said["updatedDate"])):
        assert moment == datetime.fromisoformat(text)
        assert moment is not None
        assert moment.tzinfo is UTC


def check_document(document: Document, text: str) -> None:
    said = loads(text)
    assert document.raw == text
    assert (document.id, document.version) == (said["id"], said["version"])
    assert document.remark == (said.get("remark") or "")
    files = said.get("files") or []
    expected = files if isinstance(files, list) else [files["documentFileId"]]
    assert list(document.file_ids) == expected


def check_payments(payments: Payments, text: str) -> None:
    said = loads(text)
    assert payments.raw == text
    assert same_amount(payments.open_amount, said["openAmount"])
    assert payments.currency == said["currency"]
    assert payments.payment_status == said["paymentStatus"]
    assert (payments.voucher_type, payments.voucher_status) == (said["voucherType"], said["voucherStatus"])
    assert (str(payments.paid_on) if payments.paid_on else None) == german_day(said.get("paidDate"))
    items = said.get("paymentItems", [])
    assert len(payments.items) == len(items)
    for line, item in zip(payments.items, items, strict=True):
        assert (line.type, line.currency) == (item["paymentItemType"], item["currency"])
        assert str(line.date) == german_day(item["postingDate"])
        assert same_amount(line.amount, item["amount"])


def check_profile(profile: Profile, text: str) -> None:
    said = loads(text)
    assert profile.raw == text
    assert (profile.organization_id, profile.company_name) == (said["organizationId"], said["companyName"])
    assert profile.connection_id == said["connectionId"]
    assert list(profile.business_features) == said.get("businessFeatures", [])
    assert profile.user_email == said["created"]["userEmail"]


def test_profiles_and_pings(api: LexwareApi, lexware: Path) -> None:
    for _, text in matching(lexware, PROFILES):
        check_profile(read(api, "/v1/profile", text, api.profile), text)
    for _, text in matching(lexware, PINGS):
        assert read(api, "/v1/ping", text, api.ping) == loads(text)["userEmail"]


def test_voucher_lists(api: LexwareApi, lexware: Path) -> None:
    for name, text in matching(lexware, PAGES):
        said = loads(text)
        pages = read(api, "/v1/voucherlist", text, lambda: list(api.voucherlist(types=["any"], statuses=["any"])))
        assert len(pages) == 1, name
        assert pages[0].unreadable == (), name
        assert (pages[0].number, pages[0].total_pages) == (said["number"], said["totalPages"])
        assert (pages[0].total_elements, pages[0].last) == (said["totalElements"], said["last"])
        assert len(pages[0].rows) == said["numberOfElements"] == len(said["content"])
        for row, row_said in zip(pages[0].rows, said["content"], strict=True):
            check_row(row, row_said)


def with_an_id(text: str) -> str:
    """The measured rows carry a word instead of an id."""
    return re.sub(r"PLACEHOLDER-VOUCHER-1", ID, text)


def test_measured_rows(api: LexwareApi, lexware: Path) -> None:
    for _, text in matching(lexware, ROWS):
        row_text = with_an_id(text)
        page = f'{{"content": [{row_text}], "number": 0, "totalPages": 1, "totalElements": 1, "last": true}}'
        (found,) = read(api, "/v1/voucherlist", page, lambda: list(api.voucherlist(types=["any"], statuses=["any"])))
        check_row(found.rows[0], loads(row_text))


def test_vouchers(api: LexwareApi, lexware: Path) -> None:
    for _, text in matching(lexware, VOUCHERS):
        check_document(read(api, f"/v1/vouchers/{ID}", text, lambda: api.voucher(ID)), text)
    for _, text in matching(lexware, VOUCHER_PAGES):
        for said in loads(text)["content"]:
            voucher = simplejson.dumps(said, use_decimal=True)
            check_document(
                read(api, f"/v1/vouchers/{ID}", voucher, lambda: api.document(said["type"], ID)),  # noqa: B023
                voucher,
            )


@pytest.mark.parametrize(
    ("kind", "path"),
    [
        ("invoice", "invoices"),
        ("creditnote", "credit-notes"),
        ("downpaymentinvoice", "down-payment-invoices"),
    ],
)
def test_sales_documents(api: LexwareApi, lexware: Path, kind: str, path: str) -> None:
    single = {"invoice": api.invoice, "creditnote": api.credit_note, "downpaymentinvoice": api.down_payment_invoice}
    for _, text in matching(lexware, SALES[kind]):
        check_document(read(api, f"/v1/{path}/{ID}", text, lambda: single[kind](ID)), text)
        check_document(read(api, f"/v1/{path}/{ID}", text, lambda: api.document(kind, ID)), text)


def test_payments(api: LexwareApi, lexware: Path) -> None:
    for _, text in matching(lexware, PAYMENTS):
        check_payments(read(api, f"/v1/payments/{ID}", text, lambda: api.payments(ID)), text)


MEASURED = {
    "GET /v1/profile": ("/v1/profile", LexwareApi.profile),
    "GET /v1/payments/{id}": (f"/v1/payments/{ID}", lambda api: api.payments(ID)),
    "GET /v1/vouchers/{id}": (f"/v1/vouchers/{ID}", lambda api: api.voucher(ID)),
    "GET /v1/invoices/{id} (open)": (f"/v1/invoices/{ID}", lambda api: api.invoice(ID)),
    "GET /v1/credit-notes/{id} (draft)": (f"/v1/credit-notes/{ID}", lambda api: api.credit_note(ID)),
}


def made_from(shape: dict[str, str]) -> dict[str, Any]:
    """An answer with exactly the fields and JSON types that were measured on a live account."""
    answer: dict[str, Any] = {}
    for path, kind in shape.items():
        place: Any = answer
        *above, name = path.split(".")
        for part in above:
            if part.endswith("[]"):
                rows = place.setdefault(part[:-2], [{}])
                place = rows[0]
            else:
                place = place.setdefault(part, {})
        if kind == "array":
            place[name.removesuffix("[]")] = []
        elif name.endswith("[]"):
            place[name[:-2]] = [sample(name, kind)]
        else:
            place[name] = sample(name, kind)
    return answer


def sample(name: str, kind: str) -> Any:
    plain, _, word = kind.partition("|")[0].partition("=")
    if plain == "str" and not word:
        return "2026-02-10T00:00:00.000+01:00" if name.lower().endswith("date") else ID
    return {"str": word, "int": 1, "float": 1.5, "bool": True, "null": None}[plain]


def test_measured_shapes(api: LexwareApi, lexware: Path) -> None:
    (shapes_text, lists_text) = (text for _, text in matching(lexware, SHAPES))
    shapes = loads(shapes_text)["shapes"]
    for title, (path, call) in MEASURED.items():
        text = simplejson.dumps(made_from(shapes[title]))
        found = read(api, path, text, lambda: call(api))  # noqa: B023
        check: Any = {Document: check_document, Payments: check_payments, Profile: check_profile}[type(found)]
        check(found, text)
    page = made_from(shapes["GET /v1/voucherlist"]) | {"number": 0}
    text = simplejson.dumps(page)
    (found,) = read(api, "/v1/voucherlist", text, lambda: list(api.voucherlist(types=["any"], statuses=["any"])))
    check_row(found.rows[0], loads(text)["content"][0])
    assert set(page["content"][0]) == set(loads(lists_text)["voucherlist row"])


def test_no_sample_is_overlooked(lexware: Path) -> None:
    read_here = [*PROFILES, *PINGS, *PAGES, *ROWS, *VOUCHERS, *VOUCHER_PAGES, *PAYMENTS, *RECORDED, *ERRORS, *GATEWAY]
    read_here += [*SHAPES, *(pattern for patterns in SALES.values() for pattern in patterns)]
    read_names = {name for name, _ in matching(lexware, tuple(read_here))}
    left_names = {name for name, _ in matching(lexware, tuple(p for ps in NOT_ASKED_FOR.values() for p in ps))}
    every_name = {str(path.relative_to(lexware)) for path in lexware.rglob("*") if path.is_file()}
    assert every_name - read_names - left_names == set()
    assert read_names & left_names == set()
