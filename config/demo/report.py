"""The table that a demo ends with, and the comparison with the sandbox's truth."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from accounts.models import Client
from accounts.tax import sync_start
from integrations.models import Connection, SyncRun
from matching.models import Allocation, Proposal, Transaction, TransactionFile
from vouchers.models import Voucher, VoucherFile


@dataclass(frozen=True, slots=True)
class Line:
    """What happened for one client."""

    client: str
    state: str
    requests: int
    vouchers: int
    files: int
    transactions: int
    automatic: int
    suggested: int
    left_over: int
    seconds: float


HEADINGS = (
    "client", "connection", "requests", "vouchers", "files", "transactions", "automatic", "suggested", "left over",
    "seconds",
)  # fmt: skip

CENTS = Decimal("0.02")


def line_for(client: Client) -> Line:
    """Count one client's rows; ``automatic``, ``suggested`` and ``left_over`` are vouchers and add up to them."""
    connection = Connection.objects.filter(client=client).first()
    runs = SyncRun.objects.filter(connection__client=client)
    vouchers = Voucher.objects.filter(client=client, withdrawn_at=None)
    standing = set(Allocation.objects.filter(proposal__client=client, standing=True).values_list("voucher", flat=True))
    suggested = set(
        Allocation.objects.filter(proposal__client=client, proposal__state=Proposal.State.SUGGESTED).values_list(
            "voucher", flat=True
        )
    )
    seconds = sum(
        (run.finished_at - run.started_at).total_seconds() for run in runs if run.finished_at and run.started_at
    )
    documents = TransactionFile.objects.filter(transaction__client=client).exclude(stored=None)
    total = vouchers.count()
    return Line(
        client=str(client),
        state=connection.status + (f" ({connection.reason})" if connection.reason else "") if connection else "none",
        requests=sum(runs.values_list("requests", flat=True)),
        vouchers=total,
        files=VoucherFile.objects.filter(voucher__in=vouchers).count() + documents.count(),
        transactions=Transaction.objects.filter(client=client).count(),
        automatic=len(standing),
        suggested=len(suggested - standing),
        left_over=total - len(standing | suggested),
        seconds=seconds,
    )


def table(lines: list[Line]) -> str:
    """The lines as text, numbers to the right."""
    rows = [HEADINGS, *(
        (
            line.client, line.state, str(line.requests), str(line.vouchers), str(line.files), str(line.transactions),
            str(line.automatic), str(line.suggested), str(line.left_over), f"{line.seconds:.1f}",
        ) for line in lines
    )]  # fmt: skip
    widths = [max(len(row[i]) for row in rows) for i in range(len(HEADINGS))]
    out = []
    for number, row in enumerate(rows):
        out.append(
            "  ".join(c.ljust(w) if i < 2 else c.rjust(w) for i, (c, w) in enumerate(zip(row, widths, strict=True)))
        )
        if number == 0:
            out.append("  ".join("─" * width for width in widths))
    return "\n".join(out)


FIELDS = ("type", "number", "date", "due_date", "contact", "total", "open_amount", "status", "payments")


def _said(voucher: dict[str, Any], name: str) -> Any:
    """One field as the sandbox has it, in the form of ``_stored``."""
    if name == "payments":
        return [(item["type"], item["date"], Decimal(item["amount"])) for item in voucher["payments"]]
    value = voucher.get(name)
    return Decimal(value or 0) if name in ("total", "open_amount") else value or ""


def _stored(voucher: Voucher, name: str) -> Any:
    """One field as it is here."""
    if name == "payments":
        items = sorted(voucher.payments.all(), key=lambda item: item.position)
        return [(item.type, item.date and item.date.isoformat(), item.amount) for item in items]
    value = getattr(voucher, "contact_name" if name == "contact" else name)
    return value.isoformat() if isinstance(value, date) else value or (Decimal(0) if name == "open_amount" else "")


def differences(client: Client, truth: dict[str, Any], today: date) -> list[str]:
    """What is not as the sandbox says it must be, in words; empty where everything is right.

    Exact: which vouchers and what they say, how many files and transactions. Matches: no automatic one may be wrong,
    neither in what it matches nor in how much; of a payment that also settles a voucher from before the start, how
    much is open.
    """
    start = sync_start(client, today)
    wanted = {
        v["id"]: v for v in truth["vouchers"] if v["paid"] and v["date"] and date.fromisoformat(v["date"]) >= start
    }
    here = Voucher.objects.filter(client=client, withdrawn_at=None).prefetch_related("payments")
    stored = {str(v.external_id): v for v in here}
    problems = []
    if missing := wanted.keys() - stored.keys():
        problems.append(f"{len(missing)} paid vouchers are missing")
    if extra := stored.keys() - wanted.keys():
        problems.append(f"{len(extra)} vouchers are there that must not be")
    for name in FIELDS:
        differ = sum(
            _stored(stored[id], name) != _said(wanted[id], name)
            for id in wanted.keys() & stored.keys()
            # Of a credit note that belongs to an invoice the service tells no payments (reference: payments, 8).
            if name in wanted[id] and not (name == "payments" and wanted[id]["type"] == "creditnote")
        )
        if differ:
            problems.append(f"{differ} vouchers have another {name}")
    # A sales document has its rendering beside the receipts that were attached.
    wanted_files = sum(len(voucher["file_ids"]) + voucher["document"] for voucher in wanted.values())
    files = VoucherFile.objects.filter(voucher__client=client, voucher__withdrawn_at=None).count()
    if files != wanted_files:
        problems.append(f"{files} files instead of {wanted_files}")
    if incomplete := sum(not voucher.complete for voucher in stored.values()):
        problems.append(f"{incomplete} vouchers are incomplete")
    count = Transaction.objects.filter(client=client).count()
    if count != truth["counts"]["transactions"]:
        problems.append(f"{count} transactions instead of {truth['counts']['transactions']}")
    accepted = {(row["voucher"], row["transaction"]): _accepted(row) for row in truth["allocations"]}
    beyond = {row["transaction"] for row in truth["allocations"] if row["voucher"] not in wanted}
    automatic = list(
        Allocation.objects.filter(proposal__client=client, proposal__state=Proposal.State.AUTOMATIC)
        .select_related("voucher", "transaction")
    )  # fmt: skip
    wrong = other = 0
    for match in automatic:
        reference = match.transaction.bank_reference
        bounds = accepted.get((str(match.voucher.external_id), reference))
        wrong += bounds is None
        other += bounds is not None and reference not in beyond and not bounds[0] <= match.amount <= bounds[1]
    if wrong:
        problems.append(f"{wrong} of {len(automatic)} automatic matches are wrong")
    if other:
        problems.append(f"{other} of {len(automatic)} automatic matches settle a wrong amount")
    if not automatic:
        problems.append("nothing was matched automatically")
    if not Proposal.objects.filter(client=client, state=Proposal.State.SUGGESTED).exists():
        problems.append("nothing waits for review")
    return problems


def _accepted(row: dict[str, str]) -> tuple[Decimal, Decimal]:
    """The amounts, from and to, with which an allocation counts as right: two cents either way, or wider bounds."""
    low, high = (Decimal(row.get(bound) or row["amount"]) for bound in ("amount_min", "amount_max"))
    return low - CENTS, high + CENTS
