"""Finds out which events a change of a voucher is, by what it was before and what it is after (reference: 15.2)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sandbox.events import emit
from sandbox.webhooks.types import PAYMENT_CHANGED
from sandbox.world.model import TYPES_WITH_PAYMENTS, Organisation, Voucher

if TYPE_CHECKING:
    from sandbox.state import Sandbox

RESOURCES = {
    "invoice": "invoice",
    "downpaymentinvoice": "down-payment-invoice",
    "creditnote": "credit-note",
    "quotation": "quotation",
    "orderconfirmation": "order-confirmation",
    "deliverynote": "delivery-note",
}


@dataclass(frozen=True, slots=True)
class Photo:
    """What a voucher was at one moment, as far as events are concerned."""

    resource: str
    paid: bool
    version: int
    state: str
    status: str
    payments: tuple[object, ...]
    content: tuple[object, ...]


def photo(voucher: Voucher | None) -> Photo | None:
    """Take down what a voucher is now; None where there is none."""
    if voucher is None:
        return None
    return Photo(
        resource=RESOURCES.get(voucher.type, "voucher"),
        paid=voucher.type in TYPES_WITH_PAYMENTS,
        version=voucher.version,
        state=voucher.state,
        status=voucher.status,
        payments=tuple((item.kind, item.day, item.amount) for item in voucher.payments),
        content=(
            voucher.number,
            voucher.day,
            voucher.due,
            voucher.contact.id if voucher.contact else None,
            voucher.contact_name,
            voucher.lines,
            voucher.terms,
            tuple(voucher.files),
            voucher.remark,
            voucher.category,
            tuple(voucher.related),
        ),
    )


def events_between(before: Photo | None, after: Photo | None) -> list[str]:
    """Return the event types of a change.

    A voucher whose text recognition still runs (``blank``) is not announced before it ends. Payments are announced for
    documents that can have any, also when a document is reset to draft. Whatever makes a version is announced.
    """
    if after is None:
        return [f"{before.resource}.deleted"] if before else []
    if before is None or (before.state == "blank" and after.state != "blank"):
        if after.state == "blank":
            return []
        return [f"{after.resource}.created", *([PAYMENT_CHANGED] if after.payments else [])]
    found = []
    if before.content != after.content:
        found.append(f"{after.resource}.changed")
    if before.status != after.status:
        found.append(f"{after.resource}.status.changed")
    reset = after.state == "draft" and before.state != "draft"
    if after.paid and (before.payments != after.payments or reset):
        found.append(PAYMENT_CHANGED)
    if not found and before.version != after.version:
        # Saved as it was, which makes a version as well.
        found.append(f"{after.resource}.changed")
    return found


@contextmanager
def announced(sandbox: Sandbox, organisation: Organisation, identity: str) -> Iterator[None]:
    """Emit the events of whatever happens to a voucher inside, whether it exists before or after or both."""
    before = photo(organisation.vouchers.get(identity))
    if sandbox.settings.read_delay_ms:
        until = sandbox.monotonic() + sandbox.settings.read_delay_ms / 1000
        sandbox.past.remember(organisation, identity, until)
    yield
    after = photo(organisation.vouchers.get(identity))
    for event_type in events_between(before, after):
        emit(sandbox, organisation, event_type, identity)
