"""Downloads: names and types from outside, sizes, half files."""

import pytest
import responses
from hypothesis import given
from hypothesis import strategies as st

from integrations.providers import files, transport
from integrations.providers.errors import AnswerNotUnderstood, NotDownloadable, Unavailable
from integrations.providers.lexware.client import LexwareApi
from tests.integrations.lexware.conftest import URL, FakeClock

ID = "77a0c1c4-6a3e-4f3e-9a3f-0a8b4a1b2c3d"
FILE = f"{URL}/v1/files/{ID}"


@pytest.mark.parametrize(
    ("disposition", "name"),
    [
        ("inline; filename=Rechnung_RE0009.pdf;", "Rechnung_RE0009.pdf"),
        ('attachment; filename="Rechnung RE 2041.pdf"', "Rechnung RE 2041.pdf"),
        ("inline; filename*=UTF-8''Quittung%20B%C3%A4ckerei.pdf", "Quittung Bäckerei.pdf"),
        ("inline; filename=Quittung_B\xc3\xa4ckerei.pdf;", "Quittung_Bäckerei.pdf"),
        ("inline; filename=../../etc/passwd;", "passwd"),
        (r'inline; filename="C:\Users\x\beleg.pdf"', "beleg.pdf"),
        ("inline; filename*=UTF-8''..%2F..%2Fbeleg.pdf", "beleg.pdf"),
        ("inline; filename=.htaccess;", "htaccess"),
        ('inline; filename="a\u202efdp.exe"', "afdp.exe"),
        ("inline; filename*=unicode_escape''a%5cud800.pdf", "a.pdf"),
        ("inline; filename*=punycode''a%ff", f"{ID}.pdf"),
        ("inline; filename*=idna''xn--%ff", f"{ID}.pdf"),
        ("inline; filename=..;", f"{ID}.pdf"),
        ("inline; filename=;", f"{ID}.pdf"),
        ("inline", f"{ID}.pdf"),
        ("", f"{ID}.pdf"),
        (None, f"{ID}.pdf"),
    ],
)
def test_a_file_name_is_bare_and_harmless(disposition: str | None, name: str) -> None:
    assert files.file_name(disposition, ID, "application/pdf") == name


@given(st.text(alphabet=st.characters(max_codepoint=0x2FFF), max_size=300))
def test_no_file_name_leads_anywhere(name: str) -> None:
    found = files.file_name(f'inline; filename="{name}"', ID, "image/png")
    assert found
    assert found not in (".", "..")
    assert not set(found) & set('/\\\0\r\n:*?"<>|')
    assert len(found) <= 150


def test_a_long_name_keeps_its_ending() -> None:
    found = files.file_name(f"inline; filename={'x' * 400}.pdf", ID, "application/pdf")
    assert len(found) == 150
    assert found.endswith("x.pdf")


@pytest.mark.parametrize(
    ("header", "content", "expected"),
    [
        ("application/pdf", b"%PDF-1.7", "application/pdf"),
        ("application/xml; charset=utf-8", b"<Invoice/>", "application/xml"),
        ("Image/JPEG", b"\xff\xd8\xff", "image/jpeg"),
        (None, b"%PDF-1.7", "application/pdf"),
        ("", b"\xef\xbb\xbf<?xml version='1.0'?>", "application/xml"),
        ("application/octet-stream", b"\x89PNG\r\n\x1a\n", "image/png"),
        ("binary/octet-stream", b"\xff\xd8\xff\xe0", "image/jpeg"),
        ("nonsense", b"\0\1", "application/octet-stream"),
        (None, b"<!DOCTYPE html>", "text/html"),
        (None, b"", "application/octet-stream"),
    ],
)
def test_the_content_says_its_type_where_the_header_does_not(header: str | None, content: bytes, expected: str) -> None:
    assert files.content_type(header, content) == expected


def test_a_receipt_is_downloaded_as_it_is(api: LexwareApi, service: responses.RequestsMock) -> None:
    headers = {"Content-Disposition": f"inline; filename={ID}.png;"}
    service.get(FILE, body=b"\x89PNG\r\n\x1a\n\0\xff", content_type="image/png", headers=headers)
    found = api.file(ID)
    assert (found.file_id, found.name, found.content_type) == (ID, f"{ID}.png", "image/png")
    assert found.content == b"\x89PNG\r\n\x1a\n\0\xff"
    assert service.calls[0].request.headers["Accept"] == "*/*"


def test_a_sales_document_is_downloaded_by_its_own_id(api: LexwareApi, service: responses.RequestsMock) -> None:
    for path in ("invoices", "credit-notes", "down-payment-invoices"):
        service.get(f"{URL}/v1/{path}/{ID}/file", body=b"%PDF-1.7", content_type="application/pdf")
    for kind in ("invoice", "creditnote", "downpaymentinvoice"):
        assert api.document_file(kind, ID).file_id == ID


@pytest.mark.parametrize("content_type", ["text/html;charset=utf-8", "application/json", "application/octet-stream"])
def test_an_outage_s_page_is_not_a_receipt(api: LexwareApi, service: responses.RequestsMock, content_type: str) -> None:
    service.get(FILE, body="<!DOCTYPE html><h1>Wartungsarbeiten</h1>", content_type=content_type)
    with pytest.raises(AnswerNotUnderstood, match="instead of a file"):
        api.file(ID)


def test_a_file_that_is_too_large_is_left_where_it_is(
    api: LexwareApi, service: responses.RequestsMock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transport, "FILE_LIMIT", 100_000)
    service.get(FILE, body=b"%PDF-" + b"x" * 100_000, content_type="application/pdf")
    with pytest.raises(NotDownloadable, match="too large"):
        api.file(ID)
    assert api.requests == 1


def test_a_list_that_is_too_large_is_not_understood(
    api: LexwareApi, service: responses.RequestsMock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transport, "JSON_LIMIT", 1_000)
    service.get(f"{URL}/v1/ping", body=b" " * 1_001)
    with pytest.raises(AnswerNotUnderstood, match="too large"):
        api.ping()


def test_a_file_that_drips_is_given_up(
    api: LexwareApi, clock: FakeClock, service: responses.RequestsMock, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticks = iter(range(0, 10_000, 301))
    monkeypatch.setattr(clock, "monotonic", lambda: next(ticks))
    service.get(FILE, body=b"%PDF-", content_type="application/pdf")
    with pytest.raises(Unavailable, match="five minutes"):
        api.file(ID)


def test_half_a_file_is_not_taken_for_the_whole(api: LexwareApi, service: responses.RequestsMock) -> None:
    service.get(FILE, body=b"%PDF-1.7 half", headers={"Content-Length": "34200"}, auto_calculate_content_length=False)
    with pytest.raises(Unavailable, match="no whole answer"):
        api.file(ID)
    assert api.requests == 4


PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\nstartxref\n9\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 40 + b"\x00\x00\x00\x00IEND\xaeB`\x82"
JPG = b"\xff\xd8\xff\xe0" + b"\x01" * 40 + b"\xff\xd9"
XML = b'<?xml version="1.0"?>\n<!-- <x> --><rsm:Invoice a="b"><b/></rsm:Invoice>\n'


@pytest.mark.parametrize("content", [PDF, PNG, JPG, XML, PDF.replace(b"endobj", b"endobj\n%%EOF"), b"plain text", b""])
def test_a_file_with_its_end_is_whole(content: bytes) -> None:
    assert files.is_whole(content)
    assert files.is_whole(content + b"\n% left by a scanner")


@pytest.mark.parametrize("content", [PDF, PNG, JPG, XML, b"\xef\xbb\xbf" + XML])
@given(share=st.floats(0.5, 0.85))
def test_a_file_that_was_cut_off_is_not(content: bytes, share: float) -> None:
    assert not files.is_whole(content[: int(len(content) * share)])


def test_the_end_of_a_part_is_not_the_end() -> None:
    """A revised PDF, one for the web, a photo with a small preview inside: each has an end in its first half."""
    filling = b"x" * 9000
    assert not files.is_whole(b"%PDF-1.7 /Linearized" + b"%%EOF" + filling)
    assert not files.is_whole(b"%PDF-1.7 %%EOF %%EOF" + filling)
    assert not files.is_whole(b"\xff\xd8\xff \xff\xd9 \xff\xd9" + filling)
