"""Downloads of receipts and sales documents (reference: files and documents 9)."""

from __future__ import annotations

import hashlib
import re

from sandbox.documents import receipt_bytes, sales_document_paper
from sandbox.http import Call, Response, Route
from sandbox.resources.replies import not_found, refuse
from sandbox.world.model import Paper, StoredFile, Voucher

MEDIA = {"pdf": "application/pdf", "png": "image/png", "jpg": "image/jpeg", "xml": "application/xml"}
KNOWN = frozenset(MEDIA.values())
TYPE_NAMES = {"invoice": "Invoice", "downpaymentinvoice": "DownPaymentInvoice", "creditnote": "CreditNote"}
FILE_NAMES = {
    "invoice": "Rechnung",
    "downpaymentinvoice": "Abschlagsrechnung",
    "creditnote": "Rechnungskorrektur",
    "quotation": "Angebot",
    "orderconfirmation": "Auftragsbestaetigung",
    "deliverynote": "Lieferschein",
    "dunning": "Mahnung",
}


def accepted(header: str | None) -> list[str]:
    """Return the media types of an ``Accept`` header, most wanted first; none given means any."""
    ranked: list[tuple[float, str]] = []
    for part in (header or "*/*").split(","):
        media, *parameters = (piece.strip().lower() for piece in part.split(";"))
        quality = 1.0
        for parameter in parameters:
            name, _, value = parameter.partition("=")
            if name.strip() == "q":
                try:
                    quality = float(value)
                except ValueError:
                    quality = 0.0
        if media and quality > 0:
            ranked.append((quality, media))
    return [media for _, media in sorted(ranked, key=lambda pair: -pair[0])] or ["*/*"]


def choose(call: Call, *, stored: str, default: str, preview: str) -> str:
    """Return the extension to send for the wanted media types.

    ``stored`` is the original, ``default`` what a wildcard yields, ``preview`` what stands in for another picture or
    page format. XML is answered only where the original is XML (404 otherwise), unknown types with 406.
    """
    wanted = accepted(call.request.headers.get("accept"))
    for media in wanted:
        if "*" in media:
            return default
        if media == "application/xml" and stored == "xml":
            return "xml"
        if media in KNOWN and media != "application/xml":
            return preview
        if media == "application/json" and call.sandbox.settings.files_accept_json:
            return stored
    if "application/xml" in wanted:
        not_found(call)
    refuse(call, 406, "No acceptable representation")


def _sent(content: bytes, extension: str, name: str) -> Response:
    headers = {"Content-Disposition": f"inline; filename={name}.{extension};"}
    return Response(200, content, MEDIA[extension], headers)


def _send(call: Call, paper: Paper, extension: str, name: str) -> Response:
    return _sent(call.sandbox.render(paper, extension), extension, name)


def _receipt(call: Call, file: StoredFile) -> Response:
    preview = "pdf" if file.extension == "xml" else file.extension
    extension = choose(call, stored=file.extension, default=file.extension, preview=preview)
    if extension != file.extension:
        return _send(call, file.paper, extension, file.id)
    content = receipt_bytes(file)
    # Whoever has seen the bytes may upload them again, which the service notices.
    file.checksum = file.checksum or hashlib.sha256(content).hexdigest()
    return _sent(content, extension, file.id)


def _sales(call: Call, voucher: Voucher, *, default: str) -> Response:
    stored = "xml" if voucher.profile == "XRechnung" else "pdf"
    extension = choose(call, stored=stored, default=default, preview="pdf")
    title = f"{FILE_NAMES[voucher.type]}_{voucher.number}" if voucher.number else FILE_NAMES[voucher.type]
    name = re.sub(r"[^A-Za-z0-9._-]", "_", title)
    return _send(call, sales_document_paper(call.organisation, voucher), extension, name)


def sales_document_file(call: Call, voucher: Voucher) -> Response:
    """Send a sales document; an XRechnung is XML by default, a draft cannot be downloaded (409, measured).

    Only dunnings can be, which are drafts for ever.
    """
    if voucher.state == "draft" and voucher.type != "dunning":
        kind = TYPE_NAMES.get(voucher.type, voucher.type)
        text = f"the sales voucher with id {voucher.id} and voucher type '{kind}' is in status 'draft'"
        refuse(call, 409, f"{text} and therefore cannot be downloaded")
    return _sales(call, voucher, default="xml" if voucher.profile == "XRechnung" else "pdf")


def read(call: Call) -> Response:
    """Send a file by its id: a receipt, or (deprecated) a rendered sales document, as PDF by default."""
    wanted = call.arguments["id"]
    file = call.organisation.files.get(wanted)
    if file is not None:
        return _receipt(call, file)
    for voucher in (*call.organisation.vouchers.values(), *call.organisation.dunnings.values()):
        if voucher.document_file_id == wanted and (voucher.state != "draft" or voucher.type == "dunning"):
            return _sales(call, voucher, default="pdf")
    not_found(call, legacy=True)


ROUTES = (Route("GET", "/v1/files/{id}", read, scope="files.read", legacy=True),)
