"""Turns a sales document into the paper that is printed."""

from __future__ import annotations

from sandbox.world.model import Organisation, Paper, Party, Voucher

HEADINGS = {
    "invoice": "Rechnung",
    "downpaymentinvoice": "Abschlagsrechnung",
    "creditnote": "Rechnungskorrektur",
    "quotation": "Angebot",
    "orderconfirmation": "Auftragsbestätigung",
    "deliverynote": "Lieferschein",
    "dunning": "Mahnung",
}


def sales_document_paper(organisation: Organisation, voucher: Voucher) -> Paper:
    """Return the paper of a sales document as it stands now."""
    contact = voucher.contact
    recipient = contact.party if contact else Party(voucher.contact_name, "", "", "", "")
    return Paper(
        heading=HEADINGS[voucher.type],
        issuer=organisation.company,
        recipient=recipient,
        number=voucher.number or "",
        day=voucher.day or organisation.created.date(),
        due=voucher.due,
        lines=voucher.lines,
        gross_prices=voucher.gross_prices,
        note=voucher.remark or "Vielen Dank für die gute Zusammenarbeit.",
        customer_number=str(contact.customer_number or "") if contact else "",
        terms=voucher.terms if voucher.type in ("invoice", "downpaymentinvoice") else None,
        deposits=tuple((part.number or "", share) for part in voucher.deductions for share in part.shares),
        plain=voucher.plain,
    )
