"""The files of a voucher as pages show them: name, kind, address, number of pages."""

import time
from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse

from vouchers.models import Voucher, VoucherFile
from vouchers.preview import known_page_count, page_count, previewable


@dataclass(frozen=True, slots=True)
class DocumentView:
    """One file: where it is delivered, and the addresses of its page images (empty where there are none)."""

    file: VoucherFile
    address: str
    pages: tuple[str, ...]
    readable: bool

    @property
    def name(self) -> str:
        """The provider's name of the file."""
        return self.file.name


SHOWN_PAGES = 20
"""Longer documents are read in the original; nobody reviews a payment on page 21."""


PATIENCE_SECONDS = 10.0
"""For all new files of a page together. Hostile files take long to give up; what is left is offered in the original."""


def document(file: VoucherFile, *, may_read: bool = True) -> DocumentView:
    """One file with its page images; counts the pages of a new file once (about a tenth of a second).

    Without ``may_read`` a file that nobody has read yet has no page images.
    """
    address = reverse("admin:voucher_file", args=[file.pk])
    if not previewable(file.stored.content_type) or (not may_read and known_page_count(file.stored) is None):
        return DocumentView(file, address, (), True)
    count = page_count(file.stored)
    pages = tuple(reverse("admin:voucher_file_page", args=[file.pk, n]) for n in range(1, min(count, SHOWN_PAGES) + 1))
    return DocumentView(file, address, pages, count > 0)


def documents(voucher: Voucher) -> list[DocumentView]:
    """All files of a voucher in the provider's order; one query."""
    return views_of(voucher.files.select_related("stored").order_by("position", "id"))


def views_of(files: Iterable[VoucherFile]) -> list[DocumentView]:
    """These files with their page images, as far as patience reaches; they come with ``stored``."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    return [document(file, may_read=time.monotonic() < deadline) for file in files]
