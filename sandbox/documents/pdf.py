"""One-page PDFs of receipts and sales documents."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from fpdf import FPDF

from sandbox.world.iban import spaced
from sandbox.world.model import Paper
from sandbox.world.money import ZERO, german

# Fixed, so that the same paper gives the same bytes and their hash stays the same.
MADE = datetime(2024, 1, 1, tzinfo=UTC)
WIDTHS = (10, 74, 18, 18, 24, 26)
GREY = 110


class _Page(FPDF):
    """A document in the built-in fonts; letters they lack become question marks."""

    def normalize_text(self, text: str) -> str:
        """Keep to the letters of Western European Windows, the encoding of the built-in fonts."""
        return str(super().normalize_text(text.encode("cp1252", "replace").decode("cp1252")))


def _pdf(width: float = 210, height: float = 297) -> FPDF:
    pdf = _Page(format=(width, height))
    pdf.core_fonts_encoding = "cp1252"
    pdf.set_creation_date(MADE)
    pdf.set_producer("Sandbox")
    pdf.set_auto_page_break(False)
    pdf.add_page()
    return pdf


def _quantity(value: Decimal) -> str:
    return f"{value.normalize():f}".replace(".", ",")


def _letterhead(pdf: FPDF, paper: Paper) -> None:
    issuer = paper.issuer
    pdf.set_font("Helvetica", "B", 16)
    pdf.set_xy(20, 14)
    pdf.cell(170, 8, issuer.name)
    pdf.set_font("Helvetica", "", 9)
    pdf.set_text_color(GREY)
    pdf.set_xy(20, 22)
    pdf.cell(
        170, 5, "  ·  ".join(part for part in (issuer.street, f"{issuer.zip} {issuer.city}", issuer.phone) if part)
    )
    pdf.set_draw_color(180)
    pdf.line(20, 29, 190, 29)
    pdf.set_font("Helvetica", "", 7)
    pdf.set_xy(20, 45)
    pdf.cell(90, 4, f"{issuer.name} · {issuer.street} · {issuer.zip} {issuer.city}")
    pdf.set_text_color(0)
    pdf.set_font("Helvetica", "", 10)
    if paper.recipient:
        recipient = paper.recipient
        pdf.set_xy(20, 51)
        pdf.multi_cell(85, 5, f"{recipient.name}\n{recipient.street}\n{recipient.zip} {recipient.city}".rstrip())


def _facts(pdf: FPDF, paper: Paper) -> None:
    facts = [(f"{paper.heading}s-Nr." if paper.heading == "Rechnung" else "Nummer", paper.number)]
    facts.append(("Datum", f"{paper.day:%d.%m.%Y}"))
    facts.append(("Leistungsdatum", f"{paper.day - timedelta(days=1):%d.%m.%Y}"))
    if paper.customer_number:
        facts.append(("Kunden-Nr.", paper.customer_number))
    if paper.due:
        facts.append(("Fällig am", f"{paper.due:%d.%m.%Y}"))
    if paper.recipient and paper.recipient.vat_id and not any(share.rate for share in paper.shares):
        facts.append(("Ihre USt-IdNr.", paper.recipient.vat_id))
    top = 51.0
    for label, value in facts:
        pdf.set_xy(125, top)
        pdf.set_text_color(GREY)
        pdf.cell(28, 5, label)
        pdf.set_text_color(0)
        pdf.cell(37, 5, value, align="R")
        top += 5.5


def _table(pdf: FPDF, paper: Paper) -> None:
    pdf.set_xy(20, 95)
    pdf.set_font("Helvetica", "B", 13)
    pdf.cell(170, 8, f"{paper.heading} {paper.number}")
    pdf.set_xy(20, 108)
    pdf.set_font("Helvetica", "B", 9)
    kind = "brutto" if paper.gross_prices else "netto"
    for width, text in zip(
        WIDTHS, ("Pos.", "Leistung", "Menge", "MwSt.", f"Preis {kind}", f"Summe {kind}"), strict=True
    ):
        pdf.cell(width, 6, text, border="B", align="L" if text in ("Pos.", "Leistung") else "R")
    pdf.set_font("Helvetica", "", 9)
    pdf.ln(7)
    for position, line in enumerate(paper.lines, 1):
        pdf.set_x(20)
        cells = (
            str(position),
            line.text[:52],
            f"{_quantity(line.quantity)} {line.unit}",
            f"{line.rate} %",
            german(line.price),
            german(line.amount),
        )
        for width, text, align in zip(WIDTHS, cells, "LLRRRR", strict=True):
            pdf.cell(width, 6, text, align=align)
        pdf.ln(6)


def _sum_row(pdf: FPDF, label: str, amount: Decimal) -> None:
    pdf.set_x(94)
    pdf.set_font("Helvetica", "B", 11)
    pdf.cell(66, 8, label, border="T", align="R")
    pdf.cell(30, 8, f"{german(amount)} €", border="T", align="R")
    pdf.ln(8)


def _totals(pdf: FPDF, paper: Paper) -> None:
    rows = [("Nettobetrag", sum((share.net for share in paper.shares), ZERO))]
    rows += [
        (f"Umsatzsteuer {share.rate} % auf {german(share.net)}", share.tax) for share in paper.shares if share.rate
    ]
    pdf.ln(3)
    for label, amount in rows:
        pdf.set_x(94)
        pdf.cell(66, 5.5, label, align="R")
        pdf.cell(30, 5.5, f"{german(amount)} €", align="R")
        pdf.ln(5.5)
    _sum_row(pdf, "Gesamtbetrag", paper.full_total)
    if paper.deposits:
        pdf.set_font("Helvetica", "", 9)
        for number, share in paper.deposits:
            pdf.set_x(20)
            text = f"abzüglich Abschlagsrechnung {number} (netto {german(share.net)} €, USt. {german(share.tax)} €)"
            pdf.cell(140, 5.5, text, align="R")
            pdf.cell(30, 5.5, f"-{german(share.gross)} €", align="R")
            pdf.ln(5.5)
        _sum_row(pdf, "Restbetrag", paper.total)
    pdf.set_font("Helvetica", "", 9)
    pdf.ln(6)


def payment_sentence(paper: Paper) -> str:
    """Say when and how to pay, or how it was paid."""
    if paper.paid_by:
        return f"Betrag dankend erhalten ({paper.paid_by})."
    if paper.terms is None:
        return ""
    if paper.terms.discount:
        percent = _quantity(paper.terms.discount)
        until = paper.day + timedelta(days=paper.terms.discount_days)
        less = paper.total * (100 - paper.terms.discount) / 100
        return (
            f"Zahlbar innerhalb von {paper.terms.days} Tagen ohne Abzug, "
            f"innerhalb von {paper.terms.discount_days} Tagen (bis {until:%d.%m.%Y}) "
            f"mit {percent} % Skonto: {german(less)} €."
        )
    if paper.terms.days:
        return f"Zahlbar ohne Abzug innerhalb von {paper.terms.days} Tagen."
    return "Zahlbar sofort ohne Abzug."


def _foot(pdf: FPDF, paper: Paper) -> None:
    for text in (payment_sentence(paper), paper.note):
        if text:
            pdf.set_x(20)
            pdf.multi_cell(170, 5, text)
            pdf.ln(2)
    issuer = paper.issuer
    pdf.line(20, 276, 190, 276)
    pdf.set_font("Helvetica", "", 7.5)
    pdf.set_text_color(GREY)
    parts = [issuer.name]
    if issuer.iban:
        parts.append(f"IBAN {spaced(issuer.iban)}")
    if issuer.vat_id:
        parts.append(f"USt-IdNr. {issuer.vat_id}")
    elif issuer.tax_number:
        parts.append(f"Steuernummer {issuer.tax_number}")
    pdf.set_xy(20, 278)
    pdf.cell(170, 4, "  ·  ".join(parts), align="C")


def _slip(paper: Paper) -> FPDF:
    """A till receipt: narrow, monospaced, prices with tax."""
    height = 92 + 5 * (len(paper.lines) + len(paper.shares))
    pdf = _pdf(80, height)
    issuer = paper.issuer
    pdf.set_font("Courier", "B", 11)
    pdf.set_xy(5, 6)
    pdf.multi_cell(70, 5, issuer.name, align="C")
    pdf.set_font("Courier", "", 8)
    pdf.set_x(5)
    pdf.multi_cell(70, 4, f"{issuer.street}\n{issuer.zip} {issuer.city}\nSt.-Nr. {issuer.tax_number}", align="C")
    pdf.ln(3)
    rows = [(line.text[:26], german(line.amount)) for line in paper.lines]
    rows.append(("SUMME EUR", german(paper.total)))
    for label, amount in rows:
        pdf.set_x(5)
        if label == "SUMME EUR":
            pdf.set_font("Courier", "B", 11)
        pdf.cell(50, 5, label)
        pdf.cell(20, 5, amount, align="R")
        pdf.ln(5)
    pdf.set_font("Courier", "", 8)
    pdf.ln(2)
    for share in paper.shares:
        pdf.set_x(5)
        text = f"MwSt {share.rate:>2} %  Netto {german(share.net)}  Steuer {german(share.tax)}"
        pdf.cell(70, 5, text)
        pdf.ln(5)
    for text in (f"Bezahlt: {paper.paid_by}", f"Beleg-Nr. {paper.number}", f"{paper.day:%d.%m.%Y}", paper.note):
        pdf.set_x(5)
        pdf.multi_cell(70, 4.5, text, align="C")
    return pdf


def write_pdf(paper: Paper) -> bytes:
    """Render a paper; till receipts come out as a narrow slip, everything else as a letter."""
    if paper.heading == "Kassenbon":
        return bytes(_slip(paper).output())
    pdf = _pdf()
    _letterhead(pdf, paper)
    _facts(pdf, paper)
    _table(pdf, paper)
    _totals(pdf, paper)
    _foot(pdf, paper)
    return bytes(pdf.output())
