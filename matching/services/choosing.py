"""Which of the engine's drafts may be written beside what stands. Reads, never writes."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q

from accounts.models import Client
from matching.models import Decision
from matching.services import loading
from matching.services.drafts import Draft
from matching.services.states import Kind
from matching.services.thinking import REJECTED
from matching.services.usage import Usage
from matching.services.yielding import Yielding

# Matches that a person took back, or that went back to review because a voucher changed: only a person decides again.
SEEN_BY_A_PERSON = Exists(
    Decision.objects.filter(
        Q(kind__in=[Kind.UNDO, Kind.REJECT]) | Q(kind=Kind.REOPEN, cause=None), proposal=OuterRef("pk")
    )
)


@dataclass(frozen=True, slots=True)
class Chosen:
    """``stands``: what may stand without a person; ``suggested``: what is left open; both best first."""

    stands: list[Draft]
    suggested: list[Draft]


def choose(client: Client, drafts: list[Draft], looked_at: Collection[int], usage: Usage, yielding: Yielding) -> Chosen:
    """Choose among ``drafts`` those that fit beside ``usage``, which is brought up to date.

    Only vouchers in ``looked_at`` count. New matches are in ``usage`` under numbers from zero down, in their order.
    """
    refused = set(loading.pairs_of(client, REJECTED))
    personal = frozenset[tuple[str, str]]().union(*loading.pairs_of(client, Q(SEEN_BY_A_PERSON)))
    usable = [
        candidate
        for candidate in {candidate.fingerprint: candidate for candidate in drafts}.values()
        if candidate.pairs not in refused
        and all(share.voucher in looked_at for share in candidate.shares)
        and all(share.transaction in usage.transactions for share in candidate.shares)
    ]
    stands: list[Draft] = []
    for candidate in usable:
        if not candidate.automatic or candidate.pairs & personal:
            continue
        conflict, gone = yielding.conflict(usage, candidate.shares)
        if conflict is None:
            for external in gone:
                usage.remove(external)
            usage.add(-len(stands), candidate.shares)  # zero and below: numbers that no row has
            stands.append(candidate)
    return Chosen(stands, [one for one in usable if not yielding.conflict(usage, one.shares)[0]])
