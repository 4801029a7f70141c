"""Receipts as somebody photographs or scans them: a little crooked and grey."""

from __future__ import annotations

import io
import zlib

import pypdfium2
from PIL import Image

from sandbox.documents.pdf import write_pdf
from sandbox.world.model import Paper

SCALE = 1.6
TABLE_TOP = 214


def take_photo(paper: Paper, extension: str) -> bytes:
    """Return the paper as a PNG or JPEG image, slightly rotated on a grey ground."""
    document = pypdfium2.PdfDocument(write_pdf(paper))
    try:
        page = document[0].render(scale=SCALE).to_pil().convert("L")
    finally:
        document.close()
    angle = zlib.crc32(paper.number.encode()) % 31 / 10 - 1.5
    image = page.rotate(angle, resample=Image.Resampling.BICUBIC, expand=True, fillcolor=TABLE_TOP)
    image = image.point([min(255, 12 + value * 235 // 255) for value in range(256)])
    buffer = io.BytesIO()
    if extension == "png":
        image.save(buffer, "PNG", optimize=False)
    else:
        image.save(buffer, "JPEG", quality=80)
    return buffer.getvalue()
