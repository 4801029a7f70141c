"""Page images of files that strangers wrote."""

import os
import time
from pathlib import Path

import pytest
from django.conf import settings

from tests.factories import pdf
from vouchers.models import StoredFile
from vouchers.preview import page_count, page_image
from vouchers.storage import store

pytestmark = pytest.mark.django_db

# The second page leads nowhere.
BROKEN = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R 9 0 R]/Count 2>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 100 100]>>endobj\ntrailer<</Root 1 0 R/Size 4>>"
)


def replace_bytes(stored: StoredFile, content: bytes) -> None:
    (Path(settings.MEDIA_ROOT) / stored.path).write_bytes(content)


def test_a_page_that_cannot_be_drawn_is_not_tried_at_every_look() -> None:
    stored = store(BROKEN, "application/pdf")
    assert page_count(stored) == 2
    assert page_image(stored, 1) is not None
    assert page_image(stored, 2) is None
    # Were it tried again, it would succeed now.
    replace_bytes(stored, pdf("one", "two"))
    assert page_image(stored, 2) is None
    (mark,) = (Path(settings.MEDIA_ROOT) / "previews").rglob("2.failed")
    long_ago = time.time() - 7200
    os.utime(mark, (long_ago, long_ago))
    assert page_image(stored, 2) is not None


def test_a_file_that_is_no_image_has_no_pages() -> None:
    stored = store(b"\x89PNG\r\n\x1a\n and nothing else", "image/png")
    assert (page_count(stored), page_image(stored, 1)) == (0, None)
