"""Withdrawing everything a client has at once."""

from django.db import transaction
from django.utils import timezone

from accounts.models import Client
from vouchers.locks import lock
from vouchers.models import Voucher


def withdraw_all(client: Client, reason: str) -> list[Voucher]:
    """Mark every voucher of the client withdrawn for this reason, in one go; nothing is deleted.

    Returns those that were not withdrawn before. A voucher that a list shows again comes back by itself.
    """
    with transaction.atomic():
        lock(client.pk)
        standing = client.vouchers.filter(withdrawn_at__isnull=True)
        withdrawn = list(standing.only("pk", "external_id", "number", "client_id"))
        now = timezone.now()
        standing.update(withdrawn_at=now, withdrawn_reason=reason, updated_at=now)
    return withdrawn
