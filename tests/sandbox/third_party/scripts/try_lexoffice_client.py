"""Everything that ``lexoffice-client`` offers, against the sandbox; it takes the address as an argument.

What its models cannot read though the service documents it so is said where it is expected to fail.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from uuid import UUID, uuid4

import httpx
from lexoffice_client.article import ArticlePrice, ArticleType, ArticleWritable, LeadingPrice
from lexoffice_client.client import LexofficeClient
from lexoffice_client.contact import Address, Addresses, Company, ContactWritable, EmailAddresses, Person, Role, Roles
from lexoffice_client.credit_note import CreditNoteWritable
from lexoffice_client.delivery_note import DeliveryNoteWritable
from lexoffice_client.dunning import DunningWritable
from lexoffice_client.event_subscription import EventSubscriptionWritable, EventType
from lexoffice_client.invoice import InvoiceWritable
from lexoffice_client.order_confirmation import OrderConfirmationWritable
from lexoffice_client.quotation import QuotationWritable
from lexoffice_client.sales_voucher_common import (
    LineItem,
    LineItemType,
    SalesTaxType,
    SalesVoucherAddress,
    ShippingConditions,
    ShippingType,
    TaxConditions,
    TotalPrice,
    UnitPrice,
)
from lexoffice_client.voucher import TaxType, VoucherItem, VoucherType, VoucherWritable
from other_side import KEY, URL, WORLD, control, expect, fault, refused, truth
from pydantic import BaseModel, ValidationError

BERLIN = timezone(timedelta(hours=1))
DAY = "2026-11-02T00:00:00.000+01:00"
client = LexofficeClient(KEY, base_url=f"{URL}/v1")


def fields(model: BaseModel) -> dict[str, object]:
    """What a model that was read says, without what it left out."""
    return {name: value for name, value in model if value is not None}


def status(error: httpx.HTTPStatusError) -> int:
    """The status that a call was refused with."""
    return error.response.status_code


def reference_data() -> UUID:
    """Read every list that others refer to; returns a category for purchases."""
    client.ping()
    expect(str(client.retrieve_profile().organizationId) in WORLD)
    countries = {country.countryCode: country for country in client.list_countries()}
    expect(countries["DE"].taxClassification == "de" and countries["ES_CN"].taxClassification == "thirdPartyCountry")
    expect({terms.paymentTermDuration for terms in client.list_payment_conditions()} == {10, 14, 30})
    expect(len([layout for layout in client.list_print_layouts() if layout.default]) == 1)
    categories = client.retrieve_posting_categories_list()
    return next(item.id for item in categories if item.type == "outgo" and not item.contactRequired)


def contacts() -> UUID:
    """Create, read, find and change customers; returns one."""
    address = Addresses(billing=[Address(street="Am Wall 4", zip="28195", city="Bremen", countryCode="DE")])
    company = ContactWritable(
        version=0,
        roles=Roles(customer=Role()),
        company=Company(name="Nordwerk & Töchter GmbH"),
        addresses=address,
        emailAddresses=EmailAddresses(business=["post@nordwerk.example"]),
    )
    made = client.create_contact(company)
    read = client.retrieve_contact(made.id)
    expect(read.company.name == "Nordwerk & Töchter GmbH" and read.roles.customer.number >= 10_000, read)
    expect(read.version == made.version and read.addresses.billing[0].city == "Bremen")
    number = read.roles.customer.number
    expect([item.id for item in client.filter_contacts(number=number).content] == [made.id])
    expect(made.id in [item.id for item in client.filter_contacts(email="NORDWERK.example", customer=True).content])
    expect(client.filter_contacts(name="Nordwerk", vendor=True).totalElements == 0)
    changed = ContactWritable(**fields(read) | {"note": "Liefersperre"})
    expect(client.update_contact(made.id, changed).version > read.version)
    expect(client.retrieve_contact(made.id).note == "Liefersperre")
    stale = refused(httpx.HTTPStatusError, client.update_contact, made.id, changed)
    expect(status(stale) == 406 and stale.response.json()["IssueList"][0]["source"] == "version", stale)
    person = ContactWritable(version=0, roles=Roles(vendor=Role()), person=Person(firstName="Lea", lastName="Brandt"))
    expect(client.retrieve_contact(client.create_contact(person).id).roles.vendor.number >= 70_000)
    expect(status(refused(httpx.HTTPStatusError, client.filter_contacts, name="ab")) == 400)
    expect(status(refused(httpx.HTTPStatusError, client.retrieve_contact, uuid4())) == 404)
    page = client.filter_contacts()
    expect(page.first and page.totalElements >= page.numberOfElements == len(page.content))
    return made.id


def articles() -> None:
    """Create, read, find, change and delete an article."""
    price = ArticlePrice(grossPrice=11.90, leadingPrice=LeadingPrice.GROSS, taxRate=19)
    new = ArticleWritable(
        title="Leim 750 g", type=ArticleType.PRODUCT, unitName="Stück", articleNumber="LEIM", price=price
    )
    made = client.create_article(new)
    read = client.retrieve_article(made.id)
    expect((read.price.netPrice, read.price.grossPrice) == (10.0, 11.9))
    expect([item.id for item in client.filter_articles(article_number="LEIM").content] == [made.id])
    expect(status(refused(httpx.HTTPStatusError, client.create_article, new)) == 406)
    changed = new.model_copy(update={"title": "Leim 1 kg", "version": read.version})
    client.update_article(made.id, changed)
    expect(client.retrieve_article(made.id).title == "Leim 1 kg")
    expect(status(refused(httpx.HTTPStatusError, client.update_article, made.id, changed)) == 409)
    client.delete_article(made.id)
    expect(status(refused(httpx.HTTPStatusError, client.retrieve_article, made.id)) == 404)


def vouchers(category: UUID) -> UUID:
    """Book a voucher, change it, keep and lose its files; returns its id."""
    items = [VoucherItem(amount=119.0, taxAmount=19.0, taxRatePercent=19.0, categoryId=category)]
    new = VoucherWritable(
        type=VoucherType.PURCHASE_INVOICE,
        voucherNumber="ER-4711",
        voucherDate=datetime(2026, 11, 3, tzinfo=BERLIN),
        totalGrossAmount=119.0,
        totalTaxAmount=19.0,
        taxType=TaxType.GROSS,
        useCollectiveContact=True,
        voucherItems=items,
        version=0,
    )
    made = client.create_voucher(new)
    read = client.retrieve_voucher(made.id)
    expect(read.voucherDate.date() == date(2026, 11, 3) and read.voucherItems == items and read.version == made.version)
    expect([item.id for item in client.filter_vouchers(voucher_number="ER-4711").content] == [made.id])
    expect(status(refused(httpx.HTTPStatusError, client.filter_vouchers, voucher_status="open")) == 400)
    wrong = new.model_copy(update={"totalGrossAmount": 120.0})
    refusal = refused(httpx.HTTPStatusError, client.create_voucher, wrong)
    expect(status(refusal) == 406 and "invalid_total_amount" in refusal.response.text)
    paper = Path("beleg.pdf")
    printed = next(row["id"] for row in truth()["vouchers"] if row["type"] == "invoice" and row["status"] == "paid")
    paper.write_bytes(client.download_invoice_file(printed))
    file = client.upload_file_to_voucher(made.id, paper)
    expect(client.upload_file_to_voucher(made.id, paper).id == file.id, "the same bytes are the same file")
    expect(client.download_file(file.id) == paper.read_bytes())
    read = client.retrieve_voucher(made.id)
    kept = VoucherWritable(
        **{name: value for name, value in fields(read).items() if name in VoucherWritable.model_fields}
    )
    client.update_voucher(made.id, kept.model_copy(update={"remark": "geprüft"}))
    expect(client.retrieve_voucher(made.id).remark == "geprüft")
    conflict = refused(httpx.HTTPStatusError, client.update_voucher, made.id, kept)
    expect(status(conflict) == 409, conflict)
    now = client.retrieve_voucher(made.id)
    client.update_voucher(made.id, kept.model_copy(update={"files": None, "version": now.version}))
    expect(client.retrieve_voucher(made.id).files == [])
    expect(status(refused(httpx.HTTPStatusError, client.download_file, file.id)) == 404, "a file left out is gone")
    return made.id


def uploads() -> None:
    """Upload a receipt; the voucher that comes of it cannot be read by this client, whose model wants totals."""
    paper = Path("beleg.pdf")
    made = client.upload_file(paper)
    again = client.upload_file(paper)
    expect((again.id, again.voucherId) == (made.id, made.voucherId))
    error = refused(ValidationError, client.retrieve_voucher, made.voucherId)
    expect("totalGrossAmount" in str(error))
    row = [
        item for item in client.filter_voucherlist("purchaseinvoice", "unchecked").content if item.id == made.voucherId
    ]
    expect(len(row) == 1, "text recognition is over")
    Path("beleg.txt").write_text("kein Beleg")
    refusal = refused(httpx.HTTPStatusError, client.upload_file, "beleg.txt")
    expect("inacceptable_file_extension" in refusal.response.text)


def sales_documents(customer: UUID) -> None:
    """Follow one order from the quotation to the dunning and the credit note."""
    common = {
        "voucherDate": DAY,
        "address": SalesVoucherAddress(contactId=customer),
        "lineItems": [
            LineItem(
                type=LineItemType.CUSTOM,
                name="Beratung",
                quantity=2,
                unitName="Stunde",
                unitPrice=UnitPrice(currency="EUR", netAmount=80, taxRatePercentage=19),
            )
        ],
        "totalPrice": TotalPrice(currency="EUR"),
        "taxConditions": TaxConditions(taxType=SalesTaxType.NET),
    }
    shipped = common | {"shippingConditions": ShippingConditions(shippingDate=DAY, shippingType=ShippingType.SERVICE)}
    offer = client.create_quotation(QuotationWritable(**common, expirationDate=DAY), finalize=True).id
    expect(client.retrieve_quotation(offer).totalPrice.totalGrossAmount == 190.4)
    order = client.create_order_confirmation(
        OrderConfirmationWritable(**shipped), finalize=True, preceding_sales_voucher_id=offer
    ).id
    expect(client.retrieve_order_confirmation(order).relatedVouchers[0].id == offer)
    delivery = client.create_delivery_note(
        DeliveryNoteWritable(**shipped), finalize=True, preceding_sales_voucher_id=order
    ).id
    expect(client.retrieve_delivery_note(delivery).voucherNumber)
    draft = client.create_invoice(InvoiceWritable(**shipped)).id
    expect(client.retrieve_invoice(draft).voucherStatus == "draft")
    expect(status(refused(httpx.HTTPStatusError, client.download_invoice_file, draft)) == 409)
    expect(status(refused(httpx.HTTPStatusError, client.update_invoice, draft, InvoiceWritable(**shipped))) == 404)
    invoice = client.create_invoice(InvoiceWritable(**shipped), finalize=True, preceding_sales_voucher_id=delivery).id
    read = client.retrieve_invoice(invoice)
    expect((read.voucherStatus, read.totalPrice.totalGrossAmount, len(read.taxAmounts)) == ("open", 190.4, 1))
    expect(client.download_invoice_file(invoice).startswith(b"%PDF-"))
    dunning = client.create_dunning(DunningWritable(**shipped), preceding_sales_voucher_id=invoice).id
    expect(client.retrieve_dunning(dunning).relatedVouchers[0].id == invoice)
    note = client.create_credit_note(CreditNoteWritable(**common), finalize=True, preceding_sales_voucher_id=invoice).id
    expect(client.retrieve_credit_note(note).voucherStatus == "paidoff")
    expect(client.retrieve_invoice(invoice).voucherStatus == "paid", "the credit note settles the invoice")
    for download, identity in (
        (client.download_quotation_file, offer),
        (client.download_order_confirmation_file, order),
        (client.download_delivery_note_file, delivery),
        (client.download_dunning_file, dunning),
        (client.download_credit_note_file, note),
    ):
        expect(download(identity).startswith(b"%PDF-"))
    deposit = next(UUID(row["id"]) for row in truth()["vouchers"] if row["type"] == "downpaymentinvoice")
    expect(client.retrieve_down_payment_invoice(deposit).id == deposit)
    expect(client.download_down_payment_invoice_file(deposit).startswith(b"%PDF-"))
    expect(status(refused(httpx.HTTPStatusError, client.create_invoice, InvoiceWritable(**common))) == 406)


def lists(voucher: UUID) -> None:
    """Read the index, page by page, and what the client offers beyond the service."""
    seen: set[UUID] = set()
    number, pages = 0, 1
    while number < pages:
        page = client.filter_voucherlist("any", "any", page=number)
        seen |= {row.id for row in page.content}
        number, pages = number + 1, page.totalPages
    expect({str(identity) for identity in seen} == {row["id"] for row in truth()["vouchers"]})
    control(f"{WORLD}/vouchers/{voucher}/pay")
    paid = client.filter_voucherlist("any", "paid", voucher_number="ER-4711", archived=False).content
    expect([row.id for row in paid] == [voucher], "somebody else paid it")
    expect("voucherStatus" in str(refused(ValidationError, client.retrieve_voucher, voucher)), "not in its enum")
    expect(status(refused(httpx.HTTPStatusError, client.list_payments)) == 404, "there is no such list")
    expect("version" in str(refused(ValidationError, client.list_recurring_templates)), "rows have no version")
    listed = client.client.get("/recurring-templates").json()["content"]
    template = client.retrieve_recurring_template(listed[0]["id"])
    expect(template.version >= 0 and template.lineItems)


def subscriptions() -> None:
    """Subscribe, list, read and unsubscribe."""
    control("settings", check_callbacks=False)
    wanted = EventSubscriptionWritable(eventType=EventType.PAYMENT_CHANGED, callbackUrl="https://hooks.example/lx")
    made = client.create_event_subscription(wanted).id
    expect(client.retrieve_event_subscription(made).eventType == EventType.PAYMENT_CHANGED)
    expect([item.subscriptionId for item in client.list_event_subscriptions()] == [made])
    expect(status(refused(httpx.HTTPStatusError, client.create_event_subscription, wanted)) == 409)
    client.delete_event_subscription(made)
    expect(client.list_event_subscriptions() == [])


def failures() -> None:
    """Meet what goes wrong: a wrong key, the rate limit, an outage, a body that is no JSON."""
    stranger = LexofficeClient("wrong", base_url=f"{URL}/v1")
    expect(status(refused(httpx.HTTPStatusError, stranger.retrieve_profile)) == 401)
    control("settings", rate_per_second=0.000_01)
    answers = [client.client.get("/ping").status_code for _ in range(8)]
    expect(429 in answers and answers[0] == 200, answers)
    control("settings", rate_per_second=2)
    with fault(kind="status", status=503):
        expect(status(refused(httpx.HTTPStatusError, client.retrieve_profile)) == 503)
    with fault(kind="html"):
        refused(ValueError, client.retrieve_profile)
    client.ping()


customer = contacts()
articles()
booked = vouchers(reference_data())
uploads()
sales_documents(customer)
lists(booked)
subscriptions()
failures()
