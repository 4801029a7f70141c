"""Files of vouchers: harmless on the way to the browser, page images made aside."""

import io

import pytest
from django.urls import reverse
from PIL import Image

from accounts.models import Client, User
from tests.admin.conftest import Login
from tests.factories import attach, pdf, voucher
from vouchers.preview import page_count, page_image
from vouchers.rows import documents
from vouchers.storage import store


def _picture(kind: str, size: tuple[int, int] = (60, 40)) -> bytes:
    written = io.BytesIO()
    Image.new("RGB", size, "#c33").save(written, kind)
    return written.getvalue()


@pytest.mark.parametrize(
    ("kind", "content", "shown", "inline"),
    [
        ("application/pdf", pdf("Rechnung"), "application/pdf", True),
        ("image/png", _picture("PNG"), "image/png", True),
        ("image/jpeg", _picture("JPEG"), "image/jpeg", True),
        ("application/xml", b"<Invoice/>", "text/plain; charset=utf-8", True),
        ("text/html", b"<script>alert(1)</script>", "application/octet-stream", False),
        ("image/svg+xml", b"<svg onload='alert(1)'/>", "application/octet-stream", False),
    ],
)
def test_a_file_arrives_whole_and_harmless(
    kind: str, content: bytes, shown: str, inline: bool, kontor_client: Client, accountant: User, login: Login
) -> None:
    file = attach(voucher(kontor_client, 1), content, 'Beleg "1"\r\nX: y.pdf', kind)
    answer = login(accountant).get(reverse("admin:voucher_file", args=[file.pk]))
    assert b"".join(answer.streaming_content) == content
    assert answer["Content-Type"] == shown
    assert answer["Content-Disposition"].startswith("inline" if inline else "attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"
    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert "sandbox" in policy
    assert "X" not in answer
    answer.close()


def test_pages_are_images(kontor_client: Client, accountant: User, login: Login) -> None:
    file = attach(voucher(kontor_client, 1), pdf("eins", "zwei"))
    browser = login(accountant)
    for page in (1, 2):
        answer = browser.get(reverse("admin:voucher_file_page", args=[file.pk, page]))
        assert answer["Content-Type"] == "image/png"
        assert Image.open(io.BytesIO(answer.content)).width == 1200
    for page in (0, 3, 10**12):
        assert browser.get(reverse("admin:voucher_file_page", args=[file.pk, page])).status_code == 404


def test_a_second_look_reads_the_file_no_more(kontor_client: Client) -> None:
    stored = store(pdf("eins"), "application/pdf")
    first = page_image(stored, 1)
    assert first is not None
    made = first.stat().st_mtime_ns
    again = page_image(stored, 1)
    assert again == first
    assert first.stat().st_mtime_ns == made


def test_a_picture_is_written_anew(kontor_client: Client) -> None:
    written = io.BytesIO()
    exif = Image.Exif()
    exif[0x9286] = "secret"
    Image.new("RGB", (3000, 2000), "#3c3").save(written, "JPEG", exif=exif)
    image = page_image(store(written.getvalue(), "image/jpeg"), 1)
    assert image is not None
    with Image.open(image) as shown:
        assert shown.width == 1200
        assert not shown.getexif()


def _bomb() -> bytes:
    written = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(written, "PNG")
    return written.getvalue()


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("application/pdf", b"%PDF-1.7 broken"),
        ("application/pdf", b""),
        ("image/png", b"no picture"),
        ("image/png", _bomb()),
    ],
)
def test_what_cannot_be_read_says_so(
    kind: str, content: bytes, kontor_client: Client, accountant: User, login: Login
) -> None:
    of = voucher(kontor_client, 1)
    file = attach(of, content, "kaputt", kind)
    assert page_count(file.stored) == 0
    (row,) = documents(of)
    assert not row.readable
    browser = login(accountant)
    page = browser.get(reverse("admin:vouchers_voucher_change", args=[of.pk])).content.decode()
    assert "This file cannot be shown" in page
    assert browser.get(reverse("admin:voucher_file_page", args=[file.pk, 1])).status_code == 404


def test_a_file_whose_bytes_are_gone_is_not_there(kontor_client: Client, accountant: User, login: Login) -> None:
    from pathlib import Path

    from django.conf import settings

    file = attach(voucher(kontor_client, 1), pdf("eins"))
    (Path(settings.MEDIA_ROOT) / file.stored.path).unlink()
    browser = login(accountant)
    assert browser.get(reverse("admin:voucher_file", args=[file.pk])).status_code == 404
    assert browser.get(reverse("admin:vouchers_voucher_change", args=[file.voucher_id])).status_code == 200
