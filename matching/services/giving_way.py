"""External payments give way to the bank line that turns up, and come back when that match is taken back.

Both are called with the decision that made a proposal stand or cease to stand, under ``vouchers.locks.lock``.
"""

from decimal import Decimal

from django.db.models import Q
from django.utils import timezone

from accounts.models import Client, User
from matching.models import Allocation, Decision, ExternalPayment, Proposal, Transaction
from matching.services.external_history import State as PaymentState
from matching.services.external_history import change
from matching.services.loading import EXTERNAL, shares_of, usage_around
from matching.services.room import room_of
from matching.services.states import Kind, State, is_free, move
from matching.services.yielding import Yielding

GAVE_WAY = "external_gave_way"


def vouchers_paid_externally(client: Client) -> set[int]:
    """The vouchers of a client that have an external payment, drafted or saved."""
    rows = ExternalPayment.objects.filter(client=client, state__in=[PaymentState.DRAFT, PaymentState.SAVED])
    return set(rows.exclude(voucher=None).values_list("voucher_id", flat=True))


def give_way(cause: Decision) -> int:
    """Let what stands now take the place of external payments of its vouchers. Answers how many gave way."""
    proposal = cause.proposal
    if proposal.kind == EXTERNAL:
        return 0
    shares = shares_of([proposal.pk])[proposal.pk]
    vouchers = {share.voucher for share in shares}
    line = shares[0].transaction
    around = usage_around(shares, without=proposal.pk)
    ours = Allocation.objects.filter(voucher__in=vouchers).values("proposal")
    found, gone = Yielding(Q(pk__in=ours)).conflict(around, shares)
    count = 0
    for external in Proposal.objects.filter(pk__in=gone if found is None else ()).order_by("pk"):
        transaction = Transaction.objects.get(allocations__proposal=external)
        move(external, State.SUPERSEDED, Kind.SUPERSEDE, actor=cause.actor, cause=cause)
        _withdraw(transaction)
        payment = ExternalPayment.objects.filter(transaction=transaction).first()
        if payment is not None:
            count += _give_way(payment, line, cause.actor)
    for voucher in sorted(vouchers):
        lines = [share.transaction for share in shares if share.voucher == voucher]
        settled = sum((share.amount for share in shares if share.voucher == voucher), Decimal(0))
        count += _drafts_give_way(voucher, lines[0], settled, cause.actor)
    return count


def come_back(cause: Decision) -> int:
    """Bring back what had given way to the proposal that just ceased to stand, as far as it fits now."""
    proposal = cause.proposal
    if proposal.kind == EXTERNAL:
        return 0
    allocations = Allocation.objects.filter(proposal=proposal)
    waiting = ExternalPayment.objects.filter(
        client=proposal.client_id,
        state=PaymentState.GAVE_WAY,
        voucher__in=allocations.values("voucher"),
        gave_way_to__in=allocations.values("transaction"),
    )
    return sum(bring_back(payment, cause.actor, cause) for payment in waiting.order_by("pk"))


def bring_back(payment: ExternalPayment, actor: User | None, cause: Decision | None = None) -> bool:
    """Make one that gave way what it was before; answers False where its voucher has no room for it."""
    transaction = payment.transaction
    if transaction is None:
        voucher = payment.voucher
        if voucher is None or voucher.withdrawn_at is not None or room_of(voucher) < abs(payment.amount):
            return False
        return change(payment, PaymentState.DRAFT, actor, "came_back", gave_way_to=None)
    external = Proposal.objects.filter(kind=EXTERNAL, allocations__transaction=transaction).order_by("-pk").first()
    # What joins a withdrawn transaction is never free: it stands again first, and not where there is no room.
    why, since = transaction.withdrawn_reason, transaction.withdrawn_at
    stands = Transaction.objects.filter(pk=transaction.pk)
    stands.update(withdrawn_at=None, withdrawn_reason="")
    if external is not None and external.state == State.SUPERSEDED:
        if not is_free(external):
            stands.update(withdrawn_at=since, withdrawn_reason=why)
            return False
        last = external.decisions.order_by("-pk").first()
        move(external, State.CONFIRMED, Kind.UNDO, actor=actor, undoes=last, cause=cause)
    return change(payment, PaymentState.SAVED, actor, "came_back", gave_way_to=None)


def _drafts_give_way(voucher: int, line: int, settled: Decimal, actor: User | None) -> int:
    """Drafts have no match yet: those that find no room beside what stands give way, the nearest in amount first."""
    drafts = list(ExternalPayment.objects.filter(voucher=voucher, state=PaymentState.DRAFT).select_related("voucher"))
    if not drafts:
        return 0
    assert drafts[0].voucher is not None  # noqa: S101 - looked up by it
    room = room_of(drafts[0].voucher)
    drafts.sort(key=lambda draft: (abs(abs(draft.amount) - settled), draft.pk))
    count = 0
    while drafts and sum(abs(draft.amount) for draft in drafts) > room:
        count += _give_way(drafts.pop(0), line, actor)
    return count


def _give_way(payment: ExternalPayment, line: int, actor: User | None) -> bool:
    return change(payment, PaymentState.GAVE_WAY, actor, "gave_way", gave_way_to_id=line)


def _withdraw(transaction: Transaction) -> None:
    Transaction.objects.filter(pk=transaction.pk, withdrawn_at=None).update(
        withdrawn_at=timezone.now(), withdrawn_reason=GAVE_WAY
    )
