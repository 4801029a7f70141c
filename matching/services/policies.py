"""Policies: the one that counts for a client, and changing them with their history."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Q

from accounts.models import Client, User
from matching.client_policy import Difference, MatchKind, Policy
from matching.models import MatchingPolicy, PolicyChange
from matching.models.policy import ALLOWED

VALUES = ("in_use", "threshold", "highest", *ALLOWED)
_HUNDRED = Decimal(100)


def policy_of(client: Client | None) -> Policy:
    """What counts for a client: its own policy where it has one in use, else the firm's, else no limits. One query.

    Without a client: the firm's.
    """
    rows = MatchingPolicy.objects.filter(Q(client=client, client__isnull=False, in_use=True) | Q(client=None))
    found = sorted(rows, key=lambda row: row.client_id is None)
    return policy_from(found[0]) if found else Policy()


def policy_from(row: MatchingPolicy) -> Policy:
    """The plain form of a stored (or only filled in) policy."""
    return Policy(
        threshold=row.threshold / _HUNDRED,
        highest=row.highest,
        kinds=frozenset(kind for kind in MatchKind if getattr(row, kind)),
        differences=frozenset(kind for kind in Difference if getattr(row, kind)),
    )


def values_of(row: MatchingPolicy) -> dict[str, str | bool | None]:
    """What a policy says, in the form of its history."""
    return {name: _plain(getattr(row, name)) for name in VALUES}


def policy_of_values(values: Mapping[str, Any]) -> MatchingPolicy:
    """A policy that is not stored, from the form of the history; unknown names are left out."""
    known = {name: value for name, value in values.items() if name in VALUES}
    for name in ("threshold", "highest"):
        if known.get(name) is not None:
            known[name] = Decimal(str(known[name]))
    return MatchingPolicy(**known)


@transaction.atomic
def save_policy(client: Client | None, wanted: MatchingPolicy, actor: User | None) -> MatchingPolicy:
    """Make ``wanted`` the policy of a client, or (None) of the firm, and write down what changed and by whom.

    Saving what is there already changes nothing and leaves no entry.
    """
    row = MatchingPolicy.objects.select_for_update(of=("self",)).filter(client=client).first()
    before = values_of(row) if row else {}
    after = values_of(wanted)
    changes = {name: [before.get(name), value] for name, value in after.items() if before.get(name, ...) != value}
    if row is None:
        row = MatchingPolicy(client=client)
    if not changes:
        return row
    for name in VALUES:
        setattr(row, name, getattr(wanted, name))
    row.full_clean(validate_unique=False)
    row.save()
    PolicyChange.objects.create(policy=row, actor=actor, changes=changes)
    return row


def _plain(value: Any) -> str | bool | None:
    if value is None or isinstance(value, bool):
        return value
    return format(Decimal(value).normalize(), "f")
