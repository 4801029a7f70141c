"""The event types there are (reference: event types 15.2)."""

from __future__ import annotations

RESOURCES = ("article", "contact", "dunning", "recurring-template")
RESOURCES_WITH_STATUS = (
    "credit-note",
    "delivery-note",
    "down-payment-invoice",
    "invoice",
    "order-confirmation",
    "quotation",
    "voucher",
)
REVOKED = "token.revoked"
PAYMENT_CHANGED = "payment.changed"
EVENT_TYPES = frozenset(
    [f"{name}.{what}" for name in RESOURCES + RESOURCES_WITH_STATUS for what in ("created", "changed", "deleted")]
    + [f"{name}.status.changed" for name in RESOURCES_WITH_STATUS]
    + [PAYMENT_CHANGED, REVOKED]
)
