"""What a rule of the firm, or today's version, would change at all clients: shown as a sum, applied in one step.

The work is done client by client, by a chain of short tasks: a worker takes the next client until its time is up and
hands over, so that other work is never kept waiting by a firm of any size. Every step is safe to repeat.
"""

import logging
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django_q.tasks import async_task

from accounts.models import Client, User
from matching.models import Comparison, FirmComparison, MatchingPolicy, Transaction
from matching.services import comparing
from matching.services.policies import policy_of_values, save_policy
from vouchers.models import Voucher

logger = logging.getLogger(__name__)

State = Comparison.State
WORK = "matching.tasks.compare_firm"
# A task works so long, and then hands over to the next one.
TURN_SECONDS = 30.0
# Untouched for longer than this, the task that should be at work is lost. One too many does no harm.
LOST_AFTER = timedelta(minutes=20)


@dataclass(frozen=True, slots=True)
class FirmStanding:
    """Where a comparison of the firm stands: how many of its ``clients`` are in which state."""

    clients: int
    states: Mapping[str, int]
    prepared: bool
    asked_to_apply: bool

    @property
    def done(self) -> int:
        """Clients that nobody works on any more."""
        return self.clients - sum(self.states.get(state, 0) for state in Comparison.LIVE)

    @property
    def state(self) -> State:
        """The state of the whole: at work as long as one client is, then to be looked at, then applied."""
        if not self.prepared:
            return State.WAITING
        if self.done < self.clients:
            return State.APPLYING if self.asked_to_apply else State.RUNNING
        return State.APPLIED if self.asked_to_apply else State.DONE


def standing_of(firm: FirmComparison) -> FirmStanding:
    """Where it stands; one query."""
    states = Counter[str](firm.parts.values_list("state", flat=True))
    return FirmStanding(states.total(), states, firm.prepared_at is not None, firm.applied_at is not None)


def ask_for_firm(policy: Mapping[str, Any] | None, actor: User | None) -> FirmComparison:
    """Ask what would change at all clients. ``policy``: the columns of a rule of the firm, None: the rules in force."""
    row = FirmComparison.objects.create(policy=dict(policy) if policy else None, asked_by=actor)
    _send(row)
    return row


@transaction.atomic
def ask_to_apply_firm(row: FirmComparison, actor: User) -> bool:
    """Set the firm's rule and apply in the background what was shown of each client; False where that is not possible.

    That is where it was asked for before, and where a client is still being compared. What failed is left out.
    """
    waiting = FirmComparison.objects.filter(pk=row.pk, applied_at=None, prepared_at__isnull=False)
    at_work = Comparison.objects.filter(firm=row.pk, state__in=Comparison.LIVE)
    if at_work.exists() or not waiting.update(applied_at=timezone.now(), applied_by=actor, touched_at=timezone.now()):
        return False
    if row.policy is not None:
        save_policy(None, policy_of_values(row.policy), actor)
    # Those without a difference as well: what stands there is noted as upheld by the new rule.
    answered = Comparison.objects.filter(firm=row.pk, state=State.DONE)
    answered.update(state=State.APPLYING, applied_by=actor, done=0)
    _send(row)
    return True


def work(row: FirmComparison, seconds: float = TURN_SECONDS) -> None:
    """Compare, or apply to, one client after the other for ``seconds``, and hand over where more is waiting."""
    began = time.monotonic()
    _prepare(row)
    while (part := _next(row)) is not None:
        FirmComparison.objects.filter(pk=row.pk).update(touched_at=timezone.now())
        try:
            comparing.apply(part) if part.state == State.APPLYING else comparing.make(part)
        except Exception:
            # The client is marked as failed; the others are not kept waiting by it.
            logger.exception("comparison %s of the firm: client %s failed", row.pk, part.client_id)
        if time.monotonic() - began >= seconds and _next(row) is not None:
            _send(row)
            return


def send_lost_comparisons() -> None:
    """Go on with those whose worker was lost."""
    long_ago = timezone.now() - LOST_AFTER
    waiting = Exists(Comparison.objects.filter(firm=OuterRef("pk"), state__in=Comparison.LIVE))
    rows = FirmComparison.objects.filter(touched_at__lt=long_ago)
    for row in [*rows.filter(waiting), *rows.filter(prepared_at=None)]:
        if FirmComparison.objects.filter(pk=row.pk, touched_at=row.touched_at).update(touched_at=timezone.now()):
            async_task(WORK, row.pk)


@transaction.atomic
def _prepare(row: FirmComparison) -> None:
    """Find the clients that have something to compare. Two at the same time find the same ones."""
    if row.prepared_at is not None:
        return
    vouchers, lines = (model.objects.filter(client=OuterRef("pk")) for model in (Voucher, Transaction))
    clients = Client.objects.filter(Exists(vouchers), Exists(lines)).order_by("number")
    left_out = 0
    if row.policy is not None:
        own = Exists(MatchingPolicy.objects.filter(client=OuterRef("pk"), in_use=True))
        left_out = clients.filter(own).count()
        clients = clients.exclude(own)
    Comparison.objects.bulk_create(
        [Comparison(client=client, firm=row, policy=row.policy, asked_by=row.asked_by) for client in clients],
        ignore_conflicts=True,
    )
    row.prepared_at, row.left_out = timezone.now(), left_out
    row.save(update_fields=["prepared_at", "left_out"])


def _next(row: FirmComparison) -> Comparison | None:
    """The next client; last those that somebody has begun, who may have been lost on the way."""
    parts = Comparison.objects.filter(firm=row.pk).select_related("client", "applied_by").order_by("client__number")
    found = parts.filter(state__in=(State.WAITING, State.APPLYING)).first()
    return found or parts.filter(state=State.RUNNING).first()


def _send(row: FirmComparison) -> None:
    transaction.on_commit(lambda: async_task(WORK, row.pk))
