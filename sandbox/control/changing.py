"""Changes to the world that a user of the web application would make: pay, unpay, void, draft, delete, change, add."""

from __future__ import annotations

import uuid
from datetime import timedelta
from decimal import Decimal
from typing import Any

from sandbox.control.shapes import Operation, body_of, organisation_of, read_day, read_money, refuse, voucher_of
from sandbox.http import Request, Response, json_response
from sandbox.noticing import announced
from sandbox.resources.downloads import MEDIA
from sandbox.resources.voucherlist import row
from sandbox.state import Sandbox
from sandbox.world.categories import usual_category
from sandbox.world.model import (
    BOOKKEEPING_TYPES,
    TYPES_WITH_PAYMENTS,
    Contact,
    Organisation,
    Paper,
    Party,
    Payment,
    StoredFile,
    Terms,
    Voucher,
)
from sandbox.world.money import ZERO, Line

PAYMENT_KINDS = (
    "partPaymentFinancialTransaction",
    "partPaymentCreditNote",
    "partPaymentCashBox",
    "manualPayment",
    "cashDiscount",
    "dunningCosts",
    "currencyConversion",
    "irrecoverableReceivable",
)
STATES = {"open": "", "draft": "draft", "unchecked": "unchecked", "blank": "blank", "voided": "voided"}
FIELDS = {"number", "contact", "date", "due_date", "remark", "total", "tax_rate", "add_file", "file_bytes"}
MOST_BYTES = 64 * 1024 * 1024
VOUCHER = "/control/organizations/{organization}/vouchers/{voucher}"


def _shown(sandbox: Sandbox, voucher: Voucher, status: int = 200) -> Response:
    return json_response(
        {"voucher": row(voucher, sandbox.current_day()) | {"version": voucher.version, "files": voucher.files}}, status
    )


def pay(sandbox: Sandbox, request: Request, arguments: dict[str, str]) -> Response:
    """Assign a payment to a voucher."""
    _, voucher = voucher_of(sandbox, arguments)
    if voucher.type not in TYPES_WITH_PAYMENTS or voucher.state or voucher.open_amount == ZERO:
        refuse("only a booked voucher with an open amount can be paid", 409)
    body = body_of(request)
    kind = body.get("type", PAYMENT_KINDS[0])
    if kind not in PAYMENT_KINDS:
        refuse(f"type must be one of {', '.join(PAYMENT_KINDS)}")
    amount = read_money(body, "amount", voucher.open_amount)
    if amount > voucher.open_amount and kind != "dunningCosts":
        refuse(f"amount must be at most the open amount {voucher.open_amount:.2f}")
    moment = sandbox.now()
    voucher.payments.append(Payment(kind, read_day(body, "date", sandbox.current_day()), amount, moment))
    voucher.touch(moment)
    return _shown(sandbox, voucher)


def unpay(sandbox: Sandbox, request: Request, arguments: dict[str, str]) -> Response:
    """Take all payments of a voucher away."""
    _, voucher = voucher_of(sandbox, arguments)
    if not voucher.payments:
        refuse("the voucher has no payment", 409)
    voucher.payments.clear()
    voucher.touch(sandbox.now())
    return _shown(sandbox, voucher)


def _set_state(sandbox: Sandbox, voucher: Voucher, state: str) -> Response:
    voucher.payments.clear()
    voucher.state = state
    voucher.touch(sandbox.now())
    return _shown(sandbox, voucher)


def void(sandbox: Sandbox, request: Request, arguments: dict[str, str]) -> Response:
    """Cancel a voucher; its payments are gone."""
    return _set_state(sandbox, voucher_of(sandbox, arguments)[1], "voided")


def draft(sandbox: Sandbox, request: Request, arguments: dict[str, str]) -> Response:
    """Reset a sales document to draft, or a bookkeeping voucher to unchecked."""
    _, voucher = voucher_of(sandbox, arguments)
    return _set_state(sandbox, voucher, "unchecked" if voucher.type in BOOKKEEPING_TYPES else "draft")


def delete(sandbox: Sandbox, request: Request, arguments: dict[str, str]) -> Response:
    """Delete a voucher with its files; it disappears without a trace."""
    organisation, voucher = voucher_of(sandbox, arguments)
    for file in voucher.files:
        del organisation.files[file]
    del organisation.vouchers[voucher.id]
    return json_response({"deleted": voucher.id})


def change(sandbox: Sandbox, request: Request, arguments: dict[str, str]) -> Response:
    """Change fields of a voucher; payments stay, so a higher total opens it again."""
    organisation, voucher = voucher_of(sandbox, arguments)
    body = body_of(request)
    unknown = set(body) - FIELDS
    if unknown or not body:
        refuse(f"unknown or no fields: {', '.join(sorted(unknown))}")
    if "add_file" in body and voucher.type not in BOOKKEEPING_TYPES:
        refuse("only bookkeeping vouchers have receipt files")
    # Everything is read before anything is changed.
    lines = _lines(body) if "total" in body else None
    day = read_day(body, "date", voucher.day or sandbox.current_day()) if "date" in body else voucher.day
    due = read_day(body, "due_date", sandbox.current_day()) if "due_date" in body else voucher.due
    files, size = _extensions([body["add_file"]]) if "add_file" in body else [], _file_bytes(body)
    if lines:
        voucher.lines, voucher.gross_prices, voucher.tax_type = lines, True, "gross"
    voucher.day, voucher.due = day, due
    voucher.number = str(body.get("number", voucher.number or "")) or None
    voucher.remark = str(body.get("remark", voucher.remark))
    if "contact" in body:
        voucher.contact, voucher.contact_name = _contact(organisation, str(body["contact"]))
    for extension in files:
        _attach(organisation, voucher, extension, size)
    voucher.touch(sandbox.now())
    return _shown(sandbox, voucher)


def _extensions(wanted: Any) -> list[str]:
    """Read the kinds of files to attach."""
    if not isinstance(wanted, list) or not all(item in MEDIA for item in wanted):
        refuse(f"a file is one of {', '.join(MEDIA)}")
    return wanted


def _lines(body: dict[str, Any]) -> tuple[Line, ...]:
    rate = body.get("tax_rate", 19)
    if rate not in (0, 7, 19):
        refuse("tax_rate must be 0, 7 or 19")
    return (Line("Leistung laut Vereinbarung", Decimal(1), "psch.", read_money(body, "total"), rate),)


def _contact(organisation: Organisation, name: str) -> tuple[Contact | None, str]:
    """Return the contact of that name; an unknown name goes with the collective contact."""
    for contact in organisation.contacts.values():
        if contact.name == name:
            return contact, name
    return None, name


def _file_bytes(body: dict[str, Any]) -> int:
    """Read the size that files are filled up to; 0 leaves them as they are."""
    size = body.get("file_bytes", 0)
    if not isinstance(size, int) or isinstance(size, bool) or not 0 <= size <= MOST_BYTES:
        refuse(f"file_bytes must be a whole number from 0 to {MOST_BYTES}")
    return size


def _attach(organisation: Organisation, voucher: Voucher, extension: str, size: int) -> None:
    own = voucher.type.startswith("sales")
    other = voucher.contact.party if voucher.contact else Party(voucher.contact_name, "", "", "", "")
    paper = Paper(
        heading="Gutschrift" if "credit" in voucher.type else "Rechnung",
        issuer=organisation.company if own else other,
        recipient=other if own else organisation.company,
        number=voucher.number or "",
        day=voucher.day or organisation.created.date(),
        due=voucher.due,
        lines=voucher.lines,
        gross_prices=voucher.gross_prices,
        note=f"Seite {len(voucher.files) + 1}" if voucher.files else "",
    )
    file = StoredFile(str(uuid.uuid4()), voucher.id, extension, paper, size)
    organisation.files[file.id] = file
    voucher.files.append(file.id)


def add(sandbox: Sandbox, request: Request, arguments: dict[str, str]) -> Response:
    """Add a voucher, paid or not."""
    organisation = organisation_of(sandbox, arguments)
    body = body_of(request)
    kind = body.get("type", "purchaseinvoice")
    if kind not in TYPES_WITH_PAYMENTS:
        refuse(f"type must be one of {', '.join(TYPES_WITH_PAYMENTS)}")
    moment, day = sandbox.now(), read_day(body, "date", sandbox.current_day())
    contact, name = _contact(organisation, str(body.get("contact", "Sammellieferant")))
    own = kind not in BOOKKEEPING_TYPES
    files, size = _extensions(body.get("files", ["pdf"])), _file_bytes(body)
    paid_on = read_day(body, "paid_on", day) if body.get("paid_on") else None
    if body.get("status", "open") not in STATES or (paid_on and body.get("status", "open") != "open"):
        refuse(f"status must be one of {', '.join(STATES)}; only an open voucher can be paid")
    state = STATES[body.get("status", "open")]
    voucher = Voucher(
        id=str(uuid.uuid4()),
        type=kind,
        number=str(body.get("number", f"NEU-{len(organisation.vouchers) + 1}")),
        day=day,
        due=None if kind == "creditnote" else read_day(body, "due_date", day + timedelta(days=14)),
        contact=contact,
        contact_name=name,
        lines=_lines(body),
        gross_prices=True,
        tax_type="gross",
        created=moment,
        updated=moment,
        state=state,
        terms=Terms(14),
        category=usual_category(kind),
        document_file_id=str(uuid.uuid4()) if own and state != "draft" else "",
    )
    if not own:
        for extension in files:
            _attach(organisation, voucher, extension, size)
    if state == "blank":
        # The text recognition has not read it yet.
        voucher.number, voucher.day, voucher.due, voucher.lines = None, None, None, ()
    if paid_on:
        voucher.payments.append(Payment(PAYMENT_KINDS[0], paid_on, voucher.total, moment))
    with announced(sandbox, organisation, voucher.id):
        organisation.vouchers[voucher.id] = voucher
    return _shown(sandbox, voucher, 201)


CHANGING = (
    Operation(
        "POST",
        f"{VOUCHER}/pay",
        "assigns a payment",
        pay,
        {
            "amount": "default: the open amount",
            "date": "posting date, default: today",
            "type": f"one of {', '.join(PAYMENT_KINDS)}",
        },
    ),
    Operation("POST", f"{VOUCHER}/unpay", "takes all payments away", unpay),
    Operation("POST", f"{VOUCHER}/void", "cancels the voucher", void),
    Operation(
        "POST", f"{VOUCHER}/draft", "resets a sales document to draft, a bookkeeping voucher to unchecked", draft
    ),
    Operation("POST", f"{VOUCHER}/delete", "deletes the voucher and its files", delete),
    Operation(
        "POST",
        f"{VOUCHER}/change",
        "changes fields",
        change,
        {
            "number": "new number",
            "contact": "name of a contact; an unknown name goes with the collective contact",
            "date": "yyyy-mm-dd",
            "due_date": "yyyy-mm-dd",
            "remark": "text",
            "total": "new gross total",
            "tax_rate": "0, 7 or 19, with total",
            "add_file": "pdf, png, jpg or xml: attaches another receipt",
            "file_bytes": "fills that receipt up to this size, with bytes that readers skip",
        },
    ),
    Operation(
        "POST",
        "/control/organizations/{organization}/vouchers",
        "adds a voucher",
        add,
        {
            "type": "one of the seven types with payments, default: purchaseinvoice",
            "total": "gross total",
            "tax_rate": "0, 7 or 19",
            "number": "default: NEU-n",
            "contact": "name",
            "date": "default: today",
            "due_date": "default: two weeks later",
            "paid_on": "posting date of a bank payment of the whole total; left out: open",
            "status": f"one of {', '.join(STATES)}; default: open, or paid with paid_on",
            "files": "list of pdf, png, jpg, xml; default: one pdf",
            "file_bytes": "fills these files up to this size, with bytes that readers skip",
        },
    ),
)
