"""Receipts are uploaded: checked, kept once, read by the text recognition, and downloaded byte for byte."""

from __future__ import annotations

import io
import time
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from sandbox.resources.multipart import read_form
from sandbox.resources.uploads import MOST_BYTES
from tests.sandbox.api import Api, fast
from tests.sandbox.documents_to_write import VOUCHER


@pytest.fixture(scope="module")
def api() -> Iterator[Api]:
    with fast() as running:
        yield Api(running)


def picture(kind: str = "PNG", size: tuple[int, int] = (40, 30)) -> bytes:
    buffer = io.BytesIO()
    Image.new("L", size, 200).save(buffer, kind)
    return buffer.getvalue()


def pdf(api: Api, copy: str) -> bytes:
    """A PDF like no other; its readers skip what comes after the end."""
    row = api.one(type="invoice", status="paid")
    return api.get(f"/v1/invoices/{row['id']}/file").content + f"\n% {copy}\n".encode()


def xrechnung(api: Api) -> bytes:
    files = api.running.world.organisations[api.id].files.values()
    return api.get(f"/v1/files/{next(file.id for file in files if file.extension == 'xml')}").content


def key(answer: requests.Response) -> str:
    assert answer.status_code == 406, answer.text
    i18n_key: str = answer.json()["IssueList"][0]["i18nKey"]
    return i18n_key


def wait_for(api: Api, voucher: str, status: str) -> dict[str, Any]:
    """Read until the status is there; the text recognition has a thread of its own."""
    for _ in range(500):
        read: dict[str, Any] = api.get(f"/v1/vouchers/{voucher}").json()
        if read["voucherStatus"] == status:
            return read
        time.sleep(0.01)
    raise AssertionError(f"{voucher} never became {status}")


def test_a_receipt_becomes_a_voucher_that_waits_to_be_checked(api: Api) -> None:
    content = pdf(api, "one")
    answer = api.upload("/v1/files", content, type="voucher")
    assert (answer.status_code, set(answer.json())) == (202, {"id", "voucherId"})
    file, voucher = answer.json()["id"], answer.json()["voucherId"]
    read = wait_for(api, voucher, "unchecked")
    assert (read["type"], read["files"], read["voucherItems"]) == ("purchaseinvoice", [file], [])
    assert "totalGrossAmount" not in read
    assert api.get(f"/v1/files/{file}").content == content
    assert api.get(f"/v1/payments/{voucher}").status_code == 406
    row = next(row for row in api.rows(voucherStatus="unchecked") if row["id"] == voucher)
    assert "voucherNumber" not in row
    true = next(row for row in api.truth()["vouchers"] if row["id"] == voucher)
    assert true["file_ids"] == [file]


def test_while_the_text_recognition_runs_the_voucher_is_blank_and_not_announced() -> None:
    with fast(time_scale=0.000_1) as running:
        api = Api(running)
        api.control("settings", rate_per_second=1_000_000_000)
        voucher = api.upload("/v1/files", picture(), "bon.png", type="voucher").json()["voucherId"]
        assert api.get(f"/v1/vouchers/{voucher}").json()["voucherStatus"] == "blank"
        assert [row["id"] for row in api.rows(voucherStatus="blank")] == [voucher]
        assert running.sandbox.events.all(api.id) == []


def test_the_end_of_the_text_recognition_is_announced(api: Api) -> None:
    voucher = api.upload("/v1/files", picture(), "bon.png", type="voucher").json()["voucherId"]
    assert wait_for(api, voucher, "unchecked")["version"] == 1
    events = [event for event in api.running.sandbox.events.all(api.id) if event.resource_id == voucher]
    assert [event.type for event in events] == ["voucher.created"]


def test_the_same_bytes_are_kept_once(api: Api) -> None:
    content = pdf(api, "same")
    first = api.upload("/v1/files", content, type="voucher")
    again = api.upload("/v1/files", content, "other name.pdf", type="voucher")
    assert (again.status_code, again.json()) == (202, first.json())
    row = next(row for row in api.truth()["vouchers"] if row["file_ids"])
    downloaded = api.get(f"/v1/files/{row['file_ids'][0]}", accept="*/*")
    name = downloaded.headers["Content-Disposition"].removesuffix(";").rpartition("=")[2]
    back = api.upload("/v1/files", downloaded.content, name, type="voucher")
    assert back.json() == {"id": row["file_ids"][0], "voucherId": row["id"]}
    voucher = api.create("/v1/vouchers", VOUCHER)
    attached = api.upload(f"/v1/vouchers/{voucher}/files", content)
    assert attached.status_code == 202
    assert attached.json() != {"id": first.json()["id"]}, "another voucher's file is not this one's"
    assert api.upload(f"/v1/vouchers/{voucher}/files", content).json() == attached.json()
    assert api.get(f"/v1/vouchers/{voucher}").json()["files"] == [attached.json()["id"]]


def test_five_mebibytes_pass_and_one_byte_more_does_not(api: Api) -> None:
    content = pdf(api, "big")
    whole = content + b"%" + b"x" * (MOST_BYTES - len(content) - 1)
    assert api.upload("/v1/files", whole, type="voucher").status_code == 202
    assert key(api.upload("/v1/files", whole + b"x", type="voucher")) == "max_file_size_exceeded"


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("beleg.txt", b"Text", "inacceptable_file_extension"),
        ("beleg", picture(), "inacceptable_file_extension"),
        ("beleg.pdf", b"", "voucher_upload_toxic_pdf"),
        ("beleg.pdf", b"%PDF-1.4\nbroken", "voucher_upload_toxic_pdf"),
        ("beleg.pdf", picture(), "voucher_upload_toxic_pdf"),
        ("beleg.png", picture(size=(1, 1)), "image_conversion_error"),
        ("beleg.png", picture()[:50], "image_conversion_error"),
        ("beleg.jpg", picture(), "image_conversion_error"),
        ("beleg.xml", b"<Invoice/>", "invalid_xrechnung"),
        ("beleg.xml", b"no xml", "invalid_xrechnung"),
        ("beleg.xml", b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>', "invalid_xrechnung"),
    ],
)
def test_what_is_no_receipt_is_refused(api: Api, name: str, content: bytes, expected: str) -> None:
    assert key(api.upload("/v1/files", content, name, type="voucher")) == expected


def test_pictures_and_xml_are_taken(api: Api) -> None:
    for name, content in (
        ("a.PNG", picture(size=(50, 50))),
        ("b.jpeg", picture("JPEG")),
        ("c.xml", xrechnung(api) + b"\n"),
    ):
        file = api.upload("/v1/files", content, name, type="voucher").json()["id"]
        assert api.get(f"/v1/files/{file}").content == content
    preview = api.get(f"/v1/files/{file}", accept="application/pdf")
    assert preview.headers["Content-Type"] == "application/pdf"
    assert preview.content.startswith(b"%PDF-")


def test_forms_that_lack_something(api: Api) -> None:
    assert api.upload("/v1/files", picture(), "a.png").json()["i18nKey"] == "bad_request_error"
    assert api.upload("/v1/files", picture(), "a.png", type="invoice").json() == "Invalid or missing upload type."
    url, headers = f"{api.running.url}/v1/files", {"Authorization": f"Bearer {api.organization['key']}"}
    no_file = requests.post(url, files={"type": (None, "voucher")}, headers=headers, timeout=10)
    assert no_file.status_code == 500
    no_form = requests.post(url, data={"type": "voucher"}, headers=headers, timeout=10)
    assert no_form.status_code == 415
    assert api.upload(f"/v1/vouchers/{api.id}/files", picture(), "a.png").status_code == 404
    assert api.get(url.removeprefix(api.running.url)).status_code == 404
    assert api.get(f"/v1/files/{api.id}/status").json() == {"message": "access_denied"}


@given(
    fields=st.lists(
        st.tuples(st.text(st.characters(codec="ascii", categories=["L", "N"]), min_size=1), st.binary(), st.booleans()),
        max_size=4,
    )
)
@settings(max_examples=150)
def test_forms_are_read_byte_for_byte(fields: list[tuple[str, bytes, bool]]) -> None:
    """Whatever another library writes as a form is read back, also bytes that look like line ends."""
    parts = [(name, (f"{name}.pdf" if is_file else None, content)) for name, content, is_file in fields]
    prepared = requests.Request("POST", "http://sandbox.example", files=parts or {"a": (None, b"b")}).prepare()
    assert isinstance(prepared.body, bytes)
    read = read_form(prepared.headers["Content-Type"], prepared.body)
    assert read is not None
    assert [(part.name, part.filename, part.content) for part in read] == [
        (name, filename or "", content) for name, (filename, content) in parts or [("a", (None, b"b"))]
    ]
    assert read_form(prepared.headers["Content-Type"], prepared.body[:-8]) is None
