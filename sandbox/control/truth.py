"""What is true about an organisation: its vouchers, payments and files, and which bank transaction settles what."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any

from sandbox.control.reading import statements_of
from sandbox.control.shapes import Operation, organisation_of, refuse
from sandbox.documents import fingerprint, receipt_fingerprint, sales_document_paper
from sandbox.http import Request, Response, json_response
from sandbox.state import Sandbox
from sandbox.world.model import Organisation, Voucher

FIELDS = ("vouchers", "files", "allocations", "counts")
BY_DEFAULT = ("vouchers", "allocations", "counts")
PAID = ("paid", "paidoff")

Fingerprint = Callable[[], tuple[int, str]]


def _row(voucher: Voucher) -> dict[str, Any]:
    return {
        "id": voucher.id,
        "type": voucher.type,
        "number": voucher.number,
        "date": voucher.day.isoformat() if voucher.day else None,
        "due_date": voucher.due.isoformat() if voucher.due else None,
        "contact": voucher.contact_name,
        "total": f"{voucher.total:.2f}",
        "open_amount": f"{voucher.open_amount:.2f}",
        "status": voucher.status,
        "paid": voucher.status in PAID,
        "file_ids": list(voucher.files),
        "document": bool(voucher.document_file_id),
        "payments": [
            {"type": item.kind, "date": item.day.isoformat(), "amount": f"{item.amount:.2f}"}
            for item in voucher.payments
        ],
        "version": voucher.version,
    }


def allocations(organisation: Organisation) -> list[dict[str, str]]:
    """Return which bank transaction settles which voucher, and with how much of it.

    What pays the rest of an invoice that a credit note corrects settles the invoice in full, and the credit note counts
    against it; ``amount_min`` is the payment alone, which is right as well.
    """
    corrections = {voucher.settles: voucher for voucher in organisation.vouchers.values() if voucher.settles}
    found = []
    for voucher in organisation.vouchers.values():
        bookings = [booking for item in voucher.payments for booking in item.bookings]
        credit = corrections.get(voucher.id) if len(bookings) == 1 else None
        for reference, amount in bookings:
            row = {"voucher": voucher.id, "transaction": reference, "amount": f"{amount:.2f}"}
            if credit is not None:
                row |= {"amount": f"{amount + credit.total:.2f}", "amount_min": row["amount"]}
                found.append({"voucher": credit.id, "transaction": reference, "amount": f"{credit.total:.2f}"})
            found.append(row)
    return found


def _files(organisation: Organisation, voucher: Voucher) -> list[tuple[str, str, Fingerprint]]:
    """Return the receipts of a voucher, or the rendered sales document as ``/file`` sends it by default.

    Each is its id, its extension, and what computes size and hash, which takes a while.
    """
    if voucher.document_file_id and voucher.state != "draft":
        extension = "xml" if voucher.profile == "XRechnung" else "pdf"
        paper = sales_document_paper(organisation, voucher)
        return [(voucher.document_file_id, extension, partial(fingerprint, paper, extension))]
    stored = [organisation.files[item] for item in voucher.files]
    return [(file.id, file.extension, partial(receipt_fingerprint, file)) for file in stored]


def _file_row(identity: str, extension: str, compute: Fingerprint) -> dict[str, Any]:
    size, digest = compute()
    return {"id": identity, "extension": extension, "size": size, "sha256": digest}


def _counts(sandbox: Sandbox, organisation: Organisation) -> dict[str, Any]:
    vouchers = list(organisation.vouchers.values())
    years = Counter(str(item.day.year) for item in vouchers if item.day and item.status in PAID)
    return {
        "vouchers": len(vouchers),
        "paid": sum(voucher.status in PAID for voucher in vouchers),
        "paid_by_year": dict(sorted(years.items())),
        "by_status": dict(Counter(voucher.status for voucher in vouchers)),
        "by_type": dict(Counter(voucher.type for voucher in vouchers)),
        "files": len(organisation.files),
        "statements": len(statements_of(sandbox, organisation)),
        "transactions": sum(len(entry.transactions) for account in organisation.accounts for entry in account.entries),
        "allocations": len(allocations(organisation)),
    }


def truth(sandbox: Sandbox, request: Request, arguments: dict[str, str]) -> Response:
    """Send what is true about an organisation, as far as it is asked for."""
    organisation = organisation_of(sandbox, arguments)
    wanted = request.value("fields")
    fields = tuple(wanted.split(",")) if wanted else BY_DEFAULT
    if not set(fields) <= set(FIELDS):
        refuse(f"fields must be a comma list out of {', '.join(FIELDS)}")
    answer: dict[str, Any] = {"organization_id": organisation.id, "today": sandbox.today.isoformat()}
    with sandbox.lock:
        vouchers = list(organisation.vouchers.values())
        files = [(voucher.id, _files(organisation, voucher)) for voucher in vouchers] if "files" in fields else []
        if "vouchers" in fields:
            answer["vouchers"] = [_row(voucher) for voucher in vouchers]
        if "allocations" in fields:
            answer["allocations"] = allocations(organisation)
        if "counts" in fields:
            answer["counts"] = _counts(sandbox, organisation)
    if "files" in fields:
        answer["files"] = {identity: [_file_row(*item) for item in found] for identity, found in files}
    return json_response(answer)


TRUTH = (
    Operation(
        "GET",
        "/control/organizations/{organization}/truth",
        "sends all vouchers with status, payments and files, which bank transaction (AcctSvcrRef) settles which "
        f"voucher, and counts; ?fields= limits or extends it to a comma list out of {', '.join(FIELDS)} (default: "
        f"{', '.join(BY_DEFAULT)}); files has, per voucher, id, extension, size and sha256 of every file as the "
        "service sends it by default, and takes a while the first time",
        truth,
        locked=False,
    ),
)
