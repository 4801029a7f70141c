"""A client has moved to another Lexware Office organization: the old documents step back, the new ones come."""

from typing import Any

from django.utils import timezone

from integrations.models import Connection, ConnectionSecret, Reason, SeenVoucher, SyncRun, VoucherChange
from matching.tasks import enqueue_matching
from vouchers.withdrawal import withdraw_all

CHANGED = str(Reason.ORGANIZATION_CHANGED)
REPLACED = "replaced"
# The bookmark of the sync and the place of the comparison mean nothing in another organization.
FROM_THE_BEGINNING: dict[str, Any] = {
    "synced_through": None,
    "synced_from": None,
    "compared_before": None,
    "compared_at": None,
}
LIVE = (SyncRun.State.QUEUED, SyncRun.State.RUNNING)


def leave_organization(connection: Connection) -> int:
    """Withdraw all vouchers of the former organization and forget what its lists showed; how many were withdrawn.

    To be called in the transaction that changes the organization. A fetch of the former one that is under way stops;
    history, raw answers and files stay. Matches go back to review. Coming back later brings the vouchers back by
    themselves, because a complete listing shows them again.
    """
    connection.runs.filter(state__in=LIVE).update(
        state=SyncRun.State.FAILED, error=REPLACED, finished_at=timezone.now(), phase=""
    )
    SeenVoucher.objects.filter(connection=connection).delete()
    withdrawn = withdraw_all(connection.client, CHANGED)
    VoucherChange.objects.bulk_create(
        (
            VoucherChange(
                connection=connection,
                external_id=voucher.external_id,
                number=voucher.number,
                kind=VoucherChange.Kind.WITHDRAWN,
                fields={"reason": ["", CHANGED]},
            )
            for voucher in withdrawn
        ),
        batch_size=1000,
    )
    if withdrawn:
        enqueue_matching(connection.client)
    return len(withdrawn)


def others_of_organization(connection: Connection, organization_id: str = "") -> list[Connection]:
    """The connections of other clients to the same organization, those that hold a key; usually none.

    ``organization_id``: by default the connection's own.
    """
    wanted = organization_id or connection.organization_id
    if not wanted:
        return []
    keyed = ConnectionSecret.objects.values("connection")
    same = Connection.objects.filter(organization_id=wanted, provider=connection.provider, pk__in=keyed)
    return list(same.exclude(pk=connection.pk).select_related("client").order_by("client__number"))
