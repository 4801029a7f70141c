"""XRechnung in UBL 2.1 syntax (EN 16931), as German public customers and their suppliers exchange it."""

from __future__ import annotations

from decimal import Decimal
from xml.sax.saxutils import escape

from sandbox.world.model import Paper, Party
from sandbox.world.money import ZERO, Line, TaxShare, cents

CUSTOMIZATION = "urn:cen.eu:en16931:2017#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0"
NAMESPACES = (
    'xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2" '
    'xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2" '
    'xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"'
)


def _tag(name: str, text: object, attributes: str = "") -> str:
    return f"<cbc:{name}{attributes}>{escape(str(text))}</cbc:{name}>"


def _money(name: str, value: Decimal) -> str:
    return _tag(name, f"{cents(value):.2f}", ' currencyID="EUR"')


def _category(rate: int, element: str) -> str:
    code = "S" if rate else "AE"
    reason = "" if rate or element != "TaxCategory" else _tag("TaxExemptionReason", "Reverse charge")
    scheme = f"<cac:TaxScheme>{_tag('ID', 'VAT')}</cac:TaxScheme>"
    return f"<cac:{element}>{_tag('ID', code)}{_tag('Percent', rate)}{reason}{scheme}</cac:{element}>"


def _party(element: str, party: Party) -> str:
    address = (
        f"<cac:PostalAddress>{_tag('StreetName', party.street)}{_tag('CityName', party.city)}"
        f"{_tag('PostalZone', party.zip)}<cac:Country>{_tag('IdentificationCode', 'DE')}</cac:Country>"
        "</cac:PostalAddress>"
    )
    tax = ""
    if party.vat_id:
        scheme = f"<cac:TaxScheme>{_tag('ID', 'VAT')}</cac:TaxScheme>"
        tax = f"<cac:PartyTaxScheme>{_tag('CompanyID', party.vat_id)}{scheme}</cac:PartyTaxScheme>"
    legal = f"<cac:PartyLegalEntity>{_tag('RegistrationName', party.name)}</cac:PartyLegalEntity>"
    contact = (
        f"<cac:Contact>{_tag('Name', 'Buchhaltung')}{_tag('Telephone', party.phone or '+49 30 5550100')}"
        f"{_tag('ElectronicMail', party.email or 'rechnung@firma.example')}</cac:Contact>"
    )
    endpoint = _tag("EndpointID", party.email or "rechnung@firma.example", ' schemeID="EM"')
    return f"<cac:{element}><cac:Party>{endpoint}{address}{tax}{legal}{contact}</cac:Party></cac:{element}>"


def _subtotal(share: TaxShare) -> str:
    return (
        f"<cac:TaxSubtotal>{_money('TaxableAmount', share.net)}{_money('TaxAmount', share.tax)}"
        f"{_category(share.rate, 'TaxCategory')}</cac:TaxSubtotal>"
    )


def _line(position: int, line: Line) -> str:
    quantity = _tag("InvoicedQuantity", f"{line.quantity.normalize():f}", ' unitCode="C62"')
    item = f"<cac:Item>{_tag('Name', line.text)}{_category(line.rate, 'ClassifiedTaxCategory')}</cac:Item>"
    price = f"<cac:Price>{_money('PriceAmount', line.price)}</cac:Price>"
    extension = _money("LineExtensionAmount", line.amount)
    return f"<cac:InvoiceLine>{_tag('ID', position)}{quantity}{extension}{item}{price}</cac:InvoiceLine>"


def write_xrechnung(paper: Paper) -> bytes:
    """Write a paper with net prices as an XRechnung."""
    net = sum((share.net for share in paper.shares), ZERO)
    tax = sum((share.tax for share in paper.shares), ZERO)
    means = (
        f"<cac:PaymentMeans>{_tag('PaymentMeansCode', 58)}"
        f"<cac:PayeeFinancialAccount>{_tag('ID', paper.issuer.iban)}</cac:PayeeFinancialAccount></cac:PaymentMeans>"
    )
    terms = f"<cac:PaymentTerms>{_tag('Note', paper.note)}</cac:PaymentTerms>" if paper.note else ""
    parts = [
        _tag("CustomizationID", CUSTOMIZATION),
        _tag("ProfileID", "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0"),
        _tag("ID", paper.number),
        _tag("IssueDate", paper.day),
        _tag("DueDate", paper.due) if paper.due else "",
        _tag("InvoiceTypeCode", 380),
        _tag("DocumentCurrencyCode", "EUR"),
        _tag("BuyerReference", paper.customer_number or "04011000-1234512345-06"),
        _party("AccountingSupplierParty", paper.issuer),
        _party("AccountingCustomerParty", paper.recipient or paper.issuer),
        means,
        terms,
        f"<cac:TaxTotal>{_money('TaxAmount', tax)}{''.join(map(_subtotal, paper.shares))}</cac:TaxTotal>",
        "<cac:LegalMonetaryTotal>",
        _money("LineExtensionAmount", net),
        _money("TaxExclusiveAmount", net),
        _money("TaxInclusiveAmount", net + tax),
        _money("PayableAmount", net + tax),
        "</cac:LegalMonetaryTotal>",
        *(_line(position, line) for position, line in enumerate(paper.lines, 1)),
    ]
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<Invoice {NAMESPACES}>{"".join(parts)}</Invoice>\n'.encode()
