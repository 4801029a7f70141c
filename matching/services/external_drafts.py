"""Drafts that Kontor makes by itself: paid vouchers whose payment can be on no connected account."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final, Protocol

from django.db import transaction
from django.db.models import Prefetch

from accounts.models import Client
from matching.models import Allocation, ExternalPayment, Proposal
from matching.services.external_history import State, change, log
from matching.services.external_prefill import KIND_OF, NO_BANK, unmatched
from matching.services.loading import EXTERNAL
from matching.services.room import rooms_of
from vouchers.locks import lock
from vouchers.models import PaymentItem, Voucher

PAID: Final = ("paid", "paidoff")

CASH_BOX: Final = "cash_box"
SET_OFF: Final = "set_off"
PRIVATE_ACCOUNT: Final = "private_account"
NO_BANK_LINE: Final = "no_bank_line"
REASON_OF: Final = {
    "partPaymentCashBox": CASH_BOX,
    "partPaymentCreditNote": SET_OFF,
    "manualPayment": PRIVATE_ACCOUNT,
    "partPaymentFinancialTransaction": NO_BANK_LINE,
}


class Coverage(Protocol):
    """What the statements and feeds of a client's accounts cover."""

    def complete_on(self, day: date) -> bool:
        """Whether everything that the client's accounts booked on that day is here. False where nothing is known."""


Key = tuple[int, str, str]


@dataclass(frozen=True, slots=True)
class Wanted:
    """A draft that should be there."""

    voucher: Voucher
    item: str
    date: date
    amount: Decimal

    @property
    def key(self) -> Key:
        """What makes it the same draft next time, whatever a person has changed since."""
        return self.voucher.pk, self.date.isoformat(), f"{self.amount:.2f}"


@transaction.atomic
def draft_missing(client: Client, coverage: Coverage) -> int:
    """Bring the drafts of a client in line with what is known now; answers how many changed.

    New ones are made, once for a payment. Those whose reason is gone (a match stands now, the voucher was withdrawn)
    are put aside, and come back when it returns. What a person has touched stays as it is. Safe to repeat.
    """
    lock(client.pk)
    wanted = {draft.key: draft for draft in _wanted(client, coverage)}
    changed = 0
    for payment in _own(client):
        detail = payment.reason_detail
        draft = wanted.pop((detail.get("voucher", 0), detail.get("date", ""), detail.get("amount", "")), None)
        if draft is None and payment.state == State.DRAFT and not _touched(payment):
            changed += change(payment, State.DISCARDED, None, "reason_gone")
        elif draft is not None and payment.state == State.DISCARDED and not _touched(payment):
            changed += change(payment, State.DRAFT, None, "reason_back")
    for draft in wanted.values():
        changed += _create(client, draft)
    return changed


def _wanted(client: Client, coverage: Coverage) -> list[Wanted]:
    """What should be drafted: by room, by kind of payment, and by what the accounts cover."""
    items = Prefetch("payments", PaymentItem.objects.order_by("position"))
    ready = Voucher.objects.filter(client=client, withdrawn_at=None, payments_read=True, status__in=PAID, total__gt=0)
    settled = Allocation.objects.filter(proposal__client=client, standing=True)
    standing: dict[int, list[Decimal]] = defaultdict(list)
    for voucher_id, amount in settled.values_list("voucher_id", "amount"):
        standing[voucher_id].append(amount)
    suggested = set(
        Allocation.objects.filter(proposal__client=client, proposal__state=Proposal.State.SUGGESTED)
        .exclude(proposal__kind=EXTERNAL)
        .values_list("voucher_id", flat=True)
    )
    # A payment that has an external transaction of a person already needs no draft of ours beside it.
    by_hand: dict[int, Decimal] = defaultdict(Decimal)
    drafts = ExternalPayment.objects.filter(client=client, state=State.DRAFT, reason="").exclude(voucher=None)
    for drafted, amount in drafts.values_list("voucher_id", "amount"):
        by_hand[drafted or 0] += abs(amount)

    vouchers = list(
        ready.only("type", "total", "currency", "number", "contact_name", "paid_on").prefetch_related(items)
    )
    rooms = {
        voucher.pk: voucher.total - by_hand[voucher.pk] for voucher in vouchers if voucher.pk not in standing
    } | _rooms([voucher for voucher in vouchers if voucher.pk in standing], by_hand)
    complete: dict[date, bool] = {}
    found = []
    for voucher in vouchers:
        room = rooms[voucher.pk]
        if room <= 0:
            continue
        counted: Counter[tuple[str, date, Decimal]] = Counter()
        for item in unmatched(voucher.payments.all(), standing[voucher.pk]):
            day = item.date or voucher.paid_on
            if day is None or item.amount > room:
                continue
            if item.type not in NO_BANK:
                # It may be on an account: only where all of that day is here, and nothing could be it.
                if day not in complete:
                    complete[day] = coverage.complete_on(day)
                if voucher.pk in suggested or not complete[day]:
                    continue
            room -= item.amount
            counted[item.type, day, item.amount] += 1
        found += [Wanted(voucher, kind, day, amount * count) for (kind, day, amount), count in counted.items()]
    return found


def _rooms(vouchers: list[Voucher], by_hand: dict[int, Decimal]) -> dict[int, Decimal]:
    return {pk: room - by_hand[pk] for pk, room in rooms_of(vouchers).items()}


def _own(client: Client) -> list[ExternalPayment]:
    """Those that Kontor has drafted, whatever became of them."""
    rows = ExternalPayment.objects.filter(client=client).exclude(reason="")
    return list(rows.prefetch_related("changes").order_by("pk"))


def _touched(payment: ExternalPayment) -> bool:
    """Whether a person has had a hand in it."""
    return any(row.actor_id is not None for row in payment.changes.all())


def _create(client: Client, draft: Wanted) -> int:
    signed = draft.amount * draft.voucher.direction
    same = ExternalPayment.objects.filter(voucher=draft.voucher, date=draft.date, amount=signed)
    if same.exclude(reason="").exists():
        return 0
    payment = ExternalPayment.objects.create(
        client=client,
        voucher=draft.voucher,
        kind=KIND_OF[draft.item],
        date=draft.date,
        amount=signed,
        currency=draft.voucher.currency,
        name=draft.voucher.contact_name,
        purpose=draft.voucher.number,
        reason=REASON_OF[draft.item],
        # For what it was made, whatever a person makes of it.
        reason_detail={
            "voucher": draft.voucher.pk,
            "date": draft.date.isoformat(),
            "amount": f"{draft.amount:.2f}",
            "item": draft.item,
        },
    )
    log(payment, "", None, "created")
    return 1
