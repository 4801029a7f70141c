"""Learning from people's decisions, forgetting, revoking, and what of it a run is told.

Every decision that a person takes or takes back passes ``remember``, under ``vouchers.locks.lock``. What is learned of
a proposal follows from its present state alone, so that repeating it changes nothing.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Count, Exists, F, Max, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Client, User
from accounts.scoping import sees_everything
from matching.engine import types as engine
from matching.memory_rules import (
    FOR_ALL,
    LEAST,
    Fact,
    FactKind,
    Line,
    facts_of,
    is_company,
    party_key,
    strength,
)
from matching.models import Allocation, ClientMemory, FactSource, LearnedFact, Proposal
from matching.services import bulk
from vouchers.locks import lock

VERSION = 1
"""Changes whenever other facts follow from the same decisions: memories of older versions are built anew."""

BATCH = 500
SOURCE = ("proposal", "transaction", "confirmed", "decided_at")
COUNTED = ("confirmations", "rejections", "last_confirmed")
LEARNED_FROM = (Proposal.State.CONFIRMED, Proposal.State.REJECTED)
NOT_LEARNED_FROM = ("external", "payout")

Key = tuple[str, str, str]


class UnableToLearn(Exception):
    """The fact cannot be used like that; ``str()`` says why (translated)."""


def remember(proposal: Proposal) -> None:
    """Bring what is learned from a proposal in line with its state. To be called under the client's lock."""
    wanted = _sources_of([proposal])
    there = FactSource.objects.filter(proposal=proposal)
    touched = set(there.values_list("fact_id", flat=True))
    if not wanted and not touched:
        return
    there.delete()
    touched |= _store(proposal.client_id, wanted, _ids(proposal.client_id, {value for (_k, value, _c), _s in wanted}))
    _count(touched)


@transaction.atomic
def rebuild(client: Client) -> int:
    """Learn anew from all decisions of a client; revocations stay. Safe to repeat. Answers the number of facts."""
    lock(client.pk)
    FactSource.objects.filter(fact__client=client).delete()
    decided = Proposal.objects.filter(client=client, state__in=LEARNED_FROM).exclude(kind__in=NOT_LEARNED_FROM)
    known: dict[Key, int] = {}
    for some in _batches(decided.only("pk", "state", "kind", "evidence", "updated_at", "client_id").order_by("pk")):
        _store(client.pk, _sources_of(some), known)
    facts = list(LearnedFact.objects.filter(client=client).values_list("pk", flat=True))
    _count(facts)
    ClientMemory.objects.update_or_create(client=client, defaults={"version": VERSION, "built_at": timezone.now()})
    return len(facts)


def learned(client: Client, contacts: Collection[str], today: date | None = None) -> engine.Learned:
    """What a run of the client is told: its own facts that still count, and those the firm has confirmed for all.

    ``contacts``: the names on the client's vouchers; a fact for all is told in the client's own spelling, and only
    where the client has that contact. What the client has revoked is not told, whoever has confirmed it.
    """
    if not ClientMemory.objects.filter(client=client, version=VERSION).exists():
        rebuild(client)
    today = today or timezone.localdate()
    known: dict[str, dict[str, set[str]]] = {kind: defaultdict(set) for kind in FactKind}
    revoked = set()
    for fact in LearnedFact.objects.filter(client=client):
        if is_used(fact, today):
            known[fact.kind][fact.value].add(fact.contact)
        elif fact.revoked_at is not None:
            revoked.add((fact.kind, fact.value, party_key(fact.contact)))
    spellings: dict[str, set[str]] = defaultdict(set)
    for name in contacts:
        spellings[party_key(name)].add(name)
    for fact in LearnedFact.objects.filter(client=None, revoked_at=None):
        party = party_key(fact.contact)
        if (fact.kind, fact.value, party) not in revoked:
            known[fact.kind][fact.value] |= spellings.get(party, set())
    frozen = {
        kind: {value: frozenset(names) for value, names in values.items() if names} for kind, values in known.items()
    }
    return engine.Learned(
        ibans=frozen[FactKind.IBAN],
        creditors=frozen[FactKind.CREDITOR],
        mandates=frozen[FactKind.MANDATE],
        aliases=frozen[FactKind.ALIAS],
        customer_numbers=frozen[FactKind.CUSTOMER_NUMBER],
    )


def is_used(fact: LearnedFact, today: date) -> bool:
    """Whether a run is told of a fact: it counts enough, or the firm has confirmed it for all."""
    if fact.client_id is None:
        return fact.revoked_at is None
    last = timezone.localtime(fact.last_confirmed).date() if fact.last_confirmed else None
    return strength(fact.confirmations, fact.rejections, last, today) >= LEAST


@transaction.atomic
def revoke(fact: LearnedFact, actor: User) -> bool:
    """Use a fact no longer; only decisions from now on can bring it back. False where it was revoked already."""
    if fact.client_id is not None:
        lock(fact.client_id)
    elif not sees_everything(actor):
        raise UnableToLearn(_("What is used for all clients is revoked by partners."))
    now = timezone.now()
    usable = Q(revoked_at=None) | Q(confirmations__gt=0, client__isnull=False)
    if not LearnedFact.objects.filter(usable, pk=fact.pk).update(revoked_at=now, revoked_by=actor):
        return False
    _count([fact.pk])
    fact.refresh_from_db()
    return True


@transaction.atomic
def share(fact: LearnedFact, actor: User) -> LearnedFact:
    """Use a client's fact for all clients. Safe to repeat; one that was revoked for all is used again.

    ``UnableToLearn`` for what is no IBAN or creditor id of a company, for facts that are not in use, and for people who
    do not see all clients.
    """
    if not sees_everything(actor):
        raise UnableToLearn(_("What is used for all clients is decided by partners."))
    if fact.client_id is None or FactKind(fact.kind) not in FOR_ALL:
        raise UnableToLearn(_("Only account numbers and creditor ids can be used for all clients."))
    if not is_company(fact.contact):
        raise UnableToLearn(
            _("Only what belongs to a company can be used for all clients: %(contact)s has no legal form in its name.")
            % {"contact": fact.contact}
        )
    if not is_used(fact, timezone.localdate()):
        raise UnableToLearn(_("This is not in use at the client itself, so it cannot be used for all."))
    shared, _made = LearnedFact.objects.update_or_create(
        client=None,
        kind=fact.kind,
        value=fact.value,
        contact=fact.contact,
        defaults={"shared_by": actor, "revoked_at": None, "revoked_by": None},
    )
    return shared


def _sources_of(proposals: Iterable[Proposal]) -> list[tuple[Key, dict[str, Any]]]:
    """The facts that follow from these proposals in their present state, each with the columns of its source."""
    decided = {row.pk: row for row in proposals if row.state in LEARNED_FROM and row.kind not in NOT_LEARNED_FROM}
    lines: dict[tuple[int, int], Line] = {}
    contacts: dict[tuple[int, int], set[str]] = defaultdict(set)
    rows = Allocation.objects.filter(proposal__in=decided).values_list(
        "proposal_id",
        "transaction_id",
        "voucher__contact_name",
        "transaction__counterparty_iban",
        "transaction__creditor_id",
        "transaction__mandate_id",
        "transaction__counterparty",
    )
    for proposal, booking, contact, *said in rows:
        lines[proposal, booking] = Line(*said)
        contacts[proposal, booking].add(contact)
    found = []
    for (proposal, booking), line in lines.items():
        row = decided[proposal]
        source = {
            "proposal": proposal,
            "transaction": booking,
            "confirmed": row.state == Proposal.State.CONFIRMED,
            # The moment of its last change of state.
            "decided_at": row.updated_at,
        }
        for fact in facts_of(line, contacts[proposal, booking], row.evidence):
            found.append((_key(fact), source))
    return found


def _store(client: int, sources: list[tuple[Key, dict[str, Any]]], known: dict[Key, int]) -> set[int]:
    """Write new sources with the facts they speak of; answers the facts. ``known`` facts are completed."""
    wanted = {key for key, _source in sources}
    missing = sorted(wanted - known.keys())
    if missing:
        LearnedFact.objects.bulk_create(
            [
                LearnedFact(client_id=client, kind=kind, value=value, contact=contact)
                for kind, value, contact in missing
            ],
            batch_size=BATCH,
            ignore_conflicts=True,
        )
        known |= _ids(client, {value for _kind, value, _contact in missing})
    bulk.insert(FactSource, ("fact", *SOURCE), ([known[key], *map(source.get, SOURCE)] for key, source in sources))
    return {known[key] for key in wanted}


def _ids(client: int, values: Collection[str]) -> dict[Key, int]:
    rows = LearnedFact.objects.filter(client=client, value__in=values)
    return {
        (kind, value, contact): pk for pk, kind, value, contact in rows.values_list("pk", "kind", "value", "contact")
    }


def _count(facts: Collection[int]) -> None:
    """Count the sources of facts anew, leaving out what came before a revocation.

    A rejection does not speak against a fact whose line was confirmed for the same contact: it was another voucher.
    """
    ordered = sorted(facts)
    for start in range(0, len(ordered), BATCH):
        some = ordered[start : start + BATCH]
        counting = FactSource.objects.filter(fact__in=some).filter(
            Q(fact__revoked_at=None) | Q(decided_at__gt=F("fact__revoked_at"))
        )
        right = FactSource.objects.filter(fact=OuterRef("fact"), transaction=OuterRef("transaction"), confirmed=True)
        counted: dict[int, tuple[int, int, datetime | None]] = {
            fact: (yes, no, last)
            for fact, yes, no, last in counting.annotate(right=Exists(right))
            .values("fact_id")
            .annotate(
                yes=Count("pk", filter=Q(confirmed=True)),
                no=Count("pk", filter=Q(confirmed=False, right=False)),
                last=Max("decided_at", filter=Q(confirmed=True)),
            )
            .values_list("fact_id", "yes", "no", "last")
        }
        changed = []
        for row in LearnedFact.objects.filter(pk__in=some):
            now = counted.get(row.pk, (0, 0, None))
            if now != (row.confirmations, row.rejections, row.last_confirmed):
                row.confirmations, row.rejections, row.last_confirmed = now
                changed.append(row)
        # All of them are there: this only updates, many times faster than an update with a case for every row.
        LearnedFact.objects.bulk_create(changed, update_conflicts=True, update_fields=COUNTED, unique_fields=["id"])


def _key(fact: Fact) -> Key:
    return str(fact.kind), fact.value, fact.contact


def _batches(rows: Any) -> Iterator[list[Proposal]]:
    kept: list[Proposal] = []
    for row in rows.iterator(chunk_size=BATCH):
        kept.append(row)
        if len(kept) == BATCH:
            yield kept
            kept = []
    if kept:
        yield kept
