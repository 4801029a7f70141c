"""The list of transactions: filters, order, pages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sandbox.http import Request, Response, json_response
from sandbox.qonto import showing
from sandbox.qonto.model import Account, Organization, Transaction

STATUSES = ("pending", "declined", "completed")
MOMENTS: dict[str, Callable[[Transaction], datetime | None]] = {
    "updated_at": lambda item: item.updated,
    "settled_at": lambda item: item.settled,
    "emitted_at": lambda item: item.emitted,
    "created_at": lambda item: item.created,
}
LARGEST_PAGE = 100


def list_transactions(organization: Organization, request: Request) -> Response:
    """Answer with one page; what is asked wrongly is refused with 422 and the parameter's name."""
    account = _account(organization, request)
    statuses = request.values("status[]") or ["completed"]
    if not set(statuses) <= set(STATUSES):
        raise showing.refuse(422, "invalid", "There is no such status.", parameter="status[]")
    rows = [item for item in account.transactions.values() if item.status in statuses]
    for name, read in MOMENTS.items():
        since, until = _moment(request, f"{name}_from"), _moment(request, f"{name}_to")
        if since is not None:
            rows = [item for item in rows if (at := read(item)) is not None and at >= since]
        if until is not None:
            rows = [item for item in rows if (at := read(item)) is not None and at <= until]
    if side := request.value("side"):
        rows = [item for item in rows if (item.cents < 0) == (side == "debit")]
    if kinds := request.values("operation_type[]"):
        rows = [item for item in rows if item.kind in kinds]
    if wanted := request.value("with_attachments"):
        rows = [item for item in rows if bool(item.attachments) == (wanted == "true")]
    rows = _sorted(rows, request.value("sort_by") or "updated_at:desc")
    number, size = _whole(request, "page", 1), _whole(request, "per_page", LARGEST_PAGE)
    if size > LARGEST_PAGE:
        raise showing.refuse(422, "invalid", "per_page is at most 100.", parameter="per_page")
    pages = max(-(-len(rows) // size), 1)
    with_files = "attachments" in request.values("includes[]")
    shown = rows[(number - 1) * size : number * size]
    return json_response(
        {
            "transactions": [
                showing.transaction(item, account, organization, attachments=with_files) for item in shown
            ],
            "meta": {
                "current_page": number,
                "next_page": number + 1 if number < pages else None,
                "prev_page": number - 1 if number > 1 else None,
                "total_pages": pages,
                "total_count": len(rows),
                "per_page": size,
            },
        }
    )


def _account(organization: Organization, request: Request) -> Account:
    wanted, iban = request.value("bank_account_id"), request.value("iban")
    if not wanted and not iban:
        raise showing.refuse(422, "missing", "bank_account_id or iban is required.", parameter="bank_account_id")
    for account in organization.accounts.values():
        if wanted in (account.id, account.slug) or (iban and account.iban == iban):
            return account
    raise showing.refuse(404, "not_found", "There is no such account.")


def _sorted(rows: list[Transaction], order: str) -> list[Transaction]:
    name, _, direction = order.partition(":")
    if name not in MOMENTS or direction not in ("asc", "desc"):
        raise showing.refuse(422, "invalid", "There is no such order.", parameter="sort_by")
    read = MOMENTS[name]
    known = [item for item in rows if read(item) is not None]
    known.sort(key=lambda item: (str(showing.moment(read(item))), item.key), reverse=direction == "desc")
    return known


def _moment(request: Request, name: str) -> datetime | None:
    text = request.value(name)
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise showing.refuse(422, "invalid", "A moment with its zone is wanted.", parameter=name)
    return moment


def _whole(request: Request, name: str, default: int) -> int:
    # Older clients call the page by another name.
    text = request.value(name) or (request.value("current_page") if name == "page" else None)
    if text is None:
        return default
    if not text.isascii() or not text.isdigit() or int(text[:9]) < 1:
        raise showing.refuse(422, "invalid", "A whole number from 1 is wanted.", parameter=name)
    return int(text[:9])
