"""Which transactions are work: what the engine looks at, and what lists call open."""

from django.db.models import Exists, OuterRef, Q, QuerySet

from matching.models import OwnTransfer, Transaction


def matchable(rows: QuerySet[Transaction]) -> QuerySet[Transaction]:
    """Those that stand, are on no private account, and are no transfer between own accounts: these need a voucher."""
    own = OwnTransfer.objects.exclude(state=OwnTransfer.State.REJECTED)
    return rows.filter(
        Q(account=None) | Q(account__is_private=False),
        ~Exists(own.filter(outgoing=OuterRef("pk"))),
        ~Exists(own.filter(incoming=OuterRef("pk"))),
        withdrawn_at=None,
    )
