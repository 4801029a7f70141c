"""Stored files, delivered to people who may see them, as harmlessly as a browser allows."""

from pathlib import Path

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from accounts.scoping import scoped
from vouchers.models import StoredFile, VoucherFile
from vouchers.preview import PDF, page_image

INLINE = frozenset({PDF, "image/png", "image/jpeg"})
XML = frozenset({"application/xml", "text/xml"})

# Nothing in a delivered file may run, load or submit anything. Chromium's own PDF reader still shows PDFs (tried).
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; frame-ancestors 'self'; sandbox"


def _file(request: HttpRequest, pk: int) -> VoucherFile:
    """The file, if the person may see it; 404 else, whatever the cause."""
    if not request.user.has_perm("vouchers.view_voucherfile"):
        raise Http404
    visible = scoped(VoucherFile.objects.select_related("stored"), request.user, "voucher__client")
    return get_object_or_404(visible, pk=pk)


def _harmless(response: HttpResponseBase) -> HttpResponseBase:
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = POLICY
    # The content of an address never changes, but the person's rights may: keep it in their browser, and not for long.
    response["Cache-Control"] = "private, max-age=600"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


def delivered(stored: StoredFile, name: str) -> HttpResponseBase:
    """A stored file for a person who may see it: shown where that is harmless, otherwise to save. 404 without bytes."""
    path = Path(settings.MEDIA_ROOT) / stored.path
    if not path.is_file():
        raise Http404
    kind = stored.content_type.split(";")[0].strip().lower()
    inline = kind in INLINE or kind in XML
    shown = kind if kind in INLINE else "text/plain; charset=utf-8" if kind in XML else "application/octet-stream"
    response = FileResponse(path.open("rb"), content_type=shown)
    shown_name = " ".join(name.split()) or "document"
    response["Content-Disposition"] = content_disposition_header(not inline, shown_name) or "attachment"
    return _harmless(response)


@require_safe
def voucher_file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The original: PDF, PNG and JPEG to look at, XML as plain text, everything else to save."""
    file = _file(request, pk)
    return delivered(file.stored, file.name)


@require_safe
def voucher_file_page(request: HttpRequest, pk: int, page: int) -> HttpResponseBase:
    """The image of a page; 404 where there is no such page."""
    image = page_image(_file(request, pk).stored, page)
    if image is None:
        raise Http404
    return _harmless(HttpResponse(image.read_bytes(), content_type="image/png"))
