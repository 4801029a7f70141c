"""Everything the page of one case shows."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format

from accounts.display import money
from accounts.models import User
from accounts.scoping import scoped
from matching.evidence_text import Reason, reasons, sentence
from matching.models import Allocation, Decision, Proposal, Transaction
from matching.review.marks import Piece, pieces, ranges
from matching.services.drafts import tenths_of_percent
from vouchers.models import PaymentItem, Voucher, VoucherFile
from vouchers.rows import DocumentView, views_of

ALTERNATIVES = 4
UNDO_FOR = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Line:
    """A bank line with the evidence marked in its texts; ``amount`` signed, as booked."""

    transaction: Transaction
    counterparty: list[Piece]
    purpose: list[Piece]
    others: list[tuple[str, list[Piece]]]


@dataclass(frozen=True, slots=True)
class Settled:
    """What a proposal settles of a voucher: ``amount`` of ``voucher.total``; ``difference`` stays (may be negative)."""

    voucher: Voucher
    amount: Decimal
    currency: str
    difference: Decimal


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another proposal for the same voucher, and the key that chooses it; ``equal``: as probable as the case itself."""

    key: int
    proposal: Proposal
    allocations: list[Allocation]
    doubt: str
    equal: bool


@dataclass(frozen=True, slots=True)
class RunnerUp:
    """The engine's next best explanation: what it says, how sure it was, what speaks most against it."""

    words: str
    probability: Decimal
    doubt: str


@dataclass(frozen=True, slots=True)
class Case:
    """One case: the proposal, its documents, bank lines, reasons, amounts, and what else could be."""

    proposal: Proposal
    vouchers: list[Voucher]
    documents: list[DocumentView]
    payments: list[PaymentItem]
    lines: list[Line]
    reasons: list[Reason]
    settled: list[Settled]
    alternatives: list[Alternative]
    runner_up: RunnerUp | None
    taken_back: list[Decision]

    @property
    def equals(self) -> int:
        """How many other possibilities are as probable as this one, as far as a person sees it."""
        return sum(other.equal for other in self.alternatives)


def case(proposal: Proposal) -> Case:
    """Put a case together. Twelve queries at most, however many vouchers and lines it has."""
    allocations = list(
        proposal.allocations.select_related("voucher", "transaction__account").order_by(
            "transaction__booking_date", "voucher__date", "id"
        )
    )
    vouchers = list({row.voucher_id: row.voucher for row in allocations}.values())
    transactions = list({row.transaction_id: row.transaction for row in allocations}.values())
    ids = [voucher.pk for voucher in vouchers]
    files = VoucherFile.objects.filter(voucher__in=ids).select_related("stored").order_by("voucher", "position", "id")
    others = alternatives(proposal, ids)
    payments = PaymentItem.objects.filter(voucher__in=ids).order_by("voucher", "position")
    return Case(
        proposal,
        vouchers,
        views_of(files),
        list(payments),
        [line(transaction, proposal.evidence) for transaction in transactions],
        reasons(proposal),
        [settled(voucher, [row for row in allocations if row.voucher_id == voucher.pk]) for voucher in vouchers],
        others,
        runner_up(proposal, others),
        taken_back(ids, [transaction.pk for transaction in transactions]),
    )


def line(transaction: Transaction, evidence: list[Any]) -> Line:
    """A bank line with its marks."""

    def marked(field: str) -> list[Piece]:
        text: str = getattr(transaction, field)
        return pieces(text, ranges(evidence, field, text))

    fields = ("counterparty_iban", "end_to_end_id", "mandate_id", "creditor_id", "bank_reference")
    labels = {field: str(Transaction._meta.get_field(field).verbose_name) for field in fields}  # type: ignore[union-attr]
    others = [(labels[field], marked(field)) for field in fields if getattr(transaction, field)]
    return Line(transaction, marked("counterparty"), marked("purpose"), others)


def settled(voucher: Voucher, allocations: list[Allocation]) -> Settled:
    """What some allocations settle of a voucher."""
    amount = sum((row.amount for row in allocations), Decimal(0))
    currency = allocations[0].transaction.currency
    difference = voucher.total - amount if currency == voucher.currency else Decimal(0)
    return Settled(voucher, amount, currency, difference)


def alternatives(proposal: Proposal, vouchers: list[int]) -> list[Alternative]:
    """The other open proposals for the same vouchers, best first, with the reason that speaks most against each."""
    shared = Allocation.objects.filter(voucher__in=vouchers).values("proposal")
    others = (
        Proposal.objects.filter(client_id=proposal.client_id, state=Proposal.State.SUGGESTED, pk__in=shared)
        .exclude(pk=proposal.pk)
        .prefetch_related("allocations__voucher", "allocations__transaction")
        .order_by("rank", "-probability", "id")[:ALTERNATIVES]
    )
    shown = tenths_of_percent(proposal.probability)
    found = []
    for key, other in enumerate(others, 2):
        equal = tenths_of_percent(other.probability) == shown
        found.append(Alternative(key, other, list(other.allocations.all()), doubt(other), equal))
    return found


def doubt(proposal: Proposal) -> str:
    """What speaks most against a proposal, in words; empty where nothing does."""
    return _weightiest_against(proposal.evidence)


def _weightiest_against(evidence: list[Any]) -> str:
    against = [item for item in evidence if isinstance(item, dict) and not item.get("supports")]
    return sentence(min(against, key=lambda item: item.get("weight", 0))) if against else ""


def taken_back(vouchers: list[int], transactions: list[int]) -> list[Decision]:
    """What Kontor had matched automatically with these vouchers or lines, and took back; the latest first."""
    theirs = Allocation.objects.filter(Q(voucher__in=vouchers) | Q(transaction__in=transactions)).values("proposal")
    rows = Decision.objects.filter(kind=Decision.Kind.TAKE_BACK, proposal__in=theirs)
    shown = rows.prefetch_related("proposal__allocations__voucher", "proposal__allocations__transaction")
    return list(shown.select_related("proposal").order_by("-pk")[:ALTERNATIVES])


def runner_up(proposal: Proposal, others: list[Alternative]) -> RunnerUp | None:
    """The next best explanation, unless it is among the possibilities that can be chosen. Two queries at most."""
    stored = proposal.runner_up
    if not stored:
        return None
    pairs = {(part["voucher"], part["transaction"]) for part in stored["allocations"]}
    if any(pairs == {(row.voucher_id, row.transaction_id) for row in other.allocations} for other in others):
        return None
    vouchers = Voucher.objects.filter(client_id=proposal.client_id, pk__in=[voucher for voucher, _ in pairs])
    lines = Transaction.objects.filter(client_id=proposal.client_id, pk__in=[line for _, line in pairs])
    paid = ", ".join(sorted(voucher.number or voucher.contact_name for voucher in vouchers))
    booked = ", ".join(
        f"{date_format(line.booking_date, 'SHORT_DATE_FORMAT')} {money(line.amount, line.currency)}"
        for line in lines.order_by("booking_date", "pk")
    )
    return RunnerUp(
        f"{paid} ← {booked}", Decimal(stored["probability"]), _weightiest_against(stored.get("evidence", []))
    )


def decided(proposal: Proposal) -> Decision | None:
    """The decision of a person by which a confirmed or rejected proposal stands there, to be taken back; one query."""
    if proposal.state not in (Proposal.State.CONFIRMED, Proposal.State.REJECTED):
        return None
    rows = proposal.decisions.filter(
        kind__in=[Decision.Kind.CONFIRM, Decision.Kind.REJECT], to_state=proposal.state, undone_by__isnull=True
    )
    return rows.select_related("actor").order_by("-pk").first()


def last_decision(user: User) -> Decision | None:
    """The person's last decision that can still be taken back with one key; one query."""
    mine = scoped(Decision.objects.filter(actor=user), user, "proposal__client")
    return (
        mine.filter(
            kind__in=[Decision.Kind.CONFIRM, Decision.Kind.REJECT],
            undone_by__isnull=True,
            decided_at__gte=timezone.now() - UNDO_FOR,
        )
        .select_related("proposal")
        .prefetch_related("proposal__allocations__voucher")
        .order_by("-decided_at", "-id")
        .first()
    )
