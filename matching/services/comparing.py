"""What a run under another policy, or under today's version, would change of what stands: shown first, applied later.

Comparing writes nothing but the answer. Applying thinks again, and writes only where the difference is still the one
that was shown; otherwise nothing happens, and a person looks again.
"""

import hashlib
import logging
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django_q.tasks import async_task

from accounts.models import Client, User
from matching.client_policy import Policy
from matching.engine import ENGINE_VERSION
from matching.models import Comparison, Proposal
from matching.services import loading
from matching.services.choosing import choose
from matching.services.drafts import Draft
from matching.services.policies import policy_from, policy_of, policy_of_values, save_policy
from matching.services.runs import prepare, write
from matching.services.states import State as ProposalState
from matching.services.thinking import Progress, Thought, think
from matching.services.usage import Share
from matching.services.yielding import Yielding
from matching.signals import matching_finished

logger = logging.getLogger(__name__)

State = Comparison.State
COMPARE, APPLY = "matching.tasks.compare_matching", "matching.tasks.apply_comparison"
SHOWN = 300
EVERY_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Standing:
    """A match that stands and would be taken back; ``held``: the reasons of the policy, as evidence."""

    proposal: int
    fingerprint: str
    shares: tuple[Share, ...]
    held: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Difference:
    """What would change: ``becomes`` automatic, ``no_longer`` automatic, and ``changed``: another amount or partner."""

    becomes: tuple[Draft, ...]
    no_longer: tuple[Standing, ...]
    changed: tuple[tuple[Standing, Draft], ...]

    @property
    def digest(self) -> str:
        """A text that is the same for the same difference."""
        parts = [
            *sorted(f"+{one.fingerprint}" for one in (*self.becomes, *(new for _old, new in self.changed))),
            *sorted(f"-{one.fingerprint}" for one in (*self.no_longer, *(old for old, _new in self.changed))),
        ]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()

    def __bool__(self) -> bool:
        return bool(self.becomes or self.no_longer or self.changed)

    def as_json(self) -> dict[str, Any]:
        """The form in which it is kept and shown: all counts, and the first ``SHOWN`` of each sort."""
        return {
            "counts": {"becomes": len(self.becomes), "no_longer": len(self.no_longer), "changed": len(self.changed)},
            "becomes": [{"after": _after(new)} for new in self.becomes[:SHOWN]],
            "no_longer": [{"before": _before(old)} for old in self.no_longer[:SHOWN]],
            "changed": [{"before": _before(old), "after": _after(new)} for old, new in self.changed[:SHOWN]],
        }


def compare(client: Client, policy: Policy, progress: Progress | None = None) -> tuple[Difference, Thought]:
    """What today's version would change under ``policy``, and what it thought. Writes nothing."""
    thought = think(client, policy, renew=True, progress=progress)
    return difference_of(client, thought), thought


def difference_of(client: Client, thought: Thought) -> Difference:
    """What writing ``thought`` would change of what stands. Writes nothing."""
    automatic = Proposal.objects.filter(client=client, state=ProposalState.AUTOMATIC).order_by("pk")
    known = automatic.values_list("pk", "fingerprint")
    dropped = {pk: fingerprint for pk, fingerprint in known if fingerprint in thought.dropped}
    shares = loading.shares_of(list(dropped))
    usage = loading.usage_of(client)
    for pk in dropped:
        usage.remove(pk)
    chosen = choose(client, thought.drafts, thought.vouchers, usage, Yielding(Q(client=client)))
    held = {
        one.fingerprint: [item for item in one.evidence if item["code"].startswith("policy_client_")]
        for one in thought.drafts
        if one.fingerprint in thought.held
    }
    gone = [Standing(pk, mark, shares[pk], held.get(mark, [])) for pk, mark in sorted(dropped.items())]
    owners: dict[tuple[str, int], Draft] = {}
    for new in reversed(chosen.stands):
        for share in new.shares:
            owners["line", share.transaction] = owners["voucher", share.voucher] = new
    changed, no_longer, taken = [], [], set()
    for old in gone:
        keys = [("voucher", share.voucher) for share in old.shares]
        keys += [("line", share.transaction) for share in old.shares]
        instead = next((owners[key] for key in keys if key in owners and owners[key].fingerprint not in taken), None)
        if instead is None:
            no_longer.append(old)
        else:
            taken.add(instead.fingerprint)
            changed.append((old, instead))
    becomes = tuple(new for new in chosen.stands if new.fingerprint not in taken)
    return Difference(becomes, tuple(no_longer), tuple(changed))


def ask(client: Client, policy: Mapping[str, Any] | None, actor: User | None) -> Comparison:
    """Ask for a comparison, which is made in the background. ``policy``: the columns of a policy, None: as it is."""
    row = Comparison.objects.create(client=client, policy=dict(policy) if policy else None, asked_by=actor)
    transaction.on_commit(lambda: async_task(COMPARE, row.pk))
    return row


def ask_to_apply(row: Comparison, actor: User) -> bool:
    """Apply in the background what was shown. False where it is not (any more) there to be applied."""
    waiting = Comparison.objects.filter(pk=row.pk, state=State.DONE)
    if not waiting.update(state=State.APPLYING, applied_by=actor, done=0):
        return False
    transaction.on_commit(lambda: async_task(APPLY, row.pk))
    return True


def make(row: Comparison) -> None:
    """Make a comparison that was asked for. Safe to repeat: one that has been answered stays."""
    if not Comparison.objects.filter(pk=row.pk, state__in=(State.WAITING, State.RUNNING)).update(state=State.RUNNING):
        return
    with _failing(row):
        found, _thought = compare(row.client, wanted_policy(row.client, row.policy), _progress_of(row))
        Comparison.objects.filter(pk=row.pk, state=State.RUNNING).update(
            state=State.DONE,
            result=found.as_json(),
            digest=found.digest,
            engine_version=ENGINE_VERSION,
            finished_at=timezone.now(),
        )


def apply(row: Comparison) -> None:
    """Apply what was shown, where it is still the same; otherwise it is outdated and nothing happens. Repeatable."""
    row.refresh_from_db()
    if row.state != State.APPLYING:
        return

    with _failing(row):
        # The rule of the whole firm was set when its comparison was applied: it is in force, and a run may have done
        # under it what was shown.
        of_the_firm = row.firm_id is not None
        policy = None if of_the_firm else row.policy
        progress, note = _progress_of(row), partial(_end, row, State.APPLIED)
        if not apply_difference(
            row.client, policy, row.digest, row.applied_by, progress, note, done_is_fine=of_the_firm
        ):
            _end(row, State.OUTDATED)


def apply_difference(
    client: Client,
    policy: Mapping[str, Any] | None,
    digest: str,
    actor: User | None,
    progress: Progress | None = None,
    note: Callable[[], None] | None = None,
    *,
    done_is_fine: bool = False,
) -> bool:
    """Set the policy and write what was shown under ``digest``; False, and nothing, where it would be another.

    ``note`` is called in the transaction of what it notes. ``done_is_fine``: also True where nothing is left to change.
    """
    open_before = prepare(client)
    found, thought = compare(client, wanted_policy(client, policy), progress)
    if found.digest != digest and (found or not done_is_fine):
        return False
    with transaction.atomic():
        if policy is not None:
            save_policy(client, policy_of_values(policy), actor)
        if not write(client, thought, open_before):
            transaction.set_rollback(True)
            return False
        if note is not None:
            note()
    matching_finished.send_robust(Client, client=client)
    return True


def wanted_policy(client: Client, values: Mapping[str, Any] | None) -> Policy:
    """The policy that would count for the client with these columns; the one in force for None."""
    if values is None:
        return policy_of(client)
    row = policy_of_values(values)
    return policy_from(row) if row.in_use else policy_of(None)


class _failing:
    """Marks a comparison as failed where its work raises; the error goes on to the worker's log."""

    def __init__(self, row: Comparison) -> None:
        self._row = row

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, *_rest: object) -> None:
        if kind is not None:
            Comparison.objects.filter(pk=self._row.pk, state__in=Comparison.LIVE).update(
                state=State.FAILED, finished_at=timezone.now()
            )


def _end(row: Comparison, state: State) -> None:
    applying = Comparison.objects.filter(pk=row.pk, state=State.APPLYING)
    applying.update(state=state, finished_at=timezone.now())


def _progress_of(row: Comparison) -> Progress:
    """Notes the progress on the row, once a second at most."""
    last = 0.0

    def note(done: int, total: int) -> None:
        nonlocal last
        if time.monotonic() - last >= EVERY_SECONDS:
            last = time.monotonic()
            Comparison.objects.filter(pk=row.pk).update(done=done, total=total)

    return note


def _shares(shares: Iterable[Share]) -> list[list[Any]]:
    return [[share.voucher, share.transaction, f"{share.amount:.2f}"] for share in shares]


def _before(old: Standing) -> dict[str, Any]:
    return {"proposal": old.proposal, "shares": _shares(old.shares), "held": old.held}


def _after(new: Draft) -> dict[str, Any]:
    return {"shares": _shares(new.shares), "probability": str(new.probability), "kind": new.kind}
