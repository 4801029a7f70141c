"""Receipts show what they are, and stay the same to the byte."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from datetime import date
from decimal import Decimal
from io import BytesIO

import pypdfium2
import pytest
from lxml import etree
from PIL import Image

from sandbox.documents import render, sales_document_paper
from sandbox.documents.pdf import write_pdf
from sandbox.world import build_world
from sandbox.world.model import Organisation, Paper
from sandbox.world.money import german
from tests.sandbox.api import TODAY

HASHES = """
import hashlib, datetime
from sandbox.documents import render
from sandbox.world import build_world
world = build_world(seed=1, today=datetime.date(2026, 11, 20), kind="demo")
organisation = next(iter(world.organisations.values()))
sha = hashlib.sha256()
for file in list(organisation.files.values())[:25]:
    sha.update(render(file.paper, file.extension))
print(sha.hexdigest())
"""


@pytest.fixture(scope="module")
def organisation() -> Organisation:
    return next(iter(build_world(seed=1, today=TODAY, kind="demo").organisations.values()))


def text_of(content: bytes) -> str:
    document = pypdfium2.PdfDocument(content)
    try:
        assert len(document) == 1
        return str(document[0].get_textpage().get_text_range())
    finally:
        document.close()


def test_the_same_bytes_in_every_process(organisation: Organisation) -> None:
    sha = hashlib.sha256()
    for file in list(organisation.files.values())[:25]:
        sha.update(render(file.paper, file.extension))
    other = subprocess.run([sys.executable, "-c", HASHES], capture_output=True, text=True, check=True, timeout=60)
    assert other.stdout.strip() == sha.hexdigest()


def test_a_receipt_shows_what_it_is(organisation: Organisation) -> None:
    letters = [file.paper for file in organisation.files.values() if file.paper.heading == "Rechnung"][:20]
    for paper in letters:
        text = text_of(write_pdf(paper))
        assert paper.recipient is not None
        for shown in (
            paper.issuer.name,
            paper.recipient.name,
            paper.number,
            f"{paper.day:%d.%m.%Y}",
            german(paper.total),
            paper.lines[0].text[:20],
        ):
            assert shown in text
        if paper.due:
            assert f"{paper.due:%d.%m.%Y}" in text
        for share in paper.shares:
            assert german(share.net) in text
            assert german(share.tax) in text


def test_umlauts_and_the_euro_sign(organisation: Organisation) -> None:
    paper = next(file.paper for file in organisation.files.values() if file.paper.recipient)
    text = text_of(write_pdf(paper))
    assert "Söhne" in text
    assert "€" in text


def test_a_till_receipt_is_a_slip(organisation: Organisation) -> None:
    paper = next(file.paper for file in organisation.files.values() if file.paper.heading == "Kassenbon")
    text = text_of(write_pdf(paper))
    assert german(paper.total) in text
    assert paper.paid_by in text


def test_a_closing_invoice_takes_the_deposit_off(organisation: Organisation) -> None:
    closing = [voucher for voucher in organisation.vouchers.values() if voucher.deductions]
    assert closing
    for voucher in closing:
        paper = sales_document_paper(organisation, voucher)
        assert paper.total == voucher.total
        text = text_of(write_pdf(paper))
        assert german(voucher.total) in text
        assert voucher.deductions[0].number is not None
        assert f"abzüglich Abschlagsrechnung {voucher.deductions[0].number}" in text


def test_skonto_is_on_the_document(organisation: Organisation) -> None:
    voucher = next(item for item in organisation.vouchers.values() if item.type == "invoice" and item.terms.discount)
    text = text_of(write_pdf(sales_document_paper(organisation, voucher)))
    assert "3 % Skonto" in text
    assert german(voucher.total * Decimal("0.97")) in text


def test_photographs_are_images(organisation: Organisation) -> None:
    for extension, kind in (("png", "PNG"), ("jpg", "JPEG")):
        file = next(item for item in organisation.files.values() if item.extension == extension)
        image = Image.open(BytesIO(render(file.paper, extension)))
        assert image.format == kind
        assert min(image.size) > 300


def test_an_xrechnung_carries_the_totals(organisation: Organisation) -> None:
    file = next(item for item in organisation.files.values() if item.extension == "xml")
    root = etree.fromstring(render(file.paper, "xml"))
    basic = "{urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2}"
    assert root.findtext(f"{basic}ID") == file.paper.number
    assert Decimal(root.findtext(f".//{basic}PayableAmount") or "0") == file.paper.total
    lines = [Decimal(item.text or "0") for item in root.iter(f"{basic}LineExtensionAmount")]
    assert lines[0] == sum(lines[1:])


def test_nothing_is_printed_that_the_font_lacks(organisation: Organisation) -> None:
    for voucher in organisation.vouchers.values():
        if voucher.document_file_id:
            write_pdf(sales_document_paper(organisation, voucher))
    for file in organisation.files.values():
        write_pdf(file.paper)


def test_letters_the_font_lacks_do_not_break_a_document(organisation: Organisation) -> None:
    paper = Paper("Rechnung", organisation.company, None, "№ 1 Łódź", date(2026, 1, 2), None, (), False, "注")
    assert write_pdf(paper).startswith(b"%PDF-")
