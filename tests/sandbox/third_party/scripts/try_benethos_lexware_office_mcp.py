"""Every tool of ``benethos-lexware-office-mcp``, called over its protocol, against the sandbox.

From the environment it takes addresses with TLS alone; here it gets its settings as an object instead.
"""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

from benethos_lexware_office_mcp.api.client import ClientProvider, LexwareClient
from benethos_lexware_office_mcp.errors import ConflictError, UpstreamError
from benethos_lexware_office_mcp.policy import preset
from benethos_lexware_office_mcp.server import build_server
from benethos_lexware_office_mcp.settings import Settings
from mcp.client.client import Client
from other_side import KEY, ORGANIZATION, URL, WORLD, control, expect, fault, truth

POLICY = Path("policy.json")
SETTINGS = Settings(
    api_key=KEY,
    base_url=URL,
    download_path=Path("downloads").absolute(),
    upload_path=Path.cwd(),
    tool_policy_path=POLICY,
    rate=1000,
    burst=1000,
)
used: set[str] = set()


class Office:
    """One connection to the server: its tools as calls, refusals as texts."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def __call__(self, tool: str, **arguments: Any) -> Any:
        """Call a tool and return its answer."""
        used.add(tool)
        result = await self._client.call_tool(tool, arguments)
        texts = [getattr(block, "text", "") for block in result.content]
        expect(not result.is_error, f"{tool}: {texts}")
        return result.structured_content if result.structured_content is not None else json.loads(texts[0])

    async def refused(self, tool: str, **arguments: Any) -> str:
        """Call a tool that must be refused; returns the words."""
        used.add(tool)
        result = await self._client.call_tool(tool, arguments)
        text = " ".join(getattr(block, "text", "") for block in result.content)
        expect(result.is_error, f"{tool} was not refused but answered {text}")
        return text


def rows(page: dict[str, Any]) -> list[dict[str, Any]]:
    """The rows of a page as the tools trim it."""
    return next(value for value in page.values() if isinstance(value, list))


async def contacts(office: Office) -> str:
    """Create, find, read and change a customer; returns its id."""
    address = {"street": "Kaistraße 7", "zip": "24103", "city": "Kiel", "country_code": "DE"}
    made = await office(
        "create_contact",
        kind="company",
        name="Nordlicht Werkzeugbau GmbH",
        roles=["customer"],
        email="info@nordlicht.example",
        phone="+49 431 55500",
        billing_address=address,
        vat_registration_id="DE999999999",
    )
    read = await office("get_contact", contact_id=made["id"])
    expect(read["company"]["vatRegistrationId"] == "DE999999999" and read["version"] == made["version"], read)
    found = await office("search_contacts", name="nordlicht werk", role="customer")
    expect([row["id"] for row in rows(found)] == [made["id"]], found)
    await office("update_contact", contact_id=made["id"], version=read["version"], note="Liefersperre")
    expect((await office("get_contact", contact_id=made["id"]))["note"] == "Liefersperre")
    stale = await office.refused("update_contact", contact_id=made["id"], version=read["version"], note="zu spät")
    expect("Somebody changed it in between" in stale)
    person = await office(
        "create_contact", kind="person", name="Brandt", first_name="Lea", roles=["customer", "vendor"]
    )
    roles = (await office("get_contact", contact_id=person["id"]))["roles"]
    expect(roles["customer"]["number"] >= 10_000 and roles["vendor"]["number"] >= 70_000)
    wrong = address | {"country_code": "XX"}
    said = await office.refused("create_contact", kind="company", name="X", roles=["vendor"], billing_address=wrong)
    expect("countrycode_is_not_valid" in said, said)
    expect(
        "404" in (said := await office.refused("get_contact", contact_id=ORGANIZATION)) or "not found" in said.lower()
    )
    return str(made["id"])


async def articles(office: Office) -> str:
    """Create, find, change and delete an article; returns the id of another one."""
    price = {"price": 11.90, "tax_rate": 19, "leading_price": "GROSS"}
    new = {"title": "Leim 750 g", "article_type": "PRODUCT", "unit_name": "Stück", "article_number": "LEIM"} | price
    made = await office("create_article", **new)
    read = await office("get_article", article_id=made["id"])
    expect(read["price"]["netPrice"] == 10.0, read)
    expect("MATERIAL_NUMBER_ALREADY_EXISTS" in await office.refused("create_article", **new))
    expect("VALIDGTIN" in await office.refused("create_article", **new | {"article_number": "L2", "gtin": "12345678"}))
    await office("update_article", article_id=made["id"], version=read["version"], price=23.8)
    changed = await office("get_article", article_id=made["id"])
    expect((changed["price"]["netPrice"], changed["title"]) == (20.0, "Leim 750 g"))
    listed = rows(await office("search_articles", article_number="LEIM"))
    expect([row["id"] for row in listed] == [made["id"]])
    await office("delete_article", article_id=made["id"], confirm=True)
    await office.refused("get_article", article_id=made["id"])
    everything = rows(await office("search_articles", article_type="SERVICE"))
    return str(everything[0]["id"])


async def vouchers(office: Office, customer: str) -> None:
    """Book, find, change and pay a voucher; meet the refusals of those that do not add up."""
    income = await office("get_master_data", kind="posting-categories", search="Dienstleistung")
    category = rows(income)[0]["id"]
    item = {"amount": 238.0, "tax_amount": 38.0, "tax_rate_percent": 19, "category_id": category}
    new = {
        "voucher_type": "salesinvoice",
        "voucher_date": "2026-11-02",
        "tax_type": "gross",
        "items": [item],
        "voucher_number": "MCP-0001",
    }
    made = await office("create_voucher", **new, contact_id=customer)
    read = await office("get_voucher", voucher_number="MCP-0001")
    expect((read["id"], read["contactId"], read["voucherStatus"]) == (made["id"], customer, "open"), read)
    found = rows(await office("search_vouchers", voucher_number="mcp-0001", voucher_type="salesinvoice"))
    expect([row["openAmount"] for row in found] == [238.0], found)
    said = await office.refused("create_voucher", **new, total_gross_amount=240)
    expect("invalid_total_amount" in said, said)
    off = item | {"tax_amount": 30.0}
    expect("invalid_taxamount" in await office.refused("create_voucher", **new | {"items": [off]}))
    await office("update_voucher", voucher_id=made["id"], version=read["version"], remark="geprüft")
    now = await office("get_voucher", voucher_id=made["id"])
    expect(now["remark"] == "geprüft" and now["voucherItems"] == read["voucherItems"])
    await office("update_voucher", voucher_id=made["id"], version=now["version"], use_collective_contact=True)
    control(f"{WORLD}/vouchers/{made['id']}/pay")
    paid = await office("get_payments", voucher_id=made["id"])
    expect((paid["openAmount"], paid["paymentStatus"]) == (0, "balanced"), paid)
    stale = await office.refused("update_voucher", voucher_id=made["id"], version=now["version"], remark="zu spät")
    expect("Somebody changed it in between" in stale)


async def files(office: Office) -> None:
    """Upload a receipt, let it be read, complete and book it; attach and download files."""
    paid = next(row["id"] for row in truth()["vouchers"] if row["type"] == "invoice" and row["status"] == "paid")
    printed = await office("download_document", document_type="invoice", document_id=paid)
    paper = Path("beleg.pdf")
    paper.write_bytes(Path(printed["path"]).read_bytes())
    expect(paper.read_bytes().startswith(b"%PDF-"))
    await office("read_download", uri=printed["uri"], max_pages=1)
    made = await office("upload_file", source=str(paper.absolute()))
    again = await office("upload_file", source=str(paper.absolute()))
    expect(again == made, "the same bytes are the same voucher")
    read = await office("get_voucher", voucher_id=made["voucherId"])
    expect(read["voucherStatus"] == "unchecked" and read["files"] == [made["id"]], read)
    expect(
        "406" in (said := await office.refused("get_payments", voucher_id=made["voucherId"])) or "No payment" in said
    )
    outgo = await office("get_master_data", kind="posting-categories", search="outgo")
    item = {"amount": 119.0, "tax_amount": 19.0, "tax_rate_percent": 19, "category_id": rows(outgo)[0]["id"]}
    whole = {"voucher_number": "ER-1", "voucher_date": "2026-11-02", "items": [item], "use_collective_contact": True}
    half = await office("update_voucher", voucher_id=made["voucherId"], version=read["version"], voucher_number="ER-1")
    said = await office.refused(
        "update_voucher", voucher_id=made["voucherId"], version=half["version"], finalize=True, confirm=True
    )
    expect("missing_entity" in said, said)
    await office(
        "update_voucher", voucher_id=made["voucherId"], version=half["version"], finalize=True, confirm=True, **whole
    )
    booked = await office("get_voucher", voucher_id=made["voucherId"])
    expect((booked["voucherStatus"], booked["files"]) == ("open", [made["id"]]), booked)
    back = await office("download_file", file_id=made["id"])
    expect(Path(back["path"]).read_bytes() == paper.read_bytes())
    await office.refused("download_file", file_id=made["id"], file_format="xml")
    broken = Path("kaputt.pdf")
    broken.write_bytes(b"%PDF-1.4 broken")
    expect("voucher_upload_toxic_pdf" in await office.refused("upload_file", source=str(broken.absolute())))
    other = Path("seite2.pdf")
    other.write_bytes(paper.read_bytes() + b"\n% page two\n")
    attached = await office("attach_file_to_voucher", voucher_id=made["voucherId"], source=str(other.absolute()))
    booked = await office("get_voucher", voucher_id=made["voucherId"])
    expect(booked["files"] == [made["id"], attached["id"]])


async def sales_documents(office: Office, customer: str, article: str) -> None:
    """Write every kind of sales document, follow one with the next, and download them."""
    item = {"name": "Beratung", "quantity": 2, "unit_name": "Stunde", "unit_price": 80, "tax_rate_percent": 19}
    listed = item | {"item_type": "service", "article_id": article}
    text = {"name": "Hinweis", "item_type": "text", "description": "Anfahrt im Preis enthalten"}
    common = {"contact_id": customer, "voucher_date": "2026-11-02", "items": [item, listed, text]}
    final = {"finalize": True, "confirm": True}
    shipped = {"shipping_date": "2026-11-02"}
    chain: list[tuple[str, str]] = []
    for kind, more in (
        ("quotation", {"expiration_date": "2026-12-01"} | final),
        ("order-confirmation", shipped | final),
        ("delivery-note", shipped | final),
        ("invoice", shipped | final),
    ):
        before = {"preceding_sales_voucher_id": chain[-1][1]} if chain else {}
        made = await office("create_sales_document", document_type=kind, **common, **more, **before)
        read = await office("get_sales_document", document_type=kind, document_id=made["id"])
        expect((read["voucherStatus"], len(read["lineItems"])) == ("open", 3), read)
        expect(not chain or read["relatedVouchers"][0]["id"] == chain[-1][1])
        chain.append((kind, made["id"]))
    invoice = chain[-1][1]
    expect(read["totalPrice"]["totalGrossAmount"] == 380.8, read)
    for kind in ("dunning", "credit-note"):
        made = await office(
            "create_sales_document",
            document_type=kind,
            **common | shipped,
            **(final if kind == "credit-note" else {}),
            preceding_sales_voucher_id=invoice,
        )
        chain.append((kind, made["id"]))
    expect((await office("get_payments", voucher_id=invoice))["openAmount"] == 0, "the credit note settles it")
    for kind, identity in chain:
        answer = await office("download_document", document_type=kind, document_id=identity)
        expect(Path(answer["path"]).read_bytes().startswith(b"%PDF-"), kind)
    draft = await office("create_sales_document", document_type="invoice", **common, **shipped)
    said = await office.refused("download_document", document_type="invoice", document_id=draft["id"])
    expect("is in status 'draft'" in said, said)
    said = await office.refused(
        "create_sales_document", document_type="quotation", **common, expiration_date="2026-12-01",
        preceding_sales_voucher_id=invoice,
    )  # fmt: skip
    expect("cannot be pursued" in said, said)
    deposit = next(row["id"] for row in truth()["vouchers"] if row["type"] == "downpaymentinvoice")
    read = await office("get_sales_document", document_type="down-payment-invoice", document_id=deposit)
    expect(read["id"] == deposit)


async def lists(office: Office) -> None:
    """Read the index to its end, the templates and the lists of the account."""
    seen: set[str] = set()
    for status in ("any", "overdue"):
        number, last = 0, False
        while not last:
            page = await office("search_vouchers", voucher_status=status, page=number, size=250, sort="createdDate,ASC")
            seen |= {row["id"] for row in rows(page)}
            number, last = number + 1, len(rows(page)) < 250
    expect(seen == {row["id"] for row in truth()["vouchers"]})
    templates = rows(await office("get_recurring_templates", sort="nextExecutionDate,ASC"))
    read = await office("get_recurring_templates", template_id=templates[0]["id"])
    expect(read["lineItems"] and read["recurringTemplateSettings"]["executionStatus"] in ("ACTIVE", "PAUSED"))
    for kind, search in (("countries", "ES_CN"), ("payment-conditions", None), ("print-layouts", None)):
        expect(rows(await office("get_master_data", kind=kind, **({"search": search} if search else {}))), kind)
    expect((await office("get_profile"))["organizationId"] == ORGANIZATION)


async def failures() -> None:
    """Meet conflicts of the service's own making, the rate limit, outages and lost answers."""
    async with LexwareClient(SETTINGS) as api:
        page = await api.contacts()
        contact = await api.contact(page["content"][0]["id"])
        await api.update_contact(contact["id"], contact)
        article = (await api.articles())["content"][0]
        await api.update_article(article["id"], article)
        voucher = {"voucherType": "purchaseinvoice", "voucherStatus": "open"}
        row = (await api.get_json("/v1/voucherlist", params=voucher))["content"][0]
        book = await api.voucher(row["id"])
        del book["voucherStatus"]
        await api.update_voucher(book["id"], book)
        for call, record in ((api.update_contact, contact), (api.update_article, article), (api.update_voucher, book)):
            try:
                await call(record["id"], record)
            except ConflictError:
                continue
            raise AssertionError(f"{call} took a stale version")
        with fault(kind="status", status=429, count=2):
            await api.profile()
        with fault(kind="status", status=503, count=1):
            await api.profile()
        with fault(kind="reset", count=1):
            await api.profile()
        with fault(kind="timeout_after_performing", method="POST", count=1):
            try:
                await api.create_contact({"version": 0, "roles": {"vendor": {}}, "company": {"name": "Doppelt GmbH"}})
            except UpstreamError as error:
                expect("may" in str(error) or "unknown" in str(error).lower(), error)
            else:
                raise AssertionError("a lost answer was taken for a good one")
        expect((await api.contacts(name="Doppelt GmbH"))["totalElements"] == 1, "it was performed all the same")


async def main() -> None:
    """Do everything, then see that no tool was left out."""
    POLICY.write_text(json.dumps(preset("irreversible")))
    server = build_server(SETTINGS, ClientProvider(SETTINGS))
    async with Client(server) as client:
        office = Office(client)
        customer = await contacts(office)
        article = await articles(office)
        await vouchers(office, customer)
        await files(office)
        await sales_documents(office, customer, article)
        await lists(office)
        tools = {tool.name for tool in (await client.list_tools()).tools}
        expect(tools - used == {"get_deeplink"}, f"not tried: {tools - used}")
    await server.stop_watching()
    await failures()


asyncio.run(main())
