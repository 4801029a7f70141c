"""Takes back automatic matches that nobody has confirmed, with a note. To be called under ``vouchers.locks.lock``."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from accounts.models import Client
from matching.decision_words import ENGINE_CHANGED, NEW_DATA, POLICY_CHANGED
from matching.engine import ENGINE_VERSION
from matching.models import Allocation, Decision, Proposal
from matching.services.giving_way import come_back
from matching.services.loading import shares_of
from matching.services.states import Kind, State, move
from matching.services.thinking import Thought
from matching.services.usage import Share

BATCH = 500


@dataclass(frozen=True, slots=True)
class TakenBack:
    """A match that was taken back: the decision, and what it had joined."""

    decision: Decision
    shares: tuple[Share, ...]


def take_back(client: Client, thought: Thought, looked_at: Collection[int]) -> list[TakenBack]:
    """Take back what the engine would not match today, as far as its vouchers did not change while it thought.

    What had given way to such a match comes back. What else may be right now is proposed by the same run.
    """
    if not thought.dropped:
        return []
    # Only the state counts that is there now: whoever confirmed it meanwhile has decided.
    automatic = Proposal.objects.filter(client=client, state=State.AUTOMATIC).order_by("pk")
    rows = [row for row in automatic.defer("evidence", "runner_up") if row.fingerprint in thought.dropped]
    shares = shares_of([row.pk for row in rows])
    taken = []
    for row in rows:
        if all(share.voucher in looked_at for share in shares[row.pk]):
            decision = move(row, State.SUPERSEDED, Kind.TAKE_BACK, reason=_reason(row, thought))
            come_back(decision)
            taken.append(TakenBack(decision, shares[row.pk]))
    return taken


def name_causes(taken: Sequence[TakenBack], new: Sequence[Decision]) -> None:
    """Say of what was taken back which new match is in its place, so that undoing that one brings it back.

    Part of the same step: the new match could not be written while the old one stood.
    """
    if not taken or not new:
        return
    by_proposal = {decision.proposal_id: decision for decision in new}
    owners: dict[tuple[str, int], Decision] = {}
    parts = Allocation.objects.filter(proposal__in=by_proposal).order_by("-pk")
    for proposal, voucher, line in parts.values_list("proposal_id", "voucher_id", "transaction_id"):
        owners["voucher", voucher] = owners["line", line] = by_proposal[proposal]
    for item in taken:
        keys = [("line", share.transaction) for share in item.shares]
        keys += [("voucher", share.voucher) for share in item.shares]
        cause = next((owners[key] for key in keys if key in owners), None)
        if cause is not None:
            Decision.objects.filter(pk=item.decision.pk).update(cause=cause)


def uphold(client: Client, thought: Thought) -> None:
    """Note on automatic matches that engine and policy of today would make them again."""
    old = Proposal.objects.filter(client=client, state=State.AUTOMATIC).exclude(upheld_by=thought.judge)
    again = thought.automatic
    ids = [pk for pk, fingerprint in old.values_list("pk", "fingerprint") if fingerprint in again]
    for start in range(0, len(ids), BATCH):
        Proposal.objects.filter(pk__in=ids[start : start + BATCH]).update(upheld_by=thought.judge)


def _reason(row: Proposal, thought: Thought) -> str:
    version, _, policy = row.upheld_by.partition(" ")
    now = thought.judge.partition(" ")[2]
    if row.fingerprint in thought.held and policy != now:
        return POLICY_CHANGED
    if (version or row.engine_version) != ENGINE_VERSION:
        return ENGINE_CHANGED
    return NEW_DATA
