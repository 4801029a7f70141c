"""What the engine says of everything of one client, under a policy. Reads, never writes."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q

from accounts.collector import collector_rests
from accounts.models import Client
from matching.client_policy import Policy, apply_policy
from matching.engine import ENGINE_VERSION, propose
from matching.engine import types as engine
from matching.models import Proposal
from matching.services import loading
from matching.services.drafts import Draft, best_first, draft
from matching.services.memory import learned as learned_for
from matching.services.rates import Rates, in_euros, rates_for
from matching.services.yielding import Yielding

Progress = Callable[[int, int], None]
REJECTED = Q(state=Proposal.State.REJECTED)


@dataclass(frozen=True, slots=True)
class Thought:
    """What the engine proposes, best first, and what it would not repeat.

    ``vouchers``: as the engine saw them, by id. ``dropped``: fingerprints of automatic matches that nobody has
    confirmed and that would not come about today. ``held``: fingerprints of what only the policy holds back.
    ``judge``: engine and policy, in the form of ``Proposal.upheld_by``.
    """

    drafts: list[Draft]
    vouchers: dict[int, engine.Voucher]
    dropped: frozenset[str]
    held: frozenset[str]
    judge: str

    @property
    def automatic(self) -> frozenset[str]:
        """The fingerprints of what may stand without a person."""
        return frozenset(candidate.fingerprint for candidate in self.drafts if candidate.automatic)


def judge(policy: Policy) -> str:
    """Who judges: the engine's version and the policy's contents."""
    return f"{ENGINE_VERSION} {policy.key}"


def think(client: Client, policy: Policy, *, renew: bool = False, progress: Progress | None = None) -> Thought:
    """Let the engine propose for all vouchers and transactions of ``client``, and apply the policy.

    A match that the engine would make again by itself is not told to it as settled: it is part of the picture that
    everything else is judged in (how rare an amount is, which account belongs to whom), and so the same data gives the
    same proposals, whatever ran before. Of what it would not make again, people's decisions are settled. Automatic
    matches are not: they are dropped, so that the result does not hang on the order in which data came. But those that
    another version or policy had made stay, until somebody has seen the difference (``renew``).
    """
    vouchers, transactions = loading.engine_vouchers(client), loading.engine_transactions(client)
    given = {voucher.id for voucher in vouchers}, {line.id for line in transactions}
    rejected = loading.pairs_of(client, REJECTED)
    learned = learned_for(client, {voucher.contact for voucher in vouchers})
    rates = rates_for(vouchers, transactions)
    worth = _Worth({line.id: line for line in transactions}, rates)
    me = judge(policy)
    standing = loading.standing(client)
    loose = {match.fingerprint for match in standing if _is_loose(match, me, renew, *given)}
    told = {
        match.fingerprint
        for match in standing
        if match.fingerprint not in loose and match.permission != engine.Permission.AUTOMATIC
    }
    while True:
        settled = [part for match in standing if match.fingerprint in told for part in match.allocations]
        with collector_rests():
            found = propose(
                vouchers,
                transactions,
                rates=rates,
                settled=settled,
                rejected=rejected,
                learned=learned,
                progress=progress,
            )
        certain, drafts = set(), []
        for proposal in found:
            allowed = draft(client.pk, apply_policy(proposal, policy, worth.of(proposal)))
            drafts.append(allowed)
            if proposal.permission == engine.Permission.AUTOMATIC:
                certain.add(allowed.fingerprint)
        drafts = best_first(drafts, vouchers, transactions)
        surprising = {match.fingerprint for match in standing} - loose - told - certain
        barred = _barred(client, drafts, set(rejected))
        if not surprising and not barred:
            automatic = {candidate.fingerprint for candidate in drafts if candidate.automatic}
            return Thought(
                drafts,
                {int(voucher.id): voucher for voucher in vouchers},
                frozenset(loose - automatic),
                frozenset(certain - automatic),
                me,
            )
        told |= surprising
        rejected += barred


def _is_loose(
    match: loading.Standing, me: str, renew: bool, vouchers: Collection[str], transactions: Collection[str]
) -> bool:
    """Whether a match hangs on the data alone: nobody has confirmed it, and the engine was given all of its parts."""
    return (
        match.state == Proposal.State.AUTOMATIC
        and (renew or match.upheld_by == me)
        and all(part.voucher in vouchers and part.transaction in transactions for part in match.allocations)
    )


@dataclass(frozen=True, slots=True)
class _Worth:
    """What proposals move, in euros."""

    transactions: dict[str, engine.Transaction]
    rates: Rates

    def of(self, proposal: engine.Proposal) -> Decimal | None:
        """The sum of all allocations; None where one of them has no rate."""
        total = Decimal(0)
        for part in proposal.allocations:
            line = self.transactions[part.transaction]
            euros = in_euros(part.amount, line.currency, line.booking_date, self.rates)
            if euros is None:
                return None
            total += euros
        return total


def _barred(client: Client, drafts: list[Draft], known: set[loading.Pairs]) -> list[loading.Pairs]:
    """The certain finds that an external match forbids, because the bank line was there when a person saved it.

    The engine is told, so that the line is free for what else it may have paid.
    """
    yielding = Yielding(Q(client=client))
    if not yielding:
        return []
    usage = loading.usage_of(client)
    found = []
    for candidate in drafts:
        conflict = yielding.conflict(usage, candidate.shares)[0] if candidate.automatic else None
        if conflict is not None and any(other in yielding for other in conflict[2]) and candidate.pairs not in known:
            found.append(candidate.pairs)
    return found
