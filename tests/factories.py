"""A client with everything a person may look at: vouchers, payments, files, bank lines, proposals, a connection."""

import io
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid5

from fpdf import FPDF

from accounts.models import Client, User
from integrations.models import (
    Connection,
    ConnectionEvent,
    Reason,
    SkippedRecord,
    StatementFile,
    Status,
    SupportRequest,
    SyncRun,
)
from matching.models import BankAccount, Proposal, Transaction
from matching.services.drafts import fingerprint
from matching.services.usage import Share
from vouchers.models import PaymentItem, StoredFile, Voucher, VoucherFile
from vouchers.raw import keep
from vouchers.storage import store

SPACE = UUID("2a0b6f66-64b7-4a2b-8a53-9d2c1a1d7f01")
FIRST = date(2025, 3, 3)
MOMENT = datetime(2026, 3, 12, 5, 12, tzinfo=UTC)
SUPPLIERS = ("Druckhaus Seeblick GmbH", "Holzhandel Petersen", "Stadtwerke Fördeblick", "Möbelbeschläge Ohm KG")


def pdf(*pages: str) -> bytes:
    """A PDF with one line of text on each page."""
    document = FPDF()
    document.set_creation_date(MOMENT)
    document.set_font("Helvetica", size=18)
    for text in pages:
        document.add_page()
        document.cell(text=text)
    written = io.BytesIO()
    document.output(written)
    return written.getvalue()


def voucher(client: Client, index: int, total: str = "", **fields: Any) -> Voucher:
    """The client's voucher with this index: a purchase invoice with one payment of its total."""
    amount = Decimal(total or f"{100 + index * 7}.{index % 100:02}")
    contact = SUPPLIERS[index % len(SUPPLIERS)]
    values: dict[str, Any] = {
        "external_id": uuid5(SPACE, f"{client.pk}-{index}"),
        "type": "purchaseinvoice",
        "number": f"RE-{2041 + index}",
        "date": FIRST + timedelta(days=index),
        "due_date": FIRST + timedelta(days=index + 14),
        "contact_name": contact,
        "total": amount,
        "status": "paid",
        "paid_on": FIRST + timedelta(days=index + 11),
        "provider_updated_at": MOMENT,
        "complete": True,
        **fields,
    }
    made = Voucher.objects.create(client=client, **values)
    PaymentItem.objects.create(
        voucher=made, position=0, type="partPaymentFinancialTransaction", date=made.paid_on, amount=made.total
    )
    return made


def attach(of: Voucher, content: bytes, name: str = "", kind: str = "application/pdf") -> VoucherFile:
    """Attach a file to a voucher."""
    stored: StoredFile = store(content, kind)
    position = of.files.count()
    return VoucherFile.objects.create(
        voucher=of,
        external_id=f"{of.external_id}-{position}",
        position=position,
        name=name or f"{of.number}.pdf",
        stored=stored,
    )


def account(client: Client) -> BankAccount:
    """The client's bank account."""
    iban = "DE02120300000000202051"
    made, _ = BankAccount.objects.get_or_create(
        client=client, key=iban, defaults={"iban": iban, "bank": "Sparkasse Fördeblick"}
    )
    return made


def booking(client: Client, index: int, amount: str, purpose: str = "", **fields: Any) -> Transaction:
    """A line of the client's account; ``amount`` signed."""
    values: dict[str, Any] = {
        "account": account(client),
        "key": f"line-{index}",
        "booking_date": FIRST + timedelta(days=index + 11),
        "value_date": FIRST + timedelta(days=index + 11),
        "amount": Decimal(amount),
        "counterparty": SUPPLIERS[index % len(SUPPLIERS)],
        "counterparty_iban": "DE88500700100175526303",
        "purpose": purpose or f"RG NR RE {2041 + index} VIELEN DANK",
        "end_to_end_id": "NOTPROVIDED",
        **fields,
    }
    return Transaction.objects.create(client=client, **values)


def proposal(
    pays: Voucher, line: Transaction, *, rank: int = 1, probability: str = "0.9970", amount: str = "", **fields: Any
) -> Proposal:
    """An open proposal that the line paid the voucher, with evidence marked in the line's text."""
    paid = Decimal(amount) if amount else abs(line.amount)
    found = pays.number.replace("-", " ")
    start = line.purpose.find(found)
    evidence: list[dict[str, Any]] = [
        {
            "code": "amount_equal" if paid == pays.total else "amount_less_discount",
            "supports": True,
            "weight": 3.0,
            "params": {"expected": f"{pays.total:.2f}", "booked": f"{paid:.2f}", "percent": "3"},
        },
        {
            "code": "payment_date_far",
            "supports": False,
            "weight": -0.6,
            "params": {"expected": "2025-03-17", "booked": line.booking_date.isoformat(), "days": "3"},
        },
    ]
    if start >= 0:
        params = {"number": pays.number, "found": found, "field": "purpose"}
        params |= {"start": str(start), "end": str(start + len(found))}
        evidence.insert(0, {"code": "number_rewritten", "supports": True, "weight": 6.0, "params": params})
    made = Proposal.objects.create(
        client=pays.client,
        rank=rank,
        permission="suggest",
        probability=Decimal(probability),
        evidence=evidence,
        engine_version="1.0",
        fingerprint=fingerprint(pays.client_id, (Share(pays.pk, line.pk, paid),)),
        **fields,
    )
    made.allocations.create(voucher=pays, transaction=line, amount=paid, standing=made.state in Proposal.STANDING)
    return made


def cases(client: Client, count: int, first: int = 0) -> list[Proposal]:
    """Open cases, the surest first: each a voucher with a file and its bank line, equal in amount."""
    made = []
    for index in range(first, first + count):
        pays = voucher(client, index)
        attach(pays, pdf(f"Rechnung {pays.number}"))
        line = booking(client, index, f"-{pays.total}")
        made.append(proposal(pays, line, probability=f"{Decimal('0.9990') - index * Decimal('0.0010'):.4f}"))
    return made


@dataclass(slots=True)
class World:
    """Everything that was made for a client."""

    client: Client
    cases: list[Proposal]
    connection: Connection
    run: SyncRun
    statement: StatementFile
    request: SupportRequest
    files: list[VoucherFile] = field(default_factory=list)


def connection(client: Client, *, failed: bool = False) -> Connection:
    """A connection with a timeline; active, or failed because the key was rejected."""
    made = Connection.objects.create(
        client=client,
        status=Status.FAILED if failed else Status.ACTIVE,
        reason=Reason.KEY_REJECTED if failed else "",
        status_since=MOMENT,
        organization_id="aa93e8a8-2aa3-470b-b914-caad8a255dd8",
        organization_name=client.name,
        key_last_four="x7Qk",
        key_fingerprint="b9c1f4e2a05d77aa" * 4,
        last_sync_at=MOMENT,
        next_sync_at=MOMENT + timedelta(days=1),
    )
    ConnectionEvent.objects.create(
        connection=made, at=MOMENT - timedelta(days=30), kind="status", from_status="none", to_status="activate"
    )
    ConnectionEvent.objects.create(
        connection=made, at=MOMENT - timedelta(days=29), kind="status", from_status="activate", to_status="active"
    )
    if failed:
        ConnectionEvent.objects.create(
            connection=made,
            at=MOMENT,
            kind="status",
            from_status="active",
            to_status="failed",
            reason="key_rejected",
            request_id="1f0c2f0e-7a53-4c4e-90d1-7a0fdd4a2b11",
            detail={"status": 401, "path": "/v1/profile"},
        )
    return made


def world(client: Client, author: User | None = None, *, count: int = 3, failed: bool = False) -> World:
    """A client with open cases, a connection, a fetch with a skipped voucher, a statement, a support request."""
    made = cases(client, count)
    linked = connection(client, failed=failed)
    run = SyncRun.objects.create(
        connection=linked,
        state="done",
        trigger="schedule",
        queued_at=MOMENT,
        started_at=MOMENT,
        finished_at=MOMENT + timedelta(seconds=41),
        created=count,
        files=count,
        requests=12,
    )
    SkippedRecord.objects.create(run=run, external_id="5d1a", number="RE-1999", reason="no_payment_information")
    of = made[0].allocations.get().voucher
    keep(client, "lexware", "voucher", str(of.external_id), '{"voucherNumber":"RE-2041","totalGrossAmount":100.10}')
    keep(client, "lexware", "voucher", str(of.external_id), '{"voucherNumber":"RE-2041","totalGrossAmount":100.00}')
    statement = StatementFile.objects.create(
        client=client,
        name="2025-03.xml",
        format="camt.053.001.08",
        stored=store(b"<Document/>", "application/xml"),
        accounts=["DE02120300000000202051"],
        transactions=count,
        new=count,
    )
    request = SupportRequest.objects.create(
        client=client,
        connection=linked,
        author=author,
        reference=f"K-{client.number}",
        status=linked.status,
        reason=linked.reason,
        message="Der Schlüssel wird nicht angenommen. Was soll ich tun?",
    )
    files = list(VoucherFile.objects.filter(voucher__client=client).order_by("pk"))
    return World(client, made, linked, run, statement, request, files)
