"""Which external matches give way to which bank lines. Reads, never writes.

An external match stands for a payment that nobody has seen on an account. A bank line that was imported after the
match was saved may be that payment, and takes its place as soon as it is certain or a person says so. A line that had
been there already does not: whoever saved the external transaction could see it.
"""

from datetime import datetime
from decimal import Decimal

from django.db.models import Q

from matching.models import Allocation, Proposal, Transaction
from matching.services.loading import EXTERNAL
from matching.services.usage import Conflict, Share, Usage

Found = tuple[Conflict, int, tuple[int, ...]]


class Yielding:
    """The external matches that stand, among the proposals that ``which`` selects."""

    def __init__(self, which: Q) -> None:
        ours = Proposal.objects.filter(which, kind=EXTERNAL, state__in=Proposal.STANDING)
        rows = Allocation.objects.filter(proposal__in=ours.values("pk"))
        self._saved: dict[int, tuple[datetime, Decimal]] = {
            proposal: (at, amount)
            for proposal, at, amount in rows.values_list("proposal_id", "transaction__created_at", "amount")
        }

    def __bool__(self) -> bool:
        return bool(self._saved)

    def __contains__(self, proposal: int) -> bool:
        return proposal in self._saved

    def conflict(self, usage: Usage, shares: tuple[Share, ...]) -> tuple[Found | None, tuple[int, ...]]:
        """Why ``shares`` cannot stand as well, and the external matches that make room for them where they can.

        As few as needed, those nearest in amount first. See ``Usage.conflict``.
        """
        gone: tuple[int, ...] = ()
        wanted = sum((share.amount for share in shares), Decimal(0))
        while (conflict := usage.conflict(shares, gone)) is not None:
            able = [other for other in conflict[2] if other in self._saved and self._may_replace(shares, other)]
            if not able:
                return conflict, ()
            gone = (*gone, min(able, key=lambda other: (abs(self._saved[other][1] - wanted), other)))
        return None, gone

    def _may_replace(self, shares: tuple[Share, ...], external: int) -> bool:
        """Whether all the lines are of a bank, and came after the external match."""
        lines = Transaction.objects.filter(pk__in={share.transaction for share in shares})
        saved = self._saved[external][0]
        return not lines.filter(Q(account=None) | Q(created_at__lte=saved)).exists()
