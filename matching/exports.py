"""The rows of the exports: vouchers, transactions and matches of a client, one plain dict each, as a stream.

Keys and their order are a public contract (see docs/operations.md). Amounts are ``Decimal`` and dates are ``date``
here; each file format writes them in its own way.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from django.db.models import Prefetch

from accounts.models import Client
from matching.evidence_text import reasons
from matching.models import Allocation, Proposal, Transaction
from vouchers.models import PaymentItem, Voucher, VoucherFile

Row = dict[str, Any]
CHUNK = 500

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "vouchers": (
        "id", "type", "number", "date", "due_date", "contact", "total", "open_amount", "currency", "status", "paid_on",
        "withdrawn", "payments", "files",
    ),
    "transactions": (
        "id", "account_iban", "booking_date", "value_date", "amount", "currency", "counterparty", "counterparty_iban",
        "purpose", "end_to_end_id", "source", "bank_reference",
    ),
    "matches": ("voucher", "transaction", "amount", "state", "probability", "reasons", "match"),
}  # fmt: skip


def vouchers(client: Client) -> Iterator[Row]:
    """All vouchers, withdrawn ones too; ``id`` is the provider's."""
    rows = Voucher.objects.filter(client=client).order_by("pk")
    rows = rows.prefetch_related(
        Prefetch("payments", PaymentItem.objects.order_by("position")),
        Prefetch("files", VoucherFile.objects.select_related("stored").order_by("position", "pk")),
    )
    for row in rows.iterator(chunk_size=CHUNK):
        yield {
            "id": str(row.external_id),
            "type": row.type,
            "number": row.number,
            "date": row.date,
            "due_date": row.due_date,
            "contact": row.contact_name,
            "total": row.total,
            "open_amount": row.open_amount,
            "currency": row.currency,
            "status": row.status,
            "paid_on": row.paid_on,
            "withdrawn": row.withdrawn_at is not None,
            "payments": [{"type": item.type, "date": item.date, "amount": item.amount} for item in row.payments.all()],
            "files": [
                {"name": file.name, "sha256": file.stored.sha256, "size": file.stored.size} for file in row.files.all()
            ],
        }


def transactions(client: Client) -> Iterator[Row]:
    """All transactions that stand; ``amount`` is signed. External ones have the source ``external`` and no account."""
    rows = (
        Transaction.objects.filter(client=client, withdrawn_at=None)
        .select_related("account")
        .defer("raw")
        .order_by("pk")
    )
    for row in rows.iterator(chunk_size=CHUNK):
        yield {
            "id": str(row.pk),
            "account_iban": row.account.iban if row.account else "",
            "booking_date": row.booking_date,
            "value_date": row.value_date,
            "amount": row.amount,
            "currency": row.currency,
            "counterparty": row.counterparty,
            "counterparty_iban": row.counterparty_iban,
            "purpose": row.purpose,
            "end_to_end_id": row.end_to_end_id,
            "source": row.source,
            "bank_reference": row.bank_reference,
        }


def matches(client: Client) -> Iterator[Row]:
    """One row per allocation of what stands, waits or was rejected; those of one match share ``match``.

    The words of ``reasons`` are in the active language.
    """
    rows = Allocation.objects.filter(proposal__client=client).exclude(proposal__state=Proposal.State.SUPERSEDED)
    rows = (
        rows.filter(transaction__withdrawn_at=None).select_related("proposal", "voucher").order_by("proposal_id", "pk")
    )
    for row in rows.iterator(chunk_size=CHUNK):
        yield {
            "voucher": str(row.voucher.external_id),
            "transaction": str(row.transaction_id),
            "amount": row.amount,
            "state": row.proposal.state,
            "probability": float(row.proposal.probability),
            "reasons": [{"code": item["code"], "text": item["text"]} for item in reasons(row.proposal)],
            "match": str(row.proposal_id),
        }


SOURCES: Mapping[str, Callable[[Client], Iterator[Row]]] = {
    "vouchers": vouchers,
    "transactions": transactions,
    "matches": matches,
}
