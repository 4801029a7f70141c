"""Turns a sales document into the paper that is printed."""

from __future__ import annotations

from decimal import Decimal

from sandbox.world.model import Organisation, Paper, Party, Voucher
from sandbox.world.money import Line

HEADINGS = {
    "invoice": "Rechnung",
    "downpaymentinvoice": "Abschlagsrechnung",
    "creditnote": "Rechnungskorrektur",
    "quotation": "Angebot",
    "orderconfirmation": "Auftragsbestätigung",
    "deliverynote": "Lieferschein",
}


def sales_document_paper(organisation: Organisation, voucher: Voucher) -> Paper:
    """Return the paper of a sales document as it stands now; deducted deposits are lines with a minus."""
    contact = voucher.contact
    recipient = contact.party if contact else Party(voucher.contact_name, "", "", "", "")
    deposits = tuple(
        Line(f"abzüglich Abschlagsrechnung {part.number}", Decimal(-1), "psch.", share.net, share.rate)
        for part in voucher.deductions
        for share in part.shares
    )
    return Paper(
        heading=HEADINGS[voucher.type],
        issuer=organisation.company,
        recipient=recipient,
        number=voucher.number or "",
        day=voucher.day or organisation.created.date(),
        due=voucher.due,
        lines=voucher.lines + deposits,
        gross_prices=voucher.gross_prices,
        note=voucher.remark or "Vielen Dank für die gute Zusammenarbeit.",
        customer_number=str(contact.customer_number or "") if contact else "",
        terms=voucher.terms if voucher.type in ("invoice", "downpaymentinvoice") else None,
    )
