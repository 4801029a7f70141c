"""A small PDF written by hand: for worlds of many thousand documents, where drawing each would take minutes."""

from __future__ import annotations

from sandbox.world.model import Paper
from sandbox.world.money import german


def _text(lines: list[str]) -> bytes:
    """Return the page's drawing commands: one line of text below the other."""
    commands = [b"BT /F1 12 Tf 60 780 Td 18 TL"]
    for line in lines:
        encoded = line.encode("cp1252", "replace")
        for letter in (b"\\", b"(", b")"):
            encoded = encoded.replace(letter, b"\\" + letter)
        commands.append(b"(" + encoded + b") Tj T*")
    return b"\n".join([*commands, b"ET"])


def write_plain_pdf(paper: Paper) -> bytes:
    """Write the facts of a paper as a valid PDF of one page; the same paper gives the same bytes."""
    recipient = paper.recipient.name if paper.recipient else ""
    return plain_page(
        [
            f"{paper.heading} {paper.number}",
            f"{paper.issuer.name} an {recipient}" if recipient else paper.issuer.name,
            f"{paper.day:%d.%m.%Y}",
            *(f"{line.text}: {german(line.amount)} EUR" for line in paper.lines),
            f"Gesamtbetrag {german(paper.total)} EUR",
            paper.note,
        ]
    )


def plain_page(lines: list[str]) -> bytes:
    """Write some lines as a valid PDF of one page; the same lines give the same bytes."""
    content = _text(lines)
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>\nstream\n%s\nendstream" % (len(content), content),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
    ]
    pdf, offsets = b"%PDF-1.4\n", []
    for number, item in enumerate(objects, 1):
        offsets.append(len(pdf))
        pdf += b"%d 0 obj\n%s\nendobj\n" % (number, item)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    size = len(objects) + 1
    return pdf + b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (
        size,
        table,
        size,
        len(pdf),
    )
