"""``POST`` of sales documents: drafts, final ones, and those that follow others (reference: create and pursue 12.4)."""

from __future__ import annotations

import re
import uuid
from collections import Counter
from collections.abc import Iterable
from datetime import timedelta

from sandbox.events import emit
from sandbox.http import Call, Response, Route
from sandbox.noticing import announced
from sandbox.resources.replies import refuse
from sandbox.resources.sales_documents import RESOURCES
from sandbox.resources.sales_reading import Written, read_sales_document
from sandbox.resources.writing import action_result, json_body
from sandbox.world.model import Organisation, Payment, Voucher
from sandbox.world.money import ZERO

WRITABLE = {name: kind for name, kind in RESOURCES.items() if kind != "downpaymentinvoice"}
PREFIXES = {"invoice": "RE", "creditnote": "GS", "quotation": "AG", "orderconfirmation": "AB", "deliverynote": "LS"}
# What may follow what; a document may skip steps of the chain, but not go back.
BEFORE = {
    "quotation": (),
    "orderconfirmation": ("quotation",),
    "deliverynote": ("quotation", "orderconfirmation"),
    "invoice": ("quotation", "orderconfirmation", "deliverynote"),
    "creditnote": ("invoice",),
    "dunning": ("invoice", "downpaymentinvoice"),
}
FINAL_FIRST = ("orderconfirmation", "deliverynote", "invoice", "downpaymentinvoice")


def next_number(vouchers: Iterable[Voucher], voucher_type: str) -> str:
    """Return the next number of a kind: the highest of the usual prefix plus one."""
    kinds = ("invoice", "downpaymentinvoice") if voucher_type == "invoice" else (voucher_type,)
    found = [re.fullmatch(r"(.*?)(\d+)", voucher.number or "") for voucher in vouchers if voucher.type in kinds]
    numbers = [(match[1], match[2]) for match in found if match]
    if not numbers:
        return f"{PREFIXES[voucher_type]}0001"
    prefix = Counter(prefix for prefix, _ in numbers).most_common(1)[0][0]
    last = max((digits for other, digits in numbers if other == prefix), key=int)
    return f"{prefix}{int(last) + 1:0{len(last)}d}"


def _preceding(call: Call, voucher_type: str) -> Voucher | None:
    """Return the document that the new one follows, if one is named; refuses an impossible step (406)."""
    identity = call.request.value("precedingSalesVoucherId")
    if not identity:
        if voucher_type == "dunning":
            refuse(call, 400, "Required request parameter 'precedingSalesVoucherId' is not present")
        return None
    before = call.organisation.vouchers.get(identity.lower())
    if before is None or before.type not in RESOURCES.values():
        refuse(call, 406, f"The preceding sales voucher {identity} was not found.")
    if before.type not in BEFORE[voucher_type]:
        refuse(call, 406, f"A sales voucher of type '{before.type}' cannot be pursued to '{voucher_type}'.")
    if before.state in ("draft", "voided") and before.type in FINAL_FIRST:
        refuse(call, 406, f"The preceding sales voucher is in status '{before.state}' and cannot be pursued.")
    if any(item.get("optional") or item.get("alternative") or item.get("subItems") for item in _items(before)):
        refuse(call, 406, "A quotation with optional or alternative line items cannot be pursued.")
    if voucher_type == "creditnote" and (before.deductions or _corrected(call.organisation, before)):
        refuse(call, 406, "The invoice cannot be corrected: it is a closing invoice, or it has a credit note already.")
    return before


def _items(voucher: Voucher) -> list[dict[str, object]]:
    written: list[dict[str, object]] = voucher.written.get("lineItems", [])
    return written


def _corrected(organisation: Organisation, invoice: Voucher) -> bool:
    """Say whether an invoice has a credit note, draft or final."""
    notes = (item for item in organisation.vouchers.values() if item.type == "creditnote")
    return any(note.settles == invoice.id or any(part[0] == invoice.id for part in note.related) for note in notes)


def _fits(call: Call, written: Written, before: Voucher) -> None:
    """Refuse a dunning for another contact or with another tax than its invoice."""
    contacts = [item.id if item else None for item in (written.contact, before.contact)]
    if contacts[0] != contacts[1] or written.tax_type != before.tax_type:
        refuse(call, 406, "Contact and tax conditions must be those of the preceding sales voucher.")


def _build(call: Call, voucher_type: str, written: Written, *, final: bool) -> Voucher:
    moment = call.sandbox.now()
    invoice = voucher_type == "invoice"
    return Voucher(
        id=str(uuid.uuid4()),
        type=voucher_type,
        number=None if voucher_type == "dunning" else next_number(call.organisation.vouchers.values(), voucher_type),
        day=written.day,
        due=written.day + timedelta(days=written.terms.days) if final and invoice else None,
        contact=written.contact,
        contact_name=written.contact_name,
        lines=written.lines,
        gross_prices=written.tax_type == "gross",
        created=moment,
        updated=moment,
        tax_type=written.tax_type,
        state="" if final else "draft",
        terms=written.terms,
        profile=written.profile if final else "NONE",
        document_file_id=str(uuid.uuid4()) if final or voucher_type == "dunning" else "",
        shipped=written.shipped,
        written=written.parts,
    )


def _link(voucher: Voucher, before: Voucher) -> None:
    """Let both documents name each other; dunnings are named by nobody."""
    voucher.related.append((before.id, before.number or "", before.type))
    if voucher.type != "dunning":
        before.related.append((voucher.id, voucher.number or "", voucher.type))


def _correct(call: Call, note: Voucher, invoice: Voucher) -> None:
    """Settle a final credit note with its invoice: the one is paid off at once, the other owes less."""
    day = call.sandbox.current_day()
    note.settles = invoice.id
    note.payments.append(Payment("partPaymentCreditNote", day, note.total, note.created))
    with announced(call.sandbox, call.organisation, invoice.id):
        amount = min(note.total, invoice.open_amount)
        if amount > ZERO:
            invoice.payments.append(Payment("partPaymentCreditNote", day, amount, note.created))
        invoice.touch(note.created)


def _create(call: Call, resource: str, voucher_type: str) -> Response:
    before = _preceding(call, voucher_type)
    if call.request.value("closingInvoice") == "true":
        refuse(call, 406, "Closing invoices cannot be created.")
    written = read_sales_document(call, json_body(call), voucher_type)
    final = call.request.value("finalize") == "true" and voucher_type != "dunning"
    if final and not written.lines:
        refuse(call, 406, "A sales voucher without line items cannot be finalized.")
    if before is not None and voucher_type == "dunning":
        _fits(call, written, before)
    voucher = _build(call, voucher_type, written, final=final)
    if before is not None:
        _link(voucher, before)
    if voucher_type == "dunning":
        call.organisation.dunnings[voucher.id] = voucher
        emit(call.sandbox, call.organisation, "dunning.created", voucher.id)
    else:
        if before is not None and voucher_type == "creditnote" and final:
            _correct(call, voucher, before)
        with announced(call.sandbox, call.organisation, voucher.id):
            call.organisation.vouchers[voucher.id] = voucher
    return action_result(call, resource, voucher.id, voucher.created, voucher.updated, voucher.version, 201)


def _route(resource: str, voucher_type: str) -> Route:
    def create(call: Call) -> Response:
        return _create(call, resource, voucher_type)

    return Route("POST", f"/v1/{resource}", create, scope=f"{resource}.write")


ROUTES = tuple(_route(resource, kind) for resource, kind in (*WRITABLE.items(), ("dunnings", "dunning")))
