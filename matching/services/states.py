"""The one place where a proposal changes its state: named old state, ``standing`` kept in step, logged."""

from django.db.models import F, OuterRef, Q, Subquery
from django.utils import timezone

from accounts.models import User
from matching.models import Allocation, Decision, Proposal
from matching.services.loading import EXTERNAL, shares_of, usage_around
from matching.services.memory import LEARNED_FROM, remember
from matching.services.yielding import Yielding

State = Proposal.State
Kind = Decision.Kind


class StateChanged(Exception):
    """The proposal is not in the state it was thought to be in."""


def move(
    proposal: Proposal,
    to: State,
    kind: Kind,
    *,
    actor: User | None = None,
    reason: str = "",
    undoes: Decision | None = None,
    cause: Decision | None = None,
) -> Decision:
    """Change a proposal's state from the one it carries, and log it. Raises ``StateChanged``, then nothing happened.

    To be called under ``vouchers.locks.lock``.
    """
    now = timezone.now()
    before = proposal.state
    if not Proposal.objects.filter(pk=proposal.pk, state=before).update(state=to, updated_at=now):
        raise StateChanged
    stood, stands = before in Proposal.STANDING, to in Proposal.STANDING
    if stood != stands:
        Allocation.objects.filter(proposal=proposal).update(standing=stands)
    proposal.state, proposal.updated_at = to, now
    if {before, to} & set(LEARNED_FROM):
        remember(proposal)
    return Decision.objects.create(
        proposal=proposal,
        kind=kind,
        from_state=before,
        to_state=to,
        actor=actor,
        reason=reason[:255],
        undoes=undoes,
        cause=cause,
        decided_at=now,
    )


def replace_competitors(cause: Decision) -> int:
    """Replace the open proposals that cannot stand beside the one that just began to stand."""
    allocations = Allocation.objects.filter(proposal=cause.proposal_id)
    shared = Allocation.objects.filter(
        Q(voucher__in=allocations.values("voucher")) | Q(transaction__in=allocations.values("transaction"))
    )
    open_ones = list(Proposal.objects.filter(state=State.SUGGESTED, pk__in=shared.values("proposal")).order_by("pk"))
    shares = shares_of([proposal.pk for proposal in open_ones])
    usage = usage_around([share for some in shares.values() for share in some])
    yielding = Yielding(Q(pk__in=shared.values("proposal")))
    beaten = [proposal for proposal in open_ones if yielding.conflict(usage, shares[proposal.pk])[0]]
    for proposal in beaten:
        move(proposal, State.SUPERSEDED, Kind.SUPERSEDE, cause=cause)
    return len(beaten)


def bring_back_competitors(cause: Decision) -> int:
    """Reopen what had been replaced because of the proposal that just ceased to stand, as far as it fits now."""
    last = Decision.objects.filter(proposal=OuterRef("pk")).order_by("-pk")
    replaced = (
        Proposal.objects.filter(state=State.SUPERSEDED, client=cause.proposal.client_id)
        .exclude(kind=EXTERNAL)
        .annotate(last=Subquery(last.values("pk")[:1]))
        .filter(decisions__pk=F("last"), decisions__cause__proposal=cause.proposal_id)
        .order_by("pk")
    )
    count = 0
    for proposal in replaced:
        if is_free(proposal) and not is_settled_elsewhere(proposal):
            move(proposal, State.SUGGESTED, Kind.REOPEN, cause=cause)
            count += 1
    return count


def is_settled_elsewhere(proposal: Proposal) -> bool:
    """Whether the same combination is open, stands, or was rejected in another row."""
    others = Proposal.objects.filter(client=proposal.client_id, fingerprint=proposal.fingerprint)
    return others.exclude(pk=proposal.pk).exclude(state=State.SUPERSEDED).exists()


def is_free(proposal: Proposal) -> bool:
    """Whether a proposal could stand beside what stands now, and nothing that it joins is withdrawn."""
    withdrawn = Q(voucher__withdrawn_at__isnull=False) | Q(transaction__withdrawn_at__isnull=False)
    if proposal.allocations.filter(withdrawn).exists():
        return False
    shares = shares_of([proposal.pk])[proposal.pk]
    yielding = Yielding(Q(allocations__voucher__in=[share.voucher for share in shares]))
    return yielding.conflict(usage_around(shares, without=proposal.pk), shares)[0] is None
