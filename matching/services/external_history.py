"""The one place where an external payment changes, each time with a line in its history."""

from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.utils import timezone

from accounts.models import User
from matching.models import ExternalPayment, ExternalPaymentChange

State = ExternalPayment.State
FIELDS: Final = ("kind", "name", "date", "amount", "currency", "purpose", "voucher_id")
"""What a person can change."""


def change(
    payment: ExternalPayment, to: str, actor: User | None, action: str, *, detail: Any = None, **columns: Any
) -> bool:
    """Change an external payment from the state it carries, and log it; answers False where somebody was faster.

    ``detail`` goes into the history beside the ``action``. To be called under ``vouchers.locks.lock``.
    """
    now, before = timezone.now(), payment.state
    columns |= {"state": to, "changed_at": now}
    if not ExternalPayment.objects.filter(pk=payment.pk, state=before).update(**columns):
        return False
    for name, value in columns.items():
        setattr(payment, name, value)
    log(payment, before, actor, action, detail)
    return True


def log(payment: ExternalPayment, before: str, actor: User | None, action: str, detail: Any = None) -> None:
    """Add a line to the history."""
    ExternalPaymentChange.objects.create(
        payment=payment,
        actor=actor,
        from_state=before,
        to_state=payment.state,
        detail={"action": action, **(detail or {})},
    )


def written(payment: ExternalPayment) -> dict[str, Any]:
    """What can be changed of it, as plain values for the history."""
    values = {name: getattr(payment, name) for name in FIELDS}
    return {name: str(value) if isinstance(value, Decimal | date) else value for name, value in values.items()}


def last_change(payment: ExternalPayment) -> ExternalPaymentChange | None:
    """The last change that can be taken back and has not been."""
    taken_back: set[int] = set()
    for row in payment.changes.order_by("-pk"):
        if "undoes" in row.detail:
            taken_back.add(row.detail["undoes"])
        elif row.detail.get("action") == "came_back":
            earlier = payment.changes.filter(pk__lt=row.pk, detail__action="gave_way").order_by("-pk").first()
            if earlier is not None:
                taken_back.add(earlier.pk)
        elif row.pk not in taken_back:
            return None if row.detail.get("action") == "created" else row
    return None
