"""A run of the engine over everything of one client.

The engine works outside the lock, because it may take seconds and people go on deciding meanwhile. What it says is
checked again under the lock, against what stands then. A run adds, replaces open suggestions that it knew when it
began, and takes back automatic matches that nobody has confirmed and that today's data would not bring about. It never
touches what people decided. Running twice in a row writes nothing the second time.
"""

import time
from collections import Counter
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import translation

from accounts.models import Client
from matching.engine import ENGINE_VERSION
from matching.models import Allocation, Decision, Proposal, Transaction
from matching.services import loading
from matching.services.choosing import choose
from matching.services.decisions import reopen_for_transaction, reopen_for_voucher
from matching.services.drafts import Draft
from matching.services.giving_way import give_way, vouchers_paid_externally
from matching.services.matchable import matchable
from matching.services.own_transfers import recognise
from matching.services.policies import policy_of
from matching.services.states import Kind, State, move
from matching.services.taking_back import name_causes, take_back, uphold
from matching.services.thinking import Progress, Thought, judge, think
from matching.services.yielding import Yielding
from matching.signals import matching_finished
from matching.withdrawn import withdrawn_words
from vouchers.locks import lock
from vouchers.models import Voucher

BATCH = 500


@dataclass(frozen=True, slots=True)
class MatchingResult:
    """How a client stands after a run.

    ``automatic``: matches that stand without a person; ``suggested``: proposals that wait for review;
    ``unmatched_vouchers`` and ``unmatched_transactions``: those with neither a match nor a proposal; ``seconds``: how
    long the run took.
    """

    automatic: int
    suggested: int
    unmatched_vouchers: int
    unmatched_transactions: int
    seconds: float


def run_matching(client: Client, *, renew: bool = False, progress: Progress | None = None) -> MatchingResult:
    """Let the engine propose for all vouchers and transactions of ``client`` and write what is new.

    ``progress`` is told (done, of) while the engine works. ``renew``: also take back what another version or policy
    matched and this one would not (see ``matching.services.comparing``). Safe to repeat, to stop anywhere, and to run
    twice at the same time.
    """
    began = time.monotonic()
    open_before = prepare(client)
    while not write(client, think(client, policy_of(client), renew=renew, progress=progress), open_before):
        pass
    matching_finished.send_robust(Client, client=client)
    return _standing_of(client, time.monotonic() - began)


def prepare(client: Client) -> set[int]:
    """Put in order what the engine should not see, and answer the suggestions that there are before it begins."""
    _send_back_what_was_withdrawn(client)
    recognise(client)
    return set(Proposal.objects.filter(client=client, state=State.SUGGESTED).values_list("pk", flat=True))


def _send_back_what_was_withdrawn(client: Client) -> None:
    """Reopen matches of what was withdrawn, and drop what was only open; whoever withdrew it knows no matches."""
    live = Q(allocations__standing=True) | Q(allocations__proposal__state=State.SUGGESTED)
    withdrawn = Voucher.objects.filter(live, client=client, withdrawn_at__isnull=False)
    for voucher in withdrawn.distinct().order_by("pk"):
        reopen_for_voucher(voucher, voucher.withdrawn_reason)
    replaced = Transaction.objects.filter(live, client=client, withdrawn_at__isnull=False)
    with translation.override(settings.LANGUAGE_CODE):
        for booking in replaced.distinct().order_by("pk"):
            reopen_for_transaction(booking, withdrawn_words(booking.withdrawn_reason))


@transaction.atomic
def write(client: Client, thought: Thought, open_before: set[int]) -> bool:
    """Write what is new. ``open_before``: the suggestions that there were when the engine began.

    What it said of a voucher that changed while it worked is worth nothing: whoever changed it asks for another run.
    False, and nothing is written, where the policy changed meanwhile.
    """
    lock(client.pk)
    if thought.judge != judge(policy_of(client)):
        return False
    current = {int(voucher.id): voucher for voucher in loading.engine_vouchers(client)}
    looked_at = {pk for pk, voucher in thought.vouchers.items() if current.get(pk) == voucher}
    taken_back = take_back(client, thought, looked_at)
    usage = loading.usage_of(client)
    yielding = Yielding(Q(client=client))
    chosen = choose(client, thought.drafts, looked_at, usage, yielding)
    stands, suggested = chosen.stands, chosen.suggested
    ranks = _ranks(suggested)

    # People make external matches: a run does not touch them, except where its own certain finds take their place.
    waiting = Proposal.objects.filter(client=client, state=State.SUGGESTED).exclude(kind=loading.EXTERNAL)
    open_now = {row.fingerprint: row for row in waiting.order_by("pk")}
    shares = loading.shares_of([row.pk for row in open_now.values()])
    fresh = []
    kept = {pk for pk, some in shares.items() if any(share.voucher not in looked_at for share in some)}
    # a match whose payment does not stand any more waits for a person, who reads why
    kept |= set(waiting.filter(allocations__transaction__withdrawn_at__isnull=False).values_list("pk", flat=True))
    for candidate in suggested:
        row = open_now.get(candidate.fingerprint)
        if row is None:
            fresh.append(candidate)
        elif candidate.says_the_same_as(row):
            kept.add(row.pk)
            if row.rank != ranks[candidate.fingerprint]:
                Proposal.objects.filter(pk=row.pk).update(rank=ranks[candidate.fingerprint])
        else:
            move(open_now.pop(candidate.fingerprint), State.SUPERSEDED, Kind.SUPERSEDE)
            fresh.append(candidate)
    for candidate in stands:
        if candidate.fingerprint in open_now:
            move(open_now.pop(candidate.fingerprint), State.SUPERSEDED, Kind.SUPERSEDE)
    causes = _create(client, stands, ranks, State.AUTOMATIC, thought.judge)
    name_causes(taken_back, causes)
    uphold(client, thought)
    externally_paid = vouchers_paid_externally(client)
    for decision, candidate in zip(causes, stands, strict=True):
        if any(share.voucher in externally_paid for share in candidate.shares):
            give_way(decision)
    for row in open_now.values():
        conflict, _gone = yielding.conflict(usage, shares[row.pk])
        if conflict is not None:
            # the match in the way is the cause: undoing it brings this proposal back
            cause = next((causes[-other] for other in conflict[2] if other <= 0), None)
            move(row, State.SUPERSEDED, Kind.SUPERSEDE, cause=cause)
        elif row.pk in open_before and row.pk not in kept:
            move(row, State.SUPERSEDED, Kind.SUPERSEDE)
    _create(client, fresh, ranks, State.SUGGESTED)
    return True


def _ranks(suggested: list[Draft]) -> dict[str, int]:
    """The place of each suggestion among those of its vouchers, best first; for several vouchers the best place."""
    seen: Counter[int] = Counter()
    ranks = {}
    for candidate in suggested:
        vouchers = {share.voucher for share in candidate.shares}
        seen.update(vouchers)
        ranks[candidate.fingerprint] = min(seen[voucher] for voucher in vouchers)
    return ranks


def _create(
    client: Client, drafts: list[Draft], ranks: dict[str, int], state: State, upheld_by: str = ""
) -> list[Decision]:
    """Store proposals; for automatic ones with the decision that makes them stand. Answers the decisions."""
    stands = state in Proposal.STANDING
    rows = Proposal.objects.bulk_create(
        [
            Proposal(
                client=client,
                state=state,
                kind=candidate.kind,
                rank=ranks.get(candidate.fingerprint, 1),
                permission=candidate.permission,
                probability=candidate.probability,
                evidence=candidate.evidence,
                runner_up=candidate.runner_up,
                engine_version=ENGINE_VERSION,
                upheld_by=upheld_by,
                fingerprint=candidate.fingerprint,
            )
            for candidate in drafts
        ],
        batch_size=BATCH,
    )
    Allocation.objects.bulk_create(
        [
            Allocation(
                proposal=row,
                voucher_id=share.voucher,
                transaction_id=share.transaction,
                amount=share.amount,
                standing=stands,
            )
            for row, candidate in zip(rows, drafts, strict=True)
            for share in candidate.shares
        ],
        batch_size=BATCH,
    )
    if not stands:
        return []
    return Decision.objects.bulk_create(
        [Decision(proposal=row, kind=Kind.AUTOMATIC, from_state=State.SUGGESTED, to_state=state) for row in rows],
        batch_size=BATCH,
    )


def _standing_of(client: Client, seconds: float) -> MatchingResult:
    proposals = Proposal.objects.filter(client=client)
    live = Allocation.objects.filter(proposal__client=client, proposal__state__in=[*Proposal.STANDING, State.SUGGESTED])
    vouchers = Voucher.objects.filter(client=client, withdrawn_at=None).exclude(pk__in=live.values("voucher"))
    transactions = matchable(Transaction.objects.filter(client=client))
    transactions = transactions.exclude(pk__in=live.values("transaction"))
    return MatchingResult(
        automatic=proposals.filter(state=State.AUTOMATIC).count(),
        suggested=proposals.filter(state=State.SUGGESTED).count(),
        unmatched_vouchers=vouchers.count(),
        unmatched_transactions=transactions.count(),
        seconds=round(seconds, 3),
    )
