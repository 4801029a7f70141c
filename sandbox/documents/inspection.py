"""Looks into an uploaded receipt: is it what its name says (reference: upload a receipt 9.1)?"""

from __future__ import annotations

import io
import warnings
from datetime import date

import pypdfium2
from lxml import etree
from PIL import Image

from sandbox.documents import rendering
from sandbox.world.model import Paper, Party

# Pictures smaller than this cannot be converted; the one that was measured had a single pixel.
LEAST_PIXELS = 2


def _pdf_problem(content: bytes) -> str | None:
    with rendering():
        try:
            document = pypdfium2.PdfDocument(content)
            pages = len(document)
            document.close()
        except pypdfium2.PdfiumError:
            return "voucher_upload_toxic_pdf"
    return None if pages else "voucher_upload_toxic_pdf"


def _picture_problem(content: bytes, wanted: str) -> str | None:
    try:
        with warnings.catch_warnings(), Image.open(io.BytesIO(content), formats=[wanted]) as image:
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            image.load()
            size = image.size
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError, Image.DecompressionBombWarning):
        return "image_conversion_error"
    return "image_conversion_error" if min(size) < LEAST_PIXELS else None


def _root(content: bytes) -> etree._Element | None:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        return etree.fromstring(content, parser)
    except etree.XMLSyntaxError:
        return None


def _xml_problem(content: bytes) -> str | None:
    """An XRechnung names its specification: as ``CustomizationID`` in UBL, as guideline in CII."""
    root = _root(content)
    if root is None or etree.QName(root).localname not in ("Invoice", "CreditNote", "CrossIndustryInvoice"):
        return "invalid_xrechnung"
    named = root.xpath(
        "string((/*/*[local-name()='CustomizationID'] | //*[local-name()="
        "'GuidelineSpecifiedDocumentContextParameter']/*[local-name()='ID'])[1])"
    )
    return None if "xrechnung" in str(named).lower() else "invalid_xrechnung"


def problem(content: bytes, extension: str) -> str | None:
    """Return the key of the refusal for the bytes of a ``pdf``, ``png``, ``jpg`` or ``xml``; None for good ones."""
    if extension == "pdf":
        return _pdf_problem(content)
    if extension == "xml":
        return _xml_problem(content)
    return _picture_problem(content, "JPEG" if extension == "jpg" else "PNG")


def preview_paper(content: bytes, extension: str, recipient: Party, today: date) -> Paper:
    """Return the paper that a preview of an uploaded receipt is printed from; only XML needs one."""
    number, issuer = "", ""
    root = _root(content) if extension == "xml" else None
    if root is not None:
        number = str(root.xpath("string((/*/*[local-name()='ID'] | //*[local-name()='ExchangedDocument']/*)[1])"))
        issuer = str(
            root.xpath(
                "string((//*[local-name()='AccountingSupplierParty']//*[local-name()='RegistrationName'] | "
                "//*[local-name()='SellerTradeParty']/*[local-name()='Name'])[1])"
            )
        )
    return Paper(
        heading="Rechnung",
        issuer=Party(issuer.strip() or "Unbekannter Aussteller", "", "", "", ""),
        recipient=recipient,
        number=number.strip(),
        day=today,
        due=None,
        lines=(),
        gross_prices=False,
        note="Vorschau einer elektronischen Rechnung.",
        plain=True,
    )
